"""One case under one happening after another: every pair as the table says, every rule of conduct, no dead end."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from bot.domain.cards import MUST
from bot.domain.case import ENDED, LADDER, LEVEL_OF, Case, Rung, State
from bot.domain.events import CLOCK, Event, Happened
from bot.domain.feedback import unowned
from bot.domain.settings import Settings
from bot.domain.tables import (
    AFTER,
    AT_LAST,
    NEXT,
    RATED_EARLY,
    REMINDS_FIRST,
    SAYS_UNSATISFIED,
    TOLD_LATE,
    UNSATISFIED,
    To,
)
from bot.domain.transitions import REOPEN_WITHIN, Refusal, Step, on_due, step
from tests.domain.build import (
    DISTRICT,
    HOST_1,
    LADDER_PEOPLE,
    LIAISON_1,
    MEDIATOR_1,
    MEMBER,
    MONDAY,
    OTHER,
    REPORTER,
    RESULT,
    SETTINGS,
    STRANGER,
    STREET,
    SUBSTITUTE,
    SUPPORTER,
    assigned,
    away,
    did,
    in_state,
    moved,
)

OPEN = [s for s in State if s not in ENDED]
LATER = MONDAY + timedelta(minutes=30)
ARGS: dict[Event, dict[str, str]] = {
    Event.ASSIGNED: {"to": OTHER, "rung": "attendant"}, Event.TRANSFERRED: {"to": OTHER}, Event.HANDED_OVER: {"to": OTHER},
    Event.RATED: {"grade": "good"}, Event.LINKED: {"partner": "wuye"}, Event.MERGED: {"into": "YU-0002"},
    Event.REPORTED: {"to": HOST_1, "rung": "host"}, Event.NOT_ACCEPTED: {"first": STREET},
}
DUE_OF = {State.RESOLVED: "deliver", State.WAITING: "supply", State.HANDLING: "progress", State.MEDIATING: "mediate",
          State.CLOSED: "callback"}


def happening(event: Event, case: Case) -> Happened:
    """A well-formed happening by who has the case."""
    args = ARGS.get(event, {})
    if event is Event.REMINDED:
        name = DUE_OF.get(case.state, "accept")
        args = {"deadline": name if name in REMINDS_FIRST or name in AFTER else "review"}
    by = REPORTER if event in (Event.RATED, Event.DISPUTED, Event.REOPENED) else case.attendant or HOST_1
    return did(event, LATER, by, RESULT, **args)


def done(case: Case, event: Happened, conf: Settings = SETTINGS) -> Step:
    made = step(case, event, conf)
    assert isinstance(made, Step), made
    return made


def refused(case: Case, event: Happened, conf: Settings = SETTINGS) -> str:
    made = step(case, event, conf)
    assert isinstance(made, Refusal), f"{event.event} was carried out"
    assert made.text == "need_note" or made.text in MUST
    return made.text


def check(before: Case, event: Happened, made: Step, conf: Settings = SETTINGS) -> None:
    """What holds after every move."""
    after = made.case
    unsatisfied = event.event is Event.RATED and after.state is UNSATISFIED
    beside = event.event is Event.NOTED and after.state is State.ASSIGNED
    rated = before.state is State.RESOLVED and after.state in (RATED_EARLY, TOLD_LATE)
    assert after.state is NEXT[before.state][event.event] or unsatisfied or beside or rated
    if after.open:
        assert after.due is not None and after.due > before.opened_at and not unowned(after, conf)
        assert set(after.deadlines) - {"handle", "visit", "risk"} and set(after.deadlines) <= set(AT_LAST)
        assert after.ended_at is None and after.merged_into is None
        assert after.attendant in conf.people or after.state is State.REPORTED
        assert after.attendant not in after.asked and len(set(after.asked)) == len(after.asked)
    else:
        assert set(after.deadlines) <= AFTER and after.ended_at is not None
        assert (after.merged_into is not None) is (after.state is State.MERGED)
    assert (after.id, after.opened_at, after.reporter) == (before.id, before.opened_at, before.reporter)
    assert before.rounds <= after.rounds <= before.rounds + 1 and (after.level <= before.level or not before.level)
    assert after.level <= LEVEL_OF.get(after.rung, "C") and after.version == before.version
    assert before.responded_at in (None, after.responded_at)
    assert set(before.messages) <= set(after.messages) and set(before.supporters) <= set(after.supporters)
    assert len(made.rows) == 1 and made.rows[0].event == event.event.value
    assert made.passed == (before.attendant if before.attendant not in ("", after.attendant) else None)


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("state", list(State))
def test_every_pair_is_legal_or_refused_as_the_table_says(state: State, event: Event) -> None:
    case = in_state(state)
    assert case.state is state
    if event is Event.CLOSED and state is State.RESOLVED:  # nothing closes whose result has not arrived
        case = moved(case, did(Event.DELIVERED, LATER, "bot"))
    what = happening(event, case)
    if event in NEXT[state]:
        made = done(case, what)
        check(case, what, made)
        assert made.case.state is NEXT[state][event]
    else:
        assert refused(case, what) == "refuse_state"


@pytest.mark.parametrize("state", list(State))
def test_an_open_case_always_has_one_alarm_ahead_and_an_ended_one_never(state: State) -> None:
    case = in_state(state)
    if state in ENDED:
        assert case.due is None and case.ended_at is not None
    else:
        assert case.due is not None and case.due > MONDAY and DUE_OF.get(state, min(case.deadlines)) in case.deadlines


# ---- random sequences

PEOPLE = (*LADDER_PEOPLE.values(), OTHER, MEDIATOR_1, REPORTER, SUPPORTER, STRANGER, CLOCK, "bot")
EVENTS = [e for e in Event if e is not Event.REMINDED]  # only the clock reminds: see on_due


def any_happening(case: Case, draw: random.Random) -> Happened:
    """Sensible, odd and wrong happenings, at odd times; half the time the silence of the case."""
    now = case.touched_at + timedelta(minutes=draw.choice((0, 1, 45, 600, 6000, 20000)))
    if draw.random() < 0.35 and case.due is not None:
        return on_due(case, max(now, case.due), SETTINGS) or happening(Event.DETAILED, case)
    legal = [e for e in NEXT[case.state] if e is not Event.REMINDED]
    event = draw.choice(legal if legal and draw.random() < 0.8 else EVENTS)
    args = {
        "to": draw.choice((MEMBER, OTHER, SUBSTITUTE, HOST_1, STREET, "nobody")), "grade": draw.choice(("good", "bad", "bad", "?")),
        "partner": draw.choice(("wuye", "none")), "into": draw.choice(("YU-0002", "YU-0001", "")),
        "message": draw.choice(("m2", "m3", "")), "urgent": draw.choice(("0", "0", "0", "1")),
    }
    by = draw.choice((case.attendant, case.attendant, *case.asked, *PEOPLE))
    return Happened(event=event, at=now, by=by or HOST_1, note=draw.choice(("", "短", RESULT, RESULT)), args=args)


@trying(max_examples=500, deadline=None, database=None)
@given(seed=st.integers(0, 2**48))
def test_ten_thousand_random_lives_never_reach_an_illegal_state(seed: int) -> None:
    for life in range(20):  # twenty lives an example: hypothesis takes longer to draw than a life to run
        random_life(random.Random(seed + life))


def random_life(draw: random.Random) -> None:
    case = assigned(building=draw.choice(("一号楼", "三号楼", None)))
    for _ in range(draw.randint(3, 14)):
        event = any_happening(case, draw)
        made = step(case, event, SETTINGS)
        if isinstance(made, Step):
            check(case, event, made)
            case = made.case
        else:
            assert made.text == "need_note" or made.text in MUST


# ---- left alone

def left_alone(case: Case, conf: Settings = SETTINGS, most: int = 40) -> list[tuple[Happened, Case]]:
    """What the clock alone makes of a case, until it ends or is laid before the same person a second time."""
    life: list[tuple[Happened, Case]] = []
    while case.open:
        assert case.due is not None and len(life) < most, "no rest"
        event = on_due(case, case.due, conf)
        assert event is not None
        made = done(case, event, conf)
        check(case, event, made, conf)
        rests = event.args.get("deadline") == "review" and "review" in case.deadlines
        if rests:
            assert not made.shows, "the digest carries it, not the phone"
            return life
        case = made.case
        life.append((event, case))
    return life


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("rung", list(Rung))
@pytest.mark.parametrize("state", OPEN)
def test_left_alone_every_case_ends_or_rests_with_a_named_person(state: State, rung: Rung, urgent: bool) -> None:
    start = in_state(state, rung=rung, urgent=urgent)
    life = left_alone(start)
    last = life[-1][1]
    assert not last.open or last.attendant in SETTINGS.people
    asked = [(c.rung, e.args["deadline"]) for e, c in life if e.event is Event.REMINDED]
    assert len(set(asked)) == len(asked), "one reminder a rung and stage"
    assert [c.touched_at for _, c in life] == sorted(c.touched_at for _, c in life)
    if state is not State.RESOLVED:
        assert last.open and last.rung is Rung.DISTRICT and last.level == "A"


@pytest.mark.parametrize("gone", [(), (SUBSTITUTE,), (HOST_1, STREET), (DISTRICT,), tuple(LADDER_PEOPLE.values())])
def test_left_alone_it_climbs_over_those_who_are_away(gone: tuple[str, ...]) -> None:
    conf = away(*gone)
    life = left_alone(assigned(), conf)
    climbed = [c.attendant for e, c in life if e.event is Event.ESCALATED]
    there = [LADDER_PEOPLE[r] for r in LADDER[1:] if LADDER_PEOPLE[r] not in gone]
    assert climbed == (there or [HOST_1]), "where all are away the host still owns it"


def test_a_case_that_nobody_dispatches_is_asked_for_once_and_then_goes_to_the_street() -> None:
    life = left_alone(in_state(State.REPORTED))
    assert [(e.event, e.args.get("deadline")) for e, _ in life[:2]] == [(Event.REMINDED, "dispatch"), (Event.ESCALATED, None)]
    assert life[1][1].attendant == STREET and life[1][1].level == "B" and life[1][1].state is State.ASSIGNED


def test_silence_after_the_result_is_asked_once_and_closes_unrated() -> None:
    told = moved(in_state(State.RESOLVED), did(Event.DELIVERED, LATER, "bot"))
    events = [e for e, _ in left_alone(told)]
    assert [e.event for e in events] == [Event.REMINDED, Event.CLOSED]
    assert events[-1].note == "未评价" and left_alone(told)[-1][1].grade is None


def test_a_result_that_cannot_be_delivered_is_brought_by_hand_and_never_nagged_about() -> None:
    case = in_state(State.RESOLVED)
    life = left_alone(case)
    assert [e.args["deadline"] for e, _ in life] == ["deliver", "review"]
    assert life[-1][1].open and life[-1][1].attendant == MEMBER
    reminded = life[0][1]
    by_hand = moved(reminded, did(Event.NOTED, reminded.touched_at, MEMBER, "已告知"))
    assert by_hand.delivered_at is not None and set(by_hand.deadlines) == {"rate"} and by_hand.reminders == 0
    early = moved(case, did(Event.NOTED, LATER, MEMBER, "顺便拍了照"))
    assert early.delivered_at is None and early.deadlines == case.deadlines


def test_an_alarm_that_is_not_due_means_nothing() -> None:
    case = assigned()
    assert case.due is not None
    assert on_due(case, case.due - timedelta(seconds=1), SETTINGS) is None
    assert on_due(in_state(State.CLOSED), case.due, SETTINGS) is None
    assert on_due(case, case.due, SETTINGS) is not None


# ---- declines, rounds, reopening

def test_the_first_decline_goes_to_the_next_rung_and_the_second_to_the_host() -> None:
    case = moved(assigned(), did(Event.DECLINED, LATER, MEMBER, "不是我这一栋"))
    assert (case.attendant, case.rung, case.declines) == (SUBSTITUTE, Rung.SUBSTITUTE, 1)
    case = moved(case, did(Event.DECLINED, LATER, SUBSTITUTE, "也不是我的"))
    assert (case.attendant, case.rung, case.opened_at) == (HOST_1, Rung.HOST, MONDAY)


def test_the_second_decline_goes_to_the_host_even_where_he_was_asked_before() -> None:
    case = replace(assigned(), declines=1, asked=(SUBSTITUTE, LIAISON_1, HOST_1))
    assert moved(case, did(Event.DECLINED, LATER, MEMBER, "办不了")).attendant == HOST_1


def test_a_decline_needs_a_reason_a_holder_and_somebody_above() -> None:
    assert refused(assigned(), did(Event.DECLINED, LATER, MEMBER)) == "need_note"
    climbed = moved(assigned(), did(Event.ESCALATED, LATER, CLOCK, to=SUBSTITUTE, rung="substitute"))
    assert refused(climbed, did(Event.DECLINED, LATER, MEMBER, "不是我的")) == "refuse_state"
    top = moved(assigned(rung=Rung.DISTRICT), did(Event.DECLINED, LATER, DISTRICT, "不归我管"))
    assert (top.attendant, top.rung, top.level) == (HOST_1, Rung.HOST, "A"), "from the top it goes to the host, who decides"
    assert refused(top, did(Event.DECLINED, LATER, HOST_1, "我也不管")) == "refuse_decides"
    alone = away(STREET, DISTRICT)
    assert refused(assigned(rung=Rung.HOST), did(Event.DECLINED, LATER, HOST_1, "不是我的"), alone) == "refuse_last"


def test_who_declined_is_out_and_who_was_only_passed_may_still_take_it() -> None:
    declined = moved(assigned(), did(Event.DECLINED, LATER, MEMBER, "不是我的"))
    assert declined.role_of(MEMBER) is None
    climbed = moved(assigned(), did(Event.ESCALATED, LATER, CLOCK, to=SUBSTITUTE, rung="substitute"))
    back = done(climbed, did(Event.ACCEPTED, LATER, MEMBER))
    assert (back.case.attendant, back.case.rung, back.passed) == (MEMBER, Rung.ATTENDANT, SUBSTITUTE)
    assert back.case.state is State.HANDLING and back.case.asked == (SUBSTITUTE,)


def test_not_solved_opens_a_new_round_with_the_same_person() -> None:
    case = moved(in_state(State.RESOLVED), did(Event.DISPUTED, LATER, SUPPORTER, "还是吵"))
    assert (case.state, case.rounds, case.attendant) == (State.ASSIGNED, 2, MEMBER)
    assert (case.resolved_at, case.delivered_at, case.result, case.opened_at) == (None, None, "", MONDAY)


def test_unsatisfied_opens_a_new_round_with_another_who_alone_may_take_it() -> None:
    made = done(in_state(State.RESOLVED), did(Event.RATED, LATER, REPORTER, "不满意", grade="bad"))
    assert (made.case.state, made.case.rounds, made.case.attendant) == (State.ASSIGNED, 2, SUBSTITUTE)
    assert made.case.grade == "bad" and made.passed == MEMBER and made.case.role_of(MEMBER) is None
    assert made.shows == SAYS_UNSATISFIED
    again = moved(made.case, did(Event.RESOLVED, LATER, SUBSTITUTE, RESULT))
    assert again.grade is None, "the second result has not been rated yet"


@pytest.mark.parametrize("event", [did(Event.DISPUTED, LATER, REPORTER), did(Event.RATED, LATER, REPORTER, grade="bad")])
def test_the_third_round_goes_to_the_host_or_above(event: Happened) -> None:
    second = replace(in_state(State.RESOLVED), rounds=2, asked=(HOST_1,))
    assert moved(second, event).attendant == HOST_1
    with_host = replace(in_state(State.RESOLVED, rung=Rung.HOST), rounds=2)
    assert moved(with_host, event).attendant == STREET


@pytest.mark.parametrize("state", [State.CLOSED, State.ANSWERED, State.WITHDRAWN])
def test_a_case_is_reopened_within_seven_days_only(state: State) -> None:
    case = in_state(state)
    assert case.ended_at is not None
    last = case.ended_at + REOPEN_WITHIN
    back = moved(case, did(Event.REOPENED, last, REPORTER, "又漏了"))
    assert back.state is State.ASSIGNED and back.rounds == 2 and back.ended_at is None and back.due is not None
    assert refused(case, did(Event.REOPENED, last + timedelta(seconds=1), REPORTER)) == "refuse_too_late"


@pytest.mark.parametrize("state", [State.CLOSED, State.ANSWERED])
def test_an_ended_case_may_be_rated_late_but_a_bad_grade_begins_anew_within_seven_days_only(state: State) -> None:
    case, late = in_state(state), MONDAY + REOPEN_WITHIN + timedelta(hours=1)
    good = moved(case, did(Event.RATED, late, REPORTER, grade="good"))
    assert good.state is state and good.grade == "good" and good.ended_at == case.ended_at
    assert refused(case, did(Event.RATED, late, REPORTER, grade="bad")) == "refuse_too_late"
    assert moved(case, did(Event.RATED, LATER, REPORTER, grade="bad")).state is State.ASSIGNED


def test_a_bad_answer_of_the_bot_goes_to_the_member_who_has_not_yet_been_heard() -> None:
    assert moved(in_state(State.ANSWERED), did(Event.RATED, LATER, REPORTER, grade="bad")).attendant == MEMBER


def test_a_merged_case_stands_up_again_whole() -> None:
    made = moved(in_state(State.MERGED), did(Event.SPLIT, LATER, REPORTER))
    assert (made.merged_into, made.ended_at, made.state, made.rounds) == (None, None, State.ASSIGNED, 1)
    assert refused(assigned(), did(Event.MERGED, LATER, HOST_1)) == "case_gone"
    assert refused(assigned(), did(Event.MERGED, LATER, HOST_1, into="YU-0001")) == "case_gone"


# ---- whose word counts

def test_a_word_of_who_is_responsible_is_the_first_response_and_a_word_from_beside_is_not() -> None:
    own = moved(assigned(), did(Event.NOTED, LATER, MEMBER, "收到，明天去看"))
    assert own.state is State.HANDLING and own.responded_at == LATER
    case = replace(assigned(), mediator=MEDIATOR_1)
    for who in (LIAISON_1, MEDIATOR_1):
        beside = moved(case, did(Event.NOTED, LATER, who, "我也问问"))
        assert (beside.state, beside.responded_at, beside.due) == (State.ASSIGNED, None, case.due)


def test_what_the_bot_or_the_reporter_says_never_stops_the_response_clock() -> None:
    case = assigned()
    for what in (did(Event.DETAILED, LATER, REPORTER, "还在吵"), did(Event.SECONDED, LATER, SUPPORTER, "我也是"),
                 did(Event.LINKED, LATER, HOST_1, partner="wuye"), did(Event.VISIT_AGREED, LATER, MEMBER, "明天三点")):
        after = moved(case, what)
        assert after.responded_at is None and after.deadlines == case.deadlines


def test_pressing_accept_twice_or_asking_again_does_not_put_off_the_answer() -> None:
    case = in_state(State.HANDLING)
    assert moved(case, did(Event.ACCEPTED, LATER, MEMBER)).due == case.due
    assert moved(case, did(Event.SUPPLIED, LATER, REPORTER, "是302")).due == case.due
    worked = moved(case, did(Event.NOTED, LATER, MEMBER, "到现场了"))
    assert worked.due is not None and case.due is not None and worked.due > case.due
    wait = in_state(State.WAITING)
    assert moved(wait, did(Event.NOTED, LATER, MEMBER, "先量了尺寸")).due == wait.due


def test_a_case_that_turns_urgent_runs_at_once_at_the_pace_of_emergencies() -> None:
    case = moved(assigned(), did(Event.DETAILED, LATER, REPORTER, "有人晕倒了", urgent="1"))
    assert case.urgent and case.due == LATER + timedelta(minutes=10)


def test_a_transfer_goes_to_somebody_else_who_exists_and_the_age_goes_on() -> None:
    made = done(assigned(), did(Event.TRANSFERRED, LATER, MEMBER, "他离得近", to=OTHER))
    assert (made.case.attendant, made.case.opened_at, made.passed) == (OTHER, MONDAY, MEMBER)
    assert {s.to for s in made.shows} == {To.RESPONSIBLE, To.PASSED, To.REPORTER, To.SPEAKER}
    for to in (MEMBER, "nobody", ""):
        assert refused(assigned(), did(Event.TRANSFERRED, LATER, MEMBER, to=to)) == "need_person"


def test_a_hand_over_changes_who_has_it_and_who_left_is_not_asked_again() -> None:
    case = moved(in_state(State.HANDLING), did(Event.HANDED_OVER, LATER, MEMBER, to=OTHER))
    assert (case.attendant, case.state, case.role_of(MEMBER)) == (OTHER, State.ASSIGNED, None)
    assert refused(assigned(), did(Event.HANDED_OVER, LATER, MEMBER)) == "need_person"


def test_a_person_escalates_to_the_host_or_above_with_a_reason() -> None:
    case = moved(assigned(), did(Event.ESCALATED, LATER, MEMBER, "要街道出面"))
    assert (case.attendant, case.level) == (HOST_1, "C")
    case = moved(case, did(Event.ESCALATED, LATER, HOST_1, "要街道出面"))
    assert (case.attendant, case.level) == (STREET, "B")
    assert refused(assigned(), did(Event.ESCALATED, LATER, MEMBER)) == "need_note"
    assert refused(assigned(rung=Rung.DISTRICT), did(Event.ESCALATED, LATER, DISTRICT, "还要更高")) == "refuse_top"


def test_a_result_and_a_question_need_words_and_a_rating_its_grade() -> None:
    case = in_state(State.HANDLING)
    assert refused(case, did(Event.RESOLVED, LATER, MEMBER, " 好 ")) == "need_note"
    assert refused(case, did(Event.ASKED, LATER, MEMBER)) == "need_note"
    assert refused(case, did(Event.LINKED, LATER, HOST_1, partner="none")) == "need_partner"
    assert refused(in_state(State.RESOLVED), did(Event.RATED, LATER, REPORTER, "满意")) == "need_grade"


def test_the_same_voice_counts_once_and_the_reporter_is_no_supporter() -> None:
    case = assigned()
    for who in (SUPPORTER, SUPPORTER, REPORTER):
        case = moved(case, did(Event.SECONDED, LATER, who, "我也是", message=f"m-{who}"))
    assert [s.sender for s in case.supporters] == [SUPPORTER]


# ---- what is said

def test_a_private_matter_never_reaches_the_group() -> None:
    for event in (did(Event.ACCEPTED, LATER, MEMBER), did(Event.RESOLVED, LATER, MEMBER, RESULT)):
        assert any(s.public for s in done(assigned(), event).shows)
        assert not any(s.public for s in done(assigned(private=True), event).shows)


def test_the_clock_answers_nobody_and_says_nothing_for_a_reporter_who_was_silent() -> None:
    climbed = done(assigned(), did(Event.ESCALATED, LATER, CLOCK, to=SUBSTITUTE, rung="substitute"))
    assert To.SPEAKER not in {s.to for s in climbed.shows}
    assert not done(in_state(State.WAITING), did(Event.SUPPLIED, LATER, CLOCK)).shows
