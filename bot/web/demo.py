"""The demo: one page over the real bot on a clock of its own, speaking through the plain channel like anyone else."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import structlog

from bot.app import Rig
from bot.channels.masking import mask
from bot.channels.plain import Plain
from bot.clocks import Virtual
from bot.domain.gate import quiet
from bot.messages import ButtonPress, ChatLine, Outgoing
from bot.shards import SHARDS
from bot.store.port import Change, Entry, Lost
from bot.web import demo_views as views
from bot.web.demo_state import Page, Shown, line_from

TICK = 1.0  # seconds between two looks at the clock
TIMEOUT = aiohttp.ClientTimeout(total=10)
MOVES = {"30m": timedelta(minutes=30), "1h": timedelta(hours=1)}
log = structlog.get_logger("demo")


class Demo:
    """One run over one store: takes what the page says to the front door, and keeps the page up to date.

    `turn` is held by whoever decides and says, so that the clock and the inbox move one at a time.
    """

    def __init__(self, rig: Rig, clock: Virtual, plain: Plain, page: Page, http: aiohttp.ClientSession, hook: str) -> None:
        self.rig, self.clock, self.plain, self.page = rig, clock, plain, page
        self._http, self._hook = http, hook
        self.turn, self.moved, self.closing = asyncio.Lock(), asyncio.Event(), asyncio.Event()
        self.again = asyncio.Event()  # 重新开始 was pressed
        self.busy = False
        self._arrived: list[dict[str, str | None]] = []  # what came to /demo/out and is not on the page yet
        self._dirty: set[str] = set()  # cases to be read again
        self._real = asyncio.get_running_loop().time()
        rig.decided.append(self._decided)
        rig.said.append(self._said)

    # ---- what the page asks for
    async def say(self, where: str, sender: str, name: str, text: str) -> str:
        """A line in a group (`chat:<lounge>`) or in private (`person:<id>`), posted to the hook. Returns "" or why not."""
        line_id, at, lounge = f"demo-{secrets.token_hex(8)}", self.clock.now(), ""
        row: dict[str, Any] = {"id": line_id, "at": at.isoformat(), "sender": sender, "name": name, "text": text}
        if where.startswith("chat:"):
            row["lounge"] = lounge = where.removeprefix("chat:")
        else:
            row["private"] = True
        shown = Shown(id=line_id, at=at, where=where, by=sender, name=mask(name), text=mask(text), lounge=lounge)
        return await self._send(row, shown)

    async def press(self, line: Shown, verb: str) -> str:
        """A button of a card on somebody's phone, posted to the hook. Returns "" or why not."""
        press_id, at = f"demo-{secrets.token_hex(8)}", self.clock.now()
        word, _, grade = verb.partition(":")
        sender = line.where.removeprefix("person:")
        row: dict[str, Any] = {"id": press_id, "at": at.isoformat(), "sender": sender, "press": word}
        row |= {"case": line.case} if line.case else {"message": line.message, "lounge": line.lounge}
        if grade:
            row["args"] = {"grade": grade}
        label = dict(line.buttons).get(verb, verb)
        shown = Shown(id=press_id, at=at, where=line.where, by=sender, text=label, case=line.case)
        why = await self._send(row, shown)
        if not why:
            self.page.press(line.id, verb)
        return why

    async def _send(self, row: dict[str, Any], shown: Shown) -> str:
        """Sign and post one line; it is on the page before anything that answers it."""
        body = json.dumps(row, ensure_ascii=False).encode()
        stamp = str(int(datetime.now(UTC).timestamp()))
        headers = {"content-type": "application/json", "x-lounge-timestamp": stamp,
                   "x-lounge-signature": self.plain.sign(stamp, body)}
        async with self.turn:
            try:
                async with self._http.post(self._hook, data=body, headers=headers, timeout=TIMEOUT) as answer:
                    if answer.status != 200:
                        return str((await answer.json()).get("error", "没有收下"))
            except (aiohttp.ClientError, TimeoutError, ValueError):
                return "没连上，再试一次"
            self.page.show(shown)
        self.moved.set()
        return ""

    async def move(self, how: str) -> str:
        """Let the clock run on by 30m, 1h, or to the next morning, alarm by alarm. Returns "" or why not."""
        async with self.turn:
            now = self.clock.now()
            to = now + MOVES[how] if how in MOVES else views.next_morning(now, self.rig.settings)
            self.busy = True
            self.page.touch()
            try:
                await self._run_to(to)
            except Lost:
                self._forget()
                return "存储暂时没回应，稍等再试"
            finally:
                self.busy = False
                self._real = asyncio.get_running_loop().time()
                self.page.touch()
        return ""

    # ---- the loop
    async def run(self) -> None:
        """Decide and say until told to close: at once when something came in, else every second."""
        for lounge in self.rig.settings.lounges:
            self._dirty |= {case.id for case in await self.rig.store.reader.open_cases(lounge)}
        self._dirty |= {line.case for line in self.page.lines.values() if line.case}
        everywhere = True  # what an earlier start left behind
        while not self.closing.is_set():
            try:
                async with self.turn:
                    await self._beat(everywhere)
                everywhere = False
            except Lost as why:
                log.warning("the store is away, trying again", why=str(why))
                self._forget()
                everywhere = True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.moved.wait(), TICK)
            self.moved.clear()

    async def _beat(self, everywhere: bool) -> None:
        """Let the clock follow the wall by as much as has passed, and everything come to rest."""
        if everywhere:
            await self.rig.settle(self.clock.now(), everywhere=True)
        real = asyncio.get_running_loop().time()
        passed, self._real = real - self._real, real
        await self._run_to(self.clock.now() + timedelta(seconds=passed))

    def _forget(self) -> None:
        """After a lost store: what was in memory may not be what was written."""
        store = self.rig.store
        for shard in range(SHARDS):
            store.memory.drop(shard)
            store.inbox.rewind(shard)
            store.outbox.rewind(shard)

    async def _run_to(self, to: datetime) -> None:
        """Advance the conduct clock and let everything come to rest."""
        await self.rig.settle(self.clock.now())
        await self._read_cases()
        await self.rig.advance(self.clock.now(), to, self.clock.set)
        self.clock.set(to)
        await self.rig.settle(to)
        await self._read_cases()

    async def _read_cases(self) -> None:
        for number in sorted(self._dirty):
            case = await self.rig.store.reader.case(number)
            if case is not None:
                rows = await self.rig.store.reader.journal(number)
                self.page.put_case(views.case_view(case, rows, self.rig.settings))
        self._dirty.clear()

    # ---- what the bot did
    def _decided(self, entry: Entry, change: Change) -> None:
        self._dirty |= {case.id for case in change.cases}
        what, decision, settings = entry.what, change.decision, self.rig.settings
        if decision is None:
            return
        if isinstance(what, ChatLine):
            heard = self.rig.ears.hear(what.text, name=what.name, lounge=what.lounge)
            placed = self.rig.places.place(what.text, name=what.name, lounge=what.lounge)
            self.page.think(views.line_thought(what, heard, placed, decision, settings))
        elif isinstance(what, ButtonPress):
            known, shown = settings.people.get(what.sender), self.page.lines.get(what.id)
            name = known.name if known else self._nickname(what.sender)
            self.page.think(views.press_thought(what, name, decision, shown.text if shown else ""))

    def _nickname(self, sender: str) -> str:
        return next((line.name for line in self.page.lines.values() if line.by == sender and line.name), "街坊")

    def arrived(self, row: dict[str, str | None]) -> None:
        """Something the bot says has come over HTTP to /demo/out."""
        self._arrived.append(row)

    def _said(self, line: Outgoing, outcome: str) -> None:
        """Put a line on the page once it has really arrived; the promise adds its buttons."""
        verdict, _, why = outcome.partition(": ")
        if verdict == "held":
            self.page.hold(line, why)
            return
        self.page.release(line.key)
        if verdict != "delivered":
            return
        if line.card == "morning":  # it stands for everything that waited for this person
            for held in [h for h in self.page.held.values() if h.where == line.to]:
                self.page.release(held.key)
        wanted = (line.to, line.card, line.text, line.case)
        for row in self._arrived:
            if (row.get("to"), row.get("card"), row.get("text"), row.get("case")) == wanted:
                self._arrived.remove(row)
                self.page.show(line_from(line, self.clock.now()))
                return

    def snapshot(self) -> bytes:
        """The page as JSON."""
        now, settings = self.clock.now(), self.rig.settings
        clock = {"busy": self.busy, "open": settings.calendar.is_open(now), "quiet": quiet(now, settings)}
        return self.page.snapshot(now, clock)

    def close(self) -> None:
        """End the loop and every live stream."""
        self.closing.set()
        self.moved.set()
        self.page.touch()
