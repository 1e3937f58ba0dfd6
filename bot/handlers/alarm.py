"""Answers the clock: the alarm of a case becomes a reminder, a step up the ladder, or a quiet end."""

from __future__ import annotations

from bot.domain.events import Event
from bot.domain.tables import REMINDS
from bot.domain.transitions import Step, on_due, step
from bot.handlers.cards import change_for, lines_of
from bot.handlers.context import Here
from bot.messages import ClockRang
from bot.store.port import Change


async def case_due(rang: ClockRang, case_id: str, here: Here) -> Change:
    """What the silence of a case means now. An alarm that is no longer due (the case moved on) changes nothing."""
    case = await here.reader.case(case_id)
    if case is None:
        return Change()
    event = on_due(case, here.now, here.settings)
    if event is None:
        return Change()
    done = step(case, event, here.settings)
    if not isinstance(done, Step):
        return Change()
    lines = lines_of(done, event, here, None)
    if event.event is Event.REMINDED and event.args["deadline"] == "review" and case.reminders:
        lines = []  # said once at the top; after that the digest carries it, not the phone
    return change_for(done.case, [(case.id, row) for row in done.rows], lines)


assert set(REMINDS) >= {"accept", "progress", "rate", "review"}
