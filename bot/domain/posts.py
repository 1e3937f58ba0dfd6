"""Who is meant to answer for what, from when to when: posts, shifts, absences and the territories of teams."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Generic, TypeVar

T = TypeVar("T")
SHOP, TOPIC, FLOOR, WHOLE = 8, 4, 2, 1  # what is named more exactly goes before what is named more broadly
_FLOOR = re.compile(r"(\d{1,2})\s*(?:[Ff楼层])")
_DOOR = re.compile(r"\d{3,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A span in which a person does not answer; both instants aware, `until` exclusive. `substitute`: for these days."""

    start: datetime
    until: datetime
    substitute: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a person answers for: a building (some floors of it), one shop, some topics (intent ids), from `start` to `until`.

    A helper (协办) stands beside who answers. `organisation` is for whom he acts there, where he belongs to several.
    """

    building: str = ""
    shop: str = ""
    floors: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()
    start: datetime | None = None
    until: datetime | None = None  # exclusive
    helper: bool = False
    organisation: str = ""

    def holds(self, at: datetime) -> bool:
        """Whether the post is held at an instant."""
        return (self.start is None or self.start <= at) and (self.until is None or at < self.until)

    def fits(self, what: Matter) -> int:
        """How exactly the post is about the matter; 0 where it is not."""
        if self.shop and self.shop != what.shop or self.building and self.building != what.building:
            return 0
        if self.topics and what.topic not in self.topics or self.floors and floor_of(what.unit) not in self.floors:
            return 0
        return (SHOP if self.shop else WHOLE) + (TOPIC if self.topics else 0) + (FLOOR if self.floors else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Where something is and what it is about, as far as it is known; `full` are the people who can take no more."""

    building: str | None = None
    unit: str | None = None
    shop: str = ""
    topic: str = ""
    full: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Who is on duty between two local times of a day, `end` exclusive; 00:00 as an end is midnight."""

    start: time
    end: time
    people: tuple[str, ...]

    def holds(self, at: time) -> bool:
        """Whether the shift is on at a local time, to the second."""
        return self.start <= at and (at < self.end or self.end == time.min)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team that calls on firms (包干队伍): its people, the first of them leads, and its territory."""

    id: str
    name: str
    people: tuple[str, ...]
    buildings: tuple[str, ...] = ()
    shops: tuple[str, ...] = ()


def floor_of(unit: str | None) -> int | None:
    """The floor that a door says: 2F-168 and 3楼B203 by their word, 1203 and 2单元502 by their figures."""
    if not unit:
        return None
    if said := _FLOOR.search(unit):
        return int(said[1])
    doors = _DOOR.findall(unit)
    return int(doors[-1][:-2]) if doors else None


class Same(Generic[T]):
    """A value that counts as equal to itself alone, so that what is derived from it can be kept."""

    __slots__ = ("it",)

    def __init__(self, it: T) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it
