"""The coverage audit: every building and shop with who answers for it, and where nobody was meant to be missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain.assignment import Seat, ladder, members_of
from bot.domain.settings import ATTENDANT, Settings, Shop

# Kinds of gap, in the order in which they are shown.
NO_ATTENDANT, NO_SUBSTITUTE, NO_BUILDING = "no_attendant", "no_substitute", "no_building"
NO_LIAISON, NO_DUTY, OVERLAP = "no_liaison", "no_duty", "overlap"
GAPS = {
    NO_ATTENDANT: "楼栋没有自己的党员",
    NO_SUBSTITUTE: "党员没有替班的人",
    NO_BUILDING: "商户不在任何楼栋",
    NO_LIAISON: "网格没有联络人",
    NO_DUTY: "客厅有一天没人值班",
    OVERLAP: "楼栋有不止一位党员",
}
_DAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing or doubled: its kind (a key of GAPS), what it concerns, and what happens meanwhile."""

    kind: str
    what: str
    why: str


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
    found = (*_unattended(settings, at), *_lonely(settings), *_homeless(settings), *_unlinked(settings),
             *_unmanned(settings), *_doubled(settings))
    return Coverage(gaps=found, covers=tuple(_covers(settings, at)))


def _covers(settings: Settings, at: datetime) -> Iterator[Cover]:
    shops: dict[str, list[Shop]] = {}
    for shop in settings.shops.values():
        shops.setdefault(shop.building, []).append(shop)
    for building in settings.buildings.values():
        seats = ladder(building.lounge, building.name, at, settings)
        yield Cover(building.name, building.lounge, None, seats)
        for shop in shops.get(building.name, ()):
            yield Cover(building.name, building.lounge, f"{shop.number} {shop.name}", seats)
    for shop in settings.shops.values():
        if shop.building not in settings.buildings:
            yield Cover(shop.building, "", f"{shop.number} {shop.name}", ())


def _unattended(settings: Settings, at: datetime) -> Iterator[Gap]:
    for building in settings.buildings.values():
        if next(members_of(building.name, settings), None) is None:
            first = ladder(building.lounge, building.name, at, settings)[0]
            name = settings.people[first.person].name if first.person in settings.people else first.person
            yield Gap(NO_ATTENDANT, building.name, f"现在由{name}接手：{first.why}")


def _lonely(settings: Settings) -> Iterator[Gap]:
    for person in settings.people.values():
        in_charge = ATTENDANT in person.roles and person.buildings
        if in_charge and (person.substitute is None or person.substitute not in settings.people):
            yield Gap(NO_SUBSTITUTE, person.name, f"请假时{'、'.join(person.buildings)}直接转网格联络人")


def _homeless(settings: Settings) -> Iterator[Gap]:
    for shop in settings.shops.values():
        if shop.building not in settings.buildings:
            yield Gap(NO_BUILDING, f"{shop.number} {shop.name}", f"写的是“{shop.building}”，没有这栋楼")


def _unlinked(settings: Settings) -> Iterator[Gap]:
    for grid in settings.grids.values():
        if grid.liaison not in settings.people:
            yield Gap(NO_LIAISON, grid.name, "党员没有回音时直接转客厅房东")


def _unmanned(settings: Settings) -> Iterator[Gap]:
    for lounge in settings.lounges.values():
        for day, name in enumerate(_DAYS, start=1):
            if not lounge.duty.get(day):
                yield Gap(NO_DUTY, lounge.name, f"周{name}没有值班的，说不清楼栋的事直接转客厅房东")


def _doubled(settings: Settings) -> Iterator[Gap]:
    for building in settings.buildings.values():
        names = [person.name for person in members_of(building.name, settings)]
        if len(names) > 1:
            yield Gap(OVERLAP, building.name, f"{'、'.join(names)}，先派给{names[0]}")
