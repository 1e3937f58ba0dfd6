"""A whole bot on WeCom, over real HTTP: sealed callbacks in, and a stand-in of the platform that shows what it got."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.app import Rig, channels_of, mouth_of, open_store_at
from bot.bindings import Bindings
from bot.channels.base import Wire
from bot.clocks import Virtual
from bot.domain.gate import quiet
from bot.domain.settings import ChannelSettings, Ear, Settings
from bot.loops.live import Live
from bot.store.redis import Store
from bot.web.webhook import http_log, make_app
from tests.front import sample
from tests.wecom import calls
from tests.wecom.calls import Caller
from tests.wecom.control import make_app as stand_in
from tests.wecom.server import State

GROUP, LOUNGE = "wrHEHUA", "hehua"
PATIENCE_S = 15.0
ENVIRON = {
    "TOKEN": calls.TOKEN, "AES": calls.AES, "SECRET": calls.SECRET, "KEY": "robot-key",
    "OLD_TOKEN": "oldtoken", "OLD_AES": "B" * 43,
}


def settings_at(base: str, members: Mapping[str, str], **lounge: Any) -> Settings:
    """The sample world on WeCom: one group bound, `members` are person -> account of the app."""
    pair = {"token": "TOKEN", "aes_key": "AES"}
    channels = {
        "wecom_aibot": ChannelSettings(name="wecom_aibot", kind="wecom_aibot", on=True, secrets=pair, options={
            "base": base, "bot": "AIBOT-1", "previous_token": "OLD_TOKEN", "previous_aes_key": "OLD_AES",
            "previous_until": "2100-01-01T00:00:00+08:00"}),
        "wecom_robot": ChannelSettings(name="wecom_robot", kind="wecom_robot", on=True, secrets={LOUNGE: "KEY"},
                                       options={"base": base}),
        "wecom_app": ChannelSettings(name="wecom_app", kind="wecom_app", on=True, secrets={**pair, "secret": "SECRET"},
                                     options={"base": base, "corp": calls.CORP, "agent": str(calls.AGENT)}),
    }
    known = sample()
    one = replace(known.lounges[LOUNGE], ears=(Ear(channel="wecom_aibot", chat=GROUP),),
                  mouth=Ear(channel="wecom_robot", chat=LOUNGE), **lounge)
    people = {name: replace(person, addresses={"wecom_app": members[name]} if name in members else {})
              for name, person in known.people.items()}
    return replace(known, channels=channels, lounges={**known.lounges, LOUNGE: one}, people=people)


@dataclass
class Worker:
    """One process's worth of the bot: a webhook on a port; `live` where it also decides and says."""

    rig: Rig
    bindings: Bindings
    port: int
    live: Live | None = None


