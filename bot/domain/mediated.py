"""What the happenings of a mediation write into a case: offers, invitations, visits, steps, signatures, an end without one."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import disputes, playbook, visits
from bot.domain.case import Case
from bot.domain.events import Happened, Refusal
from bot.domain.mediation import Mediation
from bot.domain.settings import Settings


def of(case: Case) -> Mediation:
    """The case's mediation, a fresh one where it has none."""
    return case.mediation or Mediation()


def suggested(case: Case, event: Happened, settings: Settings) -> Case:
    """Mediators are shown to choose from (`offered`); one who cannot come (`declined`) is not shown again."""
    found, gone = of(case), event.args.get("declined", "")
    shown = tuple(filter(None, event.args.get("offered", "").split(",")))
    found = replace(found, offered=shown, signal_at=found.signal_at or (event.at if "signal" in event.args else None))
    if not gone:
        return case.but(mediation=found)
    found = visits.dropped(replace(found, declined=tuple(dict.fromkeys((*found.declined, gone)))))
    return case.but(mediation=found, mediator=None if gone == case.mediator else case.mediator)


def opened(case: Case, event: Happened, settings: Settings) -> Case:
    """A mediator is called; the month runs from the first one. It leaves the group."""
    found, who = of(case), event.args.get("mediator", "")
    if who and case.mediator and who != case.mediator:
        found = visits.dropped(found)  # another's time was agreed
    month = found.month_by or playbook.month_by(event.at, settings)
    found = replace(found, month_by=month, failed_at=None, mediator_at=found.mediator_at or (event.at if who else None))
    return case.but(mediation=found, mediator=who or case.mediator, private=True)


def stepped(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    """One step of the playbook, a proposed time, a yes or no to the agreement, or an end without one."""
    found, args = of(case), event.args
    if "visit" in args:
        at = visits.instant(args["visit"])
        return case if at is None else case.but(mediation=visits.proposed(found, at, event.by, case))
    if "unvisit" in args:
        return case.but(mediation=visits.dropped(found))
    if "sign" in args:
        return _signed(case, playbook.signing(found, args["sign"]))
    if "unsign" in args:
        return case.but(mediation=replace(found, signed=()))
    if "fail" in args:
        if len(event.note.strip()) < playbook.NOTE_LEAST:
            return Refusal(text="need_note")
        return case.but(mediation=replace(visits.dropped(found), tried=True, failed_at=event.at))
    if "step" not in args:
        return case
    said = playbook.Said(args["step"], event.note, args.get("side", ""), "skip" in args, args.get("paper", ""))
    done = playbook.taken(found, said, event.at, settings)
    if isinstance(done, Refusal):
        return done
    if said.step == playbook.CHECK:
        return case.but(mediation=done, deadlines={k: v for k, v in case.deadlines.items() if k != "fulfil"})
    return _signed(case, done)


def _signed(case: Case, found: Mediation) -> Case:
    """With both signatures the day of fulfilment is an alarm that outlives the end of the case."""
    both = len(found.signed) == 2 and found.fulfil_at is not None
    if not both or found.fulfil_at is None:
        return case.but(mediation=found)
    return case.but(mediation=found, deadlines={**case.deadlines, "fulfil": found.fulfil_at})


def visited(case: Case, event: Happened, settings: Settings) -> Case:
    """One more yes to the joint visit."""
    return case.but(mediation=visits.confirmed(of(case), event.by))


def party_named(case: Case, event: Happened, settings: Settings) -> Case:
    """Who the other side is (`party` its name, `account`, `sort`); said by who is in charge it is sure."""
    args = event.args
    found = replace(of(case), b_name=args["party"], b_sender=args.get("account", ""), b=args.get("sort", "") or of(case).b,
                    b_sure=args.get("sure") == "1")
    if not found.a:
        found = replace(found, a=disputes.sort_of_speaker(case, settings))
    return case.but(mediation=disputes.with_class(found, case, settings), private=True)


def tried(case: Case, event: Happened) -> Case:
    """A note of who is in charge that tells of an attempt on the spot."""
    found = case.mediation
    if found is None or found.tried or not any(word in event.note for word in TRIED):
        return case
    return case.but(mediation=replace(found, tried=True))


TRIED = ("上门", "当面", "劝", "调解", "说和", "谈过", "谈了", "两边都", "双方")


def may_climb(case: Case, settings: Settings) -> bool:
    """Whether a quarrel may go to the street: after one attempt on the spot, or where it is nothing to be settled there."""
    found = case.mediation
    return found is None or found.tried or case.level in ("A", "B") or disputes.violent(case, settings)


def part(event: Happened) -> str:
    """Which row of the table says what is said of a step."""
    for name in ("visit", "unvisit", "sign", "unsign", "fail", "answer"):
        if name in event.args:
            return name
    step = event.args.get("step", "")
    if step == playbook.CHECK:
        return "check"
    if step == playbook.AGREE:
        return "paper" if event.args.get("paper") else "agree"
    return "step" if step else ""


def remembered(case: Case) -> bool:
    """Whether a case is still somebody's: open, or agreed and not yet looked after."""
    return case.open or complete(case) and playbook.CHECK not in (case.mediation.steps if case.mediation else ())


def complete(case: Case) -> bool:
    """Whether both sides have signed."""
    return case.mediation is not None and len(case.mediation.signed) == 2
