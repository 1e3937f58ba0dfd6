"""Counts what waits, what is overdue and what was buried, over all shards in one round trip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis.asyncio import Redis

from bot.store.connect import Fsync, fsync_in_force
from bot.store.keys import KEYS, floor_ms
from bot.store.script import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """`oldest_s` is the age in seconds of the oldest entry not yet decided (by Redis' own clock; for show only)."""

    inbox: int
    outbox: int
    held: int
    overdue: int
    buried: int
    oldest_s: float
    fsync: Fsync


async def sizes(client: Redis, now: datetime) -> Sizes:
    """The figures of /healthz. Raises Lost."""
    with connection():
        pipe = client.pipeline(transaction=False)
        for keys in KEYS:
            pipe.xlen(keys.inbox)
            pipe.xlen(keys.outbox)
            pipe.zcard(keys.held)
            pipe.zcount(keys.clock, "-inf", floor_ms(now))
            pipe.xlen(keys.dead)
            pipe.xrange(keys.inbox, count=1)
        pipe.time()
        answers: list[Any] = await pipe.execute()
    rows, (seconds, micros) = [answers[i : i + 6] for i in range(0, len(answers) - 1, 6)], answers[-1]
    # The one place that looks into a stream id: an age for people to see, from which nothing follows.
    firsts = [int(bytes(row[5][0][0]).partition(b"-")[0]) / 1000 for row in rows if row[5]]
    return Sizes(
        inbox=sum(r[0] for r in rows), outbox=sum(r[1] for r in rows), held=sum(r[2] for r in rows),
        overdue=sum(r[3] for r in rows), buried=sum(r[4] for r in rows),
        oldest_s=round(max((seconds + micros / 1e6 - first for first in firsts), default=0.0), 1), fsync=await fsync_in_force(client),
    )
