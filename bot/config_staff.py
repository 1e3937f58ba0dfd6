"""Posts, shifts and teams in the files: their shape, what must hold of them, and the values they become."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.config_shape import Clock, Day, Strict, Words
from bot.config_source import Where
from bot.domain.posts import Post, Shift, Team

PEOPLE, LOUNGES = "people.yaml", "lounges.yaml"
Wrong = tuple[str, Where, str]


class PostEntry(Strict):
    """A building or a shop, on some floors, for some topics, from the first to the last day."""

    building: Words | None = None
    shop: Words | None = None
    floors: list[Annotated[int, Field(ge=1, le=99)]] = []
    topics: list[Words] = []
    first: Day | None = None
    last: Day | None = None
    helper: bool = False
    organisation: Words | None = None


class ShiftEntry(Strict):
    start: Clock
    end: Clock
    people: Annotated[list[Words], Field(min_length=1)]


class TeamEntry(Strict):
    name: Words
    people: Annotated[list[Words], Field(min_length=1)]
    buildings: list[Words] = []
    shops: list[Words] = []


Shifts = dict[Annotated[int, Field(ge=1, le=7)], list[ShiftEntry]]


def post_of(entry: PostEntry, zone: ZoneInfo) -> Post:
    """A post; days become instants, the last one included."""
    after = entry.last + timedelta(days=1) if entry.last else None
    return Post(
        building=entry.building or "", shop=entry.shop or "", floors=tuple(entry.floors), topics=tuple(entry.topics),
        start=datetime.combine(entry.first, time.min, zone) if entry.first else None,
        until=datetime.combine(after, time.min, zone) if after else None,
        helper=entry.helper, organisation=entry.organisation or "",
    )


def shifts_of(entry: Shifts) -> dict[int, tuple[Shift, ...]]:
    """The shifts of each weekday, by when they begin."""
    made = {day: (Shift(start=time.fromisoformat(s.start), end=time.fromisoformat(s.end), people=tuple(s.people))
                  for s in shifts) for day, shifts in entry.items()}
    return {day: tuple(sorted(shifts, key=lambda s: s.start)) for day, shifts in made.items()}


def teams_of(entries: Mapping[str, TeamEntry]) -> dict[str, Team]:
    """Every team with its territory."""
    return {name: Team(id=name, name=one.name, people=tuple(one.people), buildings=tuple(one.buildings),
                       shops=tuple(one.shops)) for name, one in entries.items()}


def posts_stand(person: str, posts: list[PostEntry], known: Mapping[str, Collection[str]],
                organisations: Collection[str]) -> Iterator[Wrong]:
    """What a person's posts name is there, and each is about one place."""
    for index, post in enumerate(posts):
        where = ("people", person, "posts", index)
        if (post.building is None) == (post.shop is None):
            yield PEOPLE, where, "a post is about one building or one shop; name one of them"
        if post.first and post.last and post.last < post.first:
            yield PEOPLE, where, f"ends {post.last}, before it begins {post.first}"
        if post.organisation and post.organisation not in organisations:
            yield PEOPLE, where, f"{post.organisation} is not among the organisations of {person}; add it to also"
        named = [("buildings", post.building), ("shops", post.shop), *(("intents", topic) for topic in post.topics)]
        for section, name in named:
            if name is not None and section in known and name not in known[section]:
                yield PEOPLE, where, f"there is no {section.removesuffix('s')} {name}"


def shifts_stand(where: Where, shifts: Shifts, people: Collection[str] | None) -> Iterator[Wrong]:
    """A shift ends after it begins, does not overlap the next, and names people who are there."""
    for day, entries in shifts.items():
        before = ""
        for index, shift in enumerate(sorted(entries, key=lambda s: s.start)):
            here = (*where, str(day), index)
            if shift.end <= shift.start and shift.end != "00:00":
                yield LOUNGES, here, f"ends {shift.end}, before it begins {shift.start}"
            if shift.start < before:
                yield LOUNGES, here, f"begins {shift.start}, before the shift until {before} has ended"
            before = "24:00" if shift.end == "00:00" else shift.end
            for person in shift.people:
                if people is not None and person not in people:
                    yield LOUNGES, here, f"there is no person {person}"


def teams_stand(teams: Mapping[str, TeamEntry], known: Mapping[str, Collection[str]]) -> Iterator[Wrong]:
    """A team's people, buildings and firms are there."""
    for name, team in teams.items():
        for section in ("people", "buildings", "shops"):
            for wanted in getattr(team, section):
                if section in known and wanted not in known[section]:
                    yield PEOPLE, ("teams", name, section), f"there is no {section.removesuffix('s')} {wanted}"
