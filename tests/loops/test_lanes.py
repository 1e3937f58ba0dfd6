"""Destinations side by side: each in order, none waiting for another, a bounded number at once, and nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import pytest

from bot.loops.lanes import Lanes
from bot.loops.outbox import OutboxLoop
from bot.messages import Delivered, Outgoing, Receipt, Unknown
from bot.store.port import Lost, Promise, Store
from tests.domain.build import SETTINGS, at
from tests.loops.fake import Memory, _Ports

NOW = at("2026-03-02 10:00")


def line(n: int, to: str, urgent: bool = False) -> Outgoing:
    return Outgoing(key=f"k{n}", at=NOW, to=to, card="linked", text=f"第{n}句", ping=False, urgent=urgent, lounge="yuan",
                    part="responsible")


def promises(*said: tuple[int, str]) -> list[Promise]:
    return [Promise(shard=0, id=str(n), tries=1, say=line(n, to)) for n, to in said]


@dataclass
class Slow:
    """A mouth that does not answer for some destinations until it is told to."""

    stuck: set[str]
    free: asyncio.Event = field(default_factory=asyncio.Event)
    said: list[str] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    talking: int = 0
    widest: int = 0

    async def deliver(self, one: Outgoing, now: datetime) -> Receipt:
        self.talking += 1
        self.widest = max(self.widest, self.talking)
        if one.to in self.stuck and not one.urgent:
            await self.free.wait()
        await asyncio.sleep(0)
        self.talking -= 1
        self.said.append(one.text)
        return self.receipts.pop(0) if self.receipts else Delivered()


def loop_on(memory: Memory, mouth: Slow) -> OutboxLoop:
    return OutboxLoop(cast(Store, _Ports(memory)), lambda: SETTINGS, mouth, lambda line, what: None)


async def spin(until: Callable[[], object]) -> None:
    for _ in range(500):
        if until():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to that")


async def test_a_destination_that_does_not_answer_keeps_no_other_waiting_and_its_own_lines_stay_in_order() -> None:
    memory, mouth = Memory(), Slow({"chat:a"})
    loop = loop_on(memory, mouth)
    lanes = loop.side_by_side()
    for n, to in enumerate(["chat:a", "chat:b", "chat:a", "person:c", "chat:b"], 1):
        memory.promise(line(n, to))
    assert await loop.drain_once(0, NOW) == 5
    memory.promise(line(6, "chat:b"))
    assert await loop.drain_once(0, NOW) == 1  # a later batch is not behind it either
    await spin(lambda: sorted(mouth.said) == ["第2句", "第4句", "第5句", "第6句"])
    assert [text for text in mouth.said if text != "第4句"] == ["第2句", "第5句", "第6句"]
    mouth.free.set()
    await lanes.idle()
    assert mouth.said[-2:] == ["第1句", "第3句"]


async def test_who_is_in_danger_waits_for_nobody_even_where_every_place_is_taken() -> None:
    mouth = Slow({"chat:a"})

    async def carry(batch: list[Promise], now: datetime) -> None:
        for one in batch:
            assert one.say is not None
            await mouth.deliver(one.say, now)

    lanes = Lanes(carry, wide=1)
    lanes.put("chat:a", promises((1, "chat:a")), NOW)
    lanes.put("chat:b", promises((2, "chat:b")), NOW)
    lanes.put("chat:c", [Promise(shard=0, id="3", tries=1, say=line(3, "chat:c", urgent=True))], NOW)
    await spin(lambda: mouth.said == ["第3句"])
    mouth.free.set()
    await lanes.idle()
    assert mouth.said == ["第3句", "第1句", "第2句"] and mouth.widest == 2  # one place, and the urgent one beside it


async def test_no_more_is_taken_in_hand_than_there_is_room_for() -> None:
    gate = asyncio.Event()

    async def carry(batch: list[Promise], now: datetime) -> None:
        await gate.wait()

    lanes = Lanes(carry, most=2)
    lanes.put("chat:a", promises((1, "chat:a"), (2, "chat:a")), NOW)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(lanes.room(), 0.01)
    gate.set()
    await lanes.room()


async def test_what_is_in_hand_is_not_said_again_when_the_outbox_hands_it_out_again() -> None:
    memory, mouth = Memory(), Slow({"chat:a"})
    loop = loop_on(memory, mouth)
    lanes = loop.side_by_side()
    again = promises((1, "chat:a"))
    memory.waiting = list(again)
    await loop.drain_once(0, NOW)
    memory.waiting = list(again)  # as after a rewind
    await loop.drain_once(0, NOW)
    mouth.free.set()
    await lanes.idle()
    assert mouth.said == ["第1句"]


async def test_a_store_that_goes_away_in_one_lane_is_told_once_all_have_ended_and_they_begin_anew() -> None:
    async def carry(batch: list[Promise], now: datetime) -> None:
        if batch[0].id == "1":
            raise Lost
        await asyncio.sleep(0)

    lanes = Lanes(carry)
    lanes.put("chat:a", promises((1, "chat:a")), NOW)
    lanes.put("chat:b", promises((2, "chat:b")), NOW)
    await asyncio.sleep(0)
    with pytest.raises(Lost):
        await spin_room(lanes)
    assert lanes.fresh(promises((1, "chat:a"), (2, "chat:b"))) != []
    await lanes.room()  # said once


async def spin_room(lanes: Lanes) -> None:
    for _ in range(10):
        await lanes.room()
        await asyncio.sleep(0)


async def test_a_destination_that_gave_no_answer_is_left_alone_for_a_moment() -> None:
    memory, mouth = Memory(), Slow(set(), receipts=[Unknown(why="no answer")])
    loop = loop_on(memory, mouth)
    memory.waiting = promises((1, "chat:a"), (2, "chat:a"), (3, "chat:b"))
    await loop.drain_once(0, NOW)
    assert mouth.said == ["第1句", "第3句"]
    assert [(until - NOW, one.text) for until, _, one in memory.held] == [(timedelta(seconds=5), "第2句")]
    assert [one.text for one, _ in memory.buried] == ["第1句"]


async def test_a_line_that_trips_us_up_is_buried_after_five_times_and_those_behind_it_are_said() -> None:
    class Tripping(Slow):
        async def deliver(self, one: Outgoing, now: datetime) -> Receipt:
            if one.text == "第1句":
                raise KeyError("a fault of ours")
            return await super().deliver(one, now)

    memory, mouth = Memory(), Tripping(set())
    loop = loop_on(memory, mouth)
    memory.waiting = promises((1, "chat:a"), (2, "chat:a"))
    with pytest.raises(KeyError):
        await loop.drain_once(0, NOW)
    memory.waiting = [Promise(shard=0, id="1", tries=5, say=line(1, "chat:a")), *promises((2, "chat:a"))]
    await loop.drain_once(0, NOW)
    assert mouth.said == ["第2句"] and [why for _, why in memory.buried] == ["could not be said"]


async def test_what_is_left_at_a_stop_is_let_go_at_once() -> None:
    mouth = Slow({"chat:a"})

    async def carry(batch: list[Promise], now: datetime) -> None:
        assert batch[0].say is not None
        await mouth.deliver(batch[0].say, now)

    lanes = Lanes(carry)
    lanes.put("chat:a", promises((1, "chat:a")), NOW)
    await asyncio.sleep(0)
    await lanes.leave()
    lanes.put("chat:b", promises((2, "chat:b")), NOW)
    await lanes.idle()
    assert mouth.said == []
