"""What each happening writes into a case, its stage and its alarm apart; a wrong move is a Refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.domain import assignment, feedback, mediated, risk
from bot.domain.case import LADDER, LEVEL_OF, Case, Rung, State, Supporter
from bot.domain.deadlines import later, reply_at
from bot.domain.events import CLOCK, Event, Happened
from bot.domain.events import Refusal as Refusal
from bot.domain.parts import partners_of
from bot.domain.settings import Settings
from bot.domain.tables import BESIDE, RINGS_ONCE

GIST_MOST = 160  # characters of the reporter's words that a case keeps; the journal has the rest
BETWEEN = "；"  # the lines of a gist
RESULT_LEAST = 4  # characters; a shorter result says nothing


def _moved_to(case: Case, event: Happened, settings: Settings) -> Case:
    """Hand the case to the person named in the event; who had it may still take it up."""
    to, rung = event.args.get("to", ""), Rung(event.args.get("rung", case.rung.value))
    asked = case.asked
    if case.attendant and case.attendant != to and case.attendant not in asked:
        asked = (*asked, case.attendant)
    return case.but(
        attendant=to, rung=rung, asked=tuple(p for p in asked if p != to), offered="",
        helpers=tuple(p for p in case.helpers if p != to),
        level=max_level(case.level, LEVEL_OF.get(rung, "C")), why_attendant=event.args.get("why", ""),
    )


def max_level(one: str, other: str) -> str:
    """The higher of two levels: A (district) above B (street) above C (community); "" is none yet."""
    return min(one or other, other or one)


def _reported(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    """The power over it is not known: it waits with the host, who decides where it goes."""
    if event.args.get("to") not in settings.people:
        return Refusal(text="need_person")
    return case.but(attendant=event.args["to"], rung=Rung(event.args.get("rung", Rung.HOST)), level="",
                    why_attendant=event.args.get("why", ""))


def _assigned(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    if event.args.get("to") not in settings.people:
        return Refusal(text="need_person")
    return _moved_to(case, event, settings).but(asked=())


def _accepted(case: Case, event: Happened, settings: Settings) -> Case:
    taken = _taken_by(case, event, settings)
    return taken if taken.responded_at and taken.level else taken.but(
        responded_at=case.responded_at or event.at, level=taken.level or "C")


def _taken_by(case: Case, event: Happened, settings: Settings) -> Case:
    """Whoever of the asked takes it up first has it, and the ladder goes on from his rung."""
    if event.by == case.attendant or event.by not in case.asked:
        return case
    seats = assignment.ladder(case.lounge, case.building, event.at, settings, case.station, assignment.matter_of(case))
    rung = next((s.rung for s in seats if s.person == event.by), case.rung)
    return case.but(attendant=event.by, why_attendant="本人接手", rung=rung,
                    level=max_level(case.level, LEVEL_OF.get(rung, "C")),
                    asked=tuple(p for p in (*case.asked, case.attendant) if p != event.by))


def _noted(case: Case, event: Happened, settings: Settings) -> Case:
    """Who is responsible answers by a word; after remind_deliver it says that he told the reporter himself."""
    case = mediated.tried(case, event)
    if case.role_of(event.by) != "responsible":
        return case
    if case.state is State.RESOLVED:
        return feedback.reached(case, "", event.at) if case.reminders else case
    return _accepted(case, event, settings)


def _declined(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    """One 退单 goes to the next rung, from the top to the host; the second to the host, who decides (先办后议)."""
    if event.by != case.attendant:  # it has left him already: nothing to give back
        return Refusal(text="refuse_state")
    if not event.note:
        return Refusal(text="need_note")
    again = case.declines >= 1
    if again and case.rung is Rung.HOST:
        return Refusal(text="refuse_decides")
    seat = assignment.host_seat(case, event.at, settings) if again else assignment.following(
        case.but(asked=()), event.at, settings) or assignment.host_seat(case, event.at, settings)
    if seat is None:
        return Refusal(text="refuse_last")
    going = replace(event, args={"to": seat.person, "rung": seat.rung.value, "why": seat.why})
    handed = _moved_to(case, going, settings)
    return handed.but(declines=case.declines + 1, asked=tuple(p for p in handed.asked if p != event.by))


def _escalated(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    """By the clock to the rung in `args`; by a person, with a reason, to the host or above."""
    if event.by == CLOCK:
        return _transferred(case, event, settings)
    if not event.note:
        return Refusal(text="need_note")
    seat = assignment.following(case, event.at, settings, least=Rung.HOST)
    if seat is None:
        return Refusal(text="refuse_top")
    if seat.rung in LEVEL_OF and not mediated.may_climb(case, settings):
        return Refusal(text="local_first")
    going = replace(event, args={"to": seat.person, "rung": seat.rung.value, "why": seat.why})
    return _moved_to(case, going, settings)


def _transferred(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    if event.args.get("to") not in settings.people or event.args["to"] == case.attendant:
        return Refusal(text="need_person")
    moved = _moved_to(case, event, settings)
    return moved.but(asked=()) if LADDER.index(moved.rung) < LADDER.index(case.rung) else moved  # down: the climb begins anew


def _handed_over(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    """Like a transfer, but who leaves is not asked again."""
    moved = _transferred(case, event, settings)
    if isinstance(moved, Refusal):
        return moved
    moved = moved.but(asked=tuple(p for p in moved.asked if p != case.attendant))
    if "taken" in event.args and case.state in (State.REPORTED, State.ASSIGNED):
        moved = _accepted(moved, event, settings)
    return risk.judged(moved, event, settings) if "tier" in event.args else moved


def _resolved(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    if len(event.note.strip()) < RESULT_LEAST:
        return Refusal(text="need_note")
    taken = _taken_by(case, event, settings)
    heard = event.by in feedback.voices(case)  # who settles his own matter need not be told
    return taken.but(result=event.note, resolved_at=event.at, told=(event.by,) if heard else (), grade=None,
                     delivered_at=event.at if event.by == case.reporter else None,
                     responded_at=case.responded_at or event.at)


def _delivered(case: Case, event: Happened, settings: Settings) -> Case:
    return feedback.reached(case, event.args.get("who", case.reporter), event.at)


def _rated(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    grade = event.args.get("grade", "")
    if grade not in ("good", "fair", "bad"):
        return Refusal(text="need_grade")
    rated = feedback.reached(case, case.reporter, event.at).but(grade=grade)  # who judges a result has heard it
    return _new_round(rated, event, settings) if grade == "bad" else rated


def _new_round(case: Case, event: Happened, settings: Settings) -> Case:
    """没解决 goes back to who handled it; 不满意 to another person; from the third round on to the host or above."""
    rounds, handled_by = case.rounds + 1, case.attendant
    fresh = case.but(rounds=rounds, resolved_at=None, delivered_at=None, told=(), result="", round_at=event.at,
                     handle_by=None, overdue_at=None, paused_at=None, paused_until=None, paused=0,
                     level=case.level or "C")
    unsatisfied = event.event is Event.RATED and case.resolved_at is not None  # else nobody has handled it yet
    if not (unsatisfied or rounds >= 3):
        return fresh
    least = Rung.HOST if rounds >= 3 else None
    seat = assignment.following(case.but(asked=()), event.at, settings, least=least)
    if seat is None:
        return fresh
    args = {"to": seat.person, "rung": seat.rung.value, "why": f"第{rounds}轮办理，换人跟进"}
    moved = _moved_to(fresh, replace(event, args=args), settings)
    return moved.but(asked=tuple(p for p in moved.asked if p != handled_by)) if unsatisfied else moved


def _asked(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    if not event.note:
        return Refusal(text="need_note")
    return _accepted(case, event, settings)


def _detailed(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    """More about the matter: the reporter's words, a place, urgency, heat, or how high somebody judges the risk."""
    args = event.args
    if "party" in args:
        return mediated.party_named(case, event, settings)
    if "tier" in args:
        return risk.judged(case, event, settings)
    own = event.by == case.reporter and event.event is not Event.SECONDED and len(case.gist) < GIST_MOST
    return case.but(
        gist=f"{case.gist}{BETWEEN}{event.note}"[:GIST_MOST] if own and event.note else case.gist,
        messages=_with(case.messages, args.get("message")), unit=case.unit or args.get("unit"),
        urgent=case.urgent or args.get("urgent") == "1", heated=max(case.heated, int(args.get("heated", "0"))),
    )


