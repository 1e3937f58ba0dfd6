"""Lets requests that arrive together share one round trip, and waits out a short restart of Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from msgspec import MsgspecError
from redis.exceptions import RedisError

from bot.messages import Incoming
from bot.store.port import Lost

Items = Sequence[tuple[int, str, Incoming]]
PAUSES_S = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)  # repeating is safe: what was taken is then seen


class _Waiting(NamedTuple):
    """One call on its way, and where its answer goes; a caller that has gone away leaves it cancelled."""

    items: Items
    answer: asyncio.Future[list[bool]]


class Gathering:
    """Wraps an ingest: calls that come in one turn of the event loop, or while a trip is under way, share the next one.

    One trip is under way at a time, so what came first is first in the stream; all who shared one are told at once.
    """

    def __init__(self, ingest: Callable[[Items], Awaitable[list[bool]]], most: int = 1024,
                 pauses: Sequence[float] = PAUSES_S) -> None:
        self._ingest, self._most, self._pauses = ingest, most, pauses
        self._line: list[_Waiting] = []
        self._carrier: asyncio.Task[None] | None = None  # lives while anybody waits

    async def ingest(self, items: Items) -> list[bool]:
        """As RedisInbox.ingest. Raises Lost after about 1.6 s of trying."""
        mine = _Waiting(items, asyncio.get_running_loop().create_future())
        self._line.append(mine)
        if self._carrier is None or self._carrier.done():
            self._carrier = asyncio.create_task(self._carry())
        return await mine.answer

    async def _carry(self) -> None:
        while self._line:
            load: list[_Waiting] = []
            size = 0
            while self._line and (not load or size + len(self._line[0].items) <= self._most):
                one = self._line.pop(0)
                if not one.answer.done():
                    load.append(one)
                    size += len(one.items)
            await self._deliver(load)

    async def _deliver(self, load: Sequence[_Waiting]) -> None:
        if not load:
            return
        try:
            answers = await self._try([item for one in load for item in one.items])
        except (Lost, RedisError, MsgspecError, ValueError, TypeError) as fault:
            if len(load) > 1 and not isinstance(fault, Lost):
                for one in load:  # one call's unpackable item is nobody else's fault
                    await self._deliver([one])
                return
            for one in load:
                if not one.answer.done():
                    one.answer.set_exception(fault)
            return
        except BaseException:  # the process ends, or a fault of ours: nobody may wait for ever
            for one in load:
                one.answer.cancel()
            raise
        start = 0
        for one in load:
            if not one.answer.done():
                one.answer.set_result(answers[start : start + len(one.items)])
            start += len(one.items)

    async def _try(self, items: Items) -> list[bool]:
        for pause in self._pauses:
            try:
                return await self._ingest(items)
            except Lost:
                await asyncio.sleep(pause)
        return await self._ingest(items)
