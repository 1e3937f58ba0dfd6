"""Mondays at nine: the week's digest comes to whoever is to decide from it, once, and stays as it was sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.digest import files, posting, scopes, spot
from bot.digest.archive import Archive
from bot.digest.week import parse
from bot.domain.settings import Settings
from bot.domain.weekly import Weekly
from bot.handlers import weekly
from bot.messages import ClockRang, DigestMade
from bot.reloading import tell
from bot.shards import SHARDS, shard_of
from bot.web.webhook import make_app
from tests.front import Front, Heard, front, sample

COMMUNITY, BASE = "community:pinghu-hehua", "https://bot.example.org"
NINE = datetime.fromisoformat("2026-11-09T09:00:00+08:00")
WEEK = timedelta(days=7)
MEMBER = "u-1"


@pytest.fixture(autouse=True)
def no_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing takes a second and is tried elsewhere."""
    monkeypatch.setattr(files, "paper", lambda page, out: out.write_bytes(b"%PDF-") and "" or "")


def posts(to: dict[str, tuple[str, ...]] | None = None, settings: Settings | None = None) -> Settings:
    """The sample, posting one community's digest to its desk and its hosts."""
    return replace(settings or sample(), weekly=Weekly(at=time(9), to=to or {COMMUNITY: ("desk", "hosts")}))


@asynccontextmanager
async def running(folder: Path, settings: Settings | None = None, base: str = BASE) -> AsyncIterator[Front]:
    """A bot that has just taken its lounges, on a Monday at ten."""
    async with front(folder / "store", settings=settings or posts()) as f:
        f.rig.post_digests(folder / "digests", base)
        await tell(f.rig, range(SHARDS))
        await f.rig.settle(f.now)
        yield f


async def closed_case(f: Front, words: str = "3栋楼道灯坏了好几天，晚上看不见", name: str = "3栋-李姐") -> str:
    """One appeal that is done and rated within the hour."""
    case = (await f.say("hehua", MEMBER, words, name)).case
    assert case
    who = (await f.case(case)).attendant
    await f.press(who, "accept", case)
    await f.press(who, "resolve", case, note="灯管换好了，请看看")
    await f.press(MEMBER, "rate", case, grade="good")
    return case


def digests(f: Front) -> list[Heard]:
    return [h for h in f.heard() if h.card == "digest"]


def kept(folder: Path, week: str) -> dict[str, object]:
    """The digest.json that was sent."""
    found: dict[str, object] = json.loads((folder / "digests/community/pinghu-hehua" / week / "1/digest.json").read_bytes())
    return found


async def test_on_monday_at_nine_the_desk_and_the_hosts_get_the_week_with_its_link(tmp_path: Path) -> None:
    async with running(tmp_path) as f:
        await closed_case(f)
        await f.until(NINE - timedelta(minutes=1))
        assert digests(f) == []
        await f.until(NINE + timedelta(hours=3))
        told = digests(f)
    assert sorted(h.to for h in told) == ["person:p-daxue", "person:p-dongzhi", "person:p-qiming"]
    assert {h.at for h in told} == {NINE} and len({h.text for h in told}) == 1
    first, link, gap, *rest = told[0].text.split("\n")[1:]
    assert "1件诉求" in first and link.startswith(f"全文、打印稿和附表：{BASE}/digests/") and "14 天" in link
    assert gap == "" and any("新增 1 件" in line for line in rest) and len(told[0].text.encode()) <= 4096


async def test_every_monday_brings_its_own_week_and_an_empty_one_is_one_line(tmp_path: Path) -> None:
    async with running(tmp_path) as f:
        await closed_case(f)
        await f.until(NINE + WEEK + timedelta(minutes=5))
        mine = [h for h in digests(f) if h.to == "person:p-qiming"]
    assert [h.at for h in mine] == [NINE, NINE + WEEK]
    assert "第45周" in mine[0].text and "第46周" in mine[1].text and "\n" not in mine[1].text and BASE not in mine[1].text


async def test_a_scope_and_week_is_posted_once_however_often_it_rings(tmp_path: Path) -> None:
    async with running(tmp_path) as f:
        await closed_case(f)
        await f.until(NINE)
        assert len(digests(f)) == 3
        key = f"chore/digest/{COMMUNITY}/2026-W45"
        await f.rig.forwarded([(shard_of("xj-home"), f"again/{n}", ClockRang(key=key, at=f.now)) for n in range(3)])
        await f.rig.settle(f.now)
        await tell(f.rig, range(SHARDS))  # a restart in that minute
        await f.forward(minutes=5)
        assert digests(f) == []
        scope, week = scopes.parse(COMMUNITY, sample()), parse("2026-W45")
        edition = Archive(tmp_path / "digests").latest(scope, week)
        assert edition is not None and f.rig.digests is not None
        shard, _, told = posting.handed(f.rig.digests.told(edition, scope, week, f.now), scope)
        await f.rig.forwarded([(shard, "under another key", told)])  # as after the day for which keys are remembered
        await f.rig.settle(f.now)
        assert digests(f) == []
        here = f.rig.here(f.now)  # a day later no key is remembered any more, the mark still is
        assert isinstance(told, DigestMade) and (await weekly.made(told, here)).empty
        assert (await weekly.rang(ClockRang(key=key, at=NINE), here)).say == ()
        marks = await f.rig.store.reader.overlay("xj-home")
    assert edition.number == 1 and marks[f"digest/{COMMUNITY}/2026-W45"] == f"1 {edition.seal}"


