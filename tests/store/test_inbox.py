"""The inbox takes in once, hands out in order and writes whole or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import Row
from bot.messages import ChatLine, ClockRang
from bot.shards import SHARDS, shard_of
from bot.store.keys import KEYS, WrongShard, case_alarm, to_ms
from bot.store.port import Change, Conflict, Entry, Lost
from bot.store.redis import Store
from tests.store.samples import LOUNGE, NOW, SHARD, case, ended, items, line, opens, promise


async def taken(store: Store, *lines: ChatLine) -> list[Entry]:
    """The lines as entries."""
    await store.inbox.ingest(items(*lines))
    return await store.inbox.take(SHARD, 100)


async def everything(store: Store) -> dict[bytes, bytes]:
    """The whole of Redis as comparable bytes, key by key."""
    return {key: await store.client.dump(key) or b"" async for key in store.client.scan_iter()}


async def test_a_message_enters_once(store: Store) -> None:
    assert await store.inbox.ingest(items(line(1), line(2), line(1))) == [True, True, False]
    assert await store.inbox.ingest(items(line(2), line(3))) == [False, True]
    assert [entry.what for entry in await store.inbox.take(SHARD, 9)] == [line(1), line(2), line(3)]


async def test_items_of_many_shards_are_answered_in_the_order_they_were_given(store: Store) -> None:
    lines = [line(n, lounge=lounge) for n in range(6) for lounge in ("hehua", "etime", "xj-home")]
    await store.inbox.ingest(items(*lines[::3]))
    assert await store.inbox.ingest(items(*lines)) == [i % 3 != 0 for i in range(len(lines))]


async def test_a_commit_writes_everything_and_takes_the_entry_away(store: Store) -> None:
    (entry,) = await taken(store, line(1))
    change = replace(opens(case(), promise(1)), overlay=((LOUNGE, "duty", "attendant-4"),),
                     chores=(("chore/digest/hehua/2026-W45", NOW + timedelta(hours=1)),))
    assert await store.inbox.commit(entry, change) is True
    keys, client = KEYS[SHARD], store.client
    assert await store.reader.case("HH-0001") == replace(case(), version=1)
    assert await store.reader.journal("HH-0001") == [change.journal[0][1]]
    assert await store.reader.overlay(LOUNGE) == {"duty": "attendant-4"}
    assert await store.reader.next_number(LOUNGE) == 2
    assert await client.zscore(keys.clock, case_alarm("HH-0001")) == to_ms(NOW + timedelta(minutes=30))
    assert await client.zcard(keys.clock) == 2
    assert [one.id for one in await store.reader.week_cases(LOUNGE, "2026-W45")] == ["HH-0001"]
    assert [one.say for one in await store.outbox.take(SHARD, NOW, 9)] == [promise(1)]
    assert await client.xlen(keys.inbox) == 0
    ((_, happening),) = await store.feed.read(SHARD)
    assert (happening.kind, happening.facts["case"], happening.facts["state"]) == ("case", "HH-0001", "assigned")


async def test_a_closed_case_has_no_alarm_and_is_no_longer_open(store: Store) -> None:
    first, second = await taken(store, line(1), line(2))
    await store.inbox.commit(first, opens(case()))
    await store.inbox.commit(second, Change(cases=(ended(replace(case(), version=1)),)))
    assert await store.client.zcard(KEYS[SHARD].clock) == 0
    assert await store.reader.open_cases(LOUNGE) == []
    assert [one.id for one in await store.reader.recent_cases(LOUNGE, "u1")] == ["HH-0001"]


async def test_a_case_that_ended_a_fortnight_ago_is_no_longer_recent(store: Store) -> None:
    entries = await taken(store, *(line(n) for n in range(4)))
    await store.inbox.commit(entries[0], opens(case(1)))
    await store.inbox.commit(entries[1], opens(case(2)))
    await store.inbox.commit(entries[2], Change(cases=(ended(replace(case(1), version=1)),)))
    late = ended(replace(case(2), version=1), NOW + timedelta(days=14))
    await store.inbox.commit(entries[3], Change(cases=(late,)))
    assert [one.id for one in await store.reader.recent_cases(LOUNGE, "u1")] == ["HH-0002"]


async def test_committed_twice_is_done_once(store: Store, other: Store) -> None:
    (entry,) = await taken(store, line(1))
    assert await store.inbox.commit(entry, opens(case(), promise(1))) is True
    before = await everything(store)
    assert await other.inbox.commit(entry, opens(case(), promise(1))) is False
    assert await everything(store) == before


@pytest.mark.parametrize("stale", [case(1), replace(case(1), version=5)], ids=["number taken", "version gone by"])
async def test_a_conflict_leaves_everything_as_it_was(store: Store, stale: object) -> None:
    first, second = await taken(store, line(1), line(2))
    await store.inbox.commit(first, opens(case()))
    before = await everything(store)
    with pytest.raises(Conflict):
        await store.inbox.commit(second, opens(stale, promise(1)))  # type: ignore[arg-type]
    assert await everything(store) == before
    assert await store.inbox.commit(second, opens(replace(case(), version=1))) is True


async def test_of_two_cases_in_one_change_one_stale_stops_both(store: Store) -> None:
    first, second = await taken(store, line(1), line(2))
    await store.inbox.commit(first, opens(case(1)))
    with pytest.raises(Conflict):
        await store.inbox.commit(second, Change(cases=(case(2), case(1))))
    assert await store.reader.case("HH-0002") is None


async def test_a_batch_is_written_in_order_up_to_the_first_conflict(store: Store) -> None:
    entries = await taken(store, *(line(n) for n in range(5)))
    await store.inbox.commit(entries[1], Change())
    changes = [opens(case(1)), Change(), opens(replace(case(1), version=1)), opens(replace(case(1), version=7)), opens(case(3))]
    assert await store.inbox.commit_many(SHARD, list(zip(entries, changes, strict=True))) == [True, False, True]
    assert (await store.reader.case("HH-0001") or case()).version == 2
    assert await store.reader.case("HH-0003") is None
    store.inbox.rewind(SHARD)
    assert [entry.id for entry in await store.inbox.take(SHARD, 9)] == [entries[3].id, entries[4].id]


async def test_what_belongs_to_another_shard_is_refused_before_anything_is_written(store: Store) -> None:
    (entry,) = await taken(store, line(1))
    stranger = next(f"p{n}" for n in range(99) if shard_of(f"p{n}") != SHARD)
    for change in (Change(person=((stranger, "mail", "1"),)), Change(overlay=(("etime", "duty", "x"),)),
                   Change(journal=(("ES-0001", Row(at=NOW, event="Noted", by="u")),)), Change(erase=(stranger,))):
        with pytest.raises(WrongShard):
            await store.inbox.commit(entry, change)
    assert await store.client.xlen(KEYS[SHARD].inbox) == 1


async def test_fields_are_written_and_deleted_and_a_person_is_forgotten(store: Store) -> None:
    person = next(f"p{n}" for n in range(99) if shard_of(f"p{n}") == SHARD)
    entries = await taken(store, *(line(n) for n in range(3)))
    await store.inbox.commit(entries[0], Change(person=((person, "a", "1"), (person, "b", "2"))))
    await store.inbox.commit(entries[1], Change(person=((person, "a", None),)))
    assert (await store.reader.person(person)).fields == {"b": "2"}
    await store.inbox.commit(entries[2], Change(erase=(person,)))
    assert (await store.reader.person(person)).fields == {}


async def test_forgotten_lines_leave_nothing_but_a_short_talk(store: Store) -> None:
    lines = [line(n) for n in range(50)]
    await store.inbox.forget(SHARD, await taken(store, *lines, line(99, private=True)))
    assert await store.reader.talk(LOUNGE) == lines[-40:]
    assert await store.client.xlen(KEYS[SHARD].inbox) == 0
    assert 0 < await store.client.ttl(KEYS[SHARD].talk(LOUNGE)) <= 900
    kept = {key async for key in store.client.scan_iter() if b":seen:" not in key}
    names = {name.encode() for keys in KEYS for name in (keys.inbox, keys.outbox)}
    assert kept - names == {KEYS[SHARD].talk(LOUNGE).encode()}


async def test_a_line_settled_twice_is_heard_once(store: Store, other: Store) -> None:
    entries = await taken(store, line(1))
    await store.inbox.forget(SHARD, entries)
    await other.inbox.forget(SHARD, entries)
    assert await store.reader.talk(LOUNGE) == [line(1)]


async def test_a_new_holder_gets_what_was_pending_first_and_in_order(store: Store, other: Store) -> None:
    await store.inbox.ingest(items(*(line(n) for n in range(5))))
    assert len(await store.inbox.take(SHARD, 3)) == 3
    again = [*await other.inbox.take(SHARD, 2), *await other.inbox.take(SHARD, 2), *await other.inbox.take(SHARD, 9)]
    assert [entry.what for entry in again] == [line(n) for n in range(5)]
    assert [entry.tries for entry in again] == [2, 2, 2, 1, 1]


async def test_a_poisonous_entry_counts_alone_so_that_its_neighbours_outlive_it(store: Store) -> None:
    entries = await taken(store, *(line(n) for n in range(3)))
    poison = entries[0]
    while poison.tries <= 5:
        store.inbox.rewind(SHARD)
        poison = (await store.inbox.take(SHARD, 9))[0]
        assert poison.what == line(0)
    await store.inbox.bury(poison, "it bites")
    rest = [(await store.inbox.take(SHARD, 9))[0] for _ in range(2)]
    assert [entry.what for entry in rest] == [line(1), line(2)]
    assert all(entry.tries <= 5 for entry in rest)
    (dead,) = await store.inbox.dead(SHARD, 9)
    assert (dead.why, dead.key, dead.kind, dead.side, dead.tries) == ("it bites", "m0", "ChatLine", "inbox", 6)


async def test_what_cannot_be_read_is_buried_and_the_rest_goes_on(store: Store) -> None:
    await store.client.xadd(KEYS[SHARD].inbox, {"b": b"\xc1rubbish"})
    await store.client.xadd(KEYS[SHARD].inbox, {"x": "?"})
    await store.inbox.ingest(items(line(1)))
    assert [entry.what for entry in await store.inbox.take(SHARD, 9)] == [line(1)]
    assert [dead.kind for dead in await store.inbox.dead(SHARD, 9)] == ["unreadable", "unreadable"]


async def test_a_wait_ends_when_something_comes(store: Store, other: Store) -> None:
    for shard in range(SHARDS):
        assert await store.inbox.take(shard, 9) == []
    waiting = asyncio.create_task(store.inbox.wait(range(SHARDS), 10))
    await asyncio.sleep(0)
    await other.inbox.ingest(items(line(1)))
    assert await asyncio.wait_for(waiting, 5) == {SHARD}
    assert [entry.what for entry in await store.inbox.take(SHARD, 9)] == [line(1)]
    assert await store.inbox.wait(range(SHARDS), 0.01) == set()


async def test_streams_that_were_emptied_under_us_are_made_anew(store: Store) -> None:
    (entry,) = await taken(store, line(1))
    await store.client.flushall()
    with pytest.raises(Lost):
        await store.inbox.commit(entry, opens(case()))
    assert await store.inbox.take(SHARD, 9) == []
    await store.inbox.ingest(items(line(2)))
    assert [entry.what for entry in await store.inbox.take(SHARD, 9)] == [line(2)]


async def test_a_clock_entry_is_read_as_the_alarm_it_was(store: Store) -> None:
    await store.client.zadd(KEYS[SHARD].clock, {"chore/digest/hehua/2026-W45": to_ms(NOW)})
    await store.clock.ring(SHARD, NOW)
    (entry,) = await store.inbox.take(SHARD, 9)
    assert entry.what == ClockRang(key="chore/digest/hehua/2026-W45", at=NOW)
