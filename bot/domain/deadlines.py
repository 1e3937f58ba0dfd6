"""Winds the named deadlines of a case: the stage's own, the whole handling's, its pauses, and what outlives the end."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.case import Case, State
from bot.domain.events import Event, Happened
from bot.domain.hours import shift_workdays
from bot.domain.settings import Pace, Settings
from bot.domain.tables import AFTER, BESIDE, DEADLINE

REPLY_DAYS = (7, 3, 1)  # working days before the month's end: who has a suggestion is asked, then the host, then again
MINUTE = timedelta(minutes=1)


def later(at: datetime, minutes: float, pace: Pace, settings: Settings) -> datetime:
    """`minutes` later: of working time, or of plain time where the pace runs day and night."""
    return at + minutes * MINUTE if pace.always else settings.calendar.due(at, minutes)


def took(start: datetime, end: datetime, pace: Pace, settings: Settings) -> int:
    """How many minutes of the pace's time lie between two instants, rounded down."""
    if end <= start:
        return 0
    return int((end - start) / MINUTE if pace.always else settings.calendar.spent(start, end))


def handle_by(case: Case, pace: Pace, settings: Settings) -> datetime | None:
    """When the round must be done: counted from the resident's first word (a later round: from the dispute)."""
    if not pace.handle or pace.monthly:
        return None
    start = case.round_at or case.opened_at
    if pace.handle_plain:
        return start + (pace.handle + case.paused) * MINUTE
    return later(start, pace.handle + case.paused, pace, settings)


def principal(case: Case, state: State, at: datetime, pace: Pace, settings: Settings) -> tuple[str, datetime]:
    """The name and the instant of the deadline that a stage lives under when it is wound at `at`."""
    name = DEADLINE[state]
    if pace.monthly and state in BESIDE:
        return "reply", reply_at(at, settings)
    if name == "deliver" and case.delivered_at is not None and not _untold(case):
        name = "rate"
    found = later(at, getattr(pace, name), pace, settings)
    if name == "supply" and case.paused_until is not None:
        found = min(found, case.paused_until)
    return name, found


def _untold(case: Case) -> bool:
    return not {case.reporter, *(s.sender for s in case.supporters)} - {""} <= set(case.told)


def reply_at(at: datetime, settings: Settings) -> datetime:
    """When a suggestion's answer is next asked for: the opening of a working day near this or the next month's end."""
    local = settings.local(at).date()
    for first in (local.replace(day=1), (local.replace(day=28) + timedelta(days=4)).replace(day=1)):
        over = first.replace(day=monthrange(first.year, first.month)[1]) + timedelta(days=1)
        found = next((x for x in (_opening(over, n, settings) for n in REPLY_DAYS) if x > at), None)
        if found is not None:
            return found
    raise AssertionError("a month's last working day lies ahead of every instant of the month before")


def _opening(over: date, before: int, settings: Settings) -> datetime:
    day = shift_workdays(settings.calendar, over, -before)
    return settings.calendar.next_open(datetime.combine(day, time.min, ZoneInfo(settings.timezone)))


def clocks(before: Case, case: Case, target: State, event: Happened, settings: Settings, *,
           rewinds: bool) -> dict[str, Any]:
    """What a move makes of the clocks of a case that stays open, as changes of fields."""
    at, pace = event.at, settings.pace_of(case.intent, case.urgent)
    paused = _pause(case, target, at, pace, settings)
    case = case.but(**paused) if paused else case
    fields: dict[str, Any] = paused
    if rewinds:
        start = case.wound_at or at if event.event is Event.SETTINGS_CHANGED else at
        name, instant = principal(case, target, start, pace, settings)
        base: Mapping[str, datetime] = {k: v for k, v in case.deadlines.items() if k in AFTER or k == "risk"}
        fields |= {"wound_at": start, "reminders": 0, "ended_at": None, "merged_into": None}
        wound = {**base, name: instant}
        if case.paused_at is not None and target in BESIDE and case.paused_until is not None:
            wound["visit"] = case.paused_until
    else:
        wound = dict(case.deadlines)
    fields |= _beside(before, case, target, event, wound, pace, settings, rewinds=rewinds)
    fields["deadlines"] = wound
    return fields


def _beside(before: Case, case: Case, target: State, event: Happened, wound: dict[str, datetime], pace: Pace,
            settings: Settings, *, rewinds: bool) -> dict[str, Any]:
    """Put the handling clock beside the stage's own deadline, or take it off while it stands still."""
    fields: dict[str, Any] = {}
    limit = case.handle_by
    changed = event.event is Event.SETTINGS_CHANGED or before.urgent is not case.urgent
    if case.overdue_at is None and (limit is None or changed):
        limit = fields["handle_by"] = handle_by(case, pace, settings)
    before_handle = wound.pop("handle", None)
    if target not in BESIDE or limit is None or case.paused_at is not None:
        return fields
    if case.overdue_at is None:
        wound["handle"] = limit
    elif rewinds and (before.attendant != case.attendant or before_handle is None):
        wound["handle"] = later(event.at, pace.progress, pace, settings)  # each rung has a clock of its own
    elif before_handle is not None or "handle" in before.deadlines:
        kept = before_handle or before.deadlines["handle"]
        if kept > event.at:
            wound["handle"] = kept
    return fields


def _pause(case: Case, target: State, at: datetime, pace: Pace, settings: Settings) -> dict[str, Any]:
    """The handling clock stands still in `waiting` and until an agreed visit, all pauses of a round within one limit."""
    agreed = case.paused_until if target in BESIDE else None
    stands = target is State.WAITING or agreed is not None and at < agreed
    if stands and case.paused_at is None:
        left = pace.pause - case.paused
        if left <= 0 or case.overdue_at is not None:
            return {"paused_until": None} if case.paused_until else {}
        most = later(at, left, pace, settings)
        return {"paused_at": at, "paused_until": min(agreed, most) if agreed else most}
    if not stands and case.paused_at is not None:
        end = min(at, case.paused_until or at)
        used = took(case.paused_at, end, pace, settings)
        moved = {"handle_by": _shifted(case, used, end, pace, settings)} if case.handle_by else {}
        return {"paused_at": None, "paused_until": None, "paused": case.paused + used, **moved}
    return {}


def _shifted(case: Case, used: int, end: datetime, pace: Pace, settings: Settings) -> datetime | None:
    if case.handle_by is None or case.paused_at is None:
        return case.handle_by
    if pace.handle_plain:
        return case.handle_by + (end - case.paused_at)
    return later(case.handle_by, used, pace, settings)
