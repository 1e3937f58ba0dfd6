"""What the store promises: read for handlers, and one place each that takes in, writes, sends and rings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.case import Case, Row
from bot.messages import ChatLine, Decision, Incoming, Outgoing
from bot.shards import SHARDS as SHARDS

TALK_AGE = timedelta(minutes=15)  # what was said so long before the newest line is no longer remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All that one input changes, as a value. An empty Change (but for `decision`) costs only its ack.

    `cases` carry the version that was read; the commit writes version + 1 and refuses when the stored one differs.
    A case with version 0 is new: its number must still be free. `journal` rows are (case id, row).
    `overlay` and `person` are field writes, None deletes: (lounge, field, value), (person id, field, value).
    `chores` set alarms of their own: (key without shard, instant or None to take it off).
    """

    cases: tuple[Case, ...] = ()
    journal: tuple[tuple[str, Row], ...] = ()
    say: tuple[Outgoing, ...] = ()
    overlay: tuple[tuple[str, str, str | None], ...] = ()
    person: tuple[tuple[str, str, str | None], ...] = ()
    chores: tuple[tuple[str, datetime | None], ...] = ()
    forward: tuple[tuple[int, str, Incoming], ...] = ()  # (shard, key, what): travels through the outbox by `inner`
    erase: tuple[str, ...] = ()  # persons to be forgotten
    rewrite: tuple[tuple[str, tuple[Row, ...]], ...] = ()  # journals laid down anew, where a person's words must go
    decision: Decision | None = None

    @property
    def empty(self) -> bool:
        """True where there is nothing to write but the ack."""
        return not (self.cases or self.journal or self.say or self.overlay or self.person or self.chores
                    or self.forward or self.erase or self.rewrite)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something taken from an inbox: the stream's id, how often it was delivered, what it says.

    `raw` is `what` as it was stored, so that the talk can keep a line without packing it again.
    """

    shard: int
    id: str
    tries: int
    what: Incoming
    raw: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Something taken from an outbox: a line to say, or (`forward`) an input for another shard."""

    shard: int
    id: str
    tries: int
    say: Outgoing | None = None
    forward: tuple[int, str, Incoming] | None = None
    order: int = 0  # among held lines, kept when it is held again; 0 for a line never held


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """Something buried: from which side, what kind of message, why; `text` was masked before it was ever stored."""

    at: datetime
    side: str  # inbox | outbox
    kind: str
    why: str
    key: str = ""
    case: str | None = None
    to: str = ""
    text: str = ""
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A row of the feed for live pages: `kind` is case, said or buried."""

    kind: str
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonState:
    """A person's home: the cases that concern him (id -> part), sent counters, pending note, free fields."""

    id: str
    fields: Mapping[str, str] = field(default_factory=dict)


class Reader(Protocol):
    """All that a handler may do with the store."""

    async def case(self, case_id: str) -> Case | None: ...
    async def open_cases(self, lounge: str) -> Sequence[Case]: ...
    async def recent_cases(self, lounge: str, sender: str) -> Sequence[Case]: ...
    async def journal(self, case_id: str) -> Sequence[Row]: ...
    async def person(self, person_id: str) -> PersonState: ...
    async def overlay(self, lounge: str) -> Mapping[str, str]: ...
    async def next_number(self, lounge: str) -> int: ...
    async def talk(self, lounge: str) -> Sequence[ChatLine]: ...
    async def case_of_message(self, lounge: str, message_id: str) -> Case | None: ...  # open cases only
    async def cases_of(self, lounge: str, sender: str) -> Sequence[Case]: ...  # open, his own or supported
    async def held_by(self, lounge: str, person: str) -> Sequence[Case]: ...  # open; responsible, asked or mediator
    async def lately(self, lounge: str, since: datetime) -> Sequence[Case]: ...  # open, touched since then, by opening
    async def alike(self, lounge: str, intent: str | None = None, building: str | None = None) -> Sequence[Case]: ...


class Conflict(Exception):
    """Somebody else wrote first: decide again."""


class Lost(Exception):
    """The connection or the lease is gone; what was asked may or may not have been done. Take again, never repeat."""


class Inbox(Protocol):
    """Takes in once, hands out in order, writes whole."""

    async def ingest(self, items: Sequence[tuple[int, str, Incoming]]) -> list[bool]: ...
    async def take(self, shard: int, count: int) -> list[Entry]: ...
    async def commit(self, entry: Entry, change: Change) -> bool: ...
    async def commit_many(self, shard: int, work: Sequence[tuple[Entry, Change]]) -> list[bool]: ...
    async def forget(self, shard: int, entries: Sequence[Entry]) -> None: ...
    async def bury(self, entry: Entry, why: str) -> None: ...
    async def wait(self, shards: Collection[int], seconds: float) -> set[int]: ...
    def rewind(self, shard: int) -> None: ...


class Outbox(Protocol):
    """Keeps what was promised until it is said, held or buried."""

    async def take(self, shard: int, now: datetime, count: int) -> list[Promise]: ...
    async def sent(self, promise: Promise, back: Incoming | None, counters: Mapping[str, str],
                   outcome: str = "delivered") -> None: ...
    async def defer(self, promise: Promise, until: datetime, say: Outgoing | None = None,
                    counters: Mapping[str, str] = ...) -> None: ...
    async def bury(self, promise: Promise, why: str, back: Incoming | None = None,
                   counters: Mapping[str, str] = ...) -> None: ...
    async def next_held(self, shard: int) -> datetime | None: ...
    async def wait(self, shards: Collection[int], seconds: float) -> set[int]: ...
    def rewind(self, shard: int) -> None: ...


class Clock(Protocol):
    """Moves what is due into the inbox, none lost, none twice."""

    async def ring(self, shard: int, now: datetime, count: int = 512) -> int: ...
    async def next_due(self, shard: int) -> datetime | None: ...
    async def next_due_all(self) -> dict[int, datetime]: ...


class Memory(Reader, Protocol):
    """The inbox loop's Reader: keeps what it holds, changed by its own commits."""

    def own(self, shard: int) -> None: ...
    def disown(self, shard: int) -> None: ...
    def drop(self, shard: int) -> None: ...
    def applied(self, entry: Entry, change: Change) -> None: ...


class Leases(Protocol):
    """Which process holds which shard, by the wall clock."""

    async def hold(self, shards: Collection[int], ttl: timedelta, wall: datetime) -> set[int]: ...
    async def release(self, shards: Collection[int]) -> None: ...


class Store(Protocol):
    """All ports of one store. `memory` is the inbox loop's Reader, `reader` owns nothing, for everybody else."""

    @property
    def inbox(self) -> Inbox: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def memory(self) -> Memory: ...
    @property
    def reader(self) -> Reader: ...
    @property
    def leases(self) -> Leases | None: ...
