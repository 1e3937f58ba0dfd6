"""An outbox in memory, driven minute by minute through the real loop: what was promised, held, said, and to whom."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from bot.domain.case import Case
from bot.domain.settings import Settings
from bot.loops.outbox import OutboxLoop
from bot.messages import Delivered, Incoming, Outgoing, Receipt
from bot.store.port import PersonState, Promise, Store
from tests.domain.build import SETTINGS


@dataclass
class Memory:
    """Outbox and reader at once."""

    waiting: list[Promise] = field(default_factory=list)
    held: list[tuple[datetime, int, Outgoing]] = field(default_factory=list)
    homes: dict[str, dict[str, str]] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    buried: list[tuple[Outgoing, str]] = field(default_factory=list)
    back: list[Incoming] = field(default_factory=list)
    count: int = 0

    def promise(self, line: Outgoing) -> None:
        self.count += 1
        self.waiting.append(Promise(shard=0, id=str(self.count), tries=1, say=line))

    async def take(self, shard: int, now: datetime, count: int) -> list[Promise]:
        due = sorted(x for x in self.held if x[0] <= now)
        self.held = [x for x in self.held if x[0] > now]
        found = [Promise(shard=0, id=f"h{order}", tries=1, say=replace(line, held=True), order=order) for _, order, line in due]
        found += self.waiting
        self.waiting = []
        return found

    async def sent(self, promise: Promise, back: Incoming | None, counters: Mapping[str, str], outcome: str = "") -> None:
        self._done(back, counters)

    async def defer(self, promise: Promise, until: datetime, say: Outgoing | None = None,
                    counters: Mapping[str, str] | None = None) -> None:
        self.count += 1
        line = say or promise.say
        assert line is not None
        self.held.append((until, promise.order or self.count, line))
        self._done(None, counters or {})

    async def bury(self, promise: Promise, why: str, back: Incoming | None = None,
                   counters: Mapping[str, str] | None = None) -> None:
        assert promise.say is not None
        self.buried.append((promise.say, why))
        self._done(back, counters or {})

    def _done(self, back: Incoming | None, counters: Mapping[str, str]) -> None:
        self.back += [back] if back else []
        for name, by in counters.items():
            home, _, counter = name.rpartition("|")
            fields = self.homes.setdefault(home, {})
            if by:
                fields[counter] = str(int(fields.get(counter, "0")) + int(by))
            else:
                fields.pop(counter, None)

    async def person(self, name: str) -> PersonState:
        return PersonState(id=name, fields=dict(self.homes.get(name, {})))

    async def case(self, name: str) -> Case | None:
        return self.cases.get(name)


class Wire:
    """A mouth that notes what it said, and answers what the test put in `receipts` first."""

    def __init__(self) -> None:
        self.said: list[tuple[datetime, Outgoing]] = []
        self.receipts: list[Receipt] = []

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt:
        receipt = self.receipts.pop(0) if self.receipts else Delivered()
        if isinstance(receipt, Delivered):
            self.said.append((now, line))
        return receipt


class Desk:
    """One outbox loop on a memory, moved by hand."""

    def __init__(self, settings: Settings = SETTINGS, able: Any = None) -> None:
        self.memory, self.wire, self.outcomes = Memory(), Wire(), list[tuple[str, str]]()
        store = cast(Store, _Ports(self.memory))
        self.loop = OutboxLoop(store, lambda: settings, self.wire, lambda line, what: self.outcomes.append((line.key, what)),
                               able or (lambda to: None))

    def say(self, now: datetime, *lines: Outgoing) -> None:
        """Promise lines and let the loop take what may go now."""
        for line in lines:
            self.memory.promise(line)
        self.drain(now)

    def drain(self, now: datetime) -> None:
        while asyncio.run(self.loop.drain_once(0, now)):
            pass

    def until(self, end: datetime) -> None:
        """Let held lines come at their instants, up to `end`."""
        while self.memory.held and (first := min(self.memory.held)[0]) <= end:
            self.drain(first)

    def texts(self, to: str | None = None) -> list[str]:
        return [line.text for _, line in self.wire.said if to in (None, line.to)]

    def cards(self) -> list[str]:
        return [line.card for _, line in self.wire.said]


@dataclass(frozen=True)
class _Ports:
    memory: Memory

    @property
    def outbox(self) -> Memory:
        return self.memory

    @property
    def reader(self) -> Memory:
        return self.memory


def keys(lines: Iterable[Outgoing]) -> list[str]:
    return [line.key for line in lines]
