"""The letter to whoever meets the bot for the first time: what it does, what it keeps, how to object; once each."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.settings import Settings
from bot.handlers import cards
from bot.handlers.context import Here
from bot.messages import ChatLine, Decision, Entered, Outgoing
from bot.store.port import Change

WELCOMED = "welcomed"  # a field of the lounge's running state and of a person's home: the version of the letter


def facts(lounge: str, settings: Settings) -> dict[str, str]:
    """The blanks of the letter and of 帮助; without a lounge, in general words."""
    known, words = settings.lounges.get(lounge), settings.words
    host = cards.name_of(known.host, settings) if known else words["letter.host"]
    return {"lounge": known.name if known else words["letter.lounge"], "host": host,
            "version": words["letter.version"], "date": words["letter.date"]}


def letter(to: str, here: Here, key: str, lounge: str = "", card: str = "welcome", ping: bool = False) -> Outgoing:
    """The letter as a line to one chat or person; `help` is its short form, with what can be typed."""
    return cards.plain(card, to, here, key, extra=facts(lounge, here.settings), lounge=lounge, ping=ping)


def asked(to: str, here: Here, message: str, lounge: str = "") -> Change:
    """帮助, at any hour."""
    say, forward = cards.send([letter(to, here, message, lounge, card="help")])
    return Change(say=say, forward=forward, decision=Decision(id=message, decision="act", why="帮助"))


async def entered(what: Entered, here: Here) -> Change:
    """A group that was bound, or a person who opened the bot: each gets the letter once."""
    if what.lounge:
        return await _to_group(what.lounge, what.id, here)
    if WELCOMED in (await here.reader.person(what.sender)).fields:
        return Change()
    say = () if what.greeted else (letter(f"person:{what.sender}", here, what.id),)
    return Change(say=say, person=((what.sender, WELCOMED, here.settings.words["letter.version"]),))


async def at_first(line: ChatLine, change: Change, here: Here) -> Change:
    """The first line heard in a group whose platform does not say that we came in: the letter follows the answer."""
    if line.private or not line.reply or line.lounge not in here.settings.lounges:
        return change
    more = await _to_group(line.lounge, line.id, here)
    return replace(change, say=change.say + more.say, overlay=change.overlay + more.overlay)


async def _to_group(lounge: str, key: str, here: Here) -> Change:
    known = here.settings.lounges.get(lounge)
    if known is None or known.shadow or WELCOMED in await here.reader.overlay(lounge):
        return Change()
    line = letter(f"chat:{lounge}", here, key, lounge, ping=True)  # nobody asked for it, so it keeps quiet hours
    return Change(say=(line,), overlay=((lounge, WELCOMED, here.settings.words["letter.version"]),))
