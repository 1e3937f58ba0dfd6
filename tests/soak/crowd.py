"""The people of a soak: residents talk at a steady rate, members take and settle what reaches them, reporters rate it."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.faults.bot_process import BotProcess
from tests.soak.platform import Line
from tests.soak.world import Said

NUMBER = re.compile(r"[A-Z]{2}-\d{4,}")
THINKS_S, WORKS_S = 3.0, 8.0  # until a member accepts, and until he has done it; a reporter rates as fast as a member accepts
ABREAST = 64  # requests under way


@dataclass
class Crowd:
    """Everybody who speaks to the bot."""

    bot: BotProcess
    http: aiohttp.ClientSession
    answered: Counter[int] = field(default_factory=Counter)  # HTTP code -> requests
    lines: list[Said] = field(default_factory=list)  # the appeals that were answered 200
    said: int = 0
    slow: list[float] = field(default_factory=list)  # seconds of each answer at the door
    late: float = 0.0  # the most seconds that the load was behind its own plan
    _begun: set[str] = field(default_factory=set)
    _rated: set[str] = field(default_factory=set)
    _later: deque[tuple[float, dict[str, Any]]] = field(default_factory=deque)
    _presses: int = 0

    async def talk(self, talk: Iterator[Said], rate: float, seconds: float) -> None:
        """So many lines a second, whatever becomes of them; what is not answered 200 is sent again, as platforms do."""
        begun, room, under_way = time.monotonic(), asyncio.Semaphore(ABREAST), set[asyncio.Task[None]]()
        for nth in range(int(rate * seconds)):
            ahead = begun + nth / rate - time.monotonic()
            if ahead > 0:
                await asyncio.sleep(ahead)
            self.late = max(self.late, -ahead)
            await room.acquire()
            one = asyncio.create_task(self._say(next(talk)))
            under_way.add(one)
            one.add_done_callback(lambda done: (under_way.discard(done), room.release()))
        await asyncio.gather(*under_way)

    async def _say(self, line: Said) -> None:
        row = {"lounge": line.lounge, "id": line.id, "sender": line.sender, "name": "住户", "text": line.text}
        await self._post(row)
        self.said += 1
        if line.appeal:
            self.lines.append(line)

    async def _post(self, row: dict[str, Any]) -> None:
        while True:
            begun = time.monotonic()
            code = await self.bot.send(self.http, row)
            self.answered[code] += 1
            if code == 200:
                self.slow.append(time.monotonic() - begun)
                return
            await asyncio.sleep(0.05)

    def shown(self, line: Line) -> None:
        """Somebody sees a line: whoever is given a case settles it, whoever is asked rates it."""
        found = NUMBER.search(line.case or line.text)
        person = line.to.removeprefix("person:")
        if found is None or person == line.to:
            return
        case, now = found.group(), time.monotonic()
        if line.card == "ask_rating" and case not in self._rated:
            self._rated.add(case)
            self._later.append((now + THINKS_S, {"press": "rate", "args": {"grade": "good"}, "case": case, "sender": person}))
        elif person.startswith("p-") and line.card != "passed" and case not in self._begun:
            self._begun.add(case)
            self._later.append((now + THINKS_S, {"press": "accept", "case": case, "sender": person}))
            self._later.append((now + WORKS_S, {"press": "resolve", "note": "已经处理好了", "case": case, "sender": person}))

    async def act(self) -> None:
        """Press what is to be pressed by now, for ever."""
        while True:
            now = time.monotonic()
            due = [press for at, press in self._later if at <= now]
            self._later = deque((at, press) for at, press in self._later if at > now)
            for press in due:
                self._presses += 1
                await self._post({**press, "id": f"b-{self._presses}"})
            await asyncio.sleep(0.2)

    @property
    def idle(self) -> bool:
        """Whether nobody is about to press anything."""
        return not self._later

    @property
    def presses(self) -> int:
        """How many buttons were pressed."""
        return self._presses
