"""The one gate: what may be said now, what waits until when, what is no longer said at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from bot.domain.cards import MUST
from bot.domain.case import ENDED, Case, State
from bot.domain.gate import (
    CARD_FIRST,
    Drop,
    Hold,
    Line,
    Reason,
    Refuse,
    Send,
    judge,
    outdated,
    quiet,
    said_field,
    sent_field,
    waits_field,
)
from tests.domain.build import MEMBER, MONDAY, REPORTER, SETTINGS, SUBSTITUTE, assigned, at, in_state, settings

NIGHT, LATE = at("2026-03-02 02:00"), at("2026-03-02 22:00")
SATURDAY = at("2026-03-07 10:00")


def line(card: str = "assigned", to: str = MEMBER, *, ping: bool = True, urgent: bool = False, rounds: int = 1,
         text: str = "一句话", part: str = "responsible") -> Line:
    to = to if to.startswith("chat:") else f"person:{to}"
    return Line(to=to, card=card, text=text, ping=ping, urgent=urgent, part=part, rounds=rounds)


def held(what: Line, case: Case | None, now: datetime, home: dict[str, str] | None = None) -> datetime:
    verdict = judge(what, case, home or {}, SETTINGS, now)
    assert isinstance(verdict, Hold), verdict
    return verdict.until


@pytest.mark.parametrize(("local", "is_quiet"), [
    ("21:29:59", False), ("21:30", True), ("23:59", True), ("00:00", True), ("07:59:59", True), ("08:00", False),
])
def test_quiet_hours_span_midnight(local: str, is_quiet: bool) -> None:
    assert quiet(at(f"2026-03-02 {local}"), SETTINGS) is is_quiet


def test_quiet_hours_within_a_day_are_just_that() -> None:
    noon = settings(quiet=("12:00", "14:00"))
    assert quiet(at("2026-03-02 13:00"), noon) and not quiet(at("2026-03-02 14:00"), noon)
    assert not quiet(NIGHT, noon)


def test_nobody_is_pinged_at_night_staff_hear_at_opening_residents_when_the_quiet_ends() -> None:
    assert held(line(), assigned(), LATE) == at("2026-03-03 09:00")
    assert held(line(), assigned(), NIGHT) == at("2026-03-02 09:00")
    asked = line("ask_rating", REPORTER, part="reporter")
    assert held(asked, in_state(State.RESOLVED), LATE) == at("2026-03-03 08:00")
    assert held(line("accepted", "chat:yuan", part=""), in_state(State.HANDLING), NIGHT) == at("2026-03-02 08:00")


def test_a_friday_night_waits_for_sundays_opening() -> None:
    assert held(line(), assigned(), at("2026-03-06 23:00")) == at("2026-03-08 09:00")


@pytest.mark.parametrize("now", [NIGHT, LATE, SATURDAY, MONDAY])
def test_an_emergency_passes_at_any_hour_and_past_any_budget(now: datetime) -> None:
    what = line("emergency_card", urgent=True)
    home = {sent_field(now, SETTINGS): "99", said_field(what, now, SETTINGS): "1"}
    assert judge(what, assigned(urgent=True), home, SETTINGS, now) == Send()


@pytest.mark.parametrize("now", [NIGHT, LATE, SATURDAY, MONDAY])
def test_an_answer_passes_at_any_hour_and_past_any_budget(now: datetime) -> None:
    what = line("progress", REPORTER, ping=False)
    home = {sent_field(now, SETTINGS): "99", said_field(what, now, SETTINGS): "1"}
    assert judge(what, assigned(), home, SETTINGS, now) == Send()


@pytest.mark.parametrize(("now", "until"), [
    ("2026-03-02 08:30", "2026-03-02 09:00"), ("2026-03-02 08:59:59", "2026-03-02 09:00"), ("2026-03-02 09:00", None),
    ("2026-03-02 12:00", None), ("2026-03-02 12:09", None), ("2026-03-02 12:10", "2026-03-02 14:00"),
    ("2026-03-02 18:09", None), ("2026-03-02 18:11", "2026-03-03 09:00"), ("2026-03-07 10:00", "2026-03-08 09:00"),
])
def test_a_member_is_reminded_only_near_working_time(now: str, until: str | None) -> None:
    verdict = judge(line("remind"), assigned(), {}, SETTINGS, at(now))
    assert verdict == (Send() if until is None else Hold(at(until), Reason.HOURS))


def test_a_new_case_outside_working_time_is_no_reminder_and_goes_out() -> None:
    assert judge(line(), assigned(), {}, SETTINGS, SATURDAY) == Send()


def test_a_person_and_a_group_hear_no_more_than_their_budget_a_day() -> None:
    for to, most in ((MEMBER, 3), ("chat:yuan", 5)):
        what = line("linked", to)
        spent = {sent_field(MONDAY, SETTINGS): str(most)}
        left = {sent_field(MONDAY, SETTINGS): str(most - 1)}
        assert judge(what, assigned(), left, SETTINGS, MONDAY) == Send()
        assert isinstance(judge(what, assigned(), spent, SETTINGS, MONDAY), Hold)
        assert judge(what, assigned(), spent, SETTINGS, MONDAY + timedelta(days=1)) == Send()


def test_what_exceeds_todays_budget_is_said_tomorrow_not_the_day_after() -> None:
    spent = {sent_field(MONDAY, SETTINGS): "3"}
    for now in (at("2026-03-02 08:00"), MONDAY, at("2026-03-02 21:29")):
        assert held(line("linked"), assigned(), now, spent) == at("2026-03-03 09:00")
        assert held(line("linked", "chat:yuan"), assigned(), now, {sent_field(MONDAY, SETTINGS): "5"}) == at("2026-03-03 08:00")


def test_a_resident_is_told_of_his_own_matter_whatever_the_budget() -> None:
    assert judge(line("noted", REPORTER), assigned(), {sent_field(MONDAY, SETTINGS): "99"}, SETTINGS, MONDAY) == Send()


def test_the_budget_is_counted_by_the_local_day() -> None:
    assert sent_field(at("2026-03-03 00:30"), SETTINGS) == "sent/2026-03-03"


def test_the_same_words_are_never_said_twice_running() -> None:
    what = line("noted", REPORTER, text="物业明天来")
    assert judge(what, assigned(), {said_field(what, MONDAY, SETTINGS): "1"}, SETTINGS, MONDAY) == Drop(Reason.AGAIN)
    other = replace(what, text="物业后天来")
    assert judge(other, assigned(), {said_field(what, MONDAY, SETTINGS): "1"}, SETTINGS, MONDAY) == Send()
    long = replace(what, text="长" * 300 + "一")
    other = replace(long, text="长" * 300 + "二")
    assert said_field(long, MONDAY, SETTINGS) != said_field(other, MONDAY, SETTINGS)
    assert said_field(what, MONDAY, SETTINGS) != said_field(what, at("2026-03-09 10:00"), SETTINGS)


@pytest.mark.parametrize(("card", "state", "true"), [
    ("remind", State.ASSIGNED, True), ("remind", State.HANDLING, False), ("remind_progress", State.HANDLING, True),
    ("remind_progress", State.WAITING, False), ("remind_rating", State.RESOLVED, True), ("remind_rating", State.CLOSED, False),
    ("assigned", State.ASSIGNED, True), ("assigned", State.HANDLING, False), ("ask_rating", State.ASSIGNED, False),
    ("asked", State.WAITING, True), ("asked", State.HANDLING, False), ("moved", State.CLOSED, False),
    ("noted", State.CLOSED, True), ("remind_deliver", State.RESOLVED, True),
])
def test_what_has_become_untrue_is_dropped(card: str, state: State, true: bool) -> None:
    case = in_state(state)
    assert isinstance(judge(line(card), case, {}, SETTINGS, MONDAY), Send if true else Drop)


@pytest.mark.parametrize("state", sorted(ENDED))
def test_nobody_is_reminded_of_an_ended_case(state: State) -> None:
    for card in (c for c in MUST if c.startswith("remind") and c != "remind_after"):  # looking back comes after the end
        assert isinstance(judge(line(card), in_state(state), {}, SETTINGS, NIGHT), Drop)


def test_a_reminder_to_somebody_who_no_longer_has_it_is_dropped() -> None:
    moved = replace(assigned(), attendant=SUBSTITUTE, asked=(MEMBER,))
    assert judge(line("remind"), moved, {}, SETTINGS, MONDAY) == Drop(Reason.UNTRUE, "已经换人")
    assert judge(line("remind", SUBSTITUTE), moved, {}, SETTINGS, MONDAY) == Send()
    assert judge(line("emergency_card", part="host"), moved, {}, SETTINGS, MONDAY) == Send()
    told = replace(in_state(State.RESOLVED), attendant=SUBSTITUTE)
    assert isinstance(judge(line("remind_deliver"), told, {}, SETTINGS, MONDAY), Drop)


def test_a_reminder_of_an_earlier_round_is_dropped() -> None:
    again = replace(assigned(), rounds=2)
    assert judge(line("remind"), again, {}, SETTINGS, MONDAY) == Drop(Reason.UNTRUE, "已经是下一轮")
    assert judge(line("remind", rounds=2), again, {}, SETTINGS, MONDAY) == Send()
    assert judge(line("noted"), again, {}, SETTINGS, MONDAY) == Send()


def test_nobody_is_asked_to_bring_a_result_that_has_arrived() -> None:
    there = replace(in_state(State.RESOLVED), delivered_at=MONDAY, told=(REPORTER,))
    assert judge(line("remind_deliver"), there, {}, SETTINGS, MONDAY) == Drop(Reason.UNTRUE, "结果已经送到")


@trying(max_examples=400, deadline=None)
@given(
    minutes=st.integers(0, 14 * 1440), card=st.sampled_from(["remind", "assigned", "linked", "noted", "moved"]),
    to=st.sampled_from([MEMBER, REPORTER, "chat:yuan"]), sent=st.integers(0, 6),
    hours=st.sampled_from([("21:30", "08:00"), ("00:00", "06:00"), ("12:00", "14:00"), ("20:00", "23:59")]),
)
def test_a_hold_lies_ahead_and_is_let_through_in_the_end(
    minutes: int, card: str, to: str, sent: int, hours: tuple[str, str],
) -> None:
    conf, now, what = settings(quiet=hours), MONDAY + timedelta(minutes=minutes), line(card, to, part="")
    home = {sent_field(now, conf): str(sent)}
    for _ in range(4):
        verdict = judge(what, assigned(), home, conf, now)
        if not isinstance(verdict, Hold):
            break
        assert verdict.until > now
        now = verdict.until
    assert verdict == Send() and not quiet(now, conf)


def test_counters_of_days_gone_by_are_swept_from_a_home() -> None:
    fields = ["sent/2026-03-01", "sent/2026-03-02", "said/2026-03-01/0a", "case/YZ-0001", "pending"]
    assert outdated(fields, MONDAY, SETTINGS) == ("sent/2026-03-01", "said/2026-03-01/0a")


def test_a_reminder_waits_for_the_card_that_it_reminds_of() -> None:
    what = replace(line("remind"), case="YU-0001")
    waiting = {waits_field("YU-0001"): "1"}
    assert judge(what, assigned(), waiting, SETTINGS, MONDAY) == Hold(MONDAY + CARD_FIRST, Reason.CARD)
    assert judge(what, assigned(), {waits_field("YU-0002"): "1"}, SETTINGS, MONDAY) == Send()
    assert judge(replace(what, card="assigned"), assigned(), waiting, SETTINGS, MONDAY) == Send()


class Able:
    def __init__(self, posts_freely: bool, private: bool) -> None:
        self.posts_freely, self.private = posts_freely, private


def test_what_the_channel_cannot_carry_is_refused_and_answers_and_emergencies_are_not() -> None:
    mute = Able(posts_freely=False, private=False)
    for what in (line("linked", "chat:yuan"), line("linked")):
        assert isinstance(judge(what, assigned(), {}, SETTINGS, MONDAY, mute), Refuse)
        assert judge(replace(what, ping=False), assigned(), {}, SETTINGS, MONDAY, mute) == Send()
        assert judge(replace(what, ping=False, urgent=True), assigned(), {}, SETTINGS, MONDAY, mute) == Send()
    assert judge(line("linked"), assigned(), {}, SETTINGS, MONDAY, Able(posts_freely=False, private=True)) == Send()
