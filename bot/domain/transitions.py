"""What one happening makes of a case: its next state, its alarm, its journal row and what is to be said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain import assignment, tables
from bot.domain.case import LEVEL_OF, Case, Row, Rung, State, Supporter
from bot.domain.events import CLOCK, Event, Happened
from bot.domain.settings import Pace, Settings
from bot.domain.silence import on_due as on_due
from bot.domain.tables import DEADLINE, MAY, NEXT, REMINDS, SAYS, WAITS_FOR, Show, To

REOPEN_WITHIN = timedelta(days=7)  # after that a complaint is a new case (peers.md 2.1, follow-up to a closed one)
GIST_MOST = 160  # characters of the reporter's words that a case keeps; the journal has the rest
RESULT_LEAST = 4  # characters; a shorter result says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A legal move, made: the case as it now stands (version unchanged), its new rows, what to say."""

    case: Case
    rows: tuple[Row, ...]
    shows: tuple[Show, ...]
    passed: str | None = None  # who was responsible until now, where that changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A move that is not made, and the text (with facts) that says what can be done instead."""

    text: str
    facts: tuple[tuple[str, str], ...] = ()


def step(case: Case, event: Happened, settings: Settings) -> Step | Refusal:
    """Apply one happening. Pure; `event.at` is the conduct clock's now."""
    target = NEXT[case.state].get(event.event)
    if target is None:
        return Refusal(text="refuse_state")
    if not case.open and _begins_anew(event) and event.at - (case.ended_at or event.at) > REOPEN_WITHIN:
        return Refusal(text="refuse_too_late")
    if event.event is Event.NOTED and case.state is State.ASSIGNED and case.role_of(event.by) != "responsible":
        target = case.state  # a word from beside is no answer of who was asked
    apply = _APPLY.get(event.event)
    moved = replace(case, state=target, touched_at=event.at)
    if apply is not None:
        done = apply(moved, event, settings)
        if isinstance(done, Refusal):
            return done
        moved = done
    if not moved.open:
        moved = replace(moved, deadlines={}, ended_at=case.ended_at or event.at)
    elif _rewinds(case, moved, event):
        moved = replace(moved, reminders=0, deadlines=_deadlines(moved, event.at, settings), ended_at=None,
                        merged_into=None)
    note = event.note
    if moved.attendant != case.attendant:
        note = "；".join(x for x in (event.note, moved.why_attendant) if x)
    row = Row(at=event.at, event=event.event.value, by=event.by, note=note)
    passed = case.attendant if moved.attendant != case.attendant and case.attendant else None
    return Step(case=moved, rows=(row,), shows=_shows(case, moved, event), passed=passed)


def may(event: Event, parts: frozenset[str]) -> bool:
    """Whether somebody who is all of `parts` to the case may cause the event."""
    allowed = MAY.get(event)
    return allowed is not None and bool(allowed & parts)


def _after(at: datetime, minutes: int, pace: Pace, settings: Settings) -> datetime:
    """`minutes` later: of working time, or of plain time where the pace runs day and night."""
    return at + timedelta(minutes=minutes) if pace.always else settings.calendar.due(at, minutes)


def _deadlines(case: Case, at: datetime, settings: Settings) -> dict[str, datetime]:
    name = DEADLINE.get(case.state)
    if name is None:
        return {}
    pace = settings.pace_of(case.intent, case.urgent)
    if name == "deliver" and case.delivered_at is not None:
        name = "rate"
    return {name: _after(at, getattr(pace, name), pace, settings)}


def _begins_anew(event: Happened) -> bool:
    return event.event is Event.REOPENED or event.event is Event.RATED and event.args.get("grade") == "bad"


def _rewinds(before: Case, after: Case, event: Happened) -> bool:
    """Whether the alarm is wound anew: another stage or person, new haste, a sign of work, a result that arrived.

    What a reporter adds does not move it: asking again must not put off the answer.
    """
    if before.state is not after.state or before.urgent is not after.urgent or not after.deadlines:
        return True
    if WAITS_FOR[after.state] == "responsible":
        working = after.state is not State.ASSIGNED and event.event in tables.SIGNS_OF_WORK
        return working or before.attendant != after.attendant
    return before.delivered_at != after.delivered_at or event.event is Event.ASKED


