"""What each happening writes into a case, its stage and its alarm apart; a wrong move is a Refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain import assignment
from bot.domain.case import LEVEL_OF, Case, Rung, State, Supporter
from bot.domain.events import CLOCK, Event, Happened
from bot.domain.settings import Pace, Settings

GIST_MOST = 160  # characters of the reporter's words that a case keeps; the journal has the rest
RESULT_LEAST = 4  # characters; a shorter result says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A move that is not made, and the text (with facts) that says what can be done instead."""

    text: str
    facts: tuple[tuple[str, str], ...] = ()


def later(at: datetime, minutes: int, pace: Pace, settings: Settings) -> datetime:
    """`minutes` later: of working time, or of plain time where the pace runs day and night."""
    return at + timedelta(minutes=minutes) if pace.always else settings.calendar.due(at, minutes)


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
    rung = next((s.rung for s in seats if s.person == event.by), case.rung)
    return replace(case, attendant=event.by, why_attendant="本人接手", rung=rung,
                   level=max_level(case.level, LEVEL_OF.get(rung, "C")),
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
    return _new_round(rated, event, settings) if grade == "bad" else rated


def _new_round(case: Case, event: Happened, settings: Settings) -> Case:
    """没解决 goes back to who handled it; 不满意 to another person; from the third round on to the host or above."""
    rounds, handled_by = case.rounds + 1, case.attendant
    fresh = replace(case, rounds=rounds, resolved_at=None, delivered_at=None, result="")
    unsatisfied = event.event is Event.RATED and case.resolved_at is not None  # else nobody has handled it yet
    if not (unsatisfied or rounds >= 3):
        return fresh
    least = Rung.HOST if rounds >= 3 else None
    seat = assignment.following(replace(case, asked=()), event.at, settings, least=least)
    if seat is None:
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
    return replace(case, reminders=case.reminders + 1, deadlines={name: later(event.at, wait, pace, settings)})


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


APPLY: dict[Event, Callable[[Case, Happened, Settings], Case | Refusal]] = {
    Event.ASSIGNED: _assigned, Event.ACCEPTED: _accepted, Event.NOTED: _noted, Event.DECLINED: _declined,
    Event.TRANSFERRED: _transferred, Event.ESCALATED: _escalated, Event.RESOLVED: _resolved,
    Event.DELIVERED: _delivered, Event.RATED: _rated, Event.DISPUTED: _new_round, Event.REOPENED: _new_round,
    Event.ASKED: _asked, Event.DETAILED: _detailed, Event.SECONDED: _seconded, Event.SUPPLIED: _detailed,
    Event.REMINDED: _reminded, Event.LINKED: _linked, Event.MERGED: _merged, Event.HANDED_OVER: _handed_over,
}
