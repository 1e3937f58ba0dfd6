"""What one happening makes of a case: its next state, its alarm, its journal row and what is to be said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain import feedback, mediation_tables
from bot.domain.case import ENDED, Case, Row, Rung, State
from bot.domain.deadlines import clocks, later
from bot.domain.effects import APPLY
from bot.domain.events import BOT, CLOCK, Event, Happened
from bot.domain.events import Refusal as Refusal
from bot.domain.settings import Settings
from bot.domain.silence import on_due as on_due
from bot.domain.tables import (
    AFTER,
    MAY,
    NEXT,
    NO_AGREEMENT,
    RATED_EARLY,
    SAYS,
    SAYS_HIGH_RISK,
    SAYS_UNSATISFIED,
    SIGNS_OF_WORK,
    TOLD_LATE,
    UNSATISFIED,
    WAITS_FOR,
    Show,
    To,
)

REOPEN_WITHIN = timedelta(days=7)  # after that a complaint is a new case (peers.md 2.1, follow-up to a closed one)
NOBODY = frozenset({CLOCK, BOT})  # what they do is no move of a person


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
    if target not in ENDED and written.attendant not in settings.people:
        written = _to_hub(written, settings)
    moved = _moved(case, written, _after(case, written, target, event), event, settings)
    note, passed = event.note, None
    if moved.attendant != case.attendant:
        note = "；".join(x for x in (event.note, _whose(moved, event, settings)) if x)
        passed = case.attendant or None
    usual = NEXT[case.state].get(event.event)
    row = Row(at=event.at, event=event.event.value, by=event.by, note=note,
              mark=event.args.get("grade") or event.args.get("outcome", ""), led="" if moved.state is usual else moved.state.value)
    return Step(case=moved, rows=(row,), shows=_shows(case, moved, event), passed=passed)


def _whose(case: Case, event: Happened, settings: Settings) -> str:
    """Whose it is from now on, in the journal's words: what the rows before have told already is not told again."""
    if event.event is Event.ESCALATED:
        return case.why_attendant.rpartition("，")[2]
    if event.event is Event.TRANSFERRED and event.by in settings.people and case.attendant in settings.people:
        return f"转给{settings.people[case.attendant].name}"
    return case.why_attendant


def _target(case: Case, event: Happened) -> State | None:
    """Where the happening leads, as the table says but for a few: 不满意, a word from beside, a hand-over taken up, 调解不成."""
    target = NEXT[case.state].get(event.event)
    if event.event is Event.RATED and target is not None and event.args.get("grade") == "bad":
        return UNSATISFIED
    if event.event is Event.NOTED and case.state is State.ASSIGNED and case.role_of(event.by) != "responsible":
        return case.state  # it is no answer of who was asked
    if event.event is Event.HANDED_OVER and "taken" in event.args:  # who takes it over has accepted it
        return State.HANDLING if case.state in (State.REPORTED, State.ASSIGNED) else case.state
    if event.event is Event.MEDIATION_STEP and "fail" in event.args and case.state is State.MEDIATING:
        return NO_AGREEMENT
    return target


def _after(before: Case, written: Case, target: State, event: Happened) -> State:
    """A rating closes only when every voice has heard the result; the last voice that hears it closes a rated case."""
    if before.state is not State.RESOLVED or target is UNSATISFIED:
        return target
    if event.event is Event.RATED and feedback.untold(written):
        return RATED_EARLY
    heard = event.event in (Event.DELIVERED, Event.NOTED, Event.SPLIT)
    if heard and written.grade is not None and written.delivered_at and not feedback.untold(written):
        return TOLD_LATE
    return target


def _to_hub(case: Case, settings: Settings) -> Case:
    """Who has left the installation leaves his cases to the host: never, not for an instant, nobody's."""
    host = settings.lounges[case.lounge].host
    gone = "原来负责的同志不在名单里了，" if case.attendant else ""
    return case.but(attendant=host, rung=Rung.HOST, why_attendant=f"{gone}先由客厅房东接手")