async def test_what_was_frozen_before_the_process_died_is_posted_as_it_is_and_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running(tmp_path) as f:
        await closed_case(f)
        assert f.rig.digests is not None

        async def dies(items: object) -> None:
            """Between freezing and handing over."""

        async def again(*_: object) -> None:
            raise AssertionError("it is frozen")

        monkeypatch.setattr(f.rig.digests, "_forward", dies)
        await f.until(NINE)
        assert digests(f) == [] and kept(tmp_path, "2026-W45")["edition"] == 1
        monkeypatch.setattr(f.rig.digests, "_forward", f.rig.forwarded)
        monkeypatch.setattr(posting, "whole", again)
        await f.rig.forwarded([(shard_of("xj-home"), "again", ClockRang(key=f"chore/digest/{COMMUNITY}/2026-W45", at=f.now))])
        await f.rig.settle(f.now)
        assert len(digests(f)) == 3


async def test_a_bot_that_was_away_on_monday_posts_when_it_is_back(tmp_path: Path) -> None:
    async with running(tmp_path) as f:
        await closed_case(f)
        f.clock.set(NINE + timedelta(days=9))  # nobody rang: it was off
        await tell(f.rig, range(SHARDS))
        await f.forward(minutes=1)
        texts = [h.text for h in digests(f) if h.to == "person:p-qiming"]
    assert ["第45周" in texts[0], "第46周" in texts[1]] == [True, True] and len(texts) == 2


async def test_another_minute_in_config_is_the_minute_from_then_on_and_no_scope_means_none(tmp_path: Path) -> None:
    async with running(tmp_path) as f:
        later = replace(posts(), weekly=Weekly(at=time(8, 30), to={COMMUNITY: ("desk",)}), version="later")
        f.rig.use(later, f.rig.ears, f.rig.places)
        await tell(f.rig, range(SHARDS))
        await f.rig.settle(f.now)
        await f.until(NINE + timedelta(hours=2))
        assert [(h.at, h.to) for h in digests(f)] == [(NINE - timedelta(minutes=30), "person:p-qiming")]
        f.rig.use(replace(later, weekly=None, version="none"), f.rig.ears, f.rig.places)
        await f.forward(days=8)
        assert digests(f) == []


async def test_a_committee_with_a_group_of_its_own_is_told_there(tmp_path: Path) -> None:
    async with running(tmp_path, posts({COMMUNITY: ("chat:ghong", "p-dongzhi")})) as f:
        await f.until(NINE)
        assert sorted(h.to for h in digests(f)) == ["chat:ghong", "person:p-dongzhi"]


async def test_a_seed_sealed_on_one_monday_is_opened_on_the_next_and_anybody_draws_the_same_sample(tmp_path: Path) -> None:
    async with running(tmp_path) as f:
        cases = [await closed_case(f, f"{n}栋楼道灯坏了好几天，晚上看不见路", f"{n}栋-李姐") for n in range(1, 6)]
        await f.until(NINE + WEEK)
    sealed, opened = (kept(tmp_path, week)["check"] for week in ("2026-W45", "2026-W46"))
    assert isinstance(sealed, dict) and isinstance(opened, dict)
    assert sealed["seed"] == "" and sealed["sample"] == [] and sealed["hash"] != opened["hash"]
    assert spot.seal(opened["seed"]) == sealed["hash"]
    table = tmp_path / "digests/community/pinghu-hehua/2026-W45/1/cases.csv"
    closed = spot.closed_of(table, "2026-W45")
    assert sorted(closed) == sorted(cases)
    assert list(spot.drawn(opened["seed"], reversed(closed))) == opened["sample"] and len(opened["sample"]) == spot.LEAST


@asynccontextmanager
async def served(f: Front) -> AsyncIterator[str]:
    runner = web.AppRunner(make_app(f.rig), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield "http://{}:{}".format(*runner.addresses[0][:2])
    await runner.cleanup()


async def test_the_link_opens_what_was_sent_until_its_day_and_nothing_else(tmp_path: Path) -> None:
    async with running(tmp_path) as f, aiohttp.ClientSession() as http, served(f) as here:
        await closed_case(f)
        await f.until(NINE)
        text = digests(f)[0].text
        path = text[text.index("/digests/") :].partition("（")[0]
        async with http.get(here + path) as answer:
            page = await answer.text()
            assert answer.status == 200 and "诉求周报" in page and answer.headers["Cache-Control"] == "private, no-store"
        for wrong in (path.replace("digest.html", "sealed.json"), path.replace("digest.html", "..%2Fseed"),
                      path.replace("/digests/", "/digests/x"), "/digests/../links/digest.html"):
            async with http.get(here + wrong) as answer:
                assert answer.status == 404, wrong
        for file in (tmp_path / "digests/links").iterdir():
            told = json.loads(file.read_bytes())
            file.write_text(json.dumps({**told, "until": "2020-01-01T00:00:00Z"}))
        async with http.get(here + path) as answer:
            assert answer.status == 404 and "打不开了" in await answer.text()

