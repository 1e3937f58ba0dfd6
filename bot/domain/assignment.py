"""Who answers for a matter at an instant: a ladder of named people, never nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from bot.domain.case import LADDER, Case, Rung
from bot.domain.posts import WHOLE, Matter, Post, Same
from bot.domain.settings import ATTENDANT, Lounge, Person, Settings, Station

NOTHING = Matter()
SENTENCE = 90  # characters that a reason may have


@dataclass(frozen=True, slots=True)
class Seat:
    """One rung of the ladder with who sits on it, and why, in one plain sentence."""

    rung: Rung
    person: str
    why: str


def present(person: Person | None, at: datetime) -> bool:
    """True where the person exists and is not absent at the instant."""
    return person is not None and not any(a.start <= at < a.until for a in person.absences)


def on_duty(lounge: Lounge | Station, settings: Settings, at: datetime, full: frozenset[str] = frozenset()) -> str | None:
    """The first present person of the shift that is on, else of the weekday's roster, else who stands in for one of them."""
    local = settings.local(at)
    shift = next((s for s in lounge.shifts.get(local.isoweekday(), ()) if s.holds(local.time())), None)
    named = [now_held(p, settings, at) for p in (shift.people if shift else lounge.duty.get(local.isoweekday(), ()))]
    here = next((p for p in named if p not in full and present(settings.people.get(p), at)), None)
    stands = (stand_in(settings.people[p], settings, at, full) for p in named if p in settings.people)
    return here or next((p for p in stands if p), None)


def now_held(person: str, settings: Settings, at: datetime) -> str:
    """Who has a person's place now: himself, or whom he handed it to (and so on); going in circles ends."""
    seen: set[str] = set()
    while person not in seen and (known := settings.people.get(person)) is not None:
        seen.add(person)
        person = next((to for since, to in reversed(known.handed) if since <= at), person)
    return person


def posts_of(person: Person) -> tuple[Post, ...]:
    """All that a person is meant to answer for, whole buildings first."""
    return (*(Post(building=b) for b in person.buildings), *person.posts) if person.buildings else person.posts


def in_charge(what: Matter, settings: Settings, at: datetime, *, helper: bool = False) -> list[Person]:
    """The attendants (or helpers) in charge of a matter, the one named most exactly first, then in config order."""
    if what.building is None:
        return []
    best: dict[str, tuple[int, int]] = {}
    by_place = _posts(Same(settings.people))
    for nth, person, post in (*by_place.get(what.building, ()), *by_place.get(f"shop/{what.shop}", ())):
        if post.helper is helper and post.holds(at) and (helper or ATTENDANT in settings.people[person].roles):
            fits = post.fits(what)
            if fits:
                best[person] = min(best.get(person, (0, nth)), (-fits, nth))
    return [settings.people[person] for person in sorted(best, key=lambda p: best[p])]


@lru_cache(maxsize=64)
def _posts(people: Same[Mapping[str, Person]]) -> Mapping[str, tuple[tuple[int, str, Post], ...]]:
    """Building, or `shop/` and its id -> (place in config, person, post): a lounge's few are found among thousands."""
    found: dict[str, list[tuple[int, str, Post]]] = {}
    for nth, person in enumerate(people.it.values()):
        for post in posts_of(person):
            found.setdefault(f"shop/{post.shop}" if post.shop else post.building, []).append((nth, person.id, post))
    return {place: tuple(posts) for place, posts in found.items()}


def holders(places: Iterable[str], settings: Settings) -> Iterator[str]:
    """Everybody who has a post, whenever, at one of these places: buildings, or `shop/` and its id."""
    return (person for place in places for person, _ in posts_at(place, settings))


def posts_at(place: str, settings: Settings) -> Iterator[tuple[str, Post]]:
    """(person, post) of a building, or of `shop/` and its id, in config order."""
    return ((person, post) for _, person, post in _posts(Same(settings.people)).get(place, ()))


def members_of(building: str | None, settings: Settings, at: datetime | None = None) -> Iterator[Person]:
    """The attendants in charge of a whole building (now, where `at` is given), in config order."""
    wanted = Matter(building=building)
    held = {person: nth for nth, person, post in _posts(Same(settings.people)).get(building or "", ())
            if post.fits(wanted) == WHOLE and not post.helper and (at is None or post.holds(at))}
    return (settings.people[p] for p in held if ATTENDANT in settings.people[p].roles)


def stand_in(person: Person, settings: Settings, at: datetime, full: frozenset[str] = frozenset()) -> str | None:
    """The first present substitute down the person's chain who can take more; a chain that loops ends where it began."""
    return next((p for p in chain(person, settings, at) if present(settings.people[p], at) and p not in full), None)


def chain(person: Person, settings: Settings, at: datetime) -> Iterator[str]:
    """Everybody who would stand in for a person, in order; who was named for an absence goes before the usual one."""
    seen = {person.id}
    here: Person | None = person
    while here is not None:
        named = next((a.substitute for a in here.absences if a.start <= at < a.until and a.substitute), here.substitute)
        following = now_held(named, settings, at) if named else None
        if not following or following in seen or following not in settings.people:
            return
        seen.add(following)
        yield following
        here = settings.people[following]


def matter_of(case: Case, full: frozenset[str] = frozenset()) -> Matter:
    """What of a case says whose it is."""
    return Matter(building=case.building, unit=case.unit, shop=case.shop, topic=case.intent, full=full)


