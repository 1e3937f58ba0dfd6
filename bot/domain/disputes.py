"""Knows a quarrel of two parties when it sees one: who the sides are, its class, whom it takes, who may mediate it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.assignment import present
from bot.domain.case import Case
from bot.domain.mediation import BODY, FIRM, RESIDENT, Mediation
from bot.domain.parts import mediators_of, partners_of
from bot.domain.settings import Person, Settings, Shop

OFFERED = 2  # mediators shown at a time
_OPEN_WORDS = re.compile(r"[我咱]")


def recognised(case: Case, settings: Settings) -> Mediation | None:
    """The quarrel in a fresh case, or None. The second party is named where the words name it, else it is `隔壁` and the like."""
    rules, intent = settings.mediation, settings.intents.get(case.intent)
    if intent is None:
        return None
    shop, word = _shop_in(case, settings), neighbour_in(case.gist, settings)
    turned = case.intent in rules.turned and bool(shop or word) and bool(_OPEN_WORDS.search(case.gist))
    named = shop is not None and shop.kind == FIRM and intent.kind == "appeal" and case.intent == "noise"
    if not (intent.two_sided and intent.private or turned or named):
        return None
    found = Mediation(a=sort_of_speaker(case, settings), b=_sort_of_other(case, shop, settings),
                      b_name=shop.name if shop else word, b_sender=(shop.contact or "") if shop else "")
    return with_class(found, case, settings)


def with_class(found: Mediation, case: Case, settings: Settings) -> Mediation:
    """The mediation with its class and the partners it usually takes; neither before both sorts are known."""
    kind = class_of(found.a, found.b, settings)
    known = tuple(p for p in partners_for(kind, case.intent, settings, case.lounge) if p not in case.partners)
    return replace(found, kind=kind, proposed=known)


def class_of(a: str, b: str, settings: Settings) -> str:
    """The class of a dispute by the sorts of its sides, whoever spoke first; "" (待确认) where the table has none."""
    return next((name for name, kind in settings.mediation.classes.items() if sorted(kind.sides) == sorted((a, b))), "")


def partners_for(kind: str, intent: str, settings: Settings, lounge: str) -> tuple[str, ...]:
    """The ids of the partners of a lounge that a class takes for a kind of matter: the matter's row goes before the class's."""
    known = settings.mediation.classes.get(kind)
    wanted = known.by_matter.get(intent, known.partners) if known else ()
    here = partners_of(lounge, settings) if wanted else ()
    named = (next((p.id for p in here if word in p.scope), None) for word in wanted)
    return tuple(dict.fromkeys(filter(None, named)))


def neighbour_in(text: str, settings: Settings) -> str:
    """The word by which a second party without a name is called; the longest wins, "" for none."""
    return max((word for word in settings.mediation.neighbours if word in text), key=len, default="")


def own_shop(case: Case, settings: Settings) -> Shop | None:
    """The shop that the speaker speaks for: by his account, else by the door number in his name.

    In a wage matter the number in a worker's name is his employer's: A厂房-小刘 does not speak for the factory.
    """
    here, name = _shops(case.lounge, settings), case.reporter_name.upper()
    mine = next((s for s in here if s.contact == case.reporter), None)
    if mine is None and case.intent in settings.mediation.wage:
        return None
    return mine or next((s for s in here if s.number.upper() in name and case.building in (None, s.building)), None)


def sort_of_speaker(case: Case, settings: Settings) -> str:
    """resident or firm; "" where a lounge has both and nothing tells."""
    if own_shop(case, settings) is not None:
        return FIRM
    if case.intent in settings.mediation.wage:
        return RESIDENT
    kinds = settings.lounges[case.lounge].kinds
    return {"merchant": FIRM, "resident": RESIDENT}[kinds[0]] if len(kinds) == 1 else ""


def _sort_of_other(case: Case, shop: Shop | None, settings: Settings) -> str:
    rules = settings.mediation
    if shop is not None:
        return FIRM
    if case.intent in rules.across:
        return rules.across[case.intent]
    for sort in (BODY, FIRM, RESIDENT):
        if any(word in case.gist for word in rules.sorts.get(sort, ())):
            merchant = settings.lounges[case.lounge].kinds == ("merchant",)
            return FIRM if sort == RESIDENT and merchant else sort
    return ""


def _shops(lounge: str, settings: Settings) -> list[Shop]:
    here = {b.name for b in settings.buildings_of(lounge)}
    return [s for s in settings.shops.values() if s.building in here]


def shops_named(text: str, lounge: str, settings: Settings) -> list[Shop]:
    """The shops of a lounge that the words name, by name, alias or door number."""
    said = text.upper()
    return [s for s in _shops(lounge, settings) if any(w.upper() in said for w in (s.name, s.number, *s.aliases))]


def _shop_in(case: Case, settings: Settings) -> Shop | None:
    """The one shop that is named beside the speaker's own; of two nobody is meant."""
    own = own_shop(case, settings)
    found = [s for s in shops_named(case.gist, case.lounge, settings) if s is not own]
    return found[0] if len(found) == 1 else None


