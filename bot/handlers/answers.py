"""Answers what config knows, at once and at any hour: hours, rooms, stations, contacts, guides, the menu and its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.facts import (
    WEEKDAYS,
    Fact,
    Offer,
    Opening,
    asked_day,
    asking,
    find,
    opening,
    spelled,
    usual,
    weight,
)
from bot.domain.settings import Settings
from bot.handlers import cards
from bot.handlers.context import Here
from bot.intents.heard import Heard
from bot.intents.speech import Act
from bot.messages import ButtonPress, ChatLine, Decision
from bot.shards import shard_of
from bot.store.port import Change

SHORT = 24  # characters; longer lines tell more than they ask
HURT_MOST = 12  # characters of a cry that says only who is hurt
PICK_WITHIN = timedelta(minutes=10)
MENU = "menu"  # a field: of a home, or with the asker's id of the lounge's running state
OF_USE = frozenset({"room", "station"})


@dataclass(frozen=True, slots=True)
class Known:
    """What is answered, and as which kind of matter it is counted."""

    text: str
    intent: str


def known(text: str, lounge: str, here: Here) -> Known | None:
    """What config has to say to a question; None is somebody's to answer, never a guess."""
    found = find(text, here.settings.facts, lounge)
    if not found:
        return None
    said = "\n".join(worded(fact, text, here.settings, here.now) for fact in found)
    return Known(said, found[0].intent)


def of_appeal(intent: str, line: ChatLine, here: Here) -> str | None:
    """The answer to what was heard as an appeal: a question, or a wish or matter that just this fact is about."""
    what, heard = known(line.text, line.lounge, here), here.settings.intents.get(intent)
    if what is None or heard is None:
        return None
    kinds = {fact.kind for fact in find(line.text, here.settings.facts, line.lounge)}
    fits = heard.kind == "question" or what.intent == intent or heard.kind == "wish" and kinds <= OF_USE
    return what.text if fits else None


def overheard(line: ChatLine, heard: Heard, here: Here) -> Known | None:
    """The answer to a short question, whatever else its speaker has under way, and whether or not recognition is sure.

    A complaint that names a fact (电梯坏了，打哪个电话) stays a complaint.
    """
    if heard.urgent or heard.act not in (Act.QUESTION, Act.PLAIN) or len(line.text) > SHORT or not asking(line.text):
        return None
    what = known(line.text, line.lounge, here)
    if what is None or heard.decision != "open" or heard.intent is None:
        return what
    return what if of_appeal(heard.intent, line, here) is not None else None


def hurt(line: ChatLine, heard: Heard, here: Here) -> bool:
    """Somebody is hurt: no station but the emergency path. A story about it, or a complaint, is longer or another act."""
    if heard.decision == "open" or heard.act not in (Act.PLAIN, Act.QUESTION) or len(line.text) > HURT_MOST:
        return False
    return weight(line.text, here.settings.facts.hurt) > 0


def worded(fact: Fact, text: str, settings: Settings, now: datetime) -> str:
    """One fact as a sentence; what opens with the centre tells today's hours and the next opening."""
    words, ours = settings.words, fact.kind == "hours"
    if ours or fact.kind in OF_USE and not fact.hours:
        today = settings.local(now).date()
        day = asked_day(text, today, settings.calendar) or today
        hours = _hours(opening(day, settings.calendar, now), settings, now)
        if ours:
            return hours + words["fact.hours.usual"].format(week=usual(settings.calendar))
    else:
        hours = words["fact.hours.own"].format(hours=fact.hours) if fact.hours else ""
    if fact.kind == "line":
        return fact.text
    values = {"name": fact.name, "where": fact.where, "text": fact.text, "phone": fact.phone, "hours": hours,
              "checked": fact.checked.isoformat() if fact.checked else ""}
    shown = "room" if fact.kind == "station" else fact.kind
    return words[f"fact.{shown}"].format_map(values)


def _hours(what: Opening, settings: Settings, now: datetime) -> str:
    """今天（周一）9:00–12:00、14:00–18:00开门。现在没开，下一次开门是今天14:00。"""
    words, today = settings.words, settings.local(now).date()
    day = _named(what.day, today)
    said = words["fact.hours.open" if what.spans else "fact.hours.shut"].format(day=day, spans=spelled(what.spans))
    if what.moved:
        said += words["fact.hours.moved"]
    if what.today and what.until is not None:
        return said + words["fact.hours.now"].format(until=_clock(settings.local(what.until)))
    if what.today and what.spans:
        said += words["fact.hours.closed"]
    if what.next is not None and (what.today or not what.spans):
        at = settings.local(what.next)
        said += words["fact.hours.next"].format(next=_named(at.date(), today) + _clock(at))
    return said


def _named(day: date, today: date) -> str:
    weekday = f"周{WEEKDAYS[day.weekday()]}"
    near = {0: "今天", 1: "明天"}.get((day - today).days)
    return f"{near}（{weekday}）" if near else f"{weekday}（{day.month}月{day.day}日）"


def _clock(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02d}"


def plain_question(line: ChatLine, here: Here) -> bool:
    """Whether a private line is a short question that config answers, whatever else its speaker has under way."""
    return overheard(line, here.ears.hear(line.text, name=line.name, lounge=line.lounge), here) is not None


