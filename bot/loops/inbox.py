"""Takes what came in, has it decided, and writes the whole decision at once: the only writer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from bot.domain.feedback import unowned
from bot.handlers.ahead import ahead
from bot.handlers.context import Here
from bot.handlers.route import route
from bot.store.port import Change, Entry, Lost, Store

BATCH = 256
TURN = 0.002  # seconds of deciding at a stretch
ABREAST = 2  # batches at a time: one is decided while the other's commit is on its way; more would only wait
TRIES = 5  # deliveries after which an entry that cannot be decided is buried

log = structlog.get_logger("inbox")
Seen = Callable[[Entry, Change], None]


class Turns:
    """Lets whoever else waits in this process go on every few milliseconds: the door answers meanwhile."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    async def taken(self) -> None:
        """Give way where this one's turn has been long enough."""
        if time.monotonic() - self._since > TURN:
            await asyncio.sleep(0)
            self._since = time.monotonic()


class Unowned(Exception):
    """A decision would have left an open case without a named person or an accountable organisation."""


class InboxLoop:
    """Decides entries in the order of their arrival, shard by shard."""

    def __init__(self, store: Store, here: Callable[[datetime], Here], seen: Seen) -> None:
        self._store, self._here, self._seen = store, here, seen
        self.before: Callable[[Sequence[Entry], Here], Awaitable[None]] | None = None  # looks at a batch before it is decided
        self.decided = 0
        self.buried = 0
        self._abreast = asyncio.Semaphore(ABREAST)

    async def drain_once(self, shard: int, now: datetime) -> int:
        """Take one batch, decide it in order, write it in one round trip. Returns how many were taken."""
        async with self._abreast:
            return await self._drained(shard, now)

    async def _drained(self, shard: int, now: datetime) -> int:
        entries = await self._store.inbox.take(shard, BATCH)
        if not entries:
            return 0
        await self._look(entries, now)
        done, failed = await self._decide(entries, now)
        if done and not await self._write(shard, done):
            return len(entries)
        if failed is not None:
            await self._fault(shard, failed)
        return len(entries)

    async def _look(self, entries: list[Entry], now: datetime) -> None:
        """What `before` finds out only helps to decide: a fault in it must not keep a lounge waiting."""
        if self.before is None:
            return
        try:
            await self.before(entries, self._here(now))
        except Lost:
            raise
        except Exception:
            log.exception("could not look at a batch", first=entries[0].id, count=len(entries))

    async def _decide(self, entries: list[Entry], now: datetime) -> tuple[list[tuple[Entry, Change]], Entry | None]:
        here, turns = self._here(now), Turns()
        done: list[tuple[Entry, Change]] = []
        for _ in ahead([entry.what for entry in entries], here):
            await turns.taken()
        for entry in entries:
            await turns.taken()
            try:
                change = await route(entry.what, here)
                self._owned(change, here)
            except Lost:
                raise
            except Exception:  # a fault of ours must not take the lounge down with it
                log.exception("could not decide", entry=entry.id, kind=type(entry.what).__name__, tries=entry.tries)
                return done, entry
            self._store.memory.applied(entry, change)
            done.append((entry, change))
        return done, None

    def _owned(self, change: Change, here: Here) -> None:
        """Every write is looked at: an open case is somebody's, at every instant. Raises Unowned."""
        for case in change.cases:
            if why := unowned(case, here.settings):
                raise Unowned(f"{case.id}: {why}")

    async def _write(self, shard: int, done: list[tuple[Entry, Change]]) -> bool:
        results = await self._store.inbox.commit_many(shard, done)
        for (entry, change), written in zip(done, results, strict=False):
            if written:
                self.decided += 1
                self._seen(entry, change)
        if len(results) == len(done) and all(results):
            return True
        self._again(shard)
        return False

    async def _fault(self, shard: int, entry: Entry) -> None:
        if entry.tries >= TRIES:
            await self._store.inbox.bury(entry, "could not be decided")
            self.buried += 1
            log.error("buried", entry=entry.id, kind=type(entry.what).__name__)
        self._again(shard)

    def _again(self, shard: int) -> None:
        """Forget what we thought we knew and start with what is still pending."""
        self._store.memory.drop(shard)
        self._store.inbox.rewind(shard)
