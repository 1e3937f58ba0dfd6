"""Runs the loops for real: holds shards by lease, wakes on what comes in, rings what is due, stops cleanly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.clocks import ConductClock
from bot.loops.inbox import InboxLoop
from bot.loops.outbox import OutboxLoop
from bot.shards import SHARDS
from bot.store.port import Leases, Lost, Store

LEASE = timedelta(seconds=15)
RENEW = 4.0  # seconds between renewals
IDLE = 2.0  # seconds that a wait for something new may last
LOOK = 1.0  # seconds between looks at the clock
FINISH = 2.0  # seconds that what is being said gets once a stop has come

log = structlog.get_logger("live")


class Live:
    """The tasks of one process; `run` ends when `stop` is set and what is held is finished."""

    def __init__(self, store: Store, leases: Leases, inbox: InboxLoop, outbox: OutboxLoop, clock: ConductClock) -> None:
        self._store, self._leases, self._deciding, self._saying, self._conduct = store, leases, inbox, outbox, clock
        self._lanes = outbox.side_by_side()
        self._held: set[int] = set()
        self._fresh_in: set[int] = set()  # shards to drain without waiting for something new
        self._fresh_out: set[int] = set()
        self.beats: dict[str, Callable[[], Awaitable[None]]] = {}  # what else is to be done again and again: name -> once
        self.taken: Callable[[set[int]], Awaitable[None]] | None = None  # told of shards that were not held before
        self.stop = asyncio.Event()

    @property
    def held(self) -> frozenset[int]:
        """The shards that this process decides and speaks for now."""
        return frozenset(self._held)

    async def run(self) -> None:
        """Keep every task alive until stopped; a lost store is said once and tried again."""
        async with asyncio.TaskGroup() as group:
            for name, beat in (("lease", self._lease), ("inbox", self._inbox), ("outbox", self._outbox),
                               ("clock", self._clock), *self.beats.items()):
                group.create_task(self._keep(name, beat), name=name)
            group.create_task(self._finish(), name="finish")
        await self._leases.release(self._held)

    async def _finish(self) -> None:
        """What is being said when the stop comes is said to its end, unless that is cut short; the rest stays promised."""
        try:
            await self.stop.wait()
            with suppress(Lost, TimeoutError):
                async with asyncio.timeout(FINISH):
                    await self._lanes.idle()
        finally:
            await self._lanes.leave()

    async def _keep(self, name: str, beat: Callable[[], Awaitable[None]]) -> None:
        failing = 0
        while not self.stop.is_set():
            try:
                await beat()
                failing = 0
            except Lost as why:
                if not failing:
                    log.warning("the store is away, trying again", loop=name, why=str(why))
                failing += 1
                await self._pause(min(0.2 * 2**failing, 3.0))
                self._afresh(name)
            except Exception:
                log.exception("a loop fell over and goes on", loop=name)
                await self._pause(1.0)
                self._afresh(name)

    def _afresh(self, name: str) -> None:
        """What this loop took and did not finish is pending: it begins with that, and trusts nothing remembered.

        Only its own: a rewind under another loop's feet could be lost in the middle of that one's take.
        """
        if name == "inbox":
            self._fresh_in |= self._held
            for shard in self._held:
                self._store.memory.drop(shard)
                self._store.inbox.rewind(shard)
        elif name == "outbox":
            self._fresh_out |= self._held
            for shard in self._held:  # what is still being said is known to its lane
                self._store.outbox.rewind(shard)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.stop.wait(), seconds)
        except TimeoutError:
            return

    async def _lease(self) -> None:
        held = await self._leases.hold(set(range(SHARDS)), LEASE, datetime.now(UTC))
        for shard in held - self._held:
            self._store.memory.own(shard)
            self._store.inbox.rewind(shard)
            self._store.outbox.rewind(shard)
            self._fresh_in.add(shard)
            self._fresh_out.add(shard)
        for shard in self._held - held:
            self._store.memory.disown(shard)
        fresh, self._held = held - self._held, held
        if fresh and self.taken is not None:
            await self.taken(fresh)
        await self._pause(RENEW)

    async def _inbox(self) -> None:
        shards = await self._woken(self._fresh_in, self._store.inbox.wait)
        await together(self._decided(shard) for shard in sorted(shards & self._held))

    async def _decided(self, shard: int) -> None:
        while await self._deciding.drain_once(shard, self._conduct.now()) and not self.stop.is_set():
            self._fresh_out.add(shard)

    async def _outbox(self) -> None:
        await self._lanes.room()  # a lane that failed says so here, also where nothing new comes
        shards = await self._woken(self._fresh_out, self._store.outbox.wait)
        for shard in sorted(shards & self._held):
            while await self._saying.drain_once(shard, self._conduct.now()) and not self.stop.is_set():
                pass

    async def _woken(self, fresh: set[int], wait: Callable[[set[int], float], Coroutine[Any, Any, set[int]]]) -> set[int]:
        """Shards with something to do: those marked, else those that the store says woke up."""
        if fresh:
            shards = set(fresh)
            fresh.clear()
            return shards
        if not self._held:
            await self._pause(0.1)
            return set()
        begun = time.monotonic()
        woken = await self._unless_stopped(wait(set(self._held), IDLE))
        if not woken and time.monotonic() - begun < IDLE / 2:
            await self._pause(0.2)  # a wait that returns at once must not become a spin
        return woken

    async def _unless_stopped(self, waiting: Coroutine[Any, Any, set[int]]) -> set[int]:
        """What the store says woke up; a stop does not wait for it."""
        asleep, stopped = asyncio.create_task(waiting), asyncio.create_task(self.stop.wait())
        try:
            await asyncio.wait({asleep, stopped}, return_when=asyncio.FIRST_COMPLETED)
            return asleep.result() if asleep.done() else set()
        finally:
            stopped.cancel()
            if not asleep.done():
                asleep.cancel()
                with suppress(asyncio.CancelledError, Lost):
                    await asleep

    async def _clock(self) -> None:
        now = self._conduct.now()
        for shard, due in (await self._store.clock.next_due_all()).items():
            while due <= now and shard in self._held and await self._store.clock.ring(shard, now):
                self._fresh_in.add(shard)
                self._fresh_out.add(shard)
        await self._pause(LOOK)


async def together(work: Iterable[Awaitable[None]]) -> None:
    """All of it side by side, so that one shard decides while another's commit is on its way; faults once all have ended.

    What fails must not leave the others running: whoever catches the fault rewinds their shards.
    """
    for end in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(end, BaseException):
            raise end
