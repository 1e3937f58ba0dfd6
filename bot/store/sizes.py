"""Counts what waits, what is overdue and what was buried, over all shards in one round trip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.shards import SHARDS
from bot.store.codec import Unreadable, unpack_incoming
from bot.store.connect import Fsync, fsync_in_force
from bot.store.keys import KEYS, floor_ms, from_ms
from bot.store.redis import Store
from bot.store.script import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Sums over all shards; `oldest_s` is the age of the oldest undecided input in seconds, 0 for none."""

    inbox: int
    outbox: int
    oldest_s: float
    overdue: int
    held: int
    buried: int
    fsync: Fsync


async def sizes(store: Store, now: datetime) -> Sizes:
    """How full everything is. Raises Lost."""
    with connection():
        pipe = store.client.pipeline(transaction=False)
        for keys in KEYS:
            pipe.xlen(keys.inbox)
            pipe.xlen(keys.outbox)
            pipe.zcount(keys.clock, "-inf", floor_ms(now))
            pipe.zcard(keys.held)
            pipe.xlen(keys.dead)
            pipe.xrange(keys.inbox, count=1)
        answers: list[Any] = await pipe.execute()
    rows = [answers[6 * shard : 6 * shard + 6] for shard in range(SHARDS)]
    first = [_instant(entries[0][1]) for *_, entries in rows if entries]
    ages = [(now - at).total_seconds() for at in first if at is not None]
    inbox, outbox, overdue, held, buried = (sum(row[i] for row in rows) for i in range(5))
    return Sizes(inbox=inbox, outbox=outbox, oldest_s=max([0.0, *ages]), overdue=overdue, held=held, buried=buried,
                 fsync=await fsync_in_force(store.client))


def _instant(fields: dict[bytes, bytes]) -> datetime | None:
    """When an entry happened, by what it says itself."""
    if b"s" in fields:
        return from_ms(fields[b"s"])
    try:
        what = unpack_incoming(fields.get(b"b", b""))
    except Unreadable:
        return None
    return what.say.at if hasattr(what, "say") else what.at
