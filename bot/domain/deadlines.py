"""Winds the named deadlines of a case: the stage's own, the whole handling's, its pauses, and what outlives the end."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain import visits
from bot.domain.case import Case, State
from bot.domain.events import Event, Happened
from bot.domain.feedback import untold
from bot.domain.hours import shift_workdays
from bot.domain.settings import Pace, Settings
from bot.domain.tables import AFTER, BESIDE, DEADLINE

REPLY_DAYS = (7, 3, 1)  # working days before the month's end: who has a suggestion is asked, then the host, then again
MINUTE = timedelta(minutes=1)
WEEKDAYS = frozenset(range(1, 6))
STANDING = AFTER | {"risk"}  # not wound with the stages


def later(at: datetime, minutes: float, pace: Pace, settings: Settings) -> datetime:
    """`minutes` later: of working time, or of plain time where the pace runs day and night."""
    return at + minutes * MINUTE if pace.always else settings.calendar.due(at, minutes)


def handling_later(at: datetime, minutes: float, pace: Pace, settings: Settings) -> datetime:
    """`minutes` later by the handling clock, which may count nights and holidays where the others do not."""
    return at + minutes * MINUTE if pace.always or pace.handle_plain else settings.calendar.due(at, minutes)


def handling_spent(start: datetime, end: datetime, pace: Pace, settings: Settings) -> int:
    """How many whole minutes of the handling clock lie between two instants."""
    if end <= start:
        return 0
    plain = pace.always or pace.handle_plain
    return int((end - start) / MINUTE if plain else settings.calendar.spent(start, end))


def handle_by(case: Case, pace: Pace, settings: Settings) -> datetime | None:
    """When the round must be done: counted from the resident's first word (a later round: from the dispute)."""
    if not pace.handle or pace.monthly:
        return None
    return handling_later(case.round_at or case.opened_at, pace.handle + case.paused, pace, settings)


def principal(case: Case, state: State, at: datetime, pace: Pace, settings: Settings) -> tuple[str, datetime]:
    """The name and the instant of the deadline that a stage lives under when it is wound at `at`."""
    name = DEADLINE[state]
    if pace.monthly and state in BESIDE:
        return "reply", reply_at(at, settings)
    if name == "deliver" and not untold(case):
        name = "rate"
    month = case.mediation.month_by if case.mediation and state is State.MEDIATING else None
    if month is not None:  # a calendar month from the first mediator, whatever happens in it
        return name, month if month > at else later(at, pace.progress, pace, settings)
    found = later(at, getattr(pace, name), pace, settings)
    if name == "supply" and case.paused_until is not None:
        found = min(found, case.paused_until)
    return name, found


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
    week = frozenset(settings.calendar.week)
    day = shift_workdays(settings.calendar, over, -before, week & WEEKDAYS or week)
    return settings.calendar.next_open(datetime.combine(day, time.min, ZoneInfo(settings.timezone)))


def clocks(before: Case, case: Case, target: State, event: Happened, settings: Settings, *,
           rewinds: bool) -> dict[str, Any]:
    """What a move makes of the clocks of a case that stays open, as changes of fields."""
    pace = settings.pace_of(case.intent, case.urgent)
    fields = _pause(before.state, case, target, event.at, pace, settings)
    if fields:
        case = case.but(**fields)
    if rewinds:
        start = case.wound_at or event.at if event.event is Event.SETTINGS_CHANGED else event.at
        name, instant = principal(case, target, start, pace, settings)
        wound = {k: v for k, v in case.deadlines.items() if k in STANDING}
        wound[name] = instant
        fields |= {"wound_at": start, "reminders": 0, "ended_at": None, "merged_into": None}
    else:
        wound = dict(case.deadlines)
    if target in BESIDE:
        if case.paused_until is not None:
            wound["visit"] = case.paused_until
        fields |= _beside(before, case, event, wound, rewinds, pace, settings)
    else:
        wound.pop("handle", None)
    if target is State.MEDIATING:
        wound = {k: v for k, v in wound.items() if k not in ("soon", "visit")} | visits.alarms(case, event.at, settings)
    return {**fields, "deadlines": wound}


def _beside(before: Case, case: Case, event: Happened, wound: dict[str, datetime], rewinds: bool, pace: Pace,
            settings: Settings) -> dict[str, Any]:
    """Put the handling clock beside the stage's own deadline; it is unheard while it stands still."""
    alarm, fields = case.deadlines.get("handle"), {}
    wound.pop("handle", None)
    limit = case.handle_by
    anew = event.event is Event.SETTINGS_CHANGED or before.urgent is not case.urgent
    if case.overdue_at is None and (limit is None or anew):
        limit = handle_by(case, pace, settings)
        fields = {"handle_by": limit}
    if limit is None or case.paused_at is not None:
        return fields
    if case.overdue_at is None and limit > event.at:
        wound["handle"] = limit
    elif before.attendant != case.attendant or rewinds and alarm is None:  # each rung has a clock of its own
        wound["handle"] = later(event.at, pace.progress, pace, settings)
    elif alarm is not None:
        wound["handle"] = alarm
    return fields


def _pause(state: State, case: Case, target: State, at: datetime, pace: Pace, settings: Settings) -> dict[str, Any]:
    """The handling clock stands still in `waiting` and until an agreed visit, all pauses of a round within one limit."""
    agreed = case.paused_until if state in BESIDE and target in BESIDE else None
    stands = target is State.WAITING or agreed is not None and at < agreed
    if stands and (case.paused_at is None or agreed is not None):
        start, left = case.paused_at or at, pace.pause - case.paused
        if left <= 0 or case.overdue_at is not None:
            return {"paused_until": None}
        most = handling_later(start, left, pace, settings)
        return {"paused_at": start, "paused_until": min(agreed, most) if agreed else most}
    if stands or case.paused_at is None:
        return {}
    used = handling_spent(case.paused_at, min(at, case.paused_until or at), pace, settings)
    runs_on = handling_later(case.handle_by, used, pace, settings) if case.handle_by and used else case.handle_by
    return {"paused_at": None, "paused_until": None, "paused": case.paused + used, "handle_by": runs_on}