def ladder(lounge_id: str, building: str | None, at: datetime, settings: Settings,
           station: str = "", what: Matter = NOTHING) -> tuple[Seat, ...]:
    """Everyone who can be asked about this place now, lowest rung first, each person once. Never empty.

    `what` says more of the matter; who can take no more is passed over while somebody else is there.
    """
    lounge = settings.lounges[lounge_id]
    seats: list[Seat] = []
    passed: list[str] = []  # why nobody before had it, clause by clause

    def seat(rung: Rung, person: str | None, why: str) -> None:
        if person and present(settings.people.get(person), at) and all(s.person != person for s in seats):
            seats.append(Seat(rung, person, "，".join((*passed, why))))

    exactly = Matter(building=building, unit=what.unit, shop=what.shop, topic=what.topic, full=what.full)
    member = next(iter(in_charge(exactly, settings, at)), None)
    if member is not None and building:
        passed.append(f"{_where(exactly, member, settings, at)}由{member.name}负责")
        if present(member, at) and member.id not in what.full:
            seats.append(Seat(Rung.ATTENDANT, member.id, passed[0]))
        passed.append(member.name + _missing(member, at, what.full))
        stands = stand_in(member, settings, at, what.full)
        passed += _not_they(member, stands, settings, at, what.full)
        seat(Rung.SUBSTITUTE, stands, f"由替班的{_name(stands, settings)}接手")
        passed += [f"替班的{_name(stands, settings)}也一直没有回音"] if stands else []
    elif not building:
        seat(Rung.ATTENDANT, *_without_building(lounge, station, at, settings, what.full))
    home = settings.buildings.get(building) if building else None
    grid = settings.grids.get(home.grid) if home else None
    if building and not passed:
        passed.append(f"{building}还没有自己的党员")
    if grid:
        seat(Rung.LIAISON, grid.liaison, f"由{grid.name}的网格联络人{_name(grid.liaison, settings)}接手")
    seat(Rung.HOST, lounge.host, f"由{lounge.name}的客厅房东{_name(lounge.host, settings)}接手")
    for rung, desk, name in _desks(lounge, settings):
        seat(rung, desk, f"由{name}的{_name(desk, settings)}接手")
    if not seats:  # everyone is absent: the host still owns it; a lounge is never without an owner
        seats.append(Seat(Rung.HOST, lounge.host, f"其他人都不在，由{lounge.name}的客厅房东接手"))
    return tuple(seats)


def _name(person: str | None, settings: Settings) -> str:
    known = settings.people.get(person or "")
    return known.name if known else ""


def _where(what: Matter, member: Person, settings: Settings, at: datetime) -> str:
    """What of the place is the member's: the shop, the floor or the kind of matter where that is what he was named for."""
    best = max((p for p in posts_of(member) if p.holds(at) and not p.helper), key=lambda p: p.fits(what))
    shop, intent = settings.shops.get(best.shop), settings.intents.get(what.topic) if best.topics else None
    floors = "、".join(map(str, best.floors)) + "楼" if best.floors else ""
    return (f"{what.building}{floors}" if shop is None else shop.name) + (f"的{intent.name}" if intent else "")


def _missing(person: Person, at: datetime, full: frozenset[str]) -> str:
    """Why somebody does not have it: away, no hand free, or silent."""
    return "请假" if not present(person, at) else "手上已经满了" if person.id in full else "一直没有回音"


def _not_they(member: Person, stands: str | None, settings: Settings, at: datetime, full: frozenset[str]) -> list[str]:
    """A clause for each substitute who was passed over."""
    said = []
    for person in chain(member, settings, at):
        if person == stands:
            break
        known = settings.people[person]
        said.append(f"替班的{known.name}也{_missing(known, at, full)}")
    return said


def _without_building(lounge: Lounge, station: str, at: datetime, settings: Settings,
                      full: frozenset[str]) -> tuple[str | None, str]:
    """Who is on duty where no building is known: at the station that was named, else in the lounge."""
    known = settings.levels.stations.get(station)
    here = on_duty(known, settings, at, full) if known else None
    if known and here:
        return here, f"{known.name}现在由{_name(here, settings)}值班"
    now = on_duty(lounge, settings, at, full)
    return now, f"还不知道是哪一栋，先由值班的{_name(now, settings)}接手"


def chained(case: Case, clause: str) -> str:
    """Why somebody has a case who was given it by another: how it came so far, and the last step, in one sentence."""
    whole = f"{case.why_attendant}，{clause}" if case.why_attendant else clause
    return whole if len(whole) <= SENTENCE else clause


def host_seat(case: Case, at: datetime, settings: Settings) -> Seat | None:
    """The host, who decides where nobody else will have it; None where it is his already."""
    lounge = settings.lounges[case.lounge]
    return None if lounge.host == case.attendant else Seat(Rung.HOST, lounge.host, f"退回来了，请{lounge.name}的客厅房东定夺")


def rung_for(person: str, case: Case, at: datetime, settings: Settings) -> Rung:
    """The rung on which somebody has a case that he is given: his own on its ladder, else the lowest."""
    seats = ladder(case.lounge, case.building, at, settings, case.station, matter_of(case))
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


def choose(lounge_id: str, building: str | None, at: datetime, settings: Settings, station: str = "",
           what: Matter = NOTHING) -> Seat:
    """Who gets a new case: the building's member, else substitute, grid liaison, host; never nobody."""
    return ladder(lounge_id, building, at, settings, station, what)[0]


def following(case: Case, at: datetime, settings: Settings, least: Rung | None = None) -> Seat | None:
    """The next rung up from where the case stands (at least `least`), None at the top."""
    floor = LADDER.index(case.rung) + 1
    if least is not None:
        floor = max(floor, LADDER.index(least))
    tried = {case.attendant, *case.asked}
    seats = ladder(case.lounge, case.building, at, settings, case.station, matter_of(case))
    return next((s for s in seats if LADDER.index(s.rung) >= floor and s.person not in tried), None)
