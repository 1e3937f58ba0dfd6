"""The outbox: keeps what was promised until it is said, held back or buried, in the order it was promised."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from redis.asyncio import Redis

from bot.messages import Incoming, Outgoing
from bot.store.codec import Unreadable, pack_incoming, pack_outgoing, unpack_forward, unpack_outgoing
from bot.store.keys import KEYS, from_ms, to_ms
from bot.store.port import Dead, Promise
from bot.store.script import connection
from bot.store.settle import WRITTEN, Step, settle
from bot.store.stream import Stream, Taken
from bot.store.writes import Command, counters_of, dead_promise, grave, said

Counted = Callable[[int, Mapping[str, str]], None]


class RedisOutbox:
    """port.Outbox on Redis; `counted(shard, counters)` hears of every counter that was raised."""

    def __init__(self, client: Redis, owner: str = "", counted: Counted | None = None) -> None:
        self._client, self._owner, self._counted = client, owner, counted
        self._stream = Stream(client, [keys.outbox for keys in KEYS])

    async def take(self, shard: int, now: datetime, count: int) -> list[Promise]:
        """The next promises; held ones come by themselves once the clock has rung them. Raises Lost."""
        promises: list[Promise] = []
        raw = await self._stream.take(shard, count)
        for one in raw:
            try:
                promises.append(_promise(shard, one))
            except Unreadable as fault:
                dead = Dead(at=now.astimezone(UTC), side="outbox", kind="unreadable", why=str(fault))
                await self._settle(shard, one.id, grave(KEYS[shard], dead))
        return promises if promises or not raw else await self.take(shard, now, count)

    def rewind(self, shard: int) -> None:
        """The next take begins with what is pending; only when nothing of the shard is being sent."""
        self._stream.rewind(shard)

    async def wait(self, shards: Collection[int], seconds: float) -> set[int]:
        """Waits till some of the shards have something to take; empty after `seconds`. Raises Lost."""
        return await self._stream.wait(shards, seconds)

    async def sent(self, promise: Promise, back: Incoming | None, counters: Mapping[str, str],
                   outcome: str = "delivered") -> None:
        """Done: raises the counters, tells the inbox of the same shard `back`, and the feed. Raises Lost, WrongShard.

        `counters` is {"<person id or chat:lounge>|<field>": "<int>"} ("" takes the field away); the home has to be of
        the promise's shard.
        `outcome` is what the feed's row says: delivered, dropped, folded.
        """
        keys = KEYS[promise.shard]
        writes = counters_of(keys, counters) + _back(promise.shard, back)
        if promise.say is not None:
            writes.append(said(keys, promise.say, back, outcome))
        await self._settle(promise.shard, promise.id, writes, counters)

    async def defer(self, promise: Promise, until: datetime, say: Outgoing | None = None,
                    counters: Mapping[str, str] = MappingProxyType({})) -> None:
        """Held back until then, `say` in its place where given; equal instants keep their order. Raises Lost."""
        line = say or promise.say
        if line is None:
            raise ValueError("an input for another shard is never held")
        keys = KEYS[promise.shard]
        order = str(promise.order) if promise.order else ""
        hold: Command = ["HOLD", keys.held, keys.order, str(to_ms(until)), pack_outgoing(line), order]
        await self._settle(promise.shard, promise.id, [hold, *counters_of(keys, counters)], counters)

    async def bury(self, promise: Promise, why: str, back: Incoming | None = None,
                   counters: Mapping[str, str] = MappingProxyType({})) -> None:
        """Refused for good: kept with its reason; `back` goes to the inbox of the same shard. Raises Lost."""
        keys = KEYS[promise.shard]
        writes = grave(keys, dead_promise(promise, why)) + counters_of(keys, counters) + _back(promise.shard, back)
        await self._settle(promise.shard, promise.id, writes, counters)

    async def next_held(self, shard: int) -> datetime | None:
        """When the next held line may go. Raises Lost."""
        with connection():
            first = await self._client.zrange(KEYS[shard].held, 0, 0, withscores=True)
        return from_ms(first[0][1]) if first else None

    async def lag(self, shards: Collection[int]) -> dict[int, int]:
        """How many promises stand in each outbox, held ones not counted. Raises Lost."""
        with connection():
            pipe = self._client.pipeline(transaction=False)
            for shard in shards:
                pipe.xlen(KEYS[shard].outbox)
            return dict(zip(shards, await pipe.execute(), strict=True))

    async def _settle(self, shard: int, entry: str, writes: list[Command],
                      counters: Mapping[str, str] = MappingProxyType({})) -> None:
        keys = KEYS[shard]
        told = await settle(self._client, keys.outbox, keys.lease, self._owner, [Step(entry, (), writes)])
        if self._counted is not None and counters and told == [WRITTEN]:
            self._counted(shard, counters)


def _back(shard: int, back: Incoming | None) -> list[Command]:
    return [] if back is None else [["XADD", KEYS[shard].inbox, "*", "b", pack_incoming(back)]]


def _promise(shard: int, one: Taken) -> Promise:
    fields = one.fields
    if b"f" in fields:
        return Promise(shard=shard, id=one.id, tries=one.tries, forward=unpack_forward(fields[b"f"]))
    line = fields.get(b"h")
    if line is not None:
        say = unpack_outgoing(line, held=True)
        return Promise(shard=shard, id=one.id, tries=one.tries, say=say, order=int(fields[b"o"]))
    if b"b" not in fields:
        raise Unreadable("no line")
    return Promise(shard=shard, id=one.id, tries=one.tries, say=unpack_outgoing(fields[b"b"]))