def _moved_to(case: Case, event: Happened, settings: Settings) -> Case:
    """Hand the case to the person named in the event; who had it may still take it up."""
    to, rung = event.args.get("to", ""), Rung(event.args.get("rung", case.rung.value))
    asked = case.asked
    if case.attendant and case.attendant != to and case.attendant not in asked:
        asked = (*asked, case.attendant)
    return replace(
        case, attendant=to, rung=rung, asked=tuple(p for p in asked if p != to),
        level=max_level(case.level, LEVEL_OF.get(rung, "C")), why_attendant=event.args.get("why", ""),
    )


def max_level(one: str, other: str) -> str:
    """The higher of two levels: A (district) above B (street) above C (community)."""
    return min(one, other)


def _assigned(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    if event.args.get("to") not in settings.people:
        return Refusal(text="need_person")
    return replace(_moved_to(case, event, settings), asked=())


def _accepted(case: Case, event: Happened, settings: Settings) -> Case:
    return replace(_taken_by(case, event, settings), responded_at=case.responded_at or event.at)


def _taken_by(case: Case, event: Happened, settings: Settings) -> Case:
    """Whoever of the asked takes it up first has it, and the ladder goes on from his rung."""
    if event.by == case.attendant or event.by not in case.asked:
        return case
    seats = assignment.ladder(case.lounge, case.building, event.at, settings)
    return replace(case, attendant=event.by, why_attendant="本人接手",
                   rung=next((s.rung for s in seats if s.person == event.by), case.rung),
                   asked=tuple(p for p in (*case.asked, case.attendant) if p != event.by))


def _noted(case: Case, event: Happened, settings: Settings) -> Case:
    """Who is responsible answers by a word; after remind_deliver it says that he told the reporter himself."""
    if case.role_of(event.by) != "responsible":
        return case
    if case.state is State.RESOLVED:
        return _delivered(case, event, settings) if case.reminders else case
    return _accepted(case, event, settings)


def _declined(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    """One 退单 goes to the next rung; the second to the host, who decides (先办后议)."""
    if event.by != case.attendant:  # it has left him already: nothing to give back
        return Refusal(text="refuse_state")
    if not event.note:
        return Refusal(text="need_note")
    least = Rung.HOST if case.declines >= 1 else None
    seat = assignment.following(replace(case, asked=()), event.at, settings, least=least)
    if seat is None:
        return Refusal(text="refuse_last")
    going = replace(event, args={"to": seat.person, "rung": seat.rung.value, "why": seat.why})
    handed = _moved_to(case, going, settings)
    return replace(handed, declines=case.declines + 1, asked=tuple(p for p in handed.asked if p != event.by))


def _escalated(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    """By the clock to the rung in `args`; by a person, with a reason, to the host or above."""
    if event.by == CLOCK:
        return _transferred(case, event, settings)
    if not event.note:
        return Refusal(text="need_note")
    seat = assignment.following(case, event.at, settings, least=Rung.HOST)
    if seat is None:
        return Refusal(text="refuse_top")
    going = replace(event, args={"to": seat.person, "rung": seat.rung.value, "why": seat.why})
    return _moved_to(case, going, settings)


def _transferred(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    if event.args.get("to") not in settings.people or event.args["to"] == case.attendant:
        return Refusal(text="need_person")
    return _moved_to(case, event, settings)


def _handed_over(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    """Like a transfer, but who leaves is not asked again."""
    moved = _transferred(case, event, settings)
    if isinstance(moved, Refusal):
        return moved
    return replace(moved, asked=tuple(p for p in moved.asked if p != case.attendant))


def _resolved(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    if len(event.note.strip()) < RESULT_LEAST:
        return Refusal(text="need_note")
    taken = _taken_by(case, event, settings)
    return replace(taken, result=event.note, resolved_at=event.at, delivered_at=None, grade=None,
                   responded_at=case.responded_at or event.at)


def _delivered(case: Case, event: Happened, settings: Settings) -> Case:
    return replace(case, delivered_at=case.delivered_at or event.at)


def _rated(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    grade = event.args.get("grade", "")
    if grade not in ("good", "fair", "bad"):
        return Refusal(text="need_grade")
    rated = replace(case, grade=grade, delivered_at=case.delivered_at or event.at)
    return _new_round(replace(rated, state=tables.UNSATISFIED), event, settings) if grade == "bad" else rated


def _new_round(case: Case, event: Happened, settings: Settings) -> Case:
    """没解决 goes back to who handled it; 不满意 to another person; from the third round on to the host or above."""
    rounds, handled_by = case.rounds + 1, case.attendant
    fresh = replace(case, rounds=rounds, resolved_at=None, delivered_at=None, result="")
    unsatisfied = event.event is Event.RATED and case.resolved_at is not None  # else nobody has handled it yet
    least = Rung.HOST if rounds >= 3 else None
    seat = assignment.following(replace(case, asked=()), event.at, settings, least=least)
    if seat is None or not (unsatisfied or rounds >= 3):
        return fresh
    args = {"to": seat.person, "rung": seat.rung.value, "why": f"第{rounds}轮办理，换人跟进"}
    moved = _moved_to(fresh, replace(event, args=args), settings)
    return replace(moved, asked=tuple(p for p in moved.asked if p != handled_by)) if unsatisfied else moved


def _asked(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    if not event.note:
        return Refusal(text="need_note")
    return _accepted(case, event, settings)


def _detailed(case: Case, event: Happened, settings: Settings) -> Case:
    args = event.args
    own = event.by == case.reporter and event.event is not Event.SECONDED and len(case.gist) < GIST_MOST
    return replace(
        case, gist=f"{case.gist}；{event.note}"[:GIST_MOST] if own and event.note else case.gist,
        messages=_with(case.messages, args.get("message")), unit=case.unit or args.get("unit"),
        urgent=case.urgent or args.get("urgent") == "1", heated=max(case.heated, int(args.get("heated", "0"))),
    )


def _seconded(case: Case, event: Happened, settings: Settings) -> Case:
    case = _detailed(case, event, settings)
    if event.by == case.reporter or any(s.sender == event.by for s in case.supporters):
        return case
    voice = Supporter(sender=event.by, at=event.at, message=event.args.get("message", ""))
    return replace(case, supporters=(*case.supporters, voice))


def _reminded(case: Case, event: Happened, settings: Settings) -> Case:
    pace, name = settings.pace_of(case.intent, case.urgent), event.args.get("deadline", "")
    wait = {"review": pace.review, "rate": pace.rate, "deliver": pace.deliver}.get(name, pace.remind_every)
    return replace(case, reminders=case.reminders + 1, deadlines={name: _after(event.at, wait, pace, settings)})


def _linked(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    partner = event.args.get("partner", "")
    if partner not in settings.partners:
        return Refusal(text="need_partner")
    return replace(case, partners=tuple(dict.fromkeys((*case.partners, partner))))


def _merged(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    into = event.args.get("into")
    if not into or into == case.id:
        return Refusal(text="case_gone")
    return replace(case, merged_into=into)


def _with(messages: tuple[str, ...], more: str | None) -> tuple[str, ...]:
    return messages if not more or more in messages else (*messages, more)


_APPLY: dict[Event, Callable[[Case, Happened, Settings], Case | Refusal]] = {
    Event.ASSIGNED: _assigned, Event.ACCEPTED: _accepted, Event.NOTED: _noted, Event.DECLINED: _declined,
    Event.TRANSFERRED: _transferred, Event.ESCALATED: _escalated, Event.RESOLVED: _resolved,
    Event.DELIVERED: _delivered, Event.RATED: _rated, Event.DISPUTED: _new_round, Event.REOPENED: _new_round,
    Event.ASKED: _asked, Event.DETAILED: _detailed, Event.SECONDED: _seconded, Event.SUPPLIED: _detailed,
    Event.REMINDED: _reminded, Event.LINKED: _linked, Event.MERGED: _merged, Event.HANDED_OVER: _handed_over,
}


def _shows(before: Case, after: Case, event: Happened) -> tuple[Show, ...]:
    """What is said of the move: public lines stay out of private matters; nobody is told what he just did."""
    if event.event is Event.REMINDED:
        name = event.args["deadline"]  # at the top it is said once; after that the digest carries it, not the phone
        return () if name == "review" and name in before.deadlines else (REMINDS[name],)
    shows = SAYS.get(event.event, ())
    if event.event is Event.RATED and after.grade == "bad":
        shows = tables.SAYS_UNSATISFIED
    if event.event is Event.SUPPLIED and event.by == CLOCK:
        shows = ()
    if event.event is Event.ACCEPTED and before.responded_at is not None:
        shows = tuple(s for s in shows if not s.public)
    if event.by == CLOCK:
        shows = tuple(s for s in shows if s.to is not To.SPEAKER)
    return tuple(s for s in shows if not (s.public and after.private))
