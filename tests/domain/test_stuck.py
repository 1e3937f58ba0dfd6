"""What has not moved for days, was given back twice or needs several units stands on the board until it moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.case import State
from bot.domain.events import CLOCK, Event
from bot.domain.stuck import ACROSS, RETURNED, SILENT, board, stuck
from tests.domain.build import MEMBER, MONDAY, SETTINGS, assigned, at, did, in_state, moved

DAYS = SETTINGS.levels.stuck_days


def test_D33_a_case_silent_for_n_working_days_is_on_the_board_on_day_n_plus_one_and_leaves_with_the_next_word() -> None:
    case = in_state(State.HANDLING)
    assert stuck(case, at("2026-03-05 23:59"), SETTINGS) is None, "Tuesday, Wednesday; Thursday is not yet over"
    found = stuck(case, at("2026-03-06 00:00"), SETTINGS)
    assert found is not None and found.reasons == (SILENT,) and f"{DAYS}个工作日" in found.why()
    worded = moved(case, did(Event.NOTED, at("2026-03-06 10:00"), MEMBER, "约了物业"))
    assert stuck(worded, at("2026-03-06 10:01"), SETTINGS) is None


def test_D33_what_the_clock_says_is_no_move() -> None:
    case = moved(in_state(State.HANDLING), did(Event.REMINDED, MONDAY + timedelta(days=3), CLOCK, deadline="progress"))
    assert stuck(case, at("2026-03-06 00:00"), SETTINGS) is not None


def test_D33_days_on_which_nobody_works_do_not_count() -> None:
    friday = in_state(State.HANDLING, at("2026-03-06 10:00"))
    assert stuck(friday, at("2026-03-10 09:00"), SETTINGS) is None, "Saturday is shut; Sunday and Monday are two days"
    assert stuck(friday, at("2026-03-11 09:00"), SETTINGS) is not None


def test_D33_given_back_twice_or_across_several_units_it_is_stuck_at_once() -> None:
    back = replace(assigned(), declines=2)
    both = replace(back, partners=("wuye", "jie"))
    first, second = stuck(back, MONDAY, SETTINGS), stuck(both, MONDAY, SETTINGS)
    assert first is not None and first.reasons == (RETURNED,)
    assert second is not None and second.reasons == (RETURNED, ACROSS)
    ended = replace(in_state(State.CLOSED), declines=2)
    assert [s.case for s in board([ended, assigned(), both], MONDAY, SETTINGS)] == [both]
