"""The one page of conduct: whole in itself, true to the words of the outside, and held to by the rest."""

from __future__ import annotations

import pytest

from bot.domain.cards import MUST
from bot.domain.case import ENDED, State
from bot.domain.commands import CAUSES, NEEDS_NOTE
from bot.domain.events import Event
from bot.domain.gate import STILL_TRUE, TO_WHO_HAS_IT
from bot.domain.settings import Pace
from bot.domain.silence import REMINDED_OF
from bot.domain.tables import (
    AT_LAST,
    BESIDE,
    DEADLINE,
    ENDS,
    MAY,
    NEXT,
    REMINDS,
    REMINDS_FIRST,
    RINGS_ONCE,
    SAYS,
    SAYS_HIGH_RISK,
    SAYS_UNSATISFIED,
    WAITS_FOR,
    Show,
    To,
    diagram,
)

OPEN = [s for s in State if s not in ENDED]
# Whoever speaks causes these; nobody needs a right to speak.
SPOKEN = {Event.REPORTED, Event.DETAILED, Event.SECONDED, Event.SUPPLIED}
# The bot, the clock or the console cause these by themselves.
BY_ITSELF = {Event.ASSIGNED, Event.REMINDED, Event.MEDIATOR_SUGGESTED, Event.DELIVERED, Event.ANSWERED, Event.CLOSED,
             Event.SETTINGS_CHANGED}
# The table of presses and verbs, retyped; `party` of a visit is the reporter.
WHO = {
    "accept": "responsible", "decline": "responsible", "transfer": "responsible host",
    "note": "responsible mediator liaison helper", "ask": "responsible", "escalate": "responsible liaison host desk",
    "link": "coordinator host", "mediate": "responsible host", "visit": "mediator responsible reporter",
    "step": "mediator", "resolve": "responsible desk", "rate": "reporter", "dispute": "reporter supporter",
    "withdraw": "reporter", "callback": "checker", "merge": "host", "split": "host reporter supporter",
    "reject": "host desk", "handover": "responsible host",
}


def every_show() -> list[Show]:
    return [*(s for shows in SAYS.values() for s in shows), *SAYS_UNSATISFIED, *SAYS_HIGH_RISK, *REMINDS.values()]


def test_every_state_has_its_row_in_every_table() -> None:
    assert set(NEXT) == set(WAITS_FOR) == set(State)
    assert set(DEADLINE) == set(OPEN)


def test_an_open_case_waits_for_somebody_and_an_ended_one_for_nobody() -> None:
    assert all(WAITS_FOR[s] for s in OPEN)
    assert all(WAITS_FOR[s] is None for s in ENDED)


def test_every_deadline_is_a_pace_and_has_an_end_to_its_patience() -> None:
    names = {*DEADLINE.values(), *BESIDE.values(), "rate", "review"}
    assert names <= set(Pace.__dataclass_fields__)
    assert set(AT_LAST) == names | RINGS_ONCE | {"reply"} and set(AT_LAST) >= REMINDS_FIRST
    assert set(REMINDS) == REMINDS_FIRST | RINGS_ONCE | {"review"}
    assert set(REMINDED_OF) == set(REMINDS)


@pytest.mark.parametrize("state", OPEN)
def test_what_silence_causes_is_legal_where_it_happens(state: State) -> None:
    names = {DEADLINE[state]} | ({"rate"} if state is State.RESOLVED else set())
    assert Event.REMINDED in NEXT[state]
    for name in names:
        assert AT_LAST[name] in NEXT[state] or state is State.REPORTED and Event.ASSIGNED in NEXT[state]


@pytest.mark.parametrize("state", OPEN)
def test_every_open_state_can_end_and_every_stage_can_be_left(state: State) -> None:
    seen, reach = set(), [state]
    while reach:
        here = reach.pop()
        seen.add(here)
        reach += [to for to in NEXT[here].values() if to not in seen]
    assert State.CLOSED in seen and seen & ENDED
    for event in ENDS:
        assert event in NEXT[state] or state is State.RESOLVED and event is Event.NOT_ACCEPTED


@pytest.mark.parametrize("state", sorted(ENDED))
def test_an_ended_case_comes_back_only_by_a_voice(state: State) -> None:
    back = {event for event, to in NEXT[state].items() if to not in ENDED}
    assert back <= {Event.REOPENED, Event.SPLIT}


def test_every_event_is_spoken_allowed_to_somebody_or_the_bots_own_and_only_one_of_these() -> None:
    assert set(Event) == set(MAY) | SPOKEN | BY_ITSELF
    assert not set(MAY) & (SPOKEN | BY_ITSELF) and not SPOKEN & BY_ITSELF


@pytest.mark.parametrize("verb", sorted(WHO))
def test_who_may_press_what_is_as_the_outside_was_told(verb: str) -> None:
    assert MAY[CAUSES[verb]] == set(WHO[verb].split())


def test_every_verb_that_moves_a_case_stands_among_the_presses() -> None:
    assert set(CAUSES) == set(WHO)
    assert set(MAY) == {*CAUSES.values(), Event.REOPENED}
    assert MAY[Event.REOPENED] == MAY[Event.DISPUTED]


def test_every_card_that_a_table_names_says_what_it_must() -> None:
    named = {s.card for s in every_show()} | set(STILL_TRUE) | TO_WHO_HAS_IT
    assert named <= set(MUST)
    assert {f"need_note_{verb}" for verb in NEEDS_NOTE} <= set(MUST)


def test_an_answer_to_who_spoke_is_never_a_ping() -> None:
    assert all(not s.ping for s in every_show() if s.to is To.SPEAKER)


def test_the_group_hears_at_most_one_line_of_a_move() -> None:
    assert all(sum(s.public for s in shows) <= 1 for shows in SAYS.values())


def test_whoever_loses_or_gains_a_case_hears_of_it() -> None:
    for event in (Event.TRANSFERRED, Event.ESCALATED):
        assert {To.RESPONSIBLE, To.PASSED, To.REPORTER, To.SPEAKER} <= {s.to for s in SAYS[event]}
    for event in (Event.DECLINED, Event.HANDED_OVER, Event.DISPUTED, Event.REOPENED):
        assert To.RESPONSIBLE in {s.to for s in SAYS[event]}
    for event in (Event.ACCEPTED, Event.NOTED, Event.DISPUTED, Event.REOPENED):
        assert To.PASSED in {s.to for s in SAYS[event]}


def test_every_voice_hears_how_it_ended() -> None:
    for event in (Event.RESOLVED, Event.MERGED, Event.NOT_ACCEPTED):
        assert {To.REPORTER, To.SUPPORTERS} <= {s.to for s in SAYS[event]}


def test_a_reminder_is_true_in_the_states_that_live_under_its_deadline() -> None:
    for state, name in DEADLINE.items():
        if name in REMINDS and state is not State.REPORTED:
            assert state in STILL_TRUE[REMINDS[name].card]
    assert STILL_TRUE[REMINDS["rate"].card] == {State.RESOLVED}


def test_the_diagram_shows_every_move_and_every_end() -> None:
    lines = diagram().splitlines()
    assert lines[0] == "stateDiagram-v2" and len(lines) == len(set(lines))
    for state, moves in NEXT.items():
        assert (f"    {state} --> [*]" in lines) is (state in ENDED)
        for event, to in moves.items():
            drawn = [x for x in lines if x.startswith(f"    {state} --> {to}: ") and event.value in x]
            assert bool(drawn) is (to is not state)
    assert any(x.startswith("    resolved --> assigned") and "不满意" in x for x in lines)
