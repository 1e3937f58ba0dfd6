"""The front door for stories: signed bytes in, what people would have got out; the clock is moved by hand."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.app import Rig, open_store_at
from bot.channels.base import Wire
from bot.channels.plain import Plain
from bot.clocks import Virtual
from bot.config import load
from bot.domain.case import Case
from bot.domain.settings import Settings
from bot.messages import Decision, Delivered, Outgoing, Receipt
from bot.store.port import Change, Entry

CONFIG = Path(__file__).resolve().parent.parent / "config"
SHANGHAI = timedelta(hours=8)


@cache
def sample() -> Settings:
    """The shipped settings, read once for all tests."""
    return load(CONFIG, {})


@dataclass(frozen=True)
class Heard:
    """One line that somebody got from the bot."""

    at: datetime
    to: str
    card: str
    text: str
    case: str | None
    buttons: tuple[tuple[str, str], ...]


class Phone:
    """A mouth that remembers what each person and group got."""

    def __init__(self) -> None:
        self.got: list[Heard] = []
        self.receipts: list[Receipt] = []  # what the next deliveries answer; Delivered when empty

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt:
        receipt = self.receipts.pop(0) if self.receipts else Delivered()
        if isinstance(receipt, Delivered):
            self.got.append(Heard(now, line.to, line.card, line.text, line.case, line.buttons))
        return receipt


class Front:
    """A whole bot behind its front door."""

    def __init__(self, rig: Rig, plain: Plain, clock: Virtual, phone: Phone) -> None:
        self.rig, self.plain, self.clock, self.phone = rig, plain, clock, phone
        self.decisions: dict[str, Decision] = {}
        self._ids = itertools.count(1)
        self._read = 0
        rig.decided.append(self._seen)

    def _seen(self, entry: Entry, change: Change) -> None:
        if change.decision is not None:
            self.decisions[change.decision.id] = change.decision

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def post(self, row: dict[str, object]) -> list[bool]:
        """One line through verify and parse, then the loops until nothing moves."""
        body = json.dumps({"at": self.now.isoformat(), **row}, ensure_ascii=False).encode()
        wall = datetime.now(UTC)
        stamp = str(int(wall.timestamp()))
        headers = {"x-lounge-timestamp": stamp, "x-lounge-signature": self.plain.sign(stamp, body)}
        fresh = await self.rig.ingest(self.plain.parse(self.plain.verify(Wire(body=body, headers=headers), wall)))
        await self.rig.settle(self.now)
        return fresh

    async def say(self, lounge: str, sender: str, text: str, name: str = "", **more: object) -> Decision:
        """Somebody says something in a group; returns what became of it."""
        message = f"m{next(self._ids)}"
        await self.post({"lounge": lounge, "id": message, "sender": sender, "name": name or sender, "text": text, **more})
        return self.decisions.get(message) or Decision(id=message, decision="none")

    async def tell(self, sender: str, text: str) -> Decision | None:
        """Somebody says something to the bot alone."""
        message = f"p{next(self._ids)}"
        await self.post({"private": True, "id": message, "sender": sender, "text": text})
        return self.decisions.get(message)

    async def press(self, sender: str, verb: str, case: str, note: str = "", **args: str) -> Decision | None:
        """Somebody presses a button."""
        message = f"b{next(self._ids)}"
        await self.post({"press": verb, "case": case, "id": message, "sender": sender, "note": note, "args": args})
        return self.decisions.get(message)

    async def forward(self, **delta: float) -> None:
        """Let the conduct clock run: every alarm rings at its own instant."""
        await self.until(self.now + timedelta(**delta))

    async def until(self, at: datetime) -> None:
        """Let the conduct clock run to an instant."""
        await self.rig.advance(self.now, at, self.clock.set)
        self.clock.set(at)

    def heard(self, to: str | None = None) -> list[Heard]:
        """What was got since the last look (all of it by everybody, or only by one)."""
        fresh = self.phone.got[self._read:]
        self._read = len(self.phone.got)
        return [h for h in fresh if to is None or h.to == to]

    async def case(self, case_id: str) -> Case:
        found = await self.rig.store.reader.case(case_id)
        assert found is not None, f"no case {case_id}"
        return found

    async def events(self, case_id: str) -> list[str]:
        """The journal's events, in order."""
        return [row.event for row in await self.rig.store.reader.journal(case_id)]


@asynccontextmanager
async def front(folder: Path, start: str = "2026-11-02T10:00:00+08:00", settings: Settings | None = None) -> AsyncIterator[Front]:
    """A bot on a fresh Redis, standing at `start` (a Monday morning)."""
    settings = settings or sample()
    async with open_store_at(settings, folder) as store:
        plain, clock, phone = Plain(b"story", settings.lounges), Virtual(datetime.fromisoformat(start)), Phone()
        rig = Rig(settings, store, {"plain": plain}, phone, clock)
        rig.own_all()
        await rig.settle(clock.now(), everywhere=True)
        yield Front(rig, plain, clock, phone)


__all__ = ["Front", "Heard", "front", "replace", "sample"]
