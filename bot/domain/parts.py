"""What a person is to a case, and the named people behind each part."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from bot.domain.case import Case
from bot.domain.posts import Same
from bot.domain.settings import DESK, LIAISON, MEDIATOR, Partner, Person, Settings


def parts(person: str, case: Case, settings: Settings) -> frozenset[str]:
    """Every part `person` (a person id or a group member's sender id) has in the case."""
    found = _of_case(person, case)
    known = settings.people.get(person)
    if known is None:
        return frozenset(found)
    if settings.lounges[case.lounge].host == person:
        found |= {"host", "coordinator"}
    if DESK in known.roles and person in desks(case.lounge, settings):
        found.add("desk")
    if LIAISON in known.roles and _liaison_here(known, case, settings):
        found |= {"liaison", "coordinator"}
    if found & {"host", "desk"} and case.attendant != person:  # nobody checks what he did himself
        found.add("checker")
    return frozenset(found)


def _of_case(person: str, case: Case) -> set[str]:
    """What the case itself says of somebody; a member who reports a matter of his own building is both."""
    found = {
        "responsible": person == case.attendant or person in case.asked, "mediator": person == case.mediator,
        "reporter": person == case.reporter, "supporter": any(s.sender == person for s in case.supporters),
        "offered": bool(person) and person == case.offered, "helper": person in case.helpers,
    }
    return {part for part, holds in found.items() if holds}


def desks(lounge: str, settings: Settings) -> tuple[str, ...]:
    """The desks above a lounge: community, street, district, lowest first."""
    area = settings.areas.get(settings.lounges[lounge].community)
    found: list[str] = []
    while area is not None:
        if area.desk:
            found.append(area.desk)
        area = settings.areas.get(area.parent or "")
    return tuple(found)


def _liaison_here(person: Person, case: Case, settings: Settings) -> bool:
    """A liaison counts for the grid of the case's building; where no building is known, for any grid of the lounge."""
    if employed_by_a_side(person, case.lounge, case.intent, settings):
        return False
    here = settings.buildings_of(case.lounge)
    grids = {b.grid for b in here if case.building in (None, b.name)}
    return any(settings.grids[g].liaison == person.id for g in grids)


def employed_by_a_side(person: Person | None, lounge: str, intent: str, settings: Settings) -> bool:
    """Whether a wage matter would be read by the employer's people: who works for a shop or firm of the lounge may be one."""
    if person is None or intent not in settings.mediation.wage:
        return False
    here, firms = {b.name for b in settings.buildings_of(lounge)}, {person.organisation, *person.also} - {""}
    return any(s.building in here and s.name in firms for s in settings.shops.values())


def serving(served: Mapping[str, Person] | Mapping[str, Partner], lounge: str, settings: Settings) -> tuple[str, ...]:
    """The ids of who serves a lounge: who names it first, then who names an area above it, then who serves all."""
    area, places = settings.areas.get(settings.lounges[lounge].community), [lounge]
    while area is not None:
        places.append(area.id)
        area = settings.areas.get(area.parent or "")
    by_reach = _by_reach(Same(served))
    return tuple(dict.fromkeys(one for place in (*places, "") for one in by_reach.get(place, ())))


@lru_cache(maxsize=64)
def _by_reach(served: Same[Mapping[str, Person] | Mapping[str, Partner]]) -> Mapping[str, tuple[str, ...]]:
    """Lounge or area ("" for who names none) -> ids, in config order: a lounge's few are found among thousands."""
    found: dict[str, list[str]] = {}
    for one in served.it.values():
        if isinstance(one, Partner) or MEDIATOR in one.roles or one.reach:
            for place in one.reach or ("",):
                found.setdefault(place, []).append(one.id)
    return {place: tuple(ids) for place, ids in found.items()}


def partners_of(lounge: str, settings: Settings) -> tuple[Partner, ...]:
    """The units that a lounge may call in, its own before those that serve everybody."""
    return tuple(settings.partners[p] for p in serving(settings.partners, lounge, settings))


def mediators_of(lounge: str, settings: Settings) -> tuple[Person, ...]:
    """The mediators whom a lounge may call, its own before those who serve everybody."""
    people = (settings.people[p] for p in serving(settings.people, lounge, settings))
    return tuple(p for p in people if MEDIATOR in p.roles)


def who_may(allowed: frozenset[str], settings: Settings, case: Case | None = None) -> str:
    """The parts that may do something, as people say them; of a case with the names of those who work for it."""
    order = ("reporter", "responsible", "mediator", "liaison", "coordinator", "host", "desk", "supporter", "checker", "offered",
             "helper")
    gone = {"mediator": case and not case.mediator, "offered": case and not case.offered, "helper": case and not case.helpers}
    named = [_called(part, case, settings) for part in order if part in allowed and not gone.get(part)]
    *most, last = dict.fromkeys(name for one in named for name in one.split("或")) or ["当班的同志"]
    return "、".join(most) + "或" + last if most else last


def _called(part: str, case: Case | None, settings: Settings) -> str:
    """What a part is called, with who it is: 客厅房东冬至."""
    if case is None:
        return settings.words[f"part.{part}"]
    if part == "coordinator":
        lower = "liaison" if settings.buildings.get(case.building or "") else "host"
        return "或".join(dict.fromkeys(_called(p, case, settings) for p in (lower, "host")))
    building = settings.buildings.get(case.building or "")
    grid = settings.grids.get(building.grid) if building else None
    who = {"responsible": case.attendant, "mediator": case.mediator or "", "host": settings.lounges[case.lounge].host,
           "liaison": grid.liaison if grid else ""}.get(part, "")
    known = settings.people.get(who)
    return settings.words[f"part.{part}"] + (known.name if known else "")


def person_named(words: str, settings: Settings, near: Collection[str] = ()) -> Person | None:
    """The person whose id or full name the words begin with; the longest wins.

    Of several of one name the one who is `near` (ids) is meant, else nobody.
    """
    fitting = [(len(said), p) for p in settings.people.values() for said in (p.id, p.name) if words.startswith(said)]
    longest = max((length for length, _ in fitting), default=0)
    return the_one({p.id: p for length, p in fitting if length == longest}, near)


def the_one(found: Mapping[str, Person], near: Collection[str]) -> Person | None:
    """The only one of these, or the only one of them who is near."""
    close = [p for p in found.values() if len(found) == 1 or p.id in near]
    return close[0] if len(close) == 1 else None