def _seconded(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    found = _detailed(case, event, settings)
    if isinstance(found, Refusal) or event.by == case.reporter or any(s.sender == event.by for s in case.supporters):
        return found
    voice = Supporter(sender=event.by, at=event.at, message=event.args.get("message", ""))
    return found.but(supporters=(*case.supporters, voice))


def _reminded(case: Case, event: Happened, settings: Settings) -> Case:
    """The silent one is asked; the alarm of that name is set again, or is done with where it rings once."""
    pace, name = settings.pace_of(case.intent, case.urgent), event.args.get("deadline", "")
    if name in RINGS_ONCE:
        return case.but(deadlines={k: v for k, v in case.deadlines.items() if k != name})
    wait = {"review": pace.review, "rate": pace.rate, "deliver": pace.deliver}.get(name, pace.remind_every)
    again = reply_at(event.at, settings) if name == "reply" else later(event.at, wait, pace, settings)
    if name == "handle":
        return case.but(overdue_at=event.at, deadlines={**case.deadlines, name: again})
    kept = {} if name == "review" else case.deadlines
    return case.but(reminders=case.reminders + 1, deadlines={**kept, name: again})


def _visit(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    """An agreed visit lets the handling clock stand still until then; a time that nobody can read does not."""
    if case.state is State.MEDIATING:
        return mediated.visited(case, event, settings)
    at = moment(event.args.get("at", ""))
    if at is None or at <= event.at or case.state not in BESIDE:
        return case
    return case.but(paused_until=at)


def _not_accepted(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    """Two people say so, each with his name."""
    if event.args.get("first", event.by) == event.by:
        return Refusal(text="second_needed")
    return case


def _closed(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    """Nothing is closed whose result somebody has not heard."""
    return Refusal(text="refuse_untold") if feedback.untold(case) else case


def _linked(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    partner = event.args.get("partner", "")
    if all(partner != known.id for known in partners_of(case.lounge, settings)):
        return Refusal(text="need_partner")
    return case.but(partners=tuple(dict.fromkeys((*case.partners, partner))))


def _merged(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    into = event.args.get("into")
    if not into or into == case.id:
        return Refusal(text="case_gone")
    return case.but(merged_into=into)


def _with(messages: tuple[str, ...], more: str | None) -> tuple[str, ...]:
    return messages if not more or more in messages else (*messages, more)


def moment(text: str) -> datetime | None:
    """An ISO 8601 instant with its zone, or None."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


APPLY: dict[Event, Callable[[Case, Happened, Settings], Case | Refusal]] = {
    Event.ASSIGNED: _assigned, Event.ACCEPTED: _accepted, Event.NOTED: _noted, Event.DECLINED: _declined,
    Event.TRANSFERRED: _transferred, Event.ESCALATED: _escalated, Event.RESOLVED: _resolved,
    Event.DELIVERED: _delivered, Event.RATED: _rated, Event.DISPUTED: _new_round, Event.REOPENED: _new_round,
    Event.ASKED: _asked, Event.DETAILED: _detailed, Event.SECONDED: _seconded, Event.SUPPLIED: _detailed,
    Event.REPORTED: _reported, Event.VISIT_AGREED: _visit, Event.NOT_ACCEPTED: _not_accepted, Event.CLOSED: _closed,
    Event.MEDIATOR_SUGGESTED: mediated.suggested, Event.MEDIATION_OPENED: mediated.opened,
    Event.MEDIATION_STEP: mediated.stepped, Event.REMINDED: _reminded, Event.LINKED: _linked, Event.MERGED: _merged, Event.HANDED_OVER: _handed_over,
}
