"""The running state of who works where: leaves and hand-overs of a lounge, written small, and laid over the settings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from bot.domain.assignment import chain, holders, posts_of
from bot.domain.parts import serving
from bot.domain.posts import Absence, Post, Same
from bot.domain.settings import ATTENDANT, Lounge, Person, Settings, Shop, Station

FIELD = "staff"  # of a lounge's running state
KEPT = timedelta(days=30)  # a leave that is over explains for so long why somebody had a case


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody is away from `start` until `until` (exclusive); `substitute` is who was named for it, or ""."""

    person: str
    start: datetime
    until: datetime
    substitute: str = ""


@dataclass(frozen=True, slots=True)
class Hand:
    """From `at` on, what was `person`'s is `to`'s."""

    person: str
    to: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Staff:
    """All of it for one lounge, hand-overs in the order in which they take hold."""

    leaves: tuple[Leave, ...] = ()
    hands: tuple[Hand, ...] = ()

    def with_leave(self, leave: Leave, now: datetime) -> Staff:
        """With a leave more; one of the same person that it overlaps gives way, and what is long over is forgotten."""
        kept = (x for x in self.leaves if x.until + KEPT > now and not (
            x.person == leave.person and x.start < leave.until and leave.start < x.until))
        return replace(self, leaves=(*kept, leave))

    def back(self, person: str, now: datetime) -> Staff:
        """Somebody is back: a leave under way ends now, one to come is taken off."""
        ended = (replace(x, until=now) if x.start < now < x.until and x.person == person else x for x in self.leaves)
        return replace(self, leaves=tuple(x for x in ended if x.person != person or x.until <= now))

    def with_hand(self, hand: Hand, now: datetime) -> Staff:
        """With a hand-over more; what the same person said of a day to come is no longer so."""
        return replace(self, hands=tuple(sorted((*self.called_off(hand.person, now).hands, hand), key=lambda x: x.at)))

    def called_off(self, person: str, now: datetime) -> Staff:
        """Without a hand-over of theirs that takes hold after `now`."""
        return replace(self, hands=tuple(x for x in self.hands if x.person != person or x.at <= now))


def read(text: str | None) -> Staff:
    """What `written` has written; nothing where there is nothing."""
    if not text:
        return Staff()
    kept = json.loads(text)
    at = datetime.fromisoformat
    return Staff(leaves=tuple(Leave(who, at(start), at(until), by) for who, start, until, by in kept.get("leaves", ())),
                 hands=tuple(Hand(who, to, at(since)) for who, to, since in kept.get("hands", ())))


def written(staff: Staff) -> str | None:
    """As a field of a lounge's running state; None where there is nothing to keep."""
    if not (staff.leaves or staff.hands):
        return None
    leaves = [(x.person, x.start.isoformat(), x.until.isoformat(), x.substitute) for x in staff.leaves]
    return json.dumps({"leaves": leaves, "hands": [(x.person, x.to, x.at.isoformat()) for x in staff.hands]})


def laid(settings: Settings, text: str | None) -> Settings:
    """The settings with a lounge's running state laid over them; they themselves where there is none."""
    return _laid(Same(settings), text) if text else settings


@lru_cache(maxsize=256)
def _laid(base: Same[Settings], text: str) -> Settings:
    staff, people = read(text), dict(base.it.people)
    for leave in staff.leaves:
        if (away := people.get(leave.person)) is not None:
            gone = Absence(start=leave.start, until=leave.until, substitute=leave.substitute or None)
            people[away.id] = replace(away, absences=(gone, *away.absences))
    for hand in staff.hands:
        if hand.person in people and hand.to in people and hand.person != hand.to:
            old, new = people[hand.person], people[hand.to]
            people[old.id], people[new.id] = _handed(old, new, hand)
    return replace(base.it, people=people)


def _handed(old: Person, new: Person, hand: Hand) -> tuple[Person, Person]:
    """Both after a hand-over: every post that is still held then ends for the one and begins for the other."""
    going = [post for post in posts_of(old) if post.until is None or post.until > hand.at]
    left = (replace(p, until=hand.at) if p in going else p for p in posts_of(old) if p.start is None or p.start < hand.at)
    taken = (replace(p, start=max(p.start or hand.at, hand.at)) for p in going)
    roles = new.roles if ATTENDANT in new.roles else (*new.roles, ATTENDANT)
    return (replace(old, buildings=(), posts=tuple(left), handed=(*old.handed, (hand.at, new.id))),
            replace(new, posts=(*new.posts, *taken), roles=roles))


def concerned(lounge: Lounge, settings: Settings, at: datetime) -> frozenset[str]:
    """Everybody whose absence or leaving matters in a lounge: in charge, on duty, liaison, host, and who stands in for them."""
    first = set(_named(lounge, settings))
    return frozenset(first | {p for one in first if one in settings.people for p in chain(settings.people[one], settings, at)})


def near(lounge: str, settings: Settings, at: datetime) -> frozenset[str]:
    """Who is meant where several bear a name: whoever matters in the lounge, and who mediates for it alone."""
    return concerned(settings.lounges[lounge], settings, at).union(serving(settings.people, lounge, settings))


def _named(lounge: Lounge, settings: Settings) -> Iterator[str]:
    yield lounge.host
    rosters: tuple[Lounge | Station, ...] = (lounge, *(s for s in settings.levels.stations.values() if s.lounge == lounge.id))
    for roster in rosters:
        yield from (p for people in roster.duty.values() for p in people)
        yield from (p for shifts in roster.shifts.values() for shift in shifts for p in shift.people)
    here = {b.name: b.grid for b in settings.buildings_of(lounge.id)}
    yield from (settings.grids[grid].liaison for grid in here.values())
    shops = _shops_at(Same(settings.shops))
    for building in here:
        yield from holders((building, *(f"shop/{shop}" for shop in shops.get(building, ()))), settings)


@lru_cache(maxsize=8)
def _shops_at(shops: Same[Mapping[str, Shop]]) -> Mapping[str, tuple[str, ...]]:
    """Building -> the ids of its shops: a lounge's few are found among thousands."""
    found: dict[str, list[str]] = {}
    for shop in shops.it.values():
        found.setdefault(shop.building, []).append(shop.id)
    return {building: tuple(ids) for building, ids in found.items()}


def _place(post: Post, settings: Settings) -> str:
    shop = settings.shops.get(post.shop)
    return shop.building if shop else post.building


def lounges_of(people: Iterable[str], settings: Settings, at: datetime) -> list[str]:
    """The lounges in which any of these people matters, those of their own posts first."""
    wanted = set(people)
    own = {settings.buildings[place].lounge for p in wanted if p in settings.people for post in posts_of(settings.people[p])
           if (place := _place(post, settings)) in settings.buildings}
    others = [x.id for x in settings.lounges.values() if x.id not in own and wanted & concerned(x, settings, at)]
    return [*(x for x in settings.lounges if x in own), *others]
