"""The clock rings each alarm once, in order, never early; leases let one process at a time drain a shard."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages import ClockRang
from bot.store.connect import connect
from bot.store.keys import KEYS, to_ms
from bot.store.leases import Leases
from bot.store.port import Change, Lost
from bot.store.redis import Store, open_store
from tests.store.samples import CODES, NOW, SHARD, case, items, line, opens

TTL = timedelta(seconds=10)


async def wind(store: Store, count: int) -> None:
    """Alarms a second apart, two at each instant."""
    await store.client.zadd(KEYS[SHARD].clock, {f"chore/n/{n:03d}": to_ms(NOW + timedelta(seconds=n // 2)) for n in range(count)})


async def test_alarms_ring_in_order_with_their_own_instants(store: Store) -> None:
    await wind(store, 10)
    assert await store.clock.ring(SHARD, NOW + timedelta(seconds=2, milliseconds=999)) == 6
    rang = [entry.what for entry in await store.inbox.take(SHARD, 99)]
    assert rang == [ClockRang(key=f"chore/n/{n:03d}", at=NOW + timedelta(seconds=n // 2)) for n in range(6)]
    assert await store.clock.next_due_all() == {SHARD: NOW + timedelta(seconds=3)}


async def test_two_that_ring_at_once_ring_each_alarm_once(store: Store, other: Store) -> None:
    await wind(store, 60)
    late = NOW + timedelta(hours=1)
    rings = await asyncio.gather(*(side.clock.ring(SHARD, late, 7) for side in [store, other] * 10))
    assert sum(rings) == 60
    keys = [entry.what.key for entry in await store.inbox.take(SHARD, 99) if isinstance(entry.what, ClockRang)]
    assert keys == [f"chore/n/{n:03d}" for n in range(60)]


async def test_an_alarm_between_two_milliseconds_rings_after_not_before(store: Store) -> None:
    due = NOW + timedelta(microseconds=1500)
    await store.inbox.ingest(items(line(1)))
    (entry,) = await store.inbox.take(SHARD, 1)
    await store.inbox.commit(entry, opens(case(deadlines={"first": due})))
    assert await store.clock.ring(SHARD, due) == 0
    rings_at = await store.clock.next_due(SHARD)
    assert rings_at is not None and rings_at >= due
    assert await store.clock.ring(SHARD, rings_at) == 1


async def test_a_lost_clock_is_wound_anew_from_the_cases(store: Store) -> None:
    await store.inbox.ingest(items(*(line(n) for n in range(1, 4))))
    for number, entry in enumerate(await store.inbox.take(SHARD, 9), 1):
        await store.inbox.commit(entry, opens(case(number)))
    before = await store.client.zrange(KEYS[SHARD].clock, 0, -1, withscores=True)
    await store.client.delete(KEYS[SHARD].clock)
    assert await store.clock.rebuild(SHARD, ["hehua"]) == 3
    assert await store.client.zrange(KEYS[SHARD].clock, 0, -1, withscores=True) == before


async def test_a_shard_is_held_by_one_until_its_lease_has_run_out(store: Store) -> None:
    ours, theirs = Leases(store.client, "ours"), Leases(store.client, "theirs")
    assert await ours.hold(range(16), TTL, NOW) == set(range(16))
    assert await theirs.hold(range(16), TTL, NOW + TTL - timedelta(milliseconds=1)) == set()
    assert await ours.hold([1], TTL, NOW + TTL / 2) == {1}
    assert await theirs.hold([0, 1], TTL, NOW + TTL) == {0}
    await ours.release(range(16))
    assert await theirs.hold([0, 1, 2], TTL, NOW) == {0, 1, 2}


async def test_who_has_lost_the_lease_can_write_nothing(server: str, store: Store) -> None:
    client = await connect(server)
    mine = await open_store(client, CODES, owner="mine")
    try:
        await mine.leases.hold([SHARD], TTL, NOW)
        await mine.inbox.ingest(items(line(1), line(2)))
        first, second = await mine.inbox.take(SHARD, 9)
        assert await mine.inbox.commit(first, opens(case())) is True
        await Leases(client, "mine-too").hold([SHARD], TTL, NOW + TTL)
        with pytest.raises(Lost):
            await mine.inbox.commit(second, Change(cases=(replace(case(), version=1),)))
        assert (await store.reader.case("HH-0001") or case()).version == 1
    finally:
        await client.aclose()
