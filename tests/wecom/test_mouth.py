"""The mouth keeps the platform's limits, fetches one token for all, says nothing twice, and calls somebody where it must."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.app import channels_of, mouth_of, open_store_at
from bot.bindings import Bindings
from bot.channels.limits import ROBOT
from bot.messages import Delivered, Fetched, Outgoing, Receipt, Refused, TryLater, Unknown
from bot.shards import shard_of
from bot.store.redis import Store
from bot.store.tokens import Tokens
from bot.web.mouth import HttpMouth
from bot.web.wecom_mouth import WeComMouth
from tests.wecom.control import make_app as stand_in
from tests.wecom.house import ENVIRON, settings_at
from tests.wecom.server import Fault, State

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
PICTURE = b"\xff\xd8\xff" + b"a picture" * 40


@dataclass
class Desk:
    """Two workers' mouths before one stand-in."""

    state: State
    base: str
    store: Store
    mouths: list[HttpMouth]
    folder: Path

    async def say(self, worker: int = 0, **more: Any) -> Receipt:
        """One line to the member, or to wherever `to` says."""
        wanted: dict[str, Any] = {"key": "k", "at": NOW, "to": "person:p-chunfen", "card": "noted", "text": "有进展了"}
        now = more.pop("now", NOW)
        return await self.mouths[worker].deliver(Outgoing(**(wanted | more)), now)

    def shown(self, path: str) -> list[dict[str, Any]]:
        """What the platform showed somebody."""
        return [row for row in self.state.got if row["path"] == path and row["shown"]]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    state = State()
    runner = web.AppRunner(stand_in(state), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    settings = settings_at(base, {"p-chunfen": "chunfen"})
    async with open_store_at(settings, tmp_path / "data") as store, aiohttp.ClientSession() as http:
        mouths = []
        for _ in range(2):
            bindings = Bindings(settings)
            channels = channels_of(settings, ENVIRON, bindings.names)
            mouths.append(mouth_of(settings, store, channels, bindings.names, http, tmp_path))
        yield Desk(state, base, store, mouths, tmp_path)
    await runner.cleanup()


async def test_fifty_askers_of_two_workers_cause_one_fetch(desk: Desk) -> None:
    desk.state.faults.append(Fault("gettoken", slow=0.2))
    told = await asyncio.gather(*(desk.say(i % 2, key=f"k{i}", text=f"第{i}条", to=f"person:wecom:m{i}") for i in range(50)))
    assert told == [Delivered()] * 50
    assert len([row for row in desk.state.got if row["path"] == "gettoken"]) == 1 and len(desk.shown("message/send")) == 50


async def test_a_fetcher_that_dies_holds_nobody_up_for_ever_and_a_failed_fetch_is_not_a_token(desk: Desk) -> None:
    tokens, wall = Tokens(desk.store.client), datetime.now(UTC)

    async def nothing() -> tuple[str, int] | None:
        return None

    async def one() -> tuple[str, int] | None:
        return "T-1", 7200

    assert await tokens.good("x", nothing, wall) is None and await tokens.good("x", one, wall) == "T-1"
    assert await tokens.good("x", nothing, wall + timedelta(minutes=110)) == "T-1"
    assert await tokens.good("x", nothing, wall + timedelta(minutes=116)) is None  # renewed before its end


@pytest.mark.parametrize("code", [40014, 42001])
async def test_a_token_that_went_bad_is_renewed_once_and_the_call_made_once_more(desk: Desk, code: int) -> None:
    assert await desk.say() == Delivered()
    desk.state.expire()
    assert await desk.say(text="又有进展了") == Delivered() and desk.state.tokens == 2
    desk.state.faults.append(Fault("message/send", times=2, errcode=code))
    told = await desk.say(text="再有进展")
    assert isinstance(told, TryLater) and desk.state.faults[-1].times == 0  # twice is enough: it does not loop


async def test_too_many_calls_are_backed_off_by_their_window_for_everybody(desk: Desk) -> None:
    desk.state.faults.append(Fault("message/send", errcode=45009))
    told = await desk.say()
    assert isinstance(told, TryLater) and told.seconds == 60
    calls = len(desk.state.got)
    other = await desk.say(to="person:wecom:somebody")
    assert isinstance(other, TryLater) and 55 < other.seconds <= 60 and len(desk.state.got) == calls


@pytest.mark.parametrize(("path", "code"), [("message/send", 60020), ("gettoken", 40001)])
async def test_what_a_person_must_put_right_rings_once_until_it_is_right(desk: Desk, path: str, code: int) -> None:
    desk.state.faults.append(Fault(path, times=1, errcode=code))
    mouth = desk.mouths[0]
    with capture_logs() as logs:
        told = [await desk.say(key=f"k{i}", text=f"第{i}条") for i in range(3)]
    assert all(isinstance(one, TryLater) for one in told)
    assert [row["log_level"] for row in logs] == ["error"]
    assert list(mouth.alarms.now) == ["wecom_app"] and str(code) in mouth.alarms.now["wecom_app"]
    assert len([row for row in desk.state.got if row["path"] == path]) == 1  # asked once, not in a loop
    official = mouth._official
    assert isinstance(official, WeComMouth)
    official._paused.clear()
    assert await desk.say() == Delivered() and not mouth.alarms.now


async def test_a_robot_never_says_more_than_its_minute_holds_whichever_worker_speaks(desk: Desk) -> None:
    told = [await desk.say(i % 2, to="chat:hehua", key=f"k{i}", text=f"第{i}条") for i in range(25)]
    assert told.count(Delivered()) == ROBOT.most == len(desk.shown("webhook/send"))
    waits = [one for one in told if isinstance(one, TryLater)]
    assert len(waits) == 7 and all(50 < one.seconds <= 61 for one in waits)


async def test_a_post_without_an_answer_is_never_said_again_in_a_group_but_is_to_one_member(desk: Desk) -> None:
    desk.state.faults += [Fault("webhook/send", drop="after"), Fault("message/send", drop="after")]
    assert isinstance(await desk.say(to="chat:hehua"), Unknown)
    assert isinstance(await desk.say(), TryLater) and await desk.say() == Delivered()
    assert len(desk.shown("message/send")) == 1  # the platform dropped the second copy


async def test_a_card_whose_code_is_gone_is_said_as_a_new_one(desk: Desk) -> None:
    assert await desk.say(card_code="USED") == Delivered()
    assert [row["path"] for row in desk.state.got if row["path"] != "gettoken"] == ["message/update_template_card", "message/send"]


async def test_whom_nobody_reaches_is_refused_and_not_looked_for_elsewhere(desk: Desk) -> None:
    desk.state.members = {"chunfen"}
    assert isinstance(await desk.say(to="person:wecom:stranger"), Refused)
    assert isinstance(await desk.say(to="person:p-guyu"), Refused)
    assert isinstance(await desk.say(to="chat:etime"), Refused)


def errand(desk: Desk, name: str, **more: Any) -> dict[str, Any]:
    return {"key": f"media/{name}", "to": "media:wecom_aibot/m1", "card": "image", "text": "", "case": "HH-0001",
            "lounge": "hehua", "ping": False, "reply_url": f"{desk.base}/aibot-media/{name}", **more}


async def told(desk: Desk) -> list[Fetched]:
    entries = await desk.store.inbox.take(shard_of("hehua"), 10)
    return [entry.what for entry in entries if isinstance(entry.what, Fetched)]


async def test_a_file_is_fetched_decrypted_and_kept_by_its_hash_for_our_eyes_only(desk: Desk) -> None:
    assert await desk.say(**errand(desk, desk.state.keep(PICTURE))) == Delivered()
    (one,) = await told(desk)
    digest = hashlib.sha256(PICTURE).hexdigest()
    kept = desk.folder / "media" / "HH-0001" / f"{digest}.jpg"
    assert one.digest == digest and kept.read_bytes() == PICTURE and kept.stat().st_mode & 0o077 == 0


async def test_a_file_that_cannot_be_fetched_is_tried_again_and_then_the_case_says_so(desk: Desk) -> None:
    assert isinstance(await desk.say(**errand(desk, "GONE")), TryLater) and await told(desk) == []
    assert await desk.say(**errand(desk, "GONE", now=NOW + timedelta(minutes=5))) == Delivered()
    (one,) = await told(desk)
    assert not one.digest and one.why == "没有及时取到"


async def test_a_file_of_another_kind_or_from_elsewhere_is_not_kept(desk: Desk) -> None:
    assert await desk.say(**errand(desk, desk.state.keep(b"MZ a program"))) == Delivered()
    elsewhere = errand(desk, "x", reply_url="http://127.0.0.1:1/aibot-media/x", key="media/y")
    assert await desk.say(**elsewhere) == Delivered()
    assert [bool(one.digest) for one in await told(desk)] == [False, False] and not list(desk.folder.glob("media/*/*"))


async def test_a_file_of_the_app_comes_in_clear_against_the_token(desk: Desk) -> None:
    name = desk.state.keep(PICTURE, encrypted=False)
    url = f"{desk.base}/cgi-bin/media/get?media_id={name}"
    assert await desk.say(**errand(desk, name, to="media:wecom_app/m1", reply_url=url)) == Delivered()
    assert (await told(desk))[0].digest
