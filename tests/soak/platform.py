"""The platforms of a soak: they take what the bot says, fail one send in ten in every way there is, and keep count."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.wecom.control import make_app
from tests.wecom.server import State

HANGS_S = 12.0  # longer than the bot waits for any answer
# way -> whether the platform has taken the line all the same
PLAIN_WAYS = {"500": False, "503": False, "429": False, "403": False, "hang": True, "cut before": False, "cut after": True}
WECOM_WAYS = {"-1": False, "45009": False, "500": False, "81013": False, "hang": True, "cut before": False, "cut after": True}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody was shown."""

    to: str
    card: str
    text: str
    case: str


@dataclass
class Platforms:
    """Counts by platform and by what became of a send; `shown` hears of every line that reached its people."""

    dice: random.Random
    one_in: int = 10
    shown: Callable[[Line], None] = lambda line: None
    took: Counter[str] = field(default_factory=Counter)  # answered as it should be
    failed: Counter[str] = field(default_factory=Counter)  # way -> times
    unsure: int = 0  # taken, but the bot got no answer
    wecom: State = field(default_factory=State)
    base: str = ""

    def fate(self, ways: dict[str, bool]) -> str:
        """How this send fails; "" where it does not."""
        return self.dice.choice(list(ways)) if self.dice.random() * self.one_in < 1 else ""

    async def plain(self, request: web.Request) -> web.StreamResponse:
        """One line of what the bot says on the plain channel."""
        row = json.loads(await request.read())
        line = Line(row["to"], row["card"], row["text"], row["case"] or "")
        way = self.fate(PLAIN_WAYS)
        if not way:
            self.took["plain"] += 1
            self.shown(line)
            return web.Response()
        return await self._fail("plain", way, PLAIN_WAYS[way], request, line)

    async def _fail(self, platform: str, way: str, taken: bool, request: web.Request, line: Line) -> web.StreamResponse:
        self.failed[f"{platform} {way}"] += 1
        if taken:
            self.unsure += 1
            self.shown(line)
        if way == "hang":
            await asyncio.sleep(HANGS_S)
        if way.startswith("cut") and request.transport is not None:
            request.transport.abort()
        return web.Response(status=int(way) if way.isdigit() else 500)

    def wecom_way(self) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
        """A middleware for the stand-in of WeCom's API: the same one in ten, with its codes."""

        @web.middleware
        async def way_of(request: web.Request, handler: Handler) -> web.StreamResponse:
            kind = request.path.removeprefix("/cgi-bin/")
            if kind not in ("message/send", "webhook/send"):
                return await handler(request)
            line = _line(kind, json.loads(await request.read()))
            way = self.fate(WECOM_WAYS)
            if way in ("-1", "45009", "81013"):
                self.failed[f"wecom {way}"] += 1
                return web.json_response({"errcode": int(way), "errmsg": "as told"})
            if way:
                return await self._fail("wecom", way, WECOM_WAYS[way], request, line)
            answer = await handler(request)
            told = json.loads(answer.body) if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else {}
            if told.get("errcode") == 0:
                self.took[f"wecom {kind}"] += 1
                self.shown(line)
            else:
                self.failed[f"wecom answered {told.get('errcode')}"] += 1
            self.wecom.got.clear()  # half an hour of it is not to be kept
            return answer

        return way_of


def _line(kind: str, body: dict[str, Any]) -> Line:
    """What a message of the app or the robot shows, to whom."""
    to = f"person:{body['touser']}" if kind == "message/send" else "chat:wecom"
    return Line(to, "", json.dumps(body, ensure_ascii=False), "")


@asynccontextmanager
async def platforms(dice: random.Random) -> AsyncIterator[Platforms]:
    """Both on one free port: the plain channel's collector at /plain, WeCom's API beside it."""
    both = Platforms(dice)
    app = make_app(both.wecom)
    app.middlewares.append(both.wecom_way())
    app.router.add_post("/plain", both.plain)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    both.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield both
    await runner.cleanup()
