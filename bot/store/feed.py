"""The feed: what happened lately in a shard, for live pages; capped, and never a source of truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from redis.asyncio import Redis

from bot.store.codec import unpack_happening
from bot.store.keys import KEYS
from bot.store.port import Happening
from bot.store.script import connection
from bot.store.stream import BLOCK_S


class Feed:
    """Reads the feeds of all shards."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def read(self, shard: int, after: str = "0-0", count: int = 200) -> list[tuple[str, Happening]]:
        """Rows after the cursor, oldest first, each with the cursor to go on from. Raises Lost."""
        with connection():
            answer: Any = await self._client.xread({KEYS[shard].feed: after}, count=count)
        return [(id_.decode(), unpack_happening(row[b"b"])) for _, rows in answer or () for id_, row in rows]

    async def wait(self, after: Mapping[int, str], seconds: float) -> set[int]:
        """Which shards have rows after their cursors; at most min(seconds, 2) long. Raises Lost."""
        names: Any = {KEYS[shard].feed: cursor for shard, cursor in after.items()}
        shard_of = {KEYS[shard].feed.encode(): shard for shard in after}
        with connection():
            answer: Any = await self._client.xread(names, count=1, block=max(int(min(seconds, BLOCK_S) * 1000), 1))
        return {shard_of[key] for key, _ in answer or ()}
