"""Answers the clock: the alarm of a case becomes a reminder, a step up the ladder, or a quiet end."""

from __future__ import annotations

import structlog

from bot.domain.transitions import Step, on_due, step
from bot.handlers.cards import change_for, lines_of
from bot.handlers.context import Here
from bot.messages import ClockRang
from bot.store.port import Change

log = structlog.get_logger("alarm")


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
        log.error("an alarm could not move its case", case=case_id, state=case.state.value, why=done.text)
        return Change()
    lines = lines_of(done, event, here, None)
    return change_for(done.case, [(case.id, row) for row in done.rows], lines)

