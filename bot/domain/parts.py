"""What a person is to a case, and the named people behind each part."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.settings import DESK, LIAISON, Person, Settings


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
    here = settings.buildings_of(case.lounge)
    grids = {b.grid for b in here if case.building in (None, b.name)}
    return any(settings.grids[g].liaison == person.id for g in grids)


def who_may(allowed: frozenset[str], settings: Settings) -> str:
    """The parts that may do something, as people say them."""
    order = ("reporter", "responsible", "mediator", "liaison", "coordinator", "host", "desk", "supporter", "checker")
    named = [settings.words[f"part.{part}"] for part in order if part in allowed]
    return "或".join(named) or "当班的同志"


def person_named(words: str, settings: Settings) -> Person | None:
    """The person whose id or full name the words begin with; the longest wins, two of one name are nobody."""
    fitting = [(len(said), p) for p in settings.people.values() for said in (p.id, p.name) if words.startswith(said)]
    longest = max((length for length, _ in fitting), default=0)
    found = {p.id: p for length, p in fitting if length == longest}
    return next(iter(found.values())) if len(found) == 1 else None
