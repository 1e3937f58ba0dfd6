"""Two shops of one name: the reporter is asked once which he means, by number or by button; nothing is guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.case import Case
from bot.domain.settings import Shop
from bot.handlers import cards
from bot.handlers.answers import number
from bot.handlers.context import Here
from bot.intents.shops import shop_book
from bot.messages import ButtonPress, ChatLine, Decision, Outgoing
from bot.store.port import Change

ASKED = "shop/"  # of a lounge's running state: who was asked, of which case, between which shops
WITHIN = timedelta(hours=24)
LETTERS = "abcdefgh"
SHORT = 20  # characters that an answer may have
VERB = "which"


def meant(text: str, lounge: str, here: Here) -> tuple[Shop, ...]:
    """The shops that a line may mean."""
    def building() -> str | None:
        placed = here.places.place(text, name="", lounge=lounge)
        return placed.building if placed.source == "said" else None

    return shop_book(here.settings).named(text, lounge, building)


def asks(case: Case, shops: Sequence[Shop], card: str, to: str, here: Here) -> tuple[Outgoing, tuple[str, str, str]]:
    """The question where its asker was answered, and what is kept of it until it is answered in turn."""
    rows = "；".join(f"{n}. {said(shop, shops)}" for n, shop in enumerate(shops, 1))
    extra = {"rows": rows, "by": shops[0].name, "count": str(len(shops))}
    line = cards.card_for(case, card, to, here, extra=extra, ping=False, part="reporter" if to.startswith("person:") else "")
    buttons = tuple((f"{VERB}:{LETTERS[n]}", shop.number[:10]) for n, shop in enumerate(shops))
    kept = json.dumps([case.id, (here.now + WITHIN).isoformat(), [shop.id for shop in shops]])
    return replace(line, buttons=buttons), (case.lounge, ASKED + case.reporter, kept)


def said(shop: Shop, among: Sequence[Shop]) -> str:
    """A shop as it is told from its namesakes: by its number, with the building where they are in several."""
    return shop.number if len({s.building for s in among}) == 1 else f"{shop.building}{shop.number}"


async def answered(line: ChatLine, here: Here) -> Change | None:
    """A line by who was asked: a bare number, or the shop's own number. Anything else is what it is."""
    if len(line.text) > SHORT:  # most lines end here, without a look at what is kept
        return None
    open_question = await _waiting(line.lounge, line.sender, here)
    if open_question is None:
        return None
    case, shops = open_question
    picked = number(line.text)
    shop = shops[picked - 1] if picked and picked <= len(shops) else shop_book(here.settings).numbered(line.text, tuple(shops))
    return await chosen(case, shop, replace(line, text=said(shop, shops)), here) if shop else None


async def pressed(press: ButtonPress, here: Here) -> Change:
    """The button of one of the shops; only the one who was asked may say."""
    known = here.settings.by_code((press.case or "").split("-")[0])
    open_question = await _waiting(known.id, press.sender, here) if known else None
    letter = press.args.get("grade", "")
    if open_question is None or letter not in LETTERS or not letter or LETTERS.index(letter) >= len(open_question[1]):
        return Change(decision=Decision(id=press.id, decision="ignore", why="没有等着定的这一问"))
    case, shops = open_question
    line = ChatLine(id=press.id, at=press.at, sender=press.sender, lounge=case.lounge, private=True,
                    text=said(shops[LETTERS.index(letter)], shops))
    return await chosen(case, shops[LETTERS.index(letter)], line, here)


async def _waiting(lounge: str, sender: str, here: Here) -> tuple[Case, list[Shop]] | None:
    overlay: Mapping[str, str] = await here.reader.overlay(lounge)
    kept = overlay.get(ASKED + sender)
    if kept is None:
        return None
    number_of, until, ids = json.loads(kept)
    case = await here.reader.case(number_of)
    shops = [here.settings.shops[x] for x in ids if x in here.settings.shops]
    return (case, shops) if case and case.open and not case.shop and datetime.fromisoformat(until) >= here.now else None


async def chosen(case: Case, shop: Shop, line: ChatLine, here: Here) -> Change:
    """The case is about that shop: it goes to whoever answers there, if nobody has begun."""
    from bot.handlers.report import place_found

    change = await place_found(case.but(shop=shop.id), line, shop.building, shop.number, here)
    return replace(change, overlay=(*change.overlay, (case.lounge, ASKED + line.sender, None)))
