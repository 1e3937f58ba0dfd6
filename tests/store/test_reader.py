"""What is remembered is what Redis says, at every moment, and is given up when it may be wrong."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import Case, Supporter
from bot.shards import shard_of
from bot.store.codec import pack_case
from bot.store.port import Change, Entry
from bot.store.reader import Memory
from bot.store.redis import Store
from bot.store.remembered import STALE_MOST, Remembered
from bot.store.stored import Loaded
from tests.store.samples import LOUNGE, NOW, SHARD, case, ended, items, line, opens

PERSON = next(f"p{n}" for n in range(99) if shard_of(f"p{n}") == SHARD)


async def entry(store: Store, number: int) -> Entry:
    """One more line as an entry."""
    await store.inbox.ingest(items(line(number)))
    return (await store.inbox.take(SHARD, 1))[0]


async def same(memory: Memory, plain: Memory) -> None:
    """Both readers answer every question alike."""
    assert list(await memory.open_cases(LOUNGE)) == list(await plain.open_cases(LOUNGE))
    assert await memory.overlay(LOUNGE) == await plain.overlay(LOUNGE)
    assert await memory.next_number(LOUNGE) == await plain.next_number(LOUNGE)
    assert list(await memory.talk(LOUNGE)) == list(await plain.talk(LOUNGE))
    assert await memory.person(PERSON) == await plain.person(PERSON)
    for sender in ("u1", "u2"):
        assert await memory.recent_cases(LOUNGE, sender) == await plain.recent_cases(LOUNGE, sender)
        assert {one.id for one in await memory.cases_of(LOUNGE, sender)} == {
            one.id for one in await plain.cases_of(LOUNGE, sender)}
    stands = list(await plain.open_cases(LOUNGE))
    for seconds in range(-1, 6):
        since = NOW + timedelta(seconds=seconds)
        assert list(await memory.lately(LOUNGE, since)) == [one for one in stands if one.touched_at >= since]
    for person in ("attendant-3", "attendant-4", "mediator-1"):
        assert list(await memory.held_by(LOUNGE, person)) == [
            one for one in stands if one.role_of(person) in ("responsible", "mediator")]
    for number in range(1, 9):
        assert await memory.case(f"HH-{number:04d}") == await plain.case(f"HH-{number:04d}")


def some_change(chance: random.Random, known: dict[str, Case]) -> Change:
    """A change such as handlers make: open, join, close, reopen, overlay, person, nothing."""
    kind = chance.choice(["open", "join", "close", "reopen", "hand", "touch", "overlay", "person", "nothing"])
    some = chance.choice(list(known.values())) if known else None
    if kind == "open" and len(known) < 8:
        return opens(case(len(known) + 1, intent=chance.choice(["noise", "sanitation"])))
    if kind == "join" and some and some.open:
        second = Supporter(sender="u2", at=NOW, message=f"j{chance.random()}")
        return Change(cases=(replace(some, supporters=(second,), messages=(*some.messages, second.message)),))
    if kind == "hand" and some and some.open:
        return Change(cases=(replace(some, attendant="attendant-4", asked=("attendant-3",), mediator="mediator-1"),))
    if kind == "touch" and some and some.open:  # also backwards: nothing may hang on instants that only grow
        return Change(cases=(replace(some, touched_at=NOW + timedelta(seconds=chance.randint(-2, 6))),))
    if kind == "close" and some and some.open:
        return Change(cases=(ended(some),))
    if kind == "reopen" and some and not some.open:
        return Change(cases=(replace(case(), id=some.id, opened_at=some.opened_at, version=some.version, rounds=2),))
    if kind == "overlay":
        return Change(overlay=((LOUNGE, chance.choice("ab"), chance.choice(["1", None])),))
    if kind == "person":
        return Change(person=((PERSON, chance.choice("ab"), chance.choice(["1", None])),))
    return Change()


async def test_memory_and_redis_never_differ(store: Store) -> None:
    chance, known = random.Random(7), dict[str, Case]()
    store.memory.own(SHARD)
    for number in range(160):
        one, change = await entry(store, number), some_change(chance, known)
        store.memory.applied(one, change)
        assert await store.inbox.commit(one, change)
        known |= {case.id: replace(case, version=case.version + 1) for case in change.cases}
        if number % 9 == 4:
            store.memory.drop(SHARD)
        if number % 3 == 0:
            await same(store.memory, store.reader)


async def test_what_is_decided_in_one_batch_is_seen_by_the_next_decision_even_when_loaded_meanwhile(store: Store) -> None:
    store.memory.own(SHARD)
    await store.inbox.ingest(items(line(1), line(2)))
    first, second = await store.inbox.take(SHARD, 9)
    change = replace(opens(case()), person=((PERSON, "note", "1"),), overlay=((LOUNGE, "duty", "x"),))
    store.memory.applied(first, change)
    assert await store.memory.next_number(LOUNGE) == 2
    assert [one.version for one in await store.memory.open_cases(LOUNGE)] == [1]
    assert (await store.memory.person(PERSON)).fields == {"note": "1"}
    assert list(await store.memory.talk(LOUNGE)) == [line(1)]
    joined = opens(replace(case(), version=1, messages=("m1", "m2")))
    store.memory.applied(second, joined)
    assert await store.inbox.commit_many(SHARD, [(first, change), (second, joined)]) == [True, True]
    await same(store.memory, store.reader)


async def test_a_load_that_a_commit_overtook_starts_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.memory.own(SHARD)
    one, change = await entry(store, 1), opens(case())
    store.memory.applied(one, change)
    read = store.memory._stored.lounge

    async def overtaken(lounge: str) -> Loaded:
        stale = await read(lounge)
        if not stale[0]:
            await store.inbox.commit(one, change)
        return stale

    monkeypatch.setattr(store.memory._stored, "lounge", overtaken)
    assert [known.id for known in await store.memory.open_cases(LOUNGE)] == ["HH-0001"]
    assert not store.memory._unsettled


async def test_what_was_applied_and_not_written_is_gone_after_a_drop(store: Store) -> None:
    store.memory.own(SHARD)
    one = await entry(store, 1)
    await store.memory.open_cases(LOUNGE)
    store.memory.applied(one, opens(case()))
    store.memory.drop(SHARD)
    await same(store.memory, store.reader)
    assert list(await store.memory.open_cases(LOUNGE)) == []


async def test_a_shard_that_is_not_ours_is_always_read_anew(store: Store, other: Store) -> None:
    assert list(await store.memory.open_cases(LOUNGE)) == []
    one = await entry(other, 1)
    await other.inbox.commit(one, opens(case()))
    assert len(await store.memory.open_cases(LOUNGE)) == 1
    store.memory.own(SHARD)
    await store.memory.open_cases(LOUNGE)
    store.memory.disown(SHARD)
    await other.inbox.commit(await entry(other, 2), Change(cases=(ended(replace(case(), version=1)),)))
    assert list(await store.memory.open_cases(LOUNGE)) == []


async def test_counters_that_the_outbox_raised_are_seen_at_once(store: Store) -> None:
    store.memory.own(SHARD)
    assert (await store.memory.person(PERSON)).fields == {}
    store.memory.counted(SHARD, {f"{PERSON}|day": "1"})
    store.memory.counted(SHARD, {f"{PERSON}|day": "2"})
    assert (await store.memory.person(PERSON)).fields == {"day": "3"}


async def test_cases_are_found_by_message_intent_and_building(store: Store) -> None:
    store.memory.own(SHARD)
    for number, intent in ((1, "noise"), (2, "sanitation"), (3, "noise")):
        one = await entry(store, number)
        change = opens(case(number, intent=intent, building=None if number == 3 else "禾花花园3栋"))
        store.memory.applied(one, change)
        await store.inbox.commit(one, change)
    for reader in (store.memory, store.reader):
        found = await reader.case_of_message(LOUNGE, "m2")
        assert found is not None and found.id == "HH-0002"
        assert [one.id for one in await reader.alike(LOUNGE, intent="noise")] == ["HH-0001", "HH-0003"]
        assert [one.id for one in await reader.alike(LOUNGE, "noise", "禾花花园3栋")] == ["HH-0001"]
        assert await reader.case_of_message(LOUNGE, "m9") is None


async def test_memory_is_bounded_and_the_lounge_in_use_stays(store: Store) -> None:
    memory = Memory(store.client, store.homes, lounges=2, cases=1)
    for lounge in ("a", "b", "c", LOUNGE):
        memory.own(shard_of(lounge))
        await memory.open_cases(lounge)
    assert list(memory._lounges) == ["c", LOUNGE]


def test_a_case_that_changes_leaves_its_old_place_in_every_index() -> None:
    held = Remembered([pack_case(case(), 1)], {}, (), 0)
    held.put(replace(case(), attendant="attendant-4", version=2))
    assert held.open.find("holder", "attendant-3") == [] and len(held.open.find("holder", "attendant-4")) == 1
    held.put(ended(replace(case(), version=3)))
    assert held.open.find("message", "m1") == [] and len(held.ended.find("sender", "u1")) == 1


def test_instants_that_are_no_longer_so_do_not_pile_up() -> None:
    held = Remembered([pack_case(case(number), 1) for number in range(1, 4)], {}, (), 0)
    for nth in range(4 * STALE_MOST):
        held.put(replace(case(), touched_at=NOW + timedelta(seconds=nth), version=nth))
    assert len(held.open._touched) <= STALE_MOST + 7
    assert [one.id for one in held.open.lately(NOW)] == ["HH-0001", "HH-0002", "HH-0003"]
    assert [one.id for one in held.open.lately(NOW + timedelta(seconds=4 * STALE_MOST - 1))] == ["HH-0001"]


def test_lines_older_than_a_quarter_of_an_hour_leave_the_talk() -> None:
    held = Remembered([], {}, (), 0)
    held.heard(line(1))
    held.heard(line(2))
    held.heard(replace(line(3), at=line(1).at + timedelta(minutes=15, milliseconds=1)))
    assert [one.id for one in held.talk] == ["m2", "m3"]
