"""What silence means: first a reminder, then the next rung of the ladder, at last a quiet end or a named person."""

from __future__ import annotations

from datetime import datetime

from bot.domain import assignment, levels
from bot.domain.case import Case, Rung
from bot.domain.events import CLOCK, Event, Happened
from bot.domain.settings import Settings
from bot.domain.tables import AFTER, AT_LAST, REMINDS_FIRST, RINGS_ONCE

NOTES = {"supply": "未等到补充，按现有情况继续办理", "rate": "未评价"}
REMINDED_OF = {
    "dispatch": "还没有分派", "accept": "还没有接单", "progress": "有些日子没有进展", "handle": "超过办理时限",
    "mediate": "调解已满期限", "deliver": "结果还没有送到每一位", "rate": "请诉求人评价", "reply": "本月的建议还没有答复",
    "review": "到了最高一级还没有着落", "visit": "约定的上门时间到了", "soon": "约好的上门快到了", "risk": "重大风险到了约定的日子",
    "care": "到了回头看看的日子", "callback": "到了回访的日子", "fulfil": "到了履约的日子",
}


def on_due(case: Case, now: datetime, settings: Settings) -> Happened | None:
    """What silence until `now` means for the case; None where no deadline has passed."""
    if case.due is None or case.due > now:
        return None
    if not case.open:
        name = min(case.deadlines, key=lambda key: case.deadlines[key])
        return _by_clock(Event.REMINDED, now, {"deadline": name}) if name in AFTER else None
    if not case.attendant:  # nobody to remind: it is given to who answers for the place
        return _to_seat(Event.ASSIGNED, levels.entry(case, now, settings), now)
    name = min(case.deadlines, key=lambda key: case.deadlines[key])
    if _is_reminded(case, name, now, settings):
        return _by_clock(Event.REMINDED, now, {"deadline": name})
    last = AT_LAST[name]
    if last is Event.ESCALATED:
        higher = _above(case, name, now, settings)
        if higher is not None:
            return _to_seat(last, higher, now, _spent(case, name, now, settings))
    if last in (Event.ESCALATED, Event.REMINDED):  # nobody is left to ask: it rests with whom it is, laid before him
        return _by_clock(Event.REMINDED, now, {"deadline": name if name in RINGS_ONCE else "review"})
    return _by_clock(last, now, {"deadline": name}, NOTES.get(name, ""))


def _is_reminded(case: Case, name: str, now: datetime, settings: Settings) -> bool:
    """Whether the silent one is asked once more before anything else happens."""
    if name == "handle":
        return case.overdue_at is None
    if name == "accept" and not assignment.present(settings.people.get(case.attendant), now):
        return False  # who is away is not asked twice: it goes on at once
    return name in REMINDS_FIRST and case.reminders < settings.pace_of(case.intent, case.urgent).patience


def _above(case: Case, name: str, now: datetime, settings: Settings) -> assignment.Seat | None:
    """The rung that is asked next. Only silence on a fresh card tries every rung; a suggestion never passes the host."""
    if name == "reply" and case.rung in (Rung.HOST, Rung.STREET, Rung.DISTRICT):
        return None
    least = Rung.STREET if name == "dispatch" else Rung.HOST
    return assignment.following(case, now, settings, least=None if name == "accept" else least)


def _spent(case: Case, name: str, now: datetime, settings: Settings) -> str:
    """Why it climbs, and how long it lay on the rung that it leaves, in working time."""
    held = case.held_at or case.opened_at
    minutes = int(settings.calendar.spent(held, now)) if held < now else 0
    hours = f"{minutes // 60}小时" if minutes >= 60 else ""
    rest = f"{minutes % 60}分钟" if minutes % 60 or not hours else ""
    known = settings.people.get(case.attendant)
    return f"{REMINDED_OF[name]}，在{known.name if known else '上一级'}处停留{hours}{rest}（工作时间）"


def overdue(case: Case, now: datetime, settings: Settings) -> bool:
    """Whether an open case is late to its people; a suggestion (建议) never is."""
    if not case.open or settings.pace_of(case.intent, case.urgent).monthly:
        return False
    late = case.handle_by is not None and case.handle_by < now and case.paused_at is None and case.resolved_at is None
    return late or case.overdue_at is not None


def _to_seat(event: Event, seat: assignment.Seat, now: datetime, note: str = "") -> Happened:
    return _by_clock(event, now, {"to": seat.person, "rung": seat.rung.value, "why": seat.why}, note)


def _by_clock(event: Event, now: datetime, args: dict[str, str], note: str = "") -> Happened:
    if event is Event.REMINDED:
        note = REMINDED_OF[args["deadline"]]
    return Happened(event=event, at=now, by=CLOCK, note=note, args=args)
