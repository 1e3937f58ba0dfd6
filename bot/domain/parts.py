"""What a person is to a case, and the named people behind each part."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.settings import DESK, LIAISON, Person, Settings


def parts(person: str, case: Case, settings: Settings) -> frozenset[str]:
    """Every part `person` (a person id or a group member's sender id) has in the case."""
    found: set[str] = set()
    role = case.role_of(person)
    if role:
        found.add(role)
    known = settings.people.get(person)
    if known is None:
        return frozenset(found)
    if settings.lounges[case.lounge].host == person:
        found |= {"host", "coordinator"}
    if DESK in known.roles and person in desks(case.lounge, settings):
        found |= {"desk", "checker"}
    if LIAISON in known.roles and _liaison_here(known, case, settings):
        found |= {"liaison", "coordinator"}
    if "host" in found and case.attendant != person:
        found.add("checker")
    return frozenset(found)


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
    here = settings.buildings_of(case.lounge)
    grids = {b.grid for b in here if case.building in (None, b.name)}
    return any(settings.grids[g].liaison == person.id for g in grids)


def who_may(allowed: frozenset[str], settings: Settings) -> str:
    """The parts that may do something, as people say them."""
    order = ("reporter", "responsible", "mediator", "liaison", "coordinator", "host", "desk", "supporter", "checker")
    named = [settings.words[f"part.{part}"] for part in order if part in allowed]
    return "或".join(named) or "当班的同志"


def person_named(words: str, settings: Settings) -> Person | None:
    """The person whose id or full name the words begin with; the longest name wins."""
    if words in settings.people:
        return settings.people[words]
    fitting = [p for p in settings.people.values() if words.startswith((p.name, p.id))]
    return max(fitting, key=lambda p: len(p.name), default=None)
