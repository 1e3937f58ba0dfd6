"""From collecting to closing: every stage has its person and its own clock, and no result is lost on the way."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from bot.domain.case import ENDED, Case, Rung, State
from bot.domain.deadlines import handling_spent
from bot.domain.events import BOT, CLOCK, Event, Happened
from bot.domain.feedback import apart, counted, unowned, untold
from bot.domain.settings import Settings
from bot.domain.silence import overdue
from bot.domain.tables import AFTER, BESIDE, NEXT, To
from bot.domain.transitions import Refusal, Step, on_due, step
from tests.domain.build import (
    HOST_1,
    LIAISON_1,
    MEMBER,
    MONDAY,
    OTHER,
    REPORTER,
    RESULT,
    SETTINGS,
    STREET,
    SUPPORTER,
    assigned,
    at,
    did,
    in_state,
    moved,
    reported,
    settings,
)
from tests.domain.test_transitions import EVENTS, any_happening

LATER = MONDAY + timedelta(minutes=30)
VOICES = (SUPPORTER, "u-3", "u-4")


def refused(case: Case, event: Happened, conf: Settings = SETTINGS) -> str:
    made = step(case, event, conf)
    assert isinstance(made, Refusal), f"{event.event} was carried out"
    return made.text


def with_voices(case: Case) -> Case:
    return moved(case, *(did(Event.SECONDED, LATER, who, "我也是", message=f"m-{who}") for who in VOICES))


# ---- C01: five stages, legal moves only

STAGE = {State.REPORTED: 1, State.ASSIGNED: 2, State.HANDLING: 3, State.WAITING: 3, State.MEDIATING: 3,
         State.RESOLVED: 4, State.CLOSED: 5}


@pytest.mark.parametrize("state", [s for s in STAGE if s is not State.RESOLVED and s not in ENDED])
def test_C01_no_rating_and_no_closing_before_the_result_was_fed_back(state: State) -> None:
    case = in_state(state)
    assert refused(case, did(Event.RATED, LATER, REPORTER, grade="good")) == "refuse_state"
    assert refused(case, did(Event.CLOSED, LATER, CLOCK)) == "refuse_state"


def test_C01_a_stage_is_never_jumped_over() -> None:
    for state, moves in NEXT.items():
        for to in moves.values():
            if state in STAGE and to in STAGE and to is not State.CLOSED:
                assert STAGE[to] <= STAGE[state] + 2 and (to is not State.RESOLVED or state is not State.REPORTED)


@trying(max_examples=500, deadline=None, database=None)
@given(seed=st.integers(0, 2**48))
def test_C01_ten_thousand_random_sequences_move_only_as_the_table_says(seed: int) -> None:
    for life in range(20):
        draw = random.Random(seed + life)
        case = with_voices(assigned()) if draw.random() < 0.5 else in_state(State.REPORTED)
        for _ in range(draw.randint(3, 10)):
            event = any_happening(case, draw)
            made = step(case, event, SETTINGS)
            if event.event not in NEXT[case.state]:
                assert isinstance(made, Refusal) and made.text == "refuse_state"
            if isinstance(made, Step):
                closes = case.state is State.RESOLVED and made.case.state is State.CLOSED
                assert not closes or not untold(made.case), "closed although somebody has not heard the result"
                case = made.case


# ---- C02: always one named person and one accountable organisation

@trying(max_examples=150, deadline=None, database=None)
@given(seed=st.integers(0, 2**48))
def test_C02_no_instant_of_a_random_life_is_without_a_person_and_an_organisation(seed: int) -> None:
    draw = random.Random(seed)
    case = assigned()
    for _ in range(12):
        made = step(case, any_happening(case, draw), SETTINGS)
        if isinstance(made, Step):
            case = made.case
            assert not case.open or not unowned(case, SETTINGS) and case.organisation == "甲支部"
            assert not case.open or case.attendant in SETTINGS.people and case.collector and case.feedback


def test_C02_the_cases_of_somebody_who_left_fall_to_the_hub() -> None:
    gone = replace(SETTINGS, people={k: p for k, p in SETTINGS.people.items() if k != MEMBER})
    made = step(in_state(State.HANDLING), did(Event.DETAILED, LATER, REPORTER, "还在吵"), gone)
    assert isinstance(made, Step) and made.case.attendant == HOST_1 and made.passed == MEMBER
    assert unowned(replace(assigned(), attendant=""), SETTINGS) and not unowned(in_state(State.CLOSED), SETTINGS)


# ---- C21: collect, handle, feed back, each with a deadline of its own

def test_C21_three_people_answer_for_three_things_under_three_deadlines() -> None:
    case = assigned()
    assert (case.collector, case.attendant, case.feedback) == (HOST_1, MEMBER, MEMBER)
    street = moved(case, did(Event.ESCALATED, LATER, MEMBER, "要街道出面"), did(Event.ESCALATED, LATER, HOST_1, "要街道出面"))
    assert (street.collector, street.attendant, street.feedback) == (HOST_1, STREET, LIAISON_1)
    assert set(in_state(State.REPORTED).deadlines) == {"dispatch"}
    assert set(case.deadlines) == {"accept", "handle"} and set(in_state(State.RESOLVED).deadlines) == {"deliver"}


def test_C21_when_the_handler_is_done_only_who_feeds_back_is_reminded() -> None:
    done = moved(in_state(State.HANDLING, rung=Rung.STREET), did(Event.RESOLVED, LATER, STREET, RESULT))
    assert done.feedback == LIAISON_1 != done.attendant and done.due is not None
    rang = on_due(done, done.due, SETTINGS)
    assert rang is not None
    made = step(done, rang, SETTINGS)
    assert isinstance(made, Step) and [s.to for s in made.shows] == [To.FEEDBACK]
    by_hand = moved(made.case, did(Event.NOTED, made.case.touched_at, LIAISON_1, "已经当面告知"))
    assert not untold(by_hand) and set(by_hand.deadlines) == {"rate"}


# ---- A24, A25: the result reaches everybody before anything is closed

def test_A24_each_voice_is_told_once_and_the_group_hears_one_line() -> None:
    case = with_voices(in_state(State.HANDLING))
    made = step(case, did(Event.RESOLVED, LATER, MEMBER, RESULT), SETTINGS)
    assert isinstance(made, Step)
    assert [s.to for s in made.shows if s.card in ("ask_rating", "result")] == [To.REPORTER, To.SUPPORTERS]
    assert sum(s.public for s in made.shows) == 1
    told = moved(made.case, did(Event.DELIVERED, LATER, BOT, who=SUPPORTER), did(Event.DELIVERED, LATER, BOT, who=SUPPORTER))
    assert told.told == (SUPPORTER,) and untold(told) == (REPORTER, "u-3", "u-4")


def test_A25_a_case_is_not_closed_while_one_supporter_has_not_heard_the_result() -> None:
    case = with_voices(in_state(State.HANDLING))
    done = moved(case, did(Event.RESOLVED, LATER, MEMBER, RESULT), did(Event.DELIVERED, LATER, BOT, who=REPORTER))
    assert done.state is State.RESOLVED and set(done.deadlines) == {"deliver"}
    assert refused(done, did(Event.CLOSED, LATER, CLOCK)) == "refuse_untold"
    rated = moved(done, did(Event.RATED, LATER, REPORTER, grade="good"))
    assert rated.state is State.RESOLVED and rated.grade == "good" and rated.due is not None
    last = moved(rated, *(did(Event.DELIVERED, LATER, BOT, who=who) for who in VOICES))
    assert last.state is State.CLOSED and last.grade == "good" and last.due is None


def test_A25_left_undelivered_it_is_laid_before_people_and_never_closed() -> None:
    case = with_voices(in_state(State.RESOLVED))
    for _ in range(6):
        assert case.due is not None
        event = on_due(case, case.due, SETTINGS)
        assert event is not None and event.event is Event.REMINDED
        case = moved(case, event)
        assert case.state is State.RESOLVED


def test_who_says_the_same_after_the_result_hears_it_at_once() -> None:
    made = step(in_state(State.RESOLVED), did(Event.SECONDED, LATER, SUPPORTER, "我家也是", message="m9"), SETTINGS)
    assert isinstance(made, Step) and [s.card for s in made.shows] == ["result"]
    assert untold(made.case) == (REPORTER, SUPPORTER)


# ---- pauses

def test_waiting_stops_the_handling_clock_and_nothing_else_does() -> None:
    case = in_state(State.HANDLING)
    before = case.handle_by
    asked = moved(case, did(Event.ASKED, MONDAY, MEMBER, "是哪一户？"))
    assert before is not None and "handle" not in asked.deadlines and asked.paused_at == MONDAY
    back = moved(asked, did(Event.SUPPLIED, MONDAY + timedelta(hours=5), REPORTER, "502"))  # 3 working hours later
    assert back.paused == 180 and back.handle_by == SETTINGS.calendar.due(before, 180) == back.deadlines["handle"]
    linked = moved(case, did(Event.LINKED, MONDAY, HOST_1, partner="wuye"), did(Event.NOTED, LATER, MEMBER, "等物业"))
    assert linked.handle_by == before == linked.deadlines["handle"], "waiting for a unit is no pause"


def test_all_pauses_of_a_round_together_have_a_maximum() -> None:
    case = in_state(State.HANDLING)
    limit, now = case.handle_by, MONDAY
    assert limit is not None
    for _ in range(6):
        case = moved(case, did(Event.ASKED, now, MEMBER, "再问一句？"))
        now = min(SETTINGS.calendar.due(now, 300), case.due or now)
        case = moved(case, did(Event.SUPPLIED, now, REPORTER, "是的"))
    most = SETTINGS.pace_of("noise").pause
    assert case.paused == most and case.handle_by == SETTINGS.calendar.due(limit, most)
    again = moved(case, did(Event.ASKED, now, MEMBER, "还有一句？"))
    assert again.paused_at is None and again.due is not None


def test_an_agreed_visit_pauses_until_its_hour_and_then_asks_how_it_went() -> None:
    case, visit = in_state(State.HANDLING), at("2026-03-03 15:00")
    agreed = moved(case, did(Event.VISIT_AGREED, MONDAY, MEMBER, "明天下午三点", at=visit.isoformat()))
    assert agreed.paused_until == visit == agreed.deadlines["visit"] and "handle" not in agreed.deadlines
    rang = on_due(agreed, visit, SETTINGS)
    assert rang is not None and rang.args["deadline"] == "visit"
    after = moved(agreed, rang)
    pace = SETTINGS.pace_of("noise")
    assert after.paused == handling_spent(MONDAY, visit, pace, SETTINGS) and after.paused_at is None
    assert "visit" not in after.deadlines and after.handle_by is not None and case.handle_by is not None
    assert after.handle_by > case.handle_by == SETTINGS.calendar.due(MONDAY, pace.handle)


def test_the_response_clock_never_pauses() -> None:
    case = assigned()
    agreed = moved(case, did(Event.VISIT_AGREED, MONDAY, REPORTER, "明天", at=at("2026-03-03 15:00").isoformat()))
    assert agreed.deadlines["accept"] == case.deadlines["accept"] and agreed.state is State.ASSIGNED


def test_a_time_that_nobody_can_read_pauses_nothing() -> None:
    case = in_state(State.HANDLING)
    for when in ("改天", "2026-03-03T15:00:00", (MONDAY - timedelta(hours=1)).isoformat()):
        assert moved(case, did(Event.VISIT_AGREED, MONDAY, MEMBER, "改天", at=when)).paused_at is None


# ---- overdue

def test_a_handling_that_runs_over_is_written_down_once_and_then_climbs() -> None:
    case = in_state(State.HANDLING)
    now, events = MONDAY, []
    while len(events) < 3:
        assert case.handle_by is not None and case.due is not None
        now = case.due
        if case.due < case.handle_by:  # who has it keeps saying something
            now = SETTINGS.calendar.due(case.touched_at, 400)
            case = moved(case, did(Event.NOTED, min(now, case.due), MEMBER, "还在办"))
            continue
        event = on_due(case, now, SETTINGS)
        assert event is not None
        events.append((event.event, event.args.get("deadline")))
        case = moved(case, event)
    assert events[0] == (Event.REMINDED, "handle") and events[1][0] is Event.ESCALATED
    assert case.attendant == HOST_1 and case.opened_at == MONDAY and overdue(case, now, SETTINGS)


@pytest.mark.parametrize("state", sorted(set(State) - ENDED - set(BESIDE)))
def test_the_handling_clock_rings_only_where_somebody_handles(state: State) -> None:
    assert "handle" not in in_state(state).deadlines


# ---- after the end

def test_after_closing_only_after_care_call_back_and_fulfilment_live_on() -> None:
    conf = settings(pace={"callback": 840})
    told = moved(in_state(State.RESOLVED), did(Event.DELIVERED, LATER, BOT, who=REPORTER), conf=conf)
    told = told.but(deadlines={**told.deadlines, "fulfil": LATER + timedelta(days=30), "visit": LATER + timedelta(days=9)})
    closed = moved(told, did(Event.CLOSED, LATER, CLOCK), conf=conf)
    assert set(closed.deadlines) == {"fulfil", "callback"} <= AFTER
    assert closed.due is not None
    rang = on_due(closed, closed.due, conf)
    assert rang is not None and rang.args["deadline"] == "callback"
    made = step(closed, rang, conf)
    assert isinstance(made, Step) and [s.to for s in made.shows] == [To.HOST] and set(made.case.deadlines) == {"fulfil"}


def test_a_rated_case_is_left_alone() -> None:
    assert in_state(State.CLOSED).due is None


# ---- not accepted

def test_not_accepted_needs_two_people_and_is_listed_apart() -> None:
    case = assigned()
    assert refused(case, did(Event.NOT_ACCEPTED, LATER, HOST_1, "法院在审")) == "second_needed"
    assert refused(case, did(Event.NOT_ACCEPTED, LATER, HOST_1, "法院在审", first=HOST_1)) == "second_needed"
    both = moved(case, did(Event.NOT_ACCEPTED, LATER, STREET, "法院在审", first=HOST_1))
    assert both.state is State.NOT_ACCEPTED and not counted(both) and counted(in_state(State.CLOSED))
    assert apart([both, in_state(State.CLOSED)])[State.NOT_ACCEPTED] == [both]


# ---- C05: suggestions

def suggestion(when: datetime = MONDAY) -> Case:
    case = replace(reported(when), intent="suggestion", gist="门口装个雨棚")
    return moved(case, did(Event.ASSIGNED, when, BOT, to=MEMBER, rung="attendant"))


@pytest.mark.parametrize("opened", ["2026-03-02 10:00", "2026-03-20 10:00", "2026-03-29 10:00", "2026-01-31 17:00"])
def test_C05_a_suggestion_is_asked_for_before_the_months_end_and_is_never_overdue(opened: str) -> None:
    case, asked = suggestion(at(opened)), []
    for _ in range(6):
        assert set(case.deadlines) <= {"reply", "review"} and case.due is not None and case.due > case.touched_at
        assert not overdue(case, case.due + timedelta(days=60), SETTINGS)
        assert not overdue(case.but(handle_by=MONDAY), case.due, SETTINGS), "nor by a time from before it was one"
        event = on_due(case, case.due, SETTINGS)
        assert event is not None
        asked.append((event.event, event.at))
        case = moved(case, event)
    assert asked[0][0] is Event.REMINDED and case.rung.value == "host" and case.level == "C", "it never passes the host"
    local = SETTINGS.local(asked[0][1])
    assert (local + timedelta(days=12)).month != local.month, "asked for while there is time to answer"


def test_C05_an_answered_suggestion_closes_like_any_other_case() -> None:
    done = moved(suggestion(), did(Event.RESOLVED, LATER, MEMBER, "采纳，下月装"), did(Event.DELIVERED, LATER, BOT, who=REPORTER))
    assert moved(done, did(Event.RATED, LATER, REPORTER, grade="good")).state is State.CLOSED


# ---- settings change

def test_new_times_wind_open_cases_anew_and_never_ended_ones() -> None:
    slower = settings(pace={"accept": 240, "handle": 4200})
    case = moved(assigned(), did(Event.SETTINGS_CHANGED, LATER, BOT), conf=slower)
    calendar = SETTINGS.calendar
    assert case.deadlines == {"accept": calendar.due(MONDAY, 240), "handle": calendar.due(MONDAY, 4200)}
    assert refused(in_state(State.CLOSED), did(Event.SETTINGS_CHANGED, LATER, BOT), slower) == "refuse_state"


# ---- age

@trying(max_examples=200, deadline=None, database=None)
@given(seed=st.integers(0, 2**48))
def test_age_never_restarts_by_whatever_route(seed: int) -> None:
    draw = random.Random(seed)
    case, limit = assigned(), assigned().handle_by
    for _ in range(15):
        kind = draw.choice([Event.TRANSFERRED, Event.DECLINED, Event.ESCALATED, Event.HANDED_OVER, Event.ACCEPTED, *EVENTS])
        event = replace(any_happening(case, draw), event=kind)
        if kind in (Event.TRANSFERRED, Event.HANDED_OVER):
            event = replace(event, args={"to": draw.choice((MEMBER, OTHER, HOST_1, STREET)), "rung": case.rung.value})
        made = step(case, event, SETTINGS)
        if isinstance(made, Step):
            case = made.case
        assert case.opened_at == MONDAY
        if case.rounds == 1 and case.handle_by is not None and limit is not None and not case.urgent:
            assert case.handle_by <= SETTINGS.calendar.due(limit, SETTINGS.pace_of("noise").pause)
            assert limit <= case.handle_by
