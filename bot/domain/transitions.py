"""What one happening makes of a case: its next state, its alarm, its journal row and what is to be said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.case import ENDED, Case, Row, State
from bot.domain.effects import APPLY, later
from bot.domain.effects import Refusal as Refusal
from bot.domain.events import CLOCK, Event, Happened
from bot.domain.settings import Settings
from bot.domain.silence import on_due as on_due
from bot.domain.tables import (
    DEADLINE,
    MAY,
    NEXT,
    REMINDS,
    SAYS,
    SAYS_UNSATISFIED,
    SIGNS_OF_WORK,
    UNSATISFIED,
    WAITS_FOR,
    Show,
    To,
)

REOPEN_WITHIN = timedelta(days=7)  # after that a complaint is a new case (peers.md 2.1, follow-up to a closed one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A legal move, made: the case as it now stands (version unchanged), its new rows, what to say."""

    case: Case
    rows: tuple[Row, ...]
    shows: tuple[Show, ...]
    passed: str | None = None  # who was responsible until now, where that changed


def step(case: Case, event: Happened, settings: Settings) -> Step | Refusal:
    """Apply one happening. Pure; `event.at` is the conduct clock's now."""
    target = _target(case, event)
    if target is None:
        return Refusal(text="refuse_state")
    comes_back = not case.open and target not in ENDED and event.event is not Event.SPLIT
    if comes_back and event.at - (case.ended_at or event.at) > REOPEN_WITHIN:
        return Refusal(text="refuse_too_late")
    apply = APPLY.get(event.event)
    written = apply(case, event, settings) if apply is not None else case
    if isinstance(written, Refusal):
        return written
    moved = _moved(case, written, target, event, settings)
    note, passed = event.note, None
    if moved.attendant != case.attendant:
        note = "；".join(x for x in (event.note, moved.why_attendant) if x)
        passed = case.attendant or None
    row = Row(at=event.at, event=event.event.value, by=event.by, note=note)
    return Step(case=moved, rows=(row,), shows=_shows(case, moved, event), passed=passed)


def _target(case: Case, event: Happened) -> State | None:
    """Where the happening leads, as the table says but for two: 不满意, and a word from beside."""
    target = NEXT[case.state].get(event.event)
    if event.event is Event.RATED and target is not None and event.args.get("grade") == "bad":
        return UNSATISFIED
    if event.event is Event.NOTED and case.state is State.ASSIGNED and case.role_of(event.by) != "responsible":
        return case.state  # it is no answer of who was asked
    return target


def _moved(before: Case, written: Case, target: State, event: Happened, settings: Settings) -> Case:
    """The case in its new stage, its alarm wound, kept or taken off."""
    if target in ENDED:
        return replace(written, state=target, touched_at=event.at, deadlines={}, ended_at=before.ended_at or event.at)
    if not _rewinds(before, written, target, event):
        return replace(written, state=target, touched_at=event.at)
    return replace(written, state=target, touched_at=event.at, reminders=0, ended_at=None, merged_into=None,
                   deadlines=_deadlines(written, target, event.at, settings))


def may(event: Event, parts: frozenset[str]) -> bool:
    """Whether somebody who is all of `parts` to the case may cause the event."""
    allowed = MAY.get(event)
    return allowed is not None and bool(allowed & parts)


def _deadlines(case: Case, state: State, at: datetime, settings: Settings) -> dict[str, datetime]:
    name, pace = DEADLINE[state], settings.pace_of(case.intent, case.urgent)
    if name == "deliver" and case.delivered_at is not None:
        name = "rate"
    return {name: later(at, getattr(pace, name), pace, settings)}


def _rewinds(before: Case, after: Case, state: State, event: Happened) -> bool:
    """Whether the alarm is wound anew: another stage or person, new haste, a sign of work, a result that arrived.

    What a reporter adds does not move it: asking again must not put off the answer.
    """
    if before.state is not state or before.urgent is not after.urgent or not after.deadlines:
        return True
    if WAITS_FOR[state] == "responsible":
        working = state is not State.ASSIGNED and event.event in SIGNS_OF_WORK
        return working or before.attendant != after.attendant
    return before.delivered_at != after.delivered_at or event.event is Event.ASKED


def _shows(before: Case, after: Case, event: Happened) -> tuple[Show, ...]:
    """What is said of the move: public lines stay out of private matters; nobody is told what he just did."""
    if event.event is Event.REMINDED:
        name = event.args["deadline"]  # at the top it is said once; after that the digest carries it, not the phone
        return () if name == "review" and name in before.deadlines else (REMINDS[name],)
    shows = SAYS.get(event.event, ())
    if event.event is Event.RATED and after.grade == "bad":
        shows = SAYS_UNSATISFIED
    if event.event is Event.SUPPLIED and event.by == CLOCK:
        shows = ()
    if event.event is Event.ACCEPTED and before.responded_at is not None:
        shows = tuple(s for s in shows if not s.public)
    if event.by == CLOCK:
        shows = tuple(s for s in shows if s.to is not To.SPEAKER)
    return tuple(s for s in shows if not (s.public and after.private))
