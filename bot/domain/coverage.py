"""The coverage audit: every building and shop with who answers for it, and where nobody was meant to be missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from bot.domain.assignment import Seat, ladder, members_of, posts_at, posts_of, present, stand_in
from bot.domain.posts import Matter
from bot.domain.settings import ATTENDANT, Building, Person, Settings, Shop

# Kinds of gap, in the order in which they are shown.
NO_ATTENDANT, NO_SUBSTITUTE, NO_BUILDING = "no_attendant", "no_substitute", "no_building"
NO_LIAISON, NO_DUTY, OVERLAP = "no_liaison", "no_duty", "overlap"
NO_FLOOR, NO_SHIFT, AWAY, NO_TEAM, TWO_TEAMS = "no_floor", "no_shift", "away", "no_team", "two_teams"
NO_SEAT = "no_seat"
SEATS = {"staff": "社区工作人员", "enterprise": "企业代表", "property": "物业代表", "residents": "居民代表", "youth": "青年志愿者"}
GAPS = {
    NO_ATTENDANT: "楼栋没有自己的党员",
    NO_FLOOR: "楼层没有自己的党员",
    AWAY: "党员不在，也没有人替",
    NO_SUBSTITUTE: "党员没有替班的人",
    NO_BUILDING: "商户不在任何楼栋",
    NO_LIAISON: "网格没有联络人",
    NO_SEAT: "微网格的席位空缺",
    NO_DUTY: "客厅有一天没人值班",
    NO_SHIFT: "班次之间空着",
    NO_TEAM: "商户或企业没有包干队伍",
    OVERLAP: "楼栋有不止一位党员",
    TWO_TEAMS: "商户或企业有不止一支包干队伍",
}
_DAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing or doubled: its kind (a key of GAPS), what it concerns, and what happens meanwhile."""

    kind: str
    what: str
    why: str
    id: str = field(default="", compare=False)  # of the person, shop, grid or lounge: two may bear one name


@dataclass(frozen=True, slots=True)
class Cover:
    """A building (`shop` None) or a shop in it, with those who answer, lowest rung first; empty where it is nowhere."""

    building: str
    lounge: str
    shop: str | None
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole audit: gaps first, then every building, each followed by its shops and firms."""

    gaps: tuple[Gap, ...]
    covers: tuple[Cover, ...]


def audit(settings: Settings, at: datetime) -> Coverage:
    """Who answers for every place at an instant (aware); a gap is listed whether or not the ladder makes up for it."""
    found = (*_unattended(settings, at), *_floorless(settings, at), *_away(settings, at), *_lonely(settings, at),
             *_homeless(settings), *_unlinked(settings), *_vacant(settings), *_unmanned(settings), *_between(settings),
             *_territories(settings, "none"), *_doubled(settings, at), *_territories(settings, "several"))
    return Coverage(gaps=found, covers=tuple(_covers(settings, at)))


def _covers(settings: Settings, at: datetime) -> Iterator[Cover]:
    shops: dict[str, list[Shop]] = {}
    for shop in settings.shops.values():
        shops.setdefault(shop.building, []).append(shop)
    for building in settings.buildings.values():
        yield Cover(building.name, building.lounge, None, ladder(building.lounge, building.name, at, settings))
        for shop in shops.get(building.name, ()):
            what = Matter(building=building.name, unit=shop.number, shop=shop.id)
            seats = ladder(building.lounge, building.name, at, settings, what=what)
            yield Cover(building.name, building.lounge, f"{shop.number} {shop.name}", seats)
    for shop in settings.shops.values():
        if shop.building not in settings.buildings:
            yield Cover(shop.building, "", f"{shop.number} {shop.name}", ())


def _unattended(settings: Settings, at: datetime) -> Iterator[Gap]:
    for building in settings.buildings.values():
        if next(members_of(building.name, settings, at), None) is None and not _by_floor(building, settings, at):
            first = ladder(building.lounge, building.name, at, settings)[0]
            yield Gap(NO_ATTENDANT, building.name, f"现在{first.why.rpartition('，')[2]}")


def _by_floor(building: Building, settings: Settings, at: datetime) -> set[int]:
    """The floors of a building that have somebody of their own."""
    return {floor for person, post in posts_at(building.name, settings) if ATTENDANT in settings.people[person].roles
            and post.holds(at) and not (post.helper or post.topics) for floor in post.floors}


def _floorless(settings: Settings, at: datetime) -> Iterator[Gap]:
    """A building that is covered floor by floor has somebody on every one."""
    for building in settings.buildings.values():
        covered = _by_floor(building, settings, at)
        if covered and next(members_of(building.name, settings, at), None) is None:
            for floor in sorted(set(range(1, (building.floors or max(covered)) + 1)) - covered):
                yield Gap(NO_FLOOR, f"{building.name}{floor}楼", f"{building.name}其他楼层有人，这一层先转网格联络人")


def _away(settings: Settings, at: datetime) -> Iterator[Gap]:
    for person in settings.people.values():
        if _has_a_post(person, at) and not present(person, at) and stand_in(person, settings, at) is None:
            yield Gap(AWAY, person.name, f"请假期间{'、'.join(_places(person, settings, at))}直接转网格联络人", person.id)


def _has_a_post(person: Person, at: datetime) -> bool:
    return ATTENDANT in person.roles and any(post.holds(at) and not post.helper for post in posts_of(person))


def _places(person: Person, settings: Settings, at: datetime) -> list[str]:
    """The places of a person's posts, each once."""
    held = (post for post in posts_of(person) if post.holds(at) and not post.helper)
    named = (settings.shops[p.shop].name if p.shop in settings.shops else p.building for p in held)
    return list(dict.fromkeys(named))


