"""Who answers for a place at an instant: a ladder of named people, never nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain.case import LADDER, Case, Rung
from bot.domain.settings import ATTENDANT, Lounge, Person, Settings


@dataclass(frozen=True, slots=True)
class Seat:
    """One rung of the ladder with who sits on it, and why, in one plain sentence."""

    rung: Rung
    person: str
    why: str


def present(person: Person | None, at: datetime) -> bool:
    """True where the person exists and is not absent at the instant."""
    return person is not None and not any(a.start <= at < a.until for a in person.absences)


def on_duty(lounge: Lounge, settings: Settings, at: datetime) -> str | None:
    """The first person on the lounge's roster for the local weekday who is present."""
    weekday = settings.local(at).isoweekday()
    return next((p for p in lounge.duty.get(weekday, ()) if present(settings.people.get(p), at)), None)


def members_of(building: str | None, settings: Settings) -> Iterator[Person]:
    """The attendants in charge of a building, in config order."""
    if building is None:
        return iter(())
    return (p for p in settings.people.values() if building in p.buildings and ATTENDANT in p.roles)


def stand_in(person: Person, settings: Settings, at: datetime) -> str | None:
    """The first present substitute down the person's chain; a chain that loops ends where it began."""
    seen = {person.id}
    following = person.substitute
    while following and following not in seen:
        seen.add(following)
        candidate = settings.people.get(following)
        if present(candidate, at):
            return following
        following = candidate.substitute if candidate else None
    return None


def ladder(lounge_id: str, building: str | None, at: datetime, settings: Settings,
           station: str = "") -> tuple[Seat, ...]:
    """Everyone who can be asked about this place now, lowest rung first, each person once. Never empty."""
    lounge = settings.lounges[lounge_id]
    seats: list[Seat] = []

    def seat(rung: Rung, person: str | None, why: str) -> None:
        if person and present(settings.people.get(person), at) and all(s.person != person for s in seats):
            seats.append(Seat(rung, person, why))

    member = next(members_of(building, settings), None)
    if member is not None and building:
        seat(Rung.ATTENDANT, member.id, f"{building}由{member.name}负责")
        away = "请假" if not present(member, at) else "一直没有回音"
        seat(Rung.SUBSTITUTE, stand_in(member, settings, at), f"{member.name}{away}，由替班的接手")
    elif not building:
        seat(Rung.ATTENDANT, *_without_building(lounge, station, at, settings))
    home = settings.buildings.get(building) if building else None
    grid = settings.grids.get(home.grid) if home else None
    if grid:
        seat(Rung.LIAISON, grid.liaison, f"由{grid.name}的网格联络人接手")
    seat(Rung.HOST, lounge.host, f"由{lounge.name}的客厅房东接手")
    for rung, desk, name in _desks(lounge, settings):
        seat(rung, desk, f"由{name}接手")
    if not seats:  # everyone is absent: the host still owns it; a lounge is never without an owner
        seats.append(Seat(Rung.HOST, lounge.host, f"其他人都不在，由{lounge.name}的客厅房东接手"))
    return tuple(seats)


def _without_building(lounge: Lounge, station: str, at: datetime, settings: Settings) -> tuple[str | None, str]:
    """Who is on duty where no building is known: at the station that was named, else in the lounge."""
    known = settings.levels.stations.get(station)
    here = next((p for p in known.duty.get(settings.local(at).isoweekday(), ())
                 if present(settings.people.get(p), at)), None) if known else None
    if known and here:
        return here, f"{known.name}今天由他值班"
    return on_duty(lounge, settings, at), "还不知道是哪一栋，先由今天值班的接手"


def host_seat(case: Case, at: datetime, settings: Settings) -> Seat | None:
    """The host, who decides where nobody else will have it; None where it is his already."""
    lounge = settings.lounges[case.lounge]
    return None if lounge.host == case.attendant else Seat(Rung.HOST, lounge.host, f"退回来了，请{lounge.name}的客厅房东定夺")


def rung_for(person: str, case: Case, at: datetime, settings: Settings) -> Rung:
    """The rung on which somebody has a case that he is given: his own on its ladder, else the lowest."""
    seats = ladder(case.lounge, case.building, at, settings, case.station)
    return next((s.rung for s in seats if s.person == person), Rung.ATTENDANT)


def rung_seat(lounge_id: str, rung: Rung, at: datetime, settings: Settings) -> Seat | None:
    """Who sits on one rung of a lounge's ladder now; None where nobody does."""
    return next((s for s in ladder(lounge_id, None, at, settings) if s.rung is rung), None)


def _desks(lounge: Lounge, settings: Settings) -> Iterator[tuple[Rung, str | None, str]]:
    community = settings.areas[lounge.community]
    street = settings.areas.get(community.parent or "")
    district = settings.areas.get((street.parent if street else None) or "")
    for rung, area in ((Rung.STREET, street), (Rung.DISTRICT, district)):
        if area:
            yield rung, area.desk, area.name


def choose(lounge_id: str, building: str | None, at: datetime, settings: Settings, station: str = "") -> Seat:
    """Who gets a new case: the building's member, else substitute, grid liaison, host; never nobody."""
    return ladder(lounge_id, building, at, settings, station)[0]


def following(case: Case, at: datetime, settings: Settings, least: Rung | None = None) -> Seat | None:
    """The next rung up from where the case stands (at least `least`), None at the top."""
    floor = LADDER.index(case.rung) + 1
    if least is not None:
        floor = max(floor, LADDER.index(least))
    tried = {case.attendant, *case.asked}
    seats = ladder(case.lounge, case.building, at, settings, case.station)
    return next((s for s in seats if LADDER.index(s.rung) >= floor and s.person not in tried), None)
