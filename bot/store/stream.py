"""Hands out a stream's entries in order: after a start or a fault everything pending first, oldest first, then new."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.store.keys import GROUP, HOLDER
from bot.store.script import connection

DELIVERIES = 5  # after so many in vain an entry is buried by its loop
ALONE = 3  # a pending entry delivered so often comes alone, so that its neighbours do not share its count
BLOCK_S = 2.0  # one blocking read; shorter than the client's own time limit


@dataclass(frozen=True, slots=True)
class Taken:
    """A raw entry: the stream's id, which delivery this is (1 the first), its fields."""

    id: str
    tries: int
    fields: dict[bytes, bytes]


async def make_groups(client: Redis, streams: Sequence[str]) -> None:
    """Makes each stream and its group where they are not there yet."""
    with connection():
        pipe = client.pipeline(transaction=False)
        for stream in streams:
            pipe.xgroup_create(stream, GROUP, id="0", mkstream=True)
        for answer in await pipe.execute(raise_on_error=False):
            if isinstance(answer, Exception) and "BUSYGROUP" not in str(answer):
                raise answer


class Stream:
    """The reading end of one stream a shard; `keys[shard]` is its name."""

    def __init__(self, client: Redis, keys: Sequence[str]) -> None:
        self._client, self._keys = client, keys
        self._after: dict[int, str | None] = {}  # shard -> last pending id handed out; None: all were
        self._last: dict[int, str] = {}  # shard -> last id delivered, where a wait goes on from

    def rewind(self, shard: int) -> None:
        """The next take begins with the pending list again."""
        self._after.pop(shard, None)
        self._last.pop(shard, None)

    async def take(self, shard: int, count: int) -> list[Taken]:
        """At most `count` entries in order, [] when there is nothing. Raises Lost."""
        with connection():
            try:
                return await self._pending(shard, count) or await self._new(shard, count)
            except ResponseError as fault:
                if not str(fault).startswith("NOGROUP"):
                    raise
            await make_groups(self._client, [self._keys[shard]])
            return await self._new(shard, count)

    async def _pending(self, shard: int, count: int) -> list[Taken]:
        while (after := self._after.get(shard, "-")) is not None:
            start = after if after == "-" else f"({after}"
            rows: Any = await self._client.xpending_range(self._keys[shard], GROUP, min=start, max="+", count=count)
            if not rows:
                self._after[shard] = None
                return []
            # Suspects come one by one; only an unbroken run from the oldest goes together.
            chosen = list(takewhile(lambda row: row["times_delivered"] < ALONE, rows)) or rows[:1]
            tries = {row["message_id"]: int(row["times_delivered"]) + 1 for row in chosen}
            self._after[shard] = chosen[-1]["message_id"].decode()
            claimed: Any = await self._client.xclaim(self._keys[shard], GROUP, HOLDER, 0, list(tries))
            taken = [Taken(id_.decode(), tries[id_], held) for id_, held in claimed if held]
            if taken:
                return taken
        return []

    async def _new(self, shard: int, count: int) -> list[Taken]:
        key = self._keys[shard]
        answer: Any = await self._client.xreadgroup(GROUP, HOLDER, {key: ">"}, count=count)
        entries = [Taken(id_.decode(), 1, held) for _, rows in answer or () for id_, held in rows]
        if entries:
            self._last[shard] = entries[-1].id
        return entries

    async def wait(self, shards: Collection[int], seconds: float) -> set[int]:
        """Which of the shards have something to take; waits on a connection of its own. Raises Lost.

        On one server a single read watches all; on a cluster a worker waits for one shard at a time.
        """
        behind = {shard for shard in shards if self._after.get(shard, "-") is not None}
        if behind:
            return behind
        await self._learn_last([shard for shard in shards if shard not in self._last])
        shard_of = {self._keys[shard].encode(): shard for shard in shards}
        left = seconds
        while left > 0:
            after: Any = {self._keys[shard]: self._last[shard] for shard in shards}
            with connection():
                answer: Any = await self._client.xread(after, count=1, block=max(int(min(left, BLOCK_S) * 1000), 1))
            if answer:
                return {shard_of[key] for key, _ in answer}
            left -= BLOCK_S
        return set()

    async def _learn_last(self, shards: Sequence[int]) -> None:
        if not shards:
            return
        with connection():
            await make_groups(self._client, [self._keys[shard] for shard in shards])
            pipe = self._client.pipeline(transaction=False)
            for shard in shards:
                pipe.xinfo_groups(self._keys[shard])
            for shard, groups in zip(shards, await pipe.execute(), strict=True):
                self._last[shard] = groups[0]["last-delivered-id"].decode()
