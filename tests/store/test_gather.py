"""Requests that arrive together share a round trip, and one bad request harms no other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.store.gather import Gathering
from bot.store.port import Lost
from tests.store.samples import items, line


class Door:
    """An ingest that waits to be let go, and remembers each round trip."""

    def __init__(self, faults: Sequence[Exception] = ()) -> None:
        self.trips: list[int] = []
        self.faults = list(faults)
        self.go = asyncio.Event()

    async def ingest(self, load: Sequence[tuple[int, str, Any]]) -> list[bool]:
        self.trips.append(len(load))
        await self.go.wait()
        if self.faults:
            raise self.faults.pop(0)
        if any(one.text == "bad" for _, _, one in load):
            raise UnicodeEncodeError("utf-8", "", 0, 1, "")
        return [int(one.id[1:]) % 2 == 0 for _, _, one in load]


async def begin(gathering: Gathering, count: int) -> list[asyncio.Task[list[bool]]]:
    """Calls that all stand in line."""
    calls = [asyncio.create_task(gathering.ingest(items(line(n), line(n + 1)))) for n in range(count)]
    for _ in range(3):
        await asyncio.sleep(0)
    return calls


async def test_those_that_come_together_or_meanwhile_share_a_trip_and_get_their_own_answers() -> None:
    door = Door()
    gathering = Gathering(door.ingest)
    calls = [*await begin(gathering, 1), *await begin(gathering, 9), *await begin(gathering, 2)]
    door.go.set()
    assert [await call for call in calls] == [[n % 2 == 0, n % 2 == 1] for n in (0, *range(9), 0, 1)]
    assert door.trips == [2, 22]


async def test_a_trip_is_bounded() -> None:
    door = Door()
    calls = await begin(Gathering(door.ingest, most=6), 9)
    door.go.set()
    await asyncio.gather(*calls)
    assert door.trips == [6, 6, 6]


async def test_a_short_absence_is_waited_out_and_a_long_one_told() -> None:
    door = Door([Lost(), Lost()])
    door.go.set()
    assert await Gathering(door.ingest, pauses=(0, 0)).ingest(items(line(2))) == [True]
    door.faults = [Lost(), Lost()]
    with pytest.raises(Lost):
        await Gathering(door.ingest, pauses=(0,)).ingest(items(line(2)))


async def test_one_call_that_cannot_be_packed_harms_no_other() -> None:
    door = Door()
    gathering = Gathering(door.ingest)
    good = await begin(gathering, 3)
    bad = asyncio.create_task(gathering.ingest(items(replace(line(4), text="bad"))))
    await asyncio.sleep(0)
    door.go.set()
    assert await asyncio.gather(*good) == [[n % 2 == 0, n % 2 == 1] for n in range(3)]
    with pytest.raises(UnicodeEncodeError):
        await bad


async def test_a_cancelled_call_leaves_the_others_their_answers() -> None:
    door = Door()
    calls = await begin(Gathering(door.ingest), 4)
    calls[0].cancel()
    calls[2].cancel()
    await asyncio.sleep(0)
    door.go.set()
    assert await calls[1] == [False, True] and await calls[3] == [False, True]


async def test_whoever_ends_the_carrier_leaves_nobody_waiting_and_the_next_call_is_carried() -> None:
    door = Door()
    gathering = Gathering(door.ingest)
    calls = await begin(gathering, 2)
    assert gathering._carrier is not None
    gathering._carrier.cancel()
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends)
    door.go.set()
    assert await gathering.ingest(items(line(2))) == [True]


async def test_a_call_with_nothing_is_answered() -> None:
    door = Door()
    door.go.set()
    assert await Gathering(door.ingest).ingest([]) == []
