"""Leases: at most one process drains a shard at a time, by the wall clock."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from redis.asyncio import Redis

from bot.store.keys import KEYS, floor_ms
from bot.store.script import LEASE


class Leases:
    """Takes and renews shards for one owner (a name without spaces, unlike any other process's)."""

    def __init__(self, client: Redis, owner: str) -> None:
        if not owner or owner.split() != [owner]:
            raise ValueError("an owner is one word")
        self._client, self._owner = client, owner

    async def hold(self, shards: Collection[int], ttl: timedelta, wall: datetime) -> set[int]:
        """Takes or renews; which of the shards are ours until `wall` + `ttl`, in one round trip. Raises Lost."""
        return await self._ask(shards, max(int(ttl / timedelta(milliseconds=1)), 1), floor_ms(wall))

    async def release(self, shards: Collection[int]) -> None:
        """Gives back what is ours. Raises Lost."""
        await self._ask(shards, 0, 0)

    async def _ask(self, shards: Collection[int], ttl: int, wall: int) -> set[int]:
        if not shards:
            return set()
        args = [self._owner, str(wall), str(ttl)]
        answers = await LEASE.call_many(self._client, [([KEYS[shard].lease], args) for shard in shards])
        return {shard for shard, ours in zip(shards, answers, strict=True) if ours}