def answers_back(case: Case, sender: str, name: str, text: str, settings: Settings) -> tuple[Shop | None, bool]:
    """(the speaker's shop, whether he is the other side): by his account, his shop's name or number, or how he retorts.

    A shop that is neither of the two named sides is a bystander, however it talks.
    """
    found = case.mediation
    if found is None or sender == case.reporter:
        return None, False
    here, own = _shops(case.lounge, settings), own_shop(case, settings)
    said = name.upper()
    shop = next((s for s in here if s.contact == sender or any(w.upper() in said for w in (s.name, s.number, *s.aliases))), None)
    if found.b_sender or found.b_name and found.b_name not in settings.mediation.neighbours:
        return shop, sender == found.b_sender or shop is not None and shop is not own and shop.name == found.b_name
    return shop, shop is not own and any(word in text for word in settings.mediation.retorts)


def other_said(case: Case, settings: Settings) -> str:
    """The other side as a card calls it: 隔壁（待确认）, 半亩灯影, 待确认."""
    found = case.mediation
    if found is None or not found.b_name:
        return "待确认"
    own = own_shop(case, settings)
    near = found.b_name in settings.mediation.neighbours and own is not None
    name = f"{own.number} 的{found.b_name}" if near and own else found.b_name
    return name if found.b_sure else f"{name}（待确认）"


def class_said(case: Case, settings: Settings) -> str:
    """The class as a card calls it; 待确认 while a side is not known."""
    kind = settings.mediation.classes.get(case.mediation.kind if case.mediation else "")
    return kind.name if kind else "待确认"


def violent(case: Case, settings: Settings) -> bool:
    """Whether it is nothing to be settled on the spot: danger to life, violence, crime, or what config names."""
    rules = settings.mediation
    return case.urgent or case.intent in rules.beyond or any(word in case.gist for word in rules.crime)


def leaves_group(intent: str, lounge: str, settings: Settings) -> bool:
    """Whether a matter leaves the group before any detail is asked: wages, where an employer may sit in it."""
    sits = any(s.contact for s in _shops(lounge, settings))
    return sits and intent in settings.mediation.wage


def mediators(case: Case, loads: Mapping[str, int], at: datetime, settings: Settings) -> list[Person]:
    """Who may mediate now, best first: the least loaded, then who knows the matter. Nobody who is near to a side."""
    declined = case.mediation.declined if case.mediation else ()
    free = [p for p in mediators_of(case.lounge, settings) if present(p, at) and p.id not in declined
            and p.id != case.mediator and not conflicted(p, case, settings)]
    return sorted(free, key=lambda p: (loads.get(p.id, 0), case.intent not in p.skills))


def conflicted(person: Person, case: Case, settings: Settings) -> bool:
    """Whether somebody is a side of the case, a neighbour of it, or tied to one of its people."""
    other = case.mediation.b_sender if case.mediation else ""
    sides = {case.reporter, other, *(s.sender for s in case.supporters)} - {""}
    own = own_shop(case, settings)
    named = case.mediation.b_name if case.mediation else ""
    shops = {s.id for s in _shops(case.lounge, settings) if s is own or s.name == named}
    near = {*sides, *shops, case.building or "", case.attendant}
    return person.id in sides or person.id == case.attendant or bool(near & set(person.ties)) \
        or bool(set(person.addresses.values()) & sides)


def offered(case: Case, loads: Mapping[str, int], at: datetime, settings: Settings) -> tuple[str, ...]:
    """The ids of the mediators that are shown to choose from."""
    return tuple(p.id for p in mediators(case, loads, at, settings)[:OFFERED])


def named_list(ids: Sequence[str], settings: Settings) -> str:
    """1. 角木（禾花社区调解室）, a line each."""
    people = [settings.people[i] for i in ids if i in settings.people]
    return "\n".join(f"{n}. {p.name}（{p.organisation}）" for n, p in enumerate(people, 1))
