"""Who answers for collecting, handling and feeding back, whom a result has reached, and what is counted apart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain import assignment
from bot.domain.case import Case, State
from bot.domain.settings import Person, Settings

HANDLER, HOST, LIAISON = "handler", "host", "liaison"
DEFAULT = (HOST, HANDLER)  # of a level that the table does not name: collected by the host, fed back by who handles
# Ends that say nothing of whether a matter was solved: listed, and kept out of every rate.
APART = frozenset({State.NOT_ACCEPTED, State.MERGED, State.WITHDRAWN})


def duties(case: Case, settings: Settings) -> tuple[str, str, str]:
    """(who collects, the accountable organisation of who handles, who feeds back): two person ids and a name."""
    collects, feeds = settings.levels.duties.get(case.level, DEFAULT)
    handler = settings.people.get(case.attendant)
    organisation = acting_for(handler, case, settings) if handler else case.organisation
    return _seat(collects, case, settings), organisation, _seat(feeds, case, settings)


def acting_for(person: Person, case: Case, settings: Settings) -> str:
    """For which of his organisations somebody handles a case: the one his post there names, else his first."""
    if not person.also:
        return person.organisation
    what, at = assignment.matter_of(case), case.opened_at
    posts = sorted((p for p in person.posts if p.organisation and p.fits(what) and p.holds(at)), key=lambda p: -p.fits(what))
    return posts[0].organisation if posts else person.organisation


def _seat(part: str, case: Case, settings: Settings) -> str:
    """The person behind a word of the duties table; the host where a grid is not known."""
    if part == HANDLER:
        return case.attendant
    building = settings.buildings.get(case.building or "")
    if part == LIAISON and building is not None:
        return settings.grids[building.grid].liaison
    return settings.lounges[case.lounge].host


def unowned(case: Case, settings: Settings) -> str:
    """What an open case lacks, a named person or an accountable organisation; "" where it has both."""
    if not case.open:
        return ""
    if not case.attendant:
        return "nobody has it"
    known = settings.people.get(case.attendant)
    return "" if case.organisation or known is not None and known.organisation else "no organisation answers for it"


def voices(case: Case) -> tuple[str, ...]:
    """Everybody whose case it is: the reporter first, then who said the same; each once."""
    return tuple(dict.fromkeys(v for v in (case.reporter, *(s.sender for s in case.supporters)) if v))


def untold(case: Case) -> tuple[str, ...]:
    """The voices whom this round's result has not reached."""
    return tuple(v for v in voices(case) if v not in case.told)


def reached(case: Case, who: str, at: datetime) -> Case:
    """The case after the result has reached one voice ("" or somebody else: all of them, said by hand or to all)."""
    everybody = voices(case)
    told = tuple(dict.fromkeys((*case.told, *((who,) if who in everybody else everybody))))
    arrived = case.reporter in told or not case.reporter
    return case.but(told=told, delivered_at=case.delivered_at or (at if arrived else None))


def counted(case: Case) -> bool:
    """Whether a case belongs to the rates; what was not accepted, merged or withdrawn is listed apart."""
    return case.state not in APART


def apart(cases: Iterable[Case]) -> dict[State, list[Case]]:
    """The cases that are kept out of the rates, by how they ended."""
    found: dict[State, list[Case]] = {state: [] for state in (State.NOT_ACCEPTED, State.MERGED, State.WITHDRAWN)}
    for case in cases:
        if case.state in found:
            found[case.state].append(case)
    return found