def answer(line: ChatLine, here: Here) -> Change:
    """A question in private from somebody whose lounge is not known: answered, with no case to count it under."""
    what = known(line.text, "", here)
    assert what is not None, "asked for only where config answers"
    say, forward = cards.send([cards.plain("answer", f"person:{line.sender}", here, line.id, extra={"answer": what.text})])
    return Change(say=say, forward=forward, decision=Decision(id=line.id, decision="act", intent=what.intent, why="问得到的事"))


def menu(line: ChatLine, here: Here) -> Change:
    """菜单: what can be had and booked now, on one screen; the asker's next number means it."""
    items = "\n".join(f"{n} {offer.name}" for n, offer in enumerate(here.settings.facts.menu, 1))
    today = opening(here.settings.local(here.now).date(), here.settings.calendar, here.now)
    to = f"person:{line.sender}" if line.private else f"chat:{line.lounge}"
    extra = {"items": items, "answer": _hours(today, here.settings, here.now)}
    say, forward = cards.send([cards.plain("menu", to, here, line.id, extra=extra, lounge=line.lounge)])
    shown = here.now.isoformat()
    kept = {"person": ((line.sender, MENU, shown),)} if line.private else {"overlay": ((line.lounge, _asker(line), shown),)}
    return Change(say=say, forward=forward, decision=Decision(id=line.id, decision="act", why="菜单"), **kept)  # type: ignore[arg-type]


def _asker(line: ChatLine) -> str:
    return f"{MENU}/{line.sender}"


def number(text: str) -> int | None:
    """The bare number that a line is; None for anything else."""
    bare = text.strip().rstrip(".。、号")
    return int(bare) if len(bare) == 1 and bare.isascii() and bare.isdigit() else None


def offered(kept: Mapping[str, str], name: str, picked: int | None, here: Here) -> Offer | None:
    """The item that a number means to whoever was shown the menu lately."""
    shown = kept.get(name)
    items = here.settings.facts.menu
    if shown is None or picked is None or here.now - datetime.fromisoformat(shown) > PICK_WITHIN:
        return None
    return items[picked - 1] if 1 <= picked <= len(items) else None


async def picks(line: ChatLine, here: Here) -> Change | None:
    """A number said in the group by who asked for the menu there; anybody else's is only a number."""
    picked = number(line.text)
    if picked is None:
        return None
    offer = offered(await here.reader.overlay(line.lounge), _asker(line), picked, here)
    if offer is None:
        return None
    change = await take(line, offer, here)
    return replace(change, overlay=(*change.overlay, (line.lounge, _asker(line), None)))


def picks_alone(line: ChatLine, fields: Mapping[str, str], lounge: str, here: Here) -> Change | None:
    """The same in private: the choice goes to the lounge of whoever asked, where a case can be opened."""
    picked = number(line.text)
    if (offer := offered(fields, MENU, picked, here)) is None:
        return None
    done = ((line.sender, MENU, None),)
    if lounge not in here.settings.lounges and offer.ask:
        say, forward = cards.send([cards.plain("where_private", f"person:{line.sender}", here, line.id)])
        return Change(say=say, forward=forward, decision=Decision(id=line.id, decision="act", why="不知道是哪个客厅"))
    if lounge not in here.settings.lounges:
        return replace(_text(line, offer, here), person=done)
    press = ButtonPress(id=line.id, at=line.at, sender=line.sender, verb=MENU, lounge=lounge, channel=line.channel,
                        note=str(picked), args={"private": "1"})
    return Change(forward=((shard_of(lounge), f"menu/{line.channel}/{line.sender}/{line.id}", press),), person=done)


async def pressed(press: ButtonPress, here: Here) -> Change:
    """A menu's number that has come from somebody's home to his lounge."""
    items, picked = here.settings.facts.menu, number(press.note)
    if picked is None or not 1 <= picked <= len(items):
        return Change(decision=Decision(id=press.id, decision="ignore", why="菜单上没有这一项"))
    line = ChatLine(id=press.id, at=press.at, sender=press.sender, lounge=press.lounge, channel=press.channel, private=True)
    return await take(line, items[picked - 1], here)


async def take(line: ChatLine, offer: Offer, here: Here) -> Change:
    """Answer an item's text, or open a case in its words for somebody to arrange."""
    from bot.handlers.report import Appeal, report  # it answers questions through this module

    if offer.text:
        return _text(line, offer, here)
    appeal = Appeal(intent=offer.intent, building=None, unit=None, why=f"菜单里选了“{offer.name}”")
    return await report(replace(line, text=offer.ask), appeal, here)


def _text(line: ChatLine, offer: Offer, here: Here) -> Change:
    to = f"person:{line.sender}" if line.private else f"chat:{line.lounge}"
    shown = cards.plain("answer", to, here, line.id, extra={"answer": f"{offer.name}：{offer.text}。"}, lounge=line.lounge)
    say, forward = cards.send([shown])
    return Change(say=say, forward=forward, decision=Decision(id=line.id, decision="act", why=f"菜单里选了“{offer.name}”"))
