"""The outbox keeps every promise until it is dealt with, and held lines keep their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages import Receipted
from bot.shards import shard_of
from bot.store.keys import KEYS, WrongShard
from bot.store.port import Change, Promise
from bot.store.redis import Store
from bot.store.sizes import sizes
from tests.store.samples import LOUNGE, NOW, SHARD, items, line, promise

BACK = Receipted(key="k1", at=NOW, case="HH-0001", card="opened", to=f"chat:{LOUNGE}", outcome="delivered")


async def promised(store: Store, *numbers: int) -> list[Promise]:
    """Promises as the outbox hands them out."""
    await store.inbox.ingest(items(*(line(n) for n in numbers)))
    for entry in await store.inbox.take(SHARD, 99):
        await store.inbox.commit(entry, Change(say=(promise(int(entry.what.id[1:])),)))  # type: ignore[union-attr]
    return await store.outbox.take(SHARD, NOW, 99)


async def test_what_was_said_is_counted_told_and_gone(store: Store) -> None:
    (one,) = await promised(store, 1)
    await store.outbox.sent(one, BACK, {f"chat:{LOUNGE}|2026-11-02": "2"})
    assert (await store.reader.person(f"chat:{LOUNGE}")).fields == {"2026-11-02": "2"}
    assert [entry.what for entry in await store.inbox.take(SHARD, 9)] == [BACK]
    assert await store.client.xlen(KEYS[SHARD].outbox) == 0
    assert [what.facts["text"] for _, what in await store.feed.read(SHARD) if what.kind == "said"] == ["第1条"]


async def test_what_was_said_twice_is_counted_once(store: Store, other: Store) -> None:
    (one,) = await promised(store, 1)
    for side in (store, other):
        await side.outbox.sent(one, BACK, {f"chat:{LOUNGE}|day": "1"})
    assert (await store.reader.person(f"chat:{LOUNGE}")).fields == {"day": "1"}
    assert await store.client.xlen(KEYS[SHARD].inbox) == 1


async def test_a_counter_of_another_shard_is_refused(store: Store) -> None:
    (one,) = await promised(store, 1)
    stranger = next(f"p{n}" for n in range(99) if shard_of(f"p{n}") != SHARD)
    with pytest.raises(WrongShard):
        await store.outbox.sent(one, None, {f"{stranger}|day": "1"})


async def test_held_lines_come_back_at_their_instant_in_the_order_they_were_promised(store: Store) -> None:
    morning = NOW + timedelta(hours=8)
    for one in await promised(store, *range(12)):
        await store.outbox.defer(one, morning)
    assert await store.outbox.next_held(SHARD) == morning == await store.clock.next_due(SHARD)
    assert await store.clock.ring(SHARD, morning - timedelta(milliseconds=1)) == 0
    assert await store.clock.ring(SHARD, morning) == 12
    back = await store.outbox.take(SHARD, morning, 99)
    assert [one.say for one in back] == [replace(promise(n), held=True) for n in range(12)]
    assert await store.outbox.next_held(SHARD) is None


async def test_a_line_held_again_keeps_its_place_before_later_ones(store: Store) -> None:
    first, second = await promised(store, 1, 2)
    soon, later = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    await store.outbox.defer(first, soon)
    await store.outbox.defer(second, later)
    await store.clock.ring(SHARD, soon)
    (again,) = await store.outbox.take(SHARD, soon, 9)
    await store.outbox.defer(again, later, replace(promise(1), text="改过"))
    await store.clock.ring(SHARD, later)
    assert [one.say.text for one in await store.outbox.take(SHARD, later, 9) if one.say] == ["改过", "第2条"]


async def test_deferred_twice_is_held_once(store: Store, other: Store) -> None:
    (one,) = await promised(store, 1)
    for side in (store, other):
        await side.outbox.defer(one, NOW)
    assert await store.client.zcard(KEYS[SHARD].held) == 1


async def test_what_was_refused_is_kept_with_its_reason(store: Store) -> None:
    (one,) = await promised(store, 1)
    await store.outbox.bury(one, "机器人已被移出群", replace(BACK, outcome="refused"))
    (dead,) = await store.inbox.dead(SHARD, 9)
    assert (dead.side, dead.why, dead.to, dead.text) == ("outbox", "机器人已被移出群", f"chat:{LOUNGE}", "第1条")
    assert await store.client.xlen(KEYS[SHARD].inbox) == 1
    assert 0 < await store.client.ttl(KEYS[SHARD].dead) <= 14 * 86_400


async def test_what_concerns_another_shard_travels_through_the_outbox(store: Store) -> None:
    await store.inbox.ingest(items(line(1)))
    (entry,) = await store.inbox.take(SHARD, 9)
    forward = (3, "from-hehua-m1", BACK)
    await store.inbox.commit(entry, Change(forward=(forward,)))
    (one,) = await store.outbox.take(SHARD, NOW, 9)
    assert one.say is None and one.forward == forward
    for _ in range(2):
        await store.inbox.ingest([forward])
    await store.outbox.sent(one, None, {})
    assert [entry.what for entry in await store.inbox.take(3, 9)] == [BACK]


async def test_the_sizes_tell_what_waits(store: Store) -> None:
    first, _ = await promised(store, 1, 2)
    await store.outbox.defer(first, NOW)
    await store.inbox.ingest(items(line(3), line(4)))
    found = await sizes(store.client, NOW)
    assert (found.inbox, found.outbox, found.held, found.buried, found.fsync) == (2, 1, 1, 0, "always")
    assert found.oldest_s >= 0
