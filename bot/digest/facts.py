"""One flat record a case: all that the figures of eight weeks need of it, as it stood at the end of the last of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from bot.digest.journal import STEP, Life, walk
from bot.digest.names import NUMBER
from bot.digest.week import BEFORE, KEPT, ZONE, Span
from bot.domain.case import Case, Row, State
from bot.domain.deadlines import handling_later, later
from bot.domain.feedback import APART
from bot.domain.hours import is_workday
from bot.domain.settings import Pace, Settings
from bot.domain.stuck import SEVERAL, TWICE

MINUTE = timedelta(minutes=1)
SOMEBODY = "某某"
NAME_LEAST = 2  # characters; a single one is no name but a part of many words
STUCK = frozenset({"silent", "returned", "across"})  # as on the board of stuck cases (domain.stuck)
FIRST_END = KEPT - BEFORE  # from this place on it is asked what was open at the week's end
_NO_DUE = frozenset(state.value for state in (*APART, State.ANSWERED))
_N = {name: number * STEP for name, number in NUMBER.items()}

_URGENT, _PRIVATE, _FIRST = _N["urgent"], _N["private"], _N["first_responses"]
_DUE, _IN_TIME, _LATE = _N["due_response"], _N["responded"], _N["response_late"]


class Fact(msgspec.Struct, frozen=True, gc=False):
    """A case in a digest. `marks` are figure number × STEP + place of the week, one for each time it counts there.

    `voices` are ids and serve to count people; they never leave. `answered` is in minutes, -1 for not yet; `causes` are
    (local date, cause) of each 不满意; `waits` are (place, minutes) of each mediation that was opened.
    """

    id: str
    lounge: str
    building: str
    intent: str
    private: bool
    urgent: bool
    state: str
    opened_at: datetime
    marks: tuple[int, ...]
    voices: tuple[str, ...]
    supporters: int
    reasons: tuple[str, ...] = ()
    gist: str = ""
    holder: str = ""
    answered: float = -1.0
    causes: tuple[tuple[str, str], ...] = ()
    waits: tuple[tuple[int, int], ...] = ()


class Folding:
    """Folds cases with their journals into facts, all for the same eight weeks and under the same settings."""

    def __init__(self, span: Span, settings: Settings) -> None:
        self._span, self._settings = span, settings
        self._paces: dict[tuple[str, bool], Pace] = {}
        self._days: dict[tuple[date, date], int] = {}
        self._week = frozenset(settings.calendar.week)
        names = sorted({person.name for person in settings.people.values()}, key=lambda name: (-len(name), name))
        self._names = re.compile("|".join(map(re.escape, names)) or r"(?!)")
        self._mondays = tuple(at.astimezone(ZONE).date() for at in span.bounds)

    def fold(self, case: Case, rows: Sequence[Row]) -> Fact | None:
        """The record of one case; None where it is none of these weeks' business. Rows after the end are not seen."""
        life = walk(rows, self._span)
        if life is None:
            return None
        if life.begun and case.opened_at < self._span.bounds[life.begun - 1]:
            life.marks.append(_N["late"] + life.begun)
        if case.urgent:
            life.marks.append(_URGENT + life.begun)
        if case.private:
            life.marks.append(_PRIVATE + life.begun)
        pace = self._pace(case)
        answered = self._response(case, life, pace)
        reasons = self._stands(case, life, pace) if life.spells[-1][1] > FIRST_END else ()
        marks = tuple(life.marks)
        if not life.begun and not any(mark % STEP for mark in marks):
            return None
        end = self._span.end
        voices = (case.reporter, *(s.sender for s in case.supporters if s.at < end)) if case.supporters else (case.reporter,)
        return Fact(
            case.id, case.lounge, "" if case.private else case.building or "", case.intent, case.private, case.urgent,
            life.state, case.opened_at, marks, voices, len(voices) - 1, reasons, self._gist(case) if reasons else "",
            case.organisation, answered, self._causes(case, life) if life.grudges else (), tuple(life.waits),
        )

    def _gist(self, case: Case) -> str:
        """The resident's words without anybody's name; none of a private matter."""
        if case.private:
            return ""
        own = case.reporter_name
        found = case.gist.replace(own, SOMEBODY) if len(own) >= NAME_LEAST else case.gist
        return self._names.sub(SOMEBODY, found)

    def _pace(self, case: Case) -> Pace:
        key = (case.intent, case.urgent)
        found = self._paces.get(key)
        if found is None:
            found = self._paces[key] = self._settings.pace_of(*key)
        return found

    def _response(self, case: Case, life: Life, pace: Pace) -> float:
        """Marks whether a human answered in time, in the week in which that was known; minutes to the answer, or -1."""
        at, span = case.responded_at, self._span
        answered = at is not None and at < span.end
        minutes, place = -1.0, 0
        if answered and at is not None:
            minutes = (at - case.opened_at) / MINUTE
            life.answered_in = span.place(at)
            place = max(life.answered_in, life.begun)
            life.marks.append(_FIRST + place)
        if pace.monthly:
            return minutes
        if answered and at is not None and minutes <= pace.accept:  # working minutes are never more than minutes
            in_time = True
        elif not answered and life.state in _NO_DUE:
            return minutes
        else:
            due = later(case.opened_at, pace.accept, pace, self._settings)
            if not answered and due >= span.end:
                return minutes
            in_time = answered and at is not None and at <= due
            place = place if in_time else max(span.place(due), life.begun)
        life.marks += (_DUE + place, (_IN_TIME if in_time else _LATE) + place)
        return minutes

    def _stands(self, case: Case, life: Life, pace: Pace) -> tuple[str, ...]:
        """Marks what was open at the ends of the last weeks, and what of that needed a decision; why, at the last."""
        reasons: tuple[str, ...] = ()
        for place in life.open_at(FIRST_END):
            life.marks.append(_N["open"] + place)
            state = life.state_at(place)
            if life.answered_in is None or life.answered_in > place:
                life.marks.append(_N["unanswered"] + place)
            if state == State.MEDIATING:
                life.marks.append(_N["mediating"] + place)
            holds = self._holds(case, life, pace, place, state)
            life.marks.extend(_N[name] + place for name in holds)
            if not STUCK.isdisjoint(holds):
                life.marks.append(_N["stuck"] + place)
            if holds:
                life.marks.append(_N["agenda"] + place)
            reasons = tuple(holds.values()) if place == KEPT else ()
        return reasons

    def _holds(self, case: Case, life: Life, pace: Pace, place: int, state: str) -> dict[str, str]:
        """What makes a case one for the joint meeting at the end of a week: name of the figure -> in Chinese."""
        found: dict[str, str] = {}
        if state not in (State.RESOLVED, State.WAITING) and self._overdue(case, pace, self._span.bounds[place]):
            found["overdue"] = "超期未办结"
        times = life.times("dissatisfied", place) + life.times("unsolved", place) if life.troubles else 0
        if times >= TWICE:
            found["unsatisfied_twice"] = f"{times}次被说没办好"
        days = self._silent(life.moved_by(place) or case.opened_at, self._mondays[place])
        if days >= self._settings.levels.stuck_days:
            found["silent"] = f"{days}个工作日没有动静"
        if not life.troubles:
            return found
        declines = life.times("declined", place)
        if declines >= TWICE:
            found["returned"] = f"退了{declines}次"
        partners = min(life.times("linked", place), len(case.partners))
        if partners >= SEVERAL:
            found["across"] = f"要{partners}家单位一起办"
        return found

    def _overdue(self, case: Case, pace: Pace, end: datetime) -> bool:
        if case.paused_at is not None and case.paused_at < end:
            return False
        limit = case.handle_by
        if case.round_at is not None and case.round_at >= end:  # that limit is of a round that had not begun
            limit = handling_later(case.opened_at, pace.handle, pace, self._settings) if pace.handle and not pace.monthly else None
        return limit is not None and limit < end

    def _silent(self, last: datetime, today: date) -> int:
        """As domain.stuck.silent_days, remembered: few pairs of dates come again and again."""
        key = (last.astimezone(ZONE).date(), today)
        found = self._days.get(key)
        if found is None:
            days = (key[0] + timedelta(days=n) for n in range(1, (today - key[0]).days))
            found = self._days[key] = sum(is_workday(self._settings.calendar, day, self._week) for day in days)
        return found

    def _causes(self, case: Case, life: Life) -> tuple[tuple[str, str], ...]:
        late = case.overdue_at is not None
        return tuple((at.astimezone(ZONE).date().isoformat(), why(late)) for at, why in life.grudges)
