"""What silence means: first a reminder, then the next rung of the ladder, at last a quiet end or a named person."""

from __future__ import annotations

from datetime import datetime

from bot.domain import assignment
from bot.domain.case import Case, Rung
from bot.domain.events import CLOCK, Event, Happened
from bot.domain.settings import Settings
from bot.domain.tables import AT_LAST, REMINDS_FIRST

NOTES = {"supply": "未等到补充，按现有情况继续办理", "rate": "未评价"}


def on_due(case: Case, now: datetime, settings: Settings) -> Happened | None:
    """What silence until `now` means for the case; None where no deadline has passed."""
    if not case.open or case.due is None or case.due > now:
        return None
    if not case.attendant:  # nobody to remind: it is given to who answers for the place
        return _to_seat(Event.ASSIGNED, assignment.choose(case.lounge, case.building, now, settings), now)
    name = min(case.deadlines, key=lambda key: case.deadlines[key])
    if name in REMINDS_FIRST and case.reminders < settings.pace_of(case.intent, case.urgent).patience:
        return _by_clock(Event.REMINDED, now, {"deadline": name})
    last = AT_LAST[name]
    if last is Event.ESCALATED:
        higher = assignment.following(case, now, settings, least=Rung.HOST if name != "accept" else None)
        if higher is not None:
            return _to_seat(last, higher, now)
    if last in (Event.ESCALATED, Event.REMINDED):  # nobody is left to ask: it rests with whom it is, laid before him
        return _by_clock(Event.REMINDED, now, {"deadline": "review"})
    return _by_clock(last, now, {"deadline": name}, NOTES.get(name, ""))


def _to_seat(event: Event, seat: assignment.Seat, now: datetime) -> Happened:
    return _by_clock(event, now, {"to": seat.person, "rung": seat.rung.value, "why": seat.why})


def _by_clock(event: Event, now: datetime, args: dict[str, str], note: str = "") -> Happened:
    return Happened(event=event, at=now, by=CLOCK, note=note, args=args)
