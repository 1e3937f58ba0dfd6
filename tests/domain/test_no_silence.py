"""No silent case: over any history its reporter hears of it within so many working days, or it is on record as overdue."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import example, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from bot.domain.case import Case
from bot.domain.events import Event, Happened
from bot.domain.settings import Settings
from bot.domain.tables import Show, To
from bot.domain.transitions import Step, on_due, step
from tests.domain.build import MONDAY, REPORTER, SETTINGS, assigned, did

DAY = 420  # working minutes
WITHIN = 7 * DAY  # the handling clock's five, and the two that an answer to it may take
RULES = replace(SETTINGS, paces={**SETTINGS.paces, "normal": replace(SETTINGS.paces["normal"], handle=5 * DAY)})
TO_REPORTER = {To.REPORTER, To.GROUP, To.SUPPORTERS}
MOVES = st.lists(st.tuples(st.integers(0, 4 * 1440), st.sampled_from([
    Event.ACCEPTED, Event.NOTED, Event.DECLINED, Event.ESCALATED, Event.ASKED, Event.SUPPLIED, Event.DETAILED,
    Event.RESOLVED, Event.DELIVERED, Event.DISPUTED, Event.HANDED_OVER, Event.SETTINGS_CHANGED,
])), max_size=25)


def heard(shows: tuple[Show, ...], event: Happened) -> bool:
    """Whether the reporter learns of it: told himself, in the group, or answered because he spoke."""
    return any(s.to in TO_REPORTER or s.to is To.SPEAKER and event.by == REPORTER for s in shows)


def actor(event: Event, case: Case) -> str:
    if event in (Event.SUPPLIED, Event.DETAILED, Event.DISPUTED):
        return REPORTER
    return "bot" if event in (Event.DELIVERED, Event.SETTINGS_CHANGED) else case.attendant


def signs(case: Case, moves: list[tuple[int, Event]], rules: Settings) -> tuple[list[datetime], datetime]:
    """Instants at which the reporter heard of the case or it went on record as overdue; and where the history ends."""
    now, found = MONDAY, [MONDAY]  # the opening line
    for wait, event in [*moves, (40 * 1440, Event.DETAILED)]:
        until = now + timedelta(minutes=wait)
        while case.open and case.due is not None and case.due <= until:
            now = max(case.due, now)
            rung = on_due(case, now, rules)
            assert rung is not None, (case.state, case.deadlines)
            done = step(case, rung, rules)
            assert isinstance(done, Step), done
            case = done.case
            if heard(done.shows, rung) or rung.event in (Event.REMINDED, Event.ESCALATED):  # a row by the clock: overdue
                found.append(now)
        now = until
        if not case.open:
            break
        happened = did(event, now, actor(event, case), "请到一楼看看，明天再来", to="p-other", rung=case.rung.value, why="交接")
        done = step(case, happened, rules)
        if isinstance(done, Step):
            case = done.case
            if heard(done.shows, happened):
                found.append(now)
    return found, case.ended_at or now


@trying(max_examples=300, deadline=None)
@given(moves=MOVES)
@example(moves=[(2600, Event.ACCEPTED)] * 25)  # who only says again and again that he has it
def test_A26_no_open_case_goes_silent_for_seven_working_days_without_an_overdue_record(moves: list[tuple[int, Event]]) -> None:
    found, end = signs(assigned(), moves, RULES)
    for one, following in zip(found, [*found[1:], end], strict=True):
        if one < following:
            assert SETTINGS.calendar.spent(one, following) <= WITHIN, (one, following)


def test_A26_a_case_that_nobody_touches_is_on_record_within_two_working_days() -> None:
    found, _ = signs(assigned(), [], RULES)
    assert SETTINGS.calendar.spent(found[0], found[1]) <= 2 * DAY