def _lonely(settings: Settings, at: datetime) -> Iterator[Gap]:
    for person in settings.people.values():
        in_charge = _has_a_post(person, at)
        if in_charge and (person.substitute is None or person.substitute not in settings.people):
            yield Gap(NO_SUBSTITUTE, person.name, f"请假时{'、'.join(_places(person, settings, at))}直接转网格联络人", person.id)


def _homeless(settings: Settings) -> Iterator[Gap]:
    for shop in settings.shops.values():
        if shop.building not in settings.buildings:
            yield Gap(NO_BUILDING, f"{shop.number} {shop.name}", f"写的是“{shop.building}”，没有这栋楼")


def _unlinked(settings: Settings) -> Iterator[Gap]:
    for grid in settings.grids.values():
        if grid.liaison not in settings.people:
            yield Gap(NO_LIAISON, grid.name, "党员没有回音时直接转客厅房东", grid.id)


def _vacant(settings: Settings) -> Iterator[Gap]:
    """Of a grid that has seats at all, each of the five that nobody takes."""
    for grid in settings.grids.values():
        for seat, name in SEATS.items() if grid.seats else ():
            if grid.seats.get(seat) not in settings.people:
                yield Gap(NO_SEAT, grid.name, f"{name}空缺", grid.id)


def _unmanned(settings: Settings) -> Iterator[Gap]:
    for lounge in settings.lounges.values():
        for day, name in enumerate(_DAYS, start=1):
            if not lounge.duty.get(day) and not lounge.shifts.get(day):
                yield Gap(NO_DUTY, lounge.name, f"周{name}没有值班的，说不清楼栋的事直接转客厅房东", lounge.id)


def _between(settings: Settings) -> Iterator[Gap]:
    """Between the first and the last shift of a day somebody is on, or the weekday's roster steps in."""
    for lounge in settings.lounges.values():
        for day, shifts in lounge.shifts.items():
            for one, following in pairwise(shifts):
                if one.end < following.start and not lounge.duty.get(day):
                    yield Gap(NO_SHIFT, lounge.name, f"周{_DAYS[day - 1]}{one.end:%H:%M}到{following.start:%H:%M}没有人", lounge.id)


def _territories(settings: Settings, kind: str) -> Iterator[Gap]:
    """Every firm in exactly one team's territory, where there are teams at all."""
    standing = (shop for shop in settings.shops.values() if shop.building in settings.buildings)
    for shop in standing if settings.teams else ():
        own = [t.name for t in settings.teams.values() if shop.id in t.shops or shop.building in t.buildings]
        if kind == "none" and not own:
            yield Gap(NO_TEAM, f"{shop.number} {shop.name}", f"{shop.building}里没有队伍包到它", shop.id)
        if kind == "several" and len(own) > 1:
            yield Gap(TWO_TEAMS, f"{shop.number} {shop.name}", "、".join(own), shop.id)


def _doubled(settings: Settings, at: datetime) -> Iterator[Gap]:
    for building in settings.buildings.values():
        names = [person.name for person in members_of(building.name, settings, at)]
        if len(names) > 1:
            yield Gap(OVERLAP, building.name, f"{'、'.join(names)}，先派给{names[0]}")
