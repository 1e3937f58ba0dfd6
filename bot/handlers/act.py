"""Carries out a pressed or typed verb on a case, or says in one sentence what can be done instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain import assignment
from bot.domain.case import ENDED, Case, Row, State
from bot.domain.commands import CAUSES, LABEL, NEEDS_NOTE, TYPED
from bot.domain.events import Event, Happened
from bot.domain.parts import partners_of, parts, person_named, who_may
from bot.domain.staff import near
from bot.domain.tables import MAY, NEXT
from bot.domain.transitions import Refusal, may, step
from bot.handlers import cards
from bot.handlers.context import Here, Speaker
from bot.messages import ButtonPress, Decision, Outgoing
from bot.store.port import Change

WITH_NOTE_IN_REST = frozenset({"decline", "note", "ask", "escalate", "resolve", "reject", "dispute", "callback", "visit"})


async def act(press: ButtonPress, here: Here, speaker: Speaker) -> Change:
    """One verb on one case. Who may not, and what is no longer possible, is answered in a sentence."""
    case = await here.reader.case(press.case) if press.case else None
    if case is None:
        to = f"person:{speaker.id}" if speaker.private or not press.lounge else f"chat:{press.lounge}"
        return said(press, [cards.plain("case_gone", to, here, press.id, extra={"number": press.case or "？"})], "ignore",
                    f"没有 {press.case} 这一件")
    from bot.handlers import mediation

    if press.verb == "risk":
        from bot.handlers import risks  # what a high risk sets off has a file of its own
        return await risks.act(press, case, here, speaker)
    if press.verb in ("take", "takeall", "handover") or press.verb == "accept" and case.offered == press.sender:
        from bot.handlers import handover  # what changes hands has a file of its own
        return await handover.act(press, case, here, speaker)
    if mediation.concerns(press, case, here):
        return await mediation.act(press, case, here, speaker)
    if press.verb == "assist":
        from bot.handlers import assist
        return await assist.act(press, case, here, speaker)
    if press.verb not in LABEL:  # no card of ours has such a button: nothing is said to whoever made it up
        return said(press, [], "ignore", f"没有“{press.verb}”这个动作", case)
    event = event_of(press.verb, case)
    allowed = MAY.get(event, frozenset()) if event else frozenset()
    roles = parts(press.sender, case, here.settings)
    if event is None or not may(event, roles):
        extra = {"command": LABEL.get(press.verb, press.verb), "who": who_may(allowed, here.settings, case)}
        return refuse(press, case, "refuse_may", here, speaker, extra)
    args = arguments(press, case, here)
    if missing_note(press, args):
        return need_note(press, case, here)
    if press.verb == "reject":
        return await reject(press, case, here, speaker)
    if press.verb in ("merge", "split"):
        from bot.handlers import joining  # the two verbs that touch two cases have a file of their own
        return await joining.act(press, case, here, speaker)
    return carry_out(press, case, event, args, here, speaker)


def event_of(verb: str, case: Case) -> Event | None:
    """The event a verb causes; 没解决 after the end reopens."""
    if verb == "dispute" and case.state in ENDED:
        return Event.REOPENED
    return CAUSES.get(verb)


def arguments(press: ButtonPress, case: Case, here: Here) -> dict[str, str]:
    """The event's args: names turned into ids, the grade into its word, the rung of who is to have it."""
    args = dict(press.args)
    if press.verb in ("transfer", "handover"):
        person = person_named(args.get("to") or press.note.strip(), here.settings, near(case.lounge, here.settings, here.now))
        if person:
            rung = assignment.rung_for(person.id, case, here.now, here.settings)
            args |= {"to": person.id, "rung": rung.value, "why": assignment.chained(case, f"由{_by(press, here)}转来")}
        else:
            args.pop("to", None)
    if press.verb == "link":
        wanted = args.get("partner") or press.note.strip()
        partner = next((p for p in partners_of(case.lounge, here.settings) if wanted in (p.id, p.name, *p.scope)), None)
        args["partner"] = partner.id if partner else wanted
    if press.verb == "rate" and press.args.get("grade") is None:
        fixed = TYPED.get(press.note.strip()[:4], ("", {}))[1]
        args |= fixed
    return args