def _moved(before: Case, written: Case, target: State, event: Happened, settings: Settings) -> Case:
    """The case in its new stage, with who answers for what, its alarms wound, kept or taken off."""
    changes: dict[str, Any] = {"state": target, "touched_at": event.at}
    if event.by not in NOBODY:
        changes["moved_at"] = event.at
    if target in ENDED:
        changes |= _ended(before, written, event, settings)
        return written.but(**changes) if written is before else written.finished(changes)
    if not (before.organisation and before.attendant == written.attendant and before.level == written.level):
        collector, organisation, feeds = feedback.duties(written, settings)
        changes |= {"collector": collector, "organisation": organisation, "feedback": feeds}
    if before.attendant != written.attendant:
        changes["held_at"] = event.at
    rewinds = _rewinds(before, written, target, event)
    changes |= clocks(before, written, target, event, settings, rewinds=rewinds)
    return written.but(**changes) if written is before else written.finished(changes)


def _ended(before: Case, written: Case, event: Happened, settings: Settings) -> dict[str, Any]:
    """What an end leaves: only after-care, call-back and fulfilment may still ring."""
    left = {name: at for name, at in written.deadlines.items() if name in AFTER}
    pace = settings.pace_of(written.intent, written.urgent)
    if event.event is Event.CLOSED and pace.callback:
        left["callback"] = later(event.at, pace.callback, pace, settings)
    if event.event in (Event.CALLBACK_DONE, Event.RATED):  # there is an answer
        left.pop("callback", None)
    return {"deadlines": left, "ended_at": before.ended_at or event.at, "paused_at": None, "paused_until": None}


def may(event: Event, parts: frozenset[str]) -> bool:
    """Whether somebody who is all of `parts` to the case may cause the event."""
    allowed = MAY.get(event)
    return allowed is not None and bool(allowed & parts)


def _rewinds(before: Case, after: Case, state: State, event: Happened) -> bool:
    """Whether the alarm is wound anew: another stage or person, new haste, a sign of work, a result that arrived.

    What a reporter adds does not move it: asking again must not put off the answer.
    """
    if before.state is not state or before.urgent is not after.urgent or not after.deadlines:
        return True
    if event.event is Event.SETTINGS_CHANGED:
        return not after.reminders  # what was asked already is not asked again
    if WAITS_FOR[state] == "responsible":
        working = state is not State.ASSIGNED and event.event in SIGNS_OF_WORK
        return working or before.attendant != after.attendant
    if before.attendant != after.attendant and state is State.REPORTED:
        return True
    return before.told != after.told and not feedback.untold(after) or event.event is Event.ASKED


def _shows(before: Case, after: Case, event: Happened) -> tuple[Show, ...]:
    """What is said of the move: public lines stay out of private matters; nobody is told what he just did."""
    if event.event is Event.REMINDED:
        name = event.args["deadline"]  # at the top it is said once; after that the digest carries it, not the phone
        return () if name == "review" and name in before.deadlines else mediation_tables.reminders(name, after)
    if after.tier == "high" and before.tier != "high":
        return SAYS_HIGH_RISK
    quarrel = mediation_tables.shows(before, after, event)
    if quarrel is not None:
        return quarrel
    shows = SAYS.get(event.event, ())
    if event.event is Event.RATED and after.grade == "bad":
        shows = SAYS_UNSATISFIED
    if event.event is Event.SECONDED and before.state is State.RESOLVED:
        shows = (Show(To.SPEAKER, "result", ping=False),)  # who comes late hears at once what came of it
    if event.event is Event.SUPPLIED and event.by == CLOCK:
        shows = ()
    clock, again = event.by == CLOCK, event.event is Event.ACCEPTED and before.responded_at is not None
    if not (clock or again or after.private):
        return shows
    return tuple(s for s in shows if not (s.public and (again or after.private) or clock and s.to is To.SPEAKER))