@dataclass
class House:
    """The bot, the platform, and everybody who speaks to it."""

    workers: list[Worker]
    state: State
    base: str
    http: aiohttp.ClientSession
    store: Store
    folder: Path
    bot: Caller = field(default_factory=Caller)
    app: Caller = field(default_factory=lambda: Caller(calls.CORP))
    read: dict[str, int] = field(default_factory=dict)

    @property
    def rig(self) -> Rig:
        return self.workers[0].rig

    async def post(self, wire: Wire, channel: str = "wecom_aibot", worker: int = 0) -> tuple[int, Wire]:
        """The code, and the answer as the platform gets it."""
        url = f"http://127.0.0.1:{self.workers[worker].port}/hooks/{channel}"
        async with self.http.request(wire.method, url, params=dict(wire.query), data=wire.body or None,
                                     headers=dict(wire.headers)) as answer:
            return answer.status, Wire(code=answer.status, body=await answer.read())

    async def says(self, sender: str, text: str, chat: str = GROUP, url: str = "", **more: Any) -> tuple[Wire, dict[str, Any] | None]:
        """A line to the AI bot; the call, and its answer in clear."""
        call = self.bot.line(datetime.now(UTC), sender, f"@小客厅 {text}" if chat else text, chat, url=url, **more)
        code, answer = await self.post(call)
        assert code == 200, answer.body
        return call, self.bot.read(answer, call, "message")

    async def refreshed(self, sender: str, stream: str, chat: str = GROUP, worker: int = 0) -> dict[str, Any]:
        """The answer to one question how a stream goes on."""
        call = self.bot.refresh(datetime.now(UTC), sender, stream, chat)
        _, answer = await self.post(call, worker=worker)
        found = self.bot.read(answer, call, "refresh")
        assert found is not None
        part: dict[str, Any] = found["stream"]
        return part

    async def ended(self, sender: str, stream: str, chat: str = GROUP, worker: int = 0) -> str:
        """Ask as the platform does until the stream has ended; its words."""
        async with asyncio.timeout(PATIENCE_S):
            while not (part := await self.refreshed(sender, stream, chat, worker))["finish"]:
                await asyncio.sleep(0.05)
        return str(part["content"])

    async def tells(self, account: str, text: str) -> None:
        """A private line to the app."""
        code, answer = await self.post(self.app.app_line(datetime.now(UTC), account, text), "wecom_app")
        assert (code, answer.body) == (200, b"")

    async def presses(self, account: str, card: dict[str, Any], label: str) -> str:
        """A button of a card that the app has sent; returns the code with which the card may be changed."""
        shape = card["body"]["template_card"]
        key = next(button["key"] for button in shape["button_list"] if button["text"] == label)
        code = f"PRESS-{len(self.state.cards) + 1}"
        self.state.cards[code] = self.state.now() + 3600
        wire = self.app.app_press(datetime.now(UTC), account, key, shape["task_id"], code)
        told, answer = await self.post(wire, "wecom_app")
        assert (told, answer.body) == (200, b"")
        return code

    async def got(self, path: str, fits: Callable[[dict[str, Any]], bool] = lambda row: True) -> dict[str, Any]:
        """The next thing that the platform took at a door and that fits."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                start = self.read.get(path, 0)
                rows = [row for row in self.state.got if row["path"] == path]
                for index, row in enumerate(rows[start:], start):
                    if row["shown"] and fits(row):
                        self.read[path] = index + 1
                        return row
                await asyncio.sleep(0.05)

    async def card(self, account: str, words: str) -> dict[str, Any]:
        """The next message of the app to somebody that holds these words."""
        return await self.got("message/send", lambda row: row["body"]["touser"] == account and words in json.dumps(
            row["body"], ensure_ascii=False))

    async def spoken(self, words: str) -> dict[str, Any]:
        """The next line of the robot in the group that holds these words."""
        return await self.got("webhook/send", lambda row: words in json.dumps(row["body"], ensure_ascii=False))

    async def until(self, holds: Callable[[], Any]) -> None:
        """Wait for something that is not to be seen from outside."""
        async with asyncio.timeout(PATIENCE_S):
            while not (await found if asyncio.iscoroutine(found := holds()) else found):
                await asyncio.sleep(0.05)


def workday(settings: Settings) -> datetime:
    """The next instant at which people are at work and nobody sleeps; the platform's own clock is the real one."""
    now = settings.calendar.next_open(datetime.now(UTC))
    assert not quiet(now, settings)
    return now


@asynccontextmanager
async def house(folder: Path, members: Mapping[str, str] | None = None, workers: int = 1, **lounge: Any) -> AsyncIterator[House]:
    """A bot whose first worker decides; the others only answer at the door."""
    state = State()
    platform = web.AppRunner(stand_in(state), access_log=None)
    await platform.setup()
    await web.TCPSite(platform, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{platform.addresses[0][1]}"
    settings = settings_at(base, members or {}, **lounge)
    clock = Virtual(workday(settings))
    async with open_store_at(settings, folder / "data") as store, aiohttp.ClientSession() as http:
        built, runners = list[Worker](), list[web.AppRunner]()
        for _ in range(workers):
            bindings = Bindings(settings)
            await bindings.refresh(store.reader)
            channels = channels_of(settings, ENVIRON, bindings.names)
            rig = Rig(settings, store, channels, mouth_of(settings, store, channels, bindings.names, http, folder), clock)
            rig.decided.append(bindings.decided)
            runner = web.AppRunner(make_app(rig), access_log=None, logger=http_log(), shutdown_timeout=0.2)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            runners.append(runner)
            built.append(Worker(rig, bindings, runner.addresses[0][1]))
        first = built[0]
        first.live = Live(store, store.leases, first.rig.inbox, first.rig.outbox, clock)
        running = asyncio.create_task(first.live.run())
        try:
            yield House(built, state, base, http, store, folder)
        finally:
            first.live.stop.set()
            await asyncio.wait_for(running, PATIENCE_S)
            for runner in runners:
                await runner.cleanup()
    await platform.cleanup()
