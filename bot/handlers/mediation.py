"""调解: calls a mediator by one number, another where one cannot come; says who the other side is; asks the host about partners."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import assignment, disputes, mediated
from bot.domain.case import Case, Row
from bot.domain.commands import LABEL
from bot.domain.events import Event, Happened, Refusal
from bot.domain.mediation import BODY, FIRM, RESIDENT
from bot.domain.parts import partners_of, parts, who_may
from bot.domain.tables import MAY
from bot.domain.transitions import may, step
from bot.handlers import cards, quarrel, steps, visiting
from bot.handlers.context import Here, Speaker
from bot.messages import ButtonPress, Decision, Outgoing
from bot.store.port import Change

VERBS = frozenset({"mediate", "visit", "step", "agree", "party", "fail"})
CHOICE = {"first": 1, "second": 2, "一": 1, "二": 2, "两": 2}
NAMERS = frozenset({"responsible", "mediator", "host", "reporter"})  # who may say who the other side is
SURE = frozenset({"responsible", "mediator", "host"})
SORTS = (("居民", RESIDENT), ("住户", RESIDENT), ("业主", RESIDENT), ("协会", BODY), ("社团", BODY), ("团体", BODY),
         ("公司", FIRM), ("商户", FIRM), ("店", FIRM), ("厂", FIRM), ("物业", FIRM))


def concerns(press: ButtonPress, case: Case, here: Here) -> bool:
    """Whether a verb is one of mediation: always its own, 退单 of the mediator, 联动 in a quarrel."""
    if press.verb == "decline":
        return press.sender == case.mediator and press.sender != case.attendant
    return press.verb in VERBS or press.verb == "link" and case.mediation is not None


async def act(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """Carry out one verb of mediation."""
    chosen = {"mediate": mediate, "decline": cannot_come, "party": name_party, "link": ask_partners,
              "visit": visiting.act, "step": steps.act, "agree": steps.agree, "fail": steps.fail}[press.verb]
    return await chosen(press, case, here, speaker)


async def mediate(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """调解 1: the first of those who were shown; without a number the first who is free."""
    from bot.handlers.act import refusal, refuse

    if not may(Event.MEDIATION_OPENED, parts(press.sender, case, here.settings)):
        return refuse(press, case, "refuse_may", here, speaker, _may(press, MAY[Event.MEDIATION_OPENED], case, here))
    free = disputes.offered(case, await quarrel.loads(case.lounge, here), here.now, here.settings)
    shown = case.mediation.offered if case.mediation and case.mediation.offered else free
    index = _choice(press)
    if not 1 <= index <= len(shown):
        card = "which_mediator" if shown else "mediator_none"
        return refuse(press, case, card, here, speaker, {"items": disputes.named_list(shown, here.settings)})
    who = shown[index - 1]
    if who == case.mediator:
        return refusal(press, case, Refusal(text="refuse_state"), here, speaker)
    if disputes.conflicted(here.settings.people[who], case, here.settings) or \
            not assignment.present(here.settings.people.get(who), here.now):
        return refuse(press, case, "which_mediator", here, speaker, {"items": disputes.named_list(free, here.settings)})
    event = Happened(event=Event.MEDIATION_OPENED, at=here.now, by=press.sender, args={"mediator": who, "offered": ",".join(shown)},
                     note=f"请{here.settings.people[who].name}调解{_took(case, here)}")
    return _thanked(moved(press, case, event, here, speaker), case, press, here)


def _thanked(change: Change, before: Case, press: ButtonPress, here: Here) -> Change:
    """A mediator in whose place another was called is told so, and has the case no more."""
    gone = before.mediator
    if not change.cases or gone in (None, change.cases[0].mediator, press.sender):
        return change
    line = cards.card_for(change.cases[0], "mediator_replaced", f"person:{gone}", here, part="mediator")
    say, forward = cards.send([line], open_after=False)
    return replace(change, say=change.say + say, forward=change.forward + forward)


def _choice(press: ButtonPress) -> int:
    said = press.args.get("choice") or press.args.get("grade") or press.note.strip()[:1] or "1"
    return CHOICE.get(said) or (int(said) if said.isascii() and said.isdigit() else 0)


def _took(case: Case, here: Here) -> str:
    """How long it was from the first anger to the first mediator, for the journal."""
    found = case.mediation
    if found is None or found.signal_at is None or found.mediator_at is not None:
        return ""
    return f"，从发现到请人{int((here.now - found.signal_at).total_seconds() // 60)}分钟"


def moved(press: ButtonPress, case: Case, event: Happened, here: Here, speaker: Speaker,
          extra: dict[str, str] | None = None) -> Change:
    """Make a move and say what the tables say of it; a refused one is answered."""
    from bot.handlers.act import refusal

    done = step(case, event, here.settings)
    if isinstance(done, Refusal):
        return refusal(press, case, done, here, speaker)
    lines = cards.lines_of(done, event, here, speaker, extra)
    return cards.change_for(done.case, [(case.id, row) for row in done.rows], lines,
                            decision=_decided(press, case, LABEL.get(press.verb, press.verb)))


async def cannot_come(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """A mediator who cannot come leaves the case, and the next two are laid before the member."""
    free = disputes.offered(case, await quarrel.loads(case.lounge, here), here.now, here.settings)
    name = here.settings.people[press.sender].name
    event = Happened(event=Event.MEDIATOR_SUGGESTED, at=here.now, by=press.sender, note=f"{name}来不了",
                     args={"declined": press.sender, "offered": ",".join(free)})
    change = moved(press, case, event, here, speaker, {"who": name})
    if not change.cases:
        return change
    change = replace(change, forward=change.forward + quarrel.forgotten(press.sender, case, here))
    return change if free else _nobody_left(change, name, here)


def _nobody_left(change: Change, name: str, here: Here) -> Change:
    """With the list used up, member and host hear it in plain words instead of an empty choice."""
    case = change.cases[0]
    host = here.settings.lounges[case.lounge].host
    lines = [cards.card_for(case, "mediator_none", f"person:{who}", here, part=part, extra={"who": name})
             for who, part in {case.attendant: "responsible", host: "host"}.items()]
    kept = tuple(one for one in change.forward if getattr(getattr(one[2], "say", None), "card", "") != "mediator_declined")
    say, forward = cards.send(lines)
    return replace(change, say=change.say + say, forward=kept + forward)


async def name_party(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """对方 半亩灯影: a shop of the lounge, or a sort and a name; said by the speaker alone it stays 待确认."""
    from bot.handlers.act import need_note, refuse

    roles = parts(press.sender, case, here.settings)
    if not roles & NAMERS:
        return refuse(press, case, "refuse_may", here, speaker, _may(press, NAMERS, case, here))
    words = press.note.strip()
    if not words:
        return need_note(press, case, here)
    found = disputes.shops_named(words, case.lounge, here.settings)
    if len(found) > 1:
        return refuse(press, case, "which_party", here, speaker,
                      {"items": "\n".join(f"{n}. {s.building} {s.number} {s.name}" for n, s in enumerate(found, 1))})
    shop = found[0] if found else None
    sort = FIRM if shop else next((s for word, s in SORTS if word in words), "")
    args = {"party": shop.name if shop else words[:20], "account": (shop.contact or "") if shop else "", "sort": sort,
            "sure": "1" if roles & SURE else "0"}
    event = Happened(event=Event.DETAILED, at=here.now, by=press.sender, note=f"对方是{args['party']}", args=args)
    change = moved(press, case, event, here, speaker)
    if not change.cases:
        return change
    after = change.cases[0]
    lines = [cards.card_for(after, "party_ok", cards.answer_to(speaker, after, here), here, ping=False)]
    if args["account"]:
        lines.append(cards.known_to(after, args["account"], "other", here))
    lines += partners_asked(after, here) if roles & SURE or after.mediation and after.mediation.b_sure else []
    say, forward = cards.send(lines)
    return replace(change, say=change.say + say, forward=change.forward + forward)


def partners_asked(case: Case, here: Here) -> list[Outgoing]:
    """What lays the usual partners of a class before the host; nobody outside is told before he says so."""
    found = case.mediation
    if found is None or not found.proposed:
        return []
    host = here.settings.lounges[case.lounge].host
    return [cards.card_for(case, "partners_ask", f"person:{host}", here, part="host", extra={"partner": named(found.proposed, here)})]


def named(ids: tuple[str, ...], here: Here) -> str:
    """The names of partners."""
    return "、".join(here.settings.partners[p].name for p in ids if p in here.settings.partners)


async def ask_partners(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """联动 in a quarrel: the host's word brings them in (all that were proposed, or the one he names), another's asks the host."""
    from bot.handlers.act import arguments, refuse

    roles = parts(press.sender, case, here.settings)
    if not may(Event.LINKED, roles):
        return refuse(press, case, "refuse_may", here, speaker, _may(press, MAY[Event.LINKED], case, here))
    wanted = arguments(press, case, here).get("partner", "")
    going = (wanted,) if wanted else mediated.of(case).proposed
    known = {p.id for p in partners_of(case.lounge, here.settings)}
    if not going or not known.issuperset(going):
        return refuse(press, case, "need_partner", here, speaker, {"partners": cards.partners_said(case.lounge, here.settings)})
    if "host" not in roles:
        kept = case.but(mediation=replace(mediated.of(case), proposed=going))
        answer = cards.card_for(kept, "partners_wait", cards.answer_to(speaker, case, here), here, ping=False,
                                extra={"partner": named(going, here)})
        row = Row(at=here.now, event=Event.DETAILED.value, by=press.sender, note=f"想请{named(going, here)}，等客厅房东点头")
        return cards.change_for(kept, [(case.id, row)], [answer, *partners_asked(kept, here)], decision=_decided(press, case, "联动"))
    return _linked(press, case, going, here, speaker)


def _linked(press: ButtonPress, case: Case, going: tuple[str, ...], here: Here, speaker: Speaker) -> Change:
    """Each of them joins; who asked and the reporter hear it once, for all of them."""
    now, rows, lines = case, list[tuple[str, Row]](), list[Outgoing]()
    for partner in going:
        event = Happened(event=Event.LINKED, at=here.now, by=press.sender, note=named((partner,), here), args={"partner": partner})
        done = step(now, event, here.settings)
        if isinstance(done, Refusal):
            from bot.handlers.act import refusal
            return refusal(press, case, done, here, speaker)
        now, rows = done.case, [*rows, *((case.id, row) for row in done.rows)]
        last = partner == going[-1]
        told = cards.lines_of(done, event, here, speaker, {"partner": named(going if last else (partner,), here)})
        lines += [line for line in told if last or line.part == "partner"]
    left = tuple(p for p in mediated.of(now).proposed if p not in going)
    now = now.but(mediation=replace(mediated.of(now), proposed=left))
    return cards.change_for(now, rows, lines, decision=_decided(press, case, "联动"))


def _may(press: ButtonPress, allowed: frozenset[str], case: Case, here: Here) -> dict[str, str]:
    return {"command": LABEL.get(press.verb, press.verb), "who": who_may(allowed, here.settings, case)}


def _decided(press: ButtonPress, case: Case, why: str) -> Decision:
    return Decision(id=press.id, decision="act", intent=case.intent, case=case.id, why=why)