def _by(press: ButtonPress, here: Here) -> str:
    return cards.name_of(press.sender, here.settings)


def missing_note(press: ButtonPress, args: Mapping[str, str]) -> bool:
    """A button carries no words: some verbs ask for them once."""
    if press.verb not in NEEDS_NOTE or press.note.strip():
        return False
    return not (args.get("to") or args.get("partner") or args.get("at"))


def need_note(press: ButtonPress, case: Case, here: Here) -> Change:
    """Ask for the words in private; the person's home takes his next private line within 30 minutes for them."""
    line = cards.card_for(case, f"need_note_{press.verb}", f"person:{press.sender}", here, ping=False,
                          extra=_choices(case, here), key=f"{press.id}/need_note")
    return said(press, [line], "act", "按钮没有带话，先私下问一句", case)


def _choices(case: Case, here: Here) -> dict[str, str]:
    """Whom a card may name that asks for a person or a unit: those of the case's own lounge."""
    here_built = {b.name for b in here.settings.buildings_of(case.lounge)}
    people = "、".join(p.name for p in here.settings.people.values() if here_built.intersection(p.buildings))
    return {"people": people, "partners": cards.partners_said(case.lounge, here.settings)}


def carry_out(press: ButtonPress, case: Case, event: Event, args: dict[str, str], here: Here, speaker: Speaker) -> Change:
    """Make the move and say what the table says of it."""
    note = note_of(press, args, here)
    happened = Happened(event=event, at=here.now, by=press.sender, note=note, args=args)
    done = step(case, happened, here.settings)
    if isinstance(done, Refusal):
        return refusal(press, case, done, here, speaker)
    extra = {"partner": _partner_name(args, here)} if "partner" in args else None
    lines = cards.lines_of(done, happened, here, speaker, extra)
    final = done.case
    if _is_line(press):
        final = replace(final, messages=tuple(dict.fromkeys((*final.messages, press.id))))
    return cards.change_for(final, [(case.id, row) for row in done.rows], lines,
                            decision=Decision(id=press.id, decision="act", intent=case.intent, case=case.id,
                                              why=LABEL.get(press.verb, press.verb)))


def _is_line(press: ButtonPress) -> bool:
    return press.args.get("line") == "1"


def note_of(press: ButtonPress, args: Mapping[str, str], here: Here) -> str:
    """The journal's words for the event."""
    if press.verb in ("transfer", "handover"):
        reason = press.note.strip()
        person = here.settings.people.get(args.get("to", ""))
        if person and reason.startswith((person.name, person.id)):
            reason = reason[len(person.name if reason.startswith(person.name) else person.id):].strip()
        return reason
    if press.verb == "rate":
        said, why = here.settings.words.get(f"grade.{args.get('grade', '')}", ""), press.note.strip()
        return said if not why or why in TYPED else f"{said}：{why}"  # why somebody was not satisfied is what a week is read for
    if press.verb == "link":
        return _partner_name(args, here)
    if press.verb == "callback":
        return " ".join(x for x in (args.get("outcome", ""), args.get("grade", ""), press.note) if x)
    return press.note.strip()


def _partner_name(args: Mapping[str, str], here: Here) -> str:
    partner = here.settings.partners.get(args.get("partner", ""))
    return partner.name if partner else args.get("partner", "")


