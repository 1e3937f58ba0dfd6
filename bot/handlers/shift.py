"""The change of shift, to the second: what the last shift has left untouched goes to the new one, in one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain import assignment
from bot.domain.case import Case, State
from bot.domain.events import CLOCK, Event, Happened
from bot.domain.settings import Lounge, Settings, Station
from bot.domain.transitions import Step, step
from bot.handlers import cards, progress
from bot.handlers.context import Here
from bot.messages import ClockRang, Outgoing
from bot.shards import shard_of
from bot.store.port import Change

CHORE = "shift"
Alarm = tuple[str, datetime | None]
Roster = Lounge | Station


def wound(lounge: str, here: Here) -> tuple[Alarm, ...]:
    """The alarm of the lounge's next change of shift; none where it has no shifts."""
    ahead = sorted(at for roster in _rosters(lounge, here.settings) for at in _changes(roster, here.now, here.settings))
    return ((f"chore/{CHORE}/{lounge}/{ahead[0].isoformat()}", ahead[0]),) if ahead else ()


def begun(settings: Settings, at: datetime) -> list[tuple[int, str, ClockRang]]:
    """What winds the shifts of every lounge that has any where nobody tells them of their settings: in replay and demo."""
    with_shifts = [x for x in settings.lounges if any(roster.shifts for roster in _rosters(x, settings))]
    return [(shard_of(x), f"{CHORE}/{x}/{at.isoformat()}", ClockRang(key=f"chore/{CHORE}/{x}/{at.isoformat()}", at=at)) for x in with_shifts]


def _rosters(lounge: str, settings: Settings) -> tuple[Roster, ...]:
    stations = (s for s in settings.levels.stations.values() if s.lounge == lounge)
    return (settings.lounges[lounge], *stations)


def _changes(roster: Roster, now: datetime, settings: Settings) -> Iterator[datetime]:
    """Every instant of the coming week at which a shift begins or ends."""
    local = settings.local(now)
    for ahead in range(8) if roster.shifts else ():
        day = local.date() + timedelta(days=ahead)
        for shift in roster.shifts.get(day.isoweekday(), ()):
            for time, later in ((shift.start, 0), (shift.end, shift.end <= shift.start)):
                at = datetime.combine(day + timedelta(days=int(later)), time, local.tzinfo)
                if at > now:
                    yield at


async def rang(what: ClockRang, here: Here) -> Change:
    """What nobody has taken up since it came to the last shift is the new one's now, each of them with one list."""
    _, _, lounge, _ = what.key.split("/", 3)
    if lounge not in here.settings.lounges:
        return Change()
    going: dict[str, list[Step]] = {}
    left: list[tuple[str, Case]] = []
    for case in await here.reader.open_cases(lounge):
        new = _whose_now(case, what.at, here.settings)
        done = step(case, _event(case, new, here), here.settings) if new else None
        if new and isinstance(done, Step):
            going.setdefault(new, []).append(replace(done, case=done.case.but(asked=case.asked)))
            left.append((case.attendant, done.case))
    lines = [line for person, steps in going.items() for line in _listed(person, [s.case for s in steps], what, here)]
    say, forward = cards.send(lines)
    gone, away = cards.send((cards.known_to(case, who, "responsible", here) for who, case in left), open_after=False)
    every = [done for steps in going.values() for done in steps]
    return Change(cases=tuple(s.case for s in every), journal=tuple((s.case.id, row) for s in every for row in s.rows),
                  say=say + gone, forward=forward + away, chores=wound(lounge, here))


def _whose_now(case: Case, at: datetime, settings: Settings) -> str | None:
    """Who of the new shift gets a case that lies untouched with the last one; None for any other case."""
    untouched = case.state is State.ASSIGNED and case.responded_at is None and case.rounds == 1 and not case.building
    if not untouched or case.urgent:
        return None
    roster: Roster = settings.levels.stations.get(case.station) or settings.lounges[case.lounge]
    before, now = (assignment.on_duty(roster, settings, moment) for moment in (at - timedelta(seconds=1), at))
    return now if now and now != before and case.attendant == before else None


def _event(case: Case, to: str, here: Here) -> Happened:
    old, new = cards.name_of(case.attendant, here.settings), cards.name_of(to, here.settings)
    why = assignment.chained(case, f"{old}下班时还没人接，换由值班的{new}接手")
    return Happened(event=Event.HANDED_OVER, at=here.now, by=CLOCK, note="换班",
                    args={"to": to, "rung": case.rung.value, "why": why})


def _listed(person: str, cases: list[Case], what: ClockRang, here: Here) -> Iterable[Outgoing]:
    """One card with all of them; where it is one alone it can be taken up with a tap."""
    extra = {"count": str(len(cases)), "rows": progress.listed(cases, here)}
    line = cards.plain("shift_list", f"person:{person}", here, f"{what.key}/{what.at.isoformat()}", extra=extra, ping=True,
                       lounge=cases[0].lounge, case=cases[0].id)
    yield line if len(cases) == 1 else replace(line, buttons=(), case=None)
    yield from (cards.known_to(case, person, "responsible", here) for case in cases)
