"""The clock: moves what is due into the inbox and what was held into the outbox, none lost, none twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from redis.asyncio import Redis

from bot.shards import SHARDS
from bot.store.codec import unpack_case
from bot.store.keys import KEYS, case_alarm, floor_ms, from_ms, to_ms
from bot.store.script import RING, connection


class RedisClock:
    """port.Clock on Redis; scores are milliseconds rounded up, so nothing rings early."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def ring(self, shard: int, now: datetime, count: int = 512) -> int:
        """Rings at most `count` alarms and frees as many held lines; how many in all, call till 0. Raises Lost."""
        keys = KEYS[shard]
        names = [keys.clock, keys.inbox, keys.held, keys.outbox]
        return int(await RING.call(self._client, names, [floor_ms(now), count]))

    async def next_due(self, shard: int) -> datetime | None:
        """The earliest alarm or held line. Raises Lost."""
        return (await self._next([shard])).get(shard)

    async def next_due_all(self) -> dict[int, datetime]:
        """The earliest of every shard that has one, in one round trip. Raises Lost."""
        return await self._next(range(SHARDS))

    async def _next(self, shards: range | list[int]) -> dict[int, datetime]:
        with connection():
            pipe = self._client.pipeline(transaction=False)
            for shard in shards:
                pipe.zrange(KEYS[shard].clock, 0, 0, withscores=True)
                pipe.zrange(KEYS[shard].held, 0, 0, withscores=True)
            answers: list[Any] = await pipe.execute()
        found: dict[int, datetime] = {}
        for i, shard in enumerate(shards):
            scores = [row[0][1] for row in answers[2 * i : 2 * i + 2] if row]
            if scores:
                found[shard] = from_ms(min(scores))
        return found

    async def overdue(self, shard: int, now: datetime) -> int:
        """How many alarms should have rung by now. Raises Lost."""
        with connection():
            return int(await self._client.zcount(KEYS[shard].clock, "-inf", floor_ms(now)))

    async def rebuild(self, shard: int, lounges: list[str]) -> int:
        """Sets the alarms of the lounges' open cases anew; how many. Only where nobody drains the shard."""
        keys, wound = KEYS[shard], 0
        for lounge in lounges:
            with connection():
                found: Any = await self._client.zrange(keys.open(lounge), 0, -1)
                ids = [one.decode() for one in found]
                for start in range(0, len(ids), 500):
                    stored: Any = await self._client.mget([keys.case(one) for one in ids[start : start + 500]])
                    cases = [unpack_case(data) for data in stored if data]
                    alarms = {case_alarm(case.id): to_ms(case.due) for case in cases if case.due}
                    if alarms:
                        await self._client.zadd(keys.clock, alarms)
                    wound += len(alarms)
        return wound
