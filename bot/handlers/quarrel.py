"""Watches quarrels: the first anger brings two mediators before the member, at once and by name, and nothing into the group."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import disputes, mediated, visits
from bot.domain.case import Case, State
from bot.domain.events import BOT, Event, Happened
from bot.domain.mediation import FIRM
from bot.domain.parts import mediators_of, parts
from bot.domain.settings import Shop
from bot.domain.transitions import Step, step
from bot.domain.walls import Sort, marked, side_of
from bot.handlers import cards
from bot.handlers.context import Here, Speaker
from bot.handlers.report import join
from bot.handlers.tone import warmed
from bot.intents.heard import Heard
from bot.intents.speech import is_staff
from bot.intents.thread import SAME_TALK
from bot.messages import ButtonPress, ChatLine, Decision, Told
from bot.shards import shard_of
from bot.store.port import Change

FIRST = frozenset({"assigned", "assigned_dispute", "triage"})  # cards that the offer takes the place of: one card, one tap
CASE = "case/"


async def loads(lounge: str, here: Here) -> dict[str, int]:
    """How many open cases each mediator of a lounge has, wherever they are."""
    found: dict[str, int] = {}
    for person in mediators_of(lounge, here.settings):
        held = [name.removeprefix(CASE) for name in (await here.reader.person(person.id)).fields if name.startswith(CASE)]
        known = [await here.reader.case(number) for number in held]
        found[person.id] = sum(1 for case in known if case is not None and case.open and case.mediator == person.id)
    return found


async def watched(change: Change, here: Here) -> Change:
    """The change with what its anger calls for: a signal is answered once, a rise to the highest once more."""
    for case in change.cases:
        if case.mediation is None or not case.open or case.heated < 1 or disputes.violent(case, here.settings):
            continue
        before = await here.reader.case(case.id) if case.version else None
        risen = before is not None and before.heated < 2 <= case.heated
        if case.mediator is None and (case.mediation.signal_at is None or risen):
            change = await _offered(change, case, here)
    return change


async def _offered(change: Change, case: Case, here: Here) -> Change:
    """Two free mediators for the member; where it is a quarrel already, at any hour."""
    shown = disputes.offered(case, await loads(case.lounge, here), here.now, here.settings)
    names = "、".join(here.settings.people[p].name for p in shown)
    event = Happened(event=Event.MEDIATOR_SUGGESTED, at=here.now, by=BOT, note=f"火气{case.heated}级，可请：{names or '暂无'}",
                     args={"offered": ",".join(shown), "signal": "1"})
    done = step(case, event, here.settings)
    if not isinstance(done, Step):
        return change
    fresh = case.version == 0
    card = ("dispute_heated" if shown else "dispute_alone") if fresh or case.heated < 2 else ("dispute_alarm" if shown else "dispute_alone")
    line = cards.card_for(done.case, card, f"person:{case.attendant}", here, part="responsible",
                          key=f"{case.id}/{case.version + 1}/offer/{case.attendant}")
    line = replace(line, urgent=line.urgent or case.heated >= 2)
    say, forward = cards.send([line])
    kept = tuple(one for one in change.forward if not (fresh and _is_first(one[2], case)))
    rows = tuple((case.id, row) for row in done.rows)
    cases = tuple(done.case if one is case else one for one in change.cases)
    return replace(change, cases=cases, journal=change.journal + rows, say=change.say + say, forward=kept + forward)


def _is_first(what: object, case: Case) -> bool:
    return isinstance(what, Told) and what.say.case == case.id and what.say.card in FIRST and what.say.part == "responsible"


def forgotten(person: str, case: Case, here: Here) -> tuple[tuple[int, str, Told], ...]:
    """Lets a home forget a case that is no longer this person's; nothing is said."""
    line = cards.known_to(case, person, "mediator", here)
    return ((shard_of(person), f"{line.key}/gone", Told(say=line, open=False)),)


# Verbs of mediation without a number: what a person has to be to the case for it to be meant.
FITS: dict[str, frozenset[str]] = {
    "agree": frozenset({"reporter", "other"}), "party": frozenset({"reporter", "responsible", "mediator"}),
    "visit": frozenset({"reporter", "responsible", "mediator"}), "step": frozenset({"mediator"}),
    "fail": frozenset({"mediator", "responsible"}),
}


