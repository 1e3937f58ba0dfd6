"""The inbox: takes in once, hands out in order of arrival, writes what was decided together with the ack."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.messages import ClockRang, Incoming
from bot.store.codec import Unreadable, pack_incoming, unpack_dead, unpack_incoming
from bot.store.keys import KEYS, Homes, from_ms
from bot.store.port import Change, Conflict, Dead, Entry
from bot.store.script import INGEST, connection
from bot.store.settle import CONFLICT, WRITTEN, Step, settle
from bot.store.stream import Stream, Taken
from bot.store.writes import checks_of, dead_entry, grave, talk_of, writes_of

SEEN_S = 86_400  # how long a platform's message is remembered, seconds
EMPTY = Change()
Settled = Callable[[int], None]


class RedisInbox:
    """port.Inbox on Redis; `owner` fences every commit by the shard's lease, "" does not.

    `settled(shard)` hears that a commit of that shard went through (see Memory.settled).
    """

    def __init__(self, client: Redis, homes: Homes, owner: str = "", settled: Settled | None = None) -> None:
        self._client, self._homes, self._owner, self._settled = client, homes, owner, settled
        self._stream = Stream(client, [keys.inbox for keys in KEYS])

    async def ingest(self, items: Sequence[tuple[int, str, Incoming]]) -> list[bool]:
        """Takes in (shard, seen key, what); False where the key was seen within 24 h. Raises Lost.

        One script a shard, all in one round trip: a shard's items go in whole. Where items span shards and the
        connection dies half-way, the caller was told nothing and repeats all: what was taken is then seen.
        """
        by_shard: dict[int, list[int]] = {}
        for i, (shard, _, _) in enumerate(items):
            by_shard.setdefault(shard, []).append(i)
        calls: list[tuple[list[str], list[str | bytes | int]]] = []
        for shard, places in by_shard.items():
            args: list[str | bytes | int] = [KEYS[shard].seen, SEEN_S]
            for i in places:
                args += [items[i][1], pack_incoming(items[i][2])]
            calls.append(([KEYS[shard].inbox], args))
        taken = [False] * len(items)
        if calls:
            for places, answer in zip(by_shard.values(), await INGEST.call_many(self._client, calls), strict=True):
                for i, fresh in zip(places, answer, strict=True):
                    taken[i] = bool(fresh)
        return taken

    async def take(self, shard: int, count: int) -> list[Entry]:
        """The next entries; the first take of a shard (and after `rewind`) drains what is pending. Raises Lost.

        An entry whose `tries` is above stream.DELIVERIES should be buried. What cannot be read is buried here.
        """
        entries: list[Entry] = []
        raw = await self._stream.take(shard, count)
        for one in raw:
            try:
                entries.append(_entry(shard, one))
            except Unreadable as fault:
                dead = Dead(at=datetime.fromtimestamp(0, UTC), side="inbox", kind="unreadable", why=str(fault))
                await self._settle(shard, [Step(one.id, (), grave(KEYS[shard], dead))])
        return entries if entries or not raw else await self.take(shard, count)

    def rewind(self, shard: int) -> None:
        """After a conflict, a lost connection or a fault: the next take begins with what is pending."""
        self._stream.rewind(shard)

    async def wait(self, shards: Collection[int], seconds: float) -> set[int]:
        """Waits till some of the shards have something to take; empty after `seconds`. Raises Lost."""
        return await self._stream.wait(shards, seconds)

    async def commit(self, entry: Entry, change: Change) -> bool:
        """Writes whole; False where this entry was settled before. Raises Conflict, Lost, WrongShard."""
        told = await self.commit_many(entry.shard, [(entry, change)])
        if not told:
            raise Conflict(entry.id)
        return told[0]

    async def commit_many(self, shard: int, decided: Sequence[tuple[Entry, Change]]) -> list[bool]:
        """In order, one round trip: True written, False settled before; ends before the first conflict.

        Raises Lost (nothing is known: rewind and take again), WrongShard.
        """
        talk = talk_of(entry for entry, _ in decided)
        steps = [
            Step(entry.id, checks_of(shard, change), writes_of(shard, change, self._homes) + lines)
            if not change.empty else Step(entry.id, (), lines)
            for (entry, change), lines in zip(decided, talk, strict=True)
        ]
        told = await self._settle(shard, steps)
        if self._settled is not None:
            self._settled(shard)
        if any(change.erase or change.rewrite for _, change in decided):
            await rewrite(self._client)
        return [one == WRITTEN for one in told if one != CONFLICT]

    async def forget(self, shard: int, entries: Sequence[Entry]) -> None:
        """Acks and deletes; a group's lines stay in its talk for minutes. Raises Lost."""
        await self.commit_many(shard, [(entry, EMPTY) for entry in entries])

    async def bury(self, entry: Entry, why: str) -> None:
        """Takes the entry out of the way and keeps it, with the reason, for the console. Raises Lost."""
        await self._settle(entry.shard, [Step(entry.id, (), grave(KEYS[entry.shard], dead_entry(entry, why)))])

    async def dead(self, shard: int, count: int) -> list[Dead]:
        """What was buried on either side, newest first. Raises Lost."""
        with connection():
            rows: Any = await self._client.xrevrange(KEYS[shard].dead, count=count)
        return [unpack_dead(fields[b"b"]) for _, fields in rows]

    async def lag(self, shards: Collection[int]) -> dict[int, int]:
        """How many entries stand in each inbox, taken or not. Raises Lost."""
        with connection():
            pipe = self._client.pipeline(transaction=False)
            for shard in shards:
                pipe.xlen(KEYS[shard].inbox)
            return dict(zip(shards, await pipe.execute(), strict=True))

    async def _settle(self, shard: int, steps: Sequence[Step]) -> list[int]:
        return await settle(self._client, KEYS[shard].inbox, KEYS[shard].lease, self._owner, steps)


def _entry(shard: int, one: Taken) -> Entry:
    raw = one.fields.get(b"b")
    if raw is not None:
        return Entry(shard, one.id, one.tries, unpack_incoming(raw), raw)
    try:
        rang = ClockRang(key=one.fields[b"c"].decode(), at=from_ms(one.fields[b"s"]))
    except (KeyError, ValueError) as fault:
        raise Unreadable(type(fault).__name__) from None
    return Entry(shard, one.id, one.tries, rang)


async def rewrite(client: Redis) -> bool:
    """Asks for the append-only file to be rewritten, so that deletion reaches the disk; False where it may not."""
    try:
        with connection():
            await client.bgrewriteaof()
    except ResponseError:  # under way already, or a provider that forbids it
        return False
    return True
