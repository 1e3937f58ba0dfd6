"""Keeps every destination's lines in order while no destination waits for another: a lane each, a bounded number at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.store.port import Promise

WIDE = 48  # destinations that are being spoken to at once; who is in danger waits for none of them
MOST = 1024  # promises in hand; beyond that they stay in the outbox

Carry = Callable[[list[Promise], datetime], Awaitable[None]]


@dataclass(slots=True)
class _Lane:
    """What waits for one destination behind what is being said to it now."""

    waiting: list[Promise] = field(default_factory=list)
    now: datetime | None = None


class Lanes:
    """Takes promises by destination and has each lane carried by a runner of its own while it holds any.

    A fault ends its own lane, lets the others finish the batch they are at, and is raised by the next `room` or `idle`:
    what was in hand is pending in the outbox, and whoever catches the fault takes it again.
    """

    def __init__(self, carry: Carry, wide: int = WIDE, most: int = MOST) -> None:
        self._carry, self._most = carry, most
        self._wide = asyncio.Semaphore(wide)
        self._lanes: dict[str, _Lane] = {}
        self._runners: set[asyncio.Task[None]] = set()
        self._held: set[tuple[int, str]] = set()
        self._fault: BaseException | None = None
        self._freed = asyncio.Event()
        self._closed = False

    def fresh(self, promises: Sequence[Promise]) -> list[Promise]:
        """Those that are not in hand already: after a rewind the outbox hands out again what is being said."""
        return [one for one in promises if (one.shard, one.id) not in self._held]

    def put(self, to: str, promises: Sequence[Promise], now: datetime) -> None:
        """These go to one destination, behind what is in its lane; urgent ones in front of all that is not."""
        if self._closed:
            return
        self._held |= {(one.shard, one.id) for one in promises}
        lane = self._lanes.get(to)
        starts = lane is None
        lane = self._lanes.setdefault(to, _Lane())
        lane.waiting += promises
        lane.now = now
        if starts:
            runner = asyncio.create_task(self._run(to, lane, _urgent(promises)))
            self._runners.add(runner)
            runner.add_done_callback(self._ended)

    async def _run(self, to: str, lane: _Lane, urgent: bool) -> None:
        try:
            while lane.waiting and self._fault is None:
                batch, lane.waiting = lane.waiting, []
                batch.sort(key=lambda one: not _urgent([one]))
                assert lane.now is not None
                try:
                    if urgent or _urgent(batch):
                        await self._carry(batch, lane.now)
                    else:
                        async with self._wide:
                            await self._carry(batch, lane.now)
                finally:
                    self._held -= {(one.shard, one.id) for one in batch}
                    self._freed.set()
        finally:
            self._held -= {(one.shard, one.id) for one in lane.waiting}
            self._lanes.pop(to, None)

    def _ended(self, runner: asyncio.Task[None]) -> None:
        self._runners.discard(runner)
        if not runner.cancelled() and self._fault is None:
            self._fault = runner.exception()
        self._freed.set()

    async def room(self) -> None:
        """Waits till more may be put in. Raises the first fault of a lane, once all of them have ended."""
        while self._fault is None and len(self._held) >= self._most:
            self._freed.clear()
            await self._freed.wait()
        if self._fault is not None:
            await self.idle()

    async def idle(self) -> None:
        """Waits till nothing is in hand. Raises the first fault of a lane."""
        while self._runners:
            await asyncio.wait(self._runners)
            await asyncio.sleep(0)  # their callbacks
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault

    async def leave(self) -> None:
        """Ends what is in hand at once; it stays pending, and is said after the next start."""
        self._closed = True
        for runner in self._runners:
            runner.cancel()
        while self._runners:
            await asyncio.wait(self._runners)
            await asyncio.sleep(0)
        self._held.clear()  # also of runners that had not begun
        self._lanes.clear()
        self._fault = None
        self._freed.set()


def _urgent(promises: Sequence[Promise]) -> bool:
    return any(one.say is not None and one.say.urgent for one in promises)