def fits(verb: str, case: Case, person: str) -> bool:
    """Whether a verb of mediation may mean this case when this person says it."""
    found, role = case.mediation, case.role_of(person)
    if role not in FITS[verb] or not (case.open or verb == "step" and found is not None and found.signed):
        return False
    if verb == "agree":
        return found is not None and bool(found.agreement)
    return verb != "party" or found is not None


async def answered_back(line: ChatLine, heard: Heard, here: Here) -> Change | None:
    """The other side's angry reply in the group before a card reached it: its account and its heat, never support; None for other talk."""
    angry = heard.heated or heard.heat or any(word in line.text for word in here.settings.mediation.retorts)
    if not angry or is_staff(line.name):  # most lines end here, without a look at any case
        return None
    for case in reversed(await here.reader.lately(line.lounge, here.now - SAME_TALK)):
        if not case.open or case.mediation is None:
            continue
        shop, other = disputes.answers_back(case, line.sender, line.name, line.text, here.settings)
        if other:
            return warmed(_account(case, shop, line, here), heard, line.sender)
    return None


def _account(case: Case, shop: Shop | None, line: ChatLine, here: Here) -> Change:
    """The words as a row of the record, for who is in charge; whose shop it is stays to be confirmed."""
    found = mediated.of(case)
    if shop is not None and not found.b_sender:
        found = replace(found, b_name=shop.name, b_sender=line.sender, b=FIRM)
        case = case.but(mediation=disputes.with_class(found, case, here.settings))
    change = join(case, line, Event.DETAILED, here, "另一方在群里回话")
    if not change.cases:
        return change
    after, charge = change.cases[0], (case.mediator, "mediator") if case.mediator else (case.attendant, "responsible")
    lines = [cards.card_for(after, "side_answered", f"person:{charge[0]}", here, part=charge[1], note=Sort.WORDS_B,
                            extra={"note": line.text})]
    if side_of(after, line.sender):
        lines.append(cards.known_to(after, line.sender, "other", here))
    say, forward = cards.send(lines)
    return replace(change, say=say, forward=forward)


async def side_speaks(line: ChatLine, case: Case, here: Here) -> Change:
    """What the other side says in private: a row of the record, for who is in charge alone, acknowledged."""
    change = join(case, line, Event.DETAILED, here, "另一方私下说的")
    card = acknowledged(line, case)
    ack = cards.card_for(case, card, f"person:{line.sender}", here, ping=False, part="other", key=f"{line.id}/{card}")
    say, forward = cards.send([ack])
    return replace(change, say=change.say + say, forward=change.forward + forward)


def acknowledged(line: ChatLine, case: Case) -> str:
    """The card that tells a side what became of its words: kept, passed on, or to be carried by hand."""
    if case.mediation is None or not marked(line.text):
        return "detail_ok"
    return "passed_ok" if line.sender != case.reporter or case.mediation.b_sender else "passed_later"


async def after_its_day(line: ChatLine, case: Case, here: Here) -> Change | None:
    """What a side answers when it is asked whether the agreement was kept: for who looks after it; None for other talk."""
    found = case.mediation
    if found is None or found.fulfil_at is None or here.now < found.fulfil_at or not mediated.complete(case):
        return None
    if case.open and case.state is not State.RESOLVED or not side_of(case, line.sender):
        return None
    event = Happened(event=Event.MEDIATION_STEP, at=here.now, by=line.sender, note=line.text, args={"answer": "1"})
    done = step(case, event, here.settings)
    if not isinstance(done, Step):
        return None
    speaker = Speaker(line.sender, True, line.name)
    return cards.change_for(done.case, [(case.id, row) for row in done.rows], cards.lines_of(done, event, here, speaker),
                            decision=Decision(id=line.id, decision="attach", intent=case.intent, case=case.id, why="回了履约情况"))


async def plain(line: ChatLine, case: Case, here: Here) -> Change | None:
    """可以 or 不行 said to a proposed time by who has to say it; None for any other words."""
    found = case.mediation
    waits = found is not None and found.visit_at is not None and line.sender in visits.waiting(case)
    said = visits.answer(line.text) if waits else ""
    if not said or "mediator" not in parts(line.sender, case, here.settings) and line.sender != case.attendant:
        return None
    from bot.handlers import visiting

    press = ButtonPress(id=line.id, at=line.at, sender=line.sender, verb="visit", case=case.id, lounge=case.lounge,
                        channel=line.channel, note=line.text, args={"grade": said})
    return await visiting.act(press, case, here, Speaker(line.sender, True, line.name))