async def reject(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """不予受理 needs a second person: the first one's word waits in the overlay for somebody else's."""
    name = f"reject/{case.id}"
    if NEXT[case.state].get(Event.NOT_ACCEPTED) is None:
        return refusal(press, case, Refusal(text="refuse_state"), here, speaker)
    first = (await here.reader.overlay(case.lounge)).get(name)
    if first is None or first.split("|", 1)[0] == press.sender:
        line = cards.card_for(case, "second_needed", cards.answer_to(speaker, case, here), here, ping=False,
                              key=f"{press.id}/second_needed")
        change = said(press, [line], "act", "不予受理等第二个人点头", case)
        return replace(change, overlay=((case.lounge, name, f"{press.sender}|{press.note}"),))
    happened = Happened(event=Event.NOT_ACCEPTED, at=here.now, by=press.sender, note=press.note,
                        args={"first": first.split("|", 1)[0]})
    happened = replace(happened, note=_both(happened, first.split("|", 1)[1], here))
    done = step(case, happened, here.settings)
    if isinstance(done, Refusal):
        return refusal(press, case, done, here, speaker)
    lines = cards.lines_of(done, happened, here, speaker)
    rows = [(case.id, row) for row in done.rows]
    return cards.change_for(done.case, rows, lines, overlay=((case.lounge, name, None),),
                            decision=Decision(id=press.id, decision="act", intent=case.intent, case=case.id, why="不予受理"))


def _both(event: Happened, first_said: str, here: Here) -> str:
    """The journal's words for what two people have said, each with his name and his reason."""
    one, two = cards.name_of(event.args["first"], here.settings), cards.name_of(event.by, here.settings)
    return f"{one}初核：{first_said}；{two}复核：{event.note}"


def refusal(press: ButtonPress, case: Case, no: Refusal, here: Here, speaker: Speaker) -> Change:
    """A move that the rules refuse, in the words of its text."""
    if no.text == "need_note":
        return need_note(press, case, here)
    extra = {"command": LABEL.get(press.verb, press.verb), **_choices(case, here), **dict(no.facts)}
    return refuse(press, case, no.text, here, speaker, extra)


def refuse(press: ButtonPress, case: Case, card: str, here: Here, speaker: Speaker, extra: Mapping[str, str]) -> Change:
    """One plain sentence to who asked, where he asked."""
    if card == "refuse_may" and (card := _may_not(press, case, here)) == "case_gone":
        gone = cards.plain(card, cards.answer_to(speaker, case, here), here, press.id, extra={"number": case.id})
        return said(press, [gone], "act", f"没有他的 {case.id} 这一件")
    line = cards.card_for(case, card, cards.answer_to(speaker, case, here), here, extra=extra, ping=False,
                          key=f"{press.id}/{card}")
    return said(press, [line], "act", "没有照办：" + line.text, case)


def elsewhere(person: str, case: Case, here: Here) -> bool:
    """Whether somebody works for other lounges only: to him the case is not there."""
    from bot.handlers.partners import joined

    return person in here.settings.people and not parts(person, case, here.settings) and not case.role_of(person) \
        and not joined(person, case, here) and person not in near(case.lounge, here.settings, here.now)


def _may_not(press: ButtonPress, case: Case, here: Here) -> str:
    """Who has a part may say what he has to say; others hear whose it is; staff of other lounges, not even that it is there."""
    from bot.handlers.partners import joined

    if parts(press.sender, case, here.settings) or case.role_of(press.sender):
        return "refuse_may"
    guest = press.sender not in here.settings.people and not case.private  # whose lounge is not known: as with 进度
    in_sight = guest or _is_line(press) or joined(press.sender, case, here) or press.sender in near(case.lounge, here.settings, here.now)
    return "refuse_part" if in_sight else "case_gone"


def said(press: ButtonPress, lines: list[Outgoing], decision: str, why: str, case: Case | None = None) -> Change:
    """A Change that only answers."""
    say, forward = cards.send(lines, open_after=case.open if case else True)
    return Change(say=say, forward=forward,
                  decision=Decision(id=press.id, decision=decision, case=case.id if case else None,
                                    intent=case.intent if case else None, why=why))


def row(here: Here, event: Event, by: str, note: str = "") -> Row:
    """A journal row of now."""
    return Row(at=here.now, event=event.value, by=by, note=note)


__all__ = ["State", "act", "carry_out", "refuse", "row", "said"]
