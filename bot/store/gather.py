"""Lets requests that arrive together share one round trip, and waits out a short restart of Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from msgspec import MsgspecError
from redis.exceptions import RedisError

from bot.messages import Incoming
from bot.store.port import Lost

Items = Sequence[tuple[int, str, Incoming]]
PAUSES_S = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)  # repeating is safe: what was taken is then seen


class _Waiting:
    """One call on its way."""

    __slots__ = ("answer", "fault", "items")

    def __init__(self, items: Items) -> None:
        self.items = items
        self.answer: list[bool] | None = None
        self.fault: Exception | None = None


class Gathering:
    """Wraps an ingest: while a round trip is under way, later calls line up and share the next one.

    There is no background worker: whoever comes to the front carries everybody's items.
    """

    def __init__(self, ingest: Callable[[Items], Awaitable[list[bool]]], most: int = 1024,
                 pauses: Sequence[float] = PAUSES_S) -> None:
        self._ingest, self._most, self._pauses = ingest, most, pauses
        self._line: list[_Waiting] = []
        self._front = asyncio.Lock()

    async def ingest(self, items: Items) -> list[bool]:
        """As RedisInbox.ingest. Raises Lost after about 1.6 s of trying."""
        mine = _Waiting(items)
        self._line.append(mine)
        try:
            async with self._front:
                while mine.answer is None and mine.fault is None:
                    await self._carry()
        finally:
            if mine in self._line:  # cancelled before its turn
                self._line.remove(mine)
        if mine.fault is not None:
            raise mine.fault
        assert mine.answer is not None
        return mine.answer

    async def _carry(self) -> None:
        load: list[_Waiting] = []
        size = 0
        while self._line and (not load or size + len(self._line[0].items) <= self._most):
            load.append(self._line.pop(0))
            size += len(load[-1].items)
        try:
            await self._deliver(load)
        finally:  # whoever got nothing because we were cancelled is carried by another; repeating is safe
            self._line[:0] = [one for one in load if one.answer is None and one.fault is None]

    async def _deliver(self, load: Sequence[_Waiting]) -> None:
        try:
            answers = await self._try([item for one in load for item in one.items])
        except (Lost, RedisError, MsgspecError, ValueError, TypeError) as fault:
            if len(load) > 1 and not isinstance(fault, Lost):
                for one in load:  # one call's unpackable item is nobody else's fault
                    await self._deliver([one])
                return
            for one in load:
                one.fault = fault
            return
        start = 0
        for one in load:
            one.answer = answers[start : start + len(one.items)]
            start += len(one.items)

    async def _try(self, items: Items) -> list[bool]:
        for pause in self._pauses:
            try:
                return await self._ingest(items)
            except Lost:
                await asyncio.sleep(pause)
        return await self._ingest(items)
