"""Puts a doubtful line before the host (never the group) and carries out his answer: 立案, 不是诉求, 应为."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.handlers import cards, doubts
from bot.handlers.context import Here, Speaker
from bot.handlers.report import Appeal, report
from bot.messages import ButtonPress, ChatLine, Decision
from bot.store.port import Change

ANSWERS = frozenset({"open", "dismiss", "correct", "adopt", "skip"})  # verbs about a line that was put before the host


def doubt(line: ChatLine, appeal: Appeal, score: float, here: Here) -> Change:
    """Ask the host about one line; what he needs to decide later waits in the lounge's overlay."""
    lounge = here.settings.lounges[line.lounge]
    extra = {"reporter": line.name or "有人", "lounge": lounge.name, "gist": cards.clip(line.text, 60),
             "intent": cards.intent_of(appeal.intent, here.settings), "why": appeal.why}
    ask = cards.plain("ask_host", f"person:{lounge.host}", here, line.id, extra=extra, ping=True, lounge=line.lounge)
    ask = replace(ask, message=line.id, part="host", summary=f"{extra['reporter']}：{cards.clip(line.text, 20)}（要立案吗）")
    say, forward = cards.send([ask])
    return Change(say=say, forward=forward, overlay=(doubts.stored(line, appeal, score),),
                  decision=Decision(id=line.id, decision="ask", intent=appeal.intent, why=appeal.why))


async def settle(press: ButtonPress, here: Here, speaker: Speaker) -> Change:
    """The host's answer to a doubtful line. A correction is also kept as a proposal for the lexicon."""
    lounge = press.lounge
    name = f"{doubts.PREFIX}{press.message}"
    place = here.settings.lounges.get(lounge)
    stored = (await here.reader.overlay(lounge)).get(name) if place else None
    if place and place.host != press.sender:
        return Change(decision=Decision(id=press.id, decision="ignore", why="要由客厅房东来定"))
    if stored is None:
        return await _settled(press, here)
    doubt = doubts.read(lounge, press.message or press.id, stored)
    line, was = doubt.line, doubt.appeal
    gone = (lounge, name, None)
    if press.verb == "dismiss":
        kept = (lounge, f"proposal/{press.message}", json.dumps({"text": line.text, "was": was.intent, "should": None},
                                                                ensure_ascii=False))
        say, forward = cards.send([cards.plain("doubt_dismissed", f"person:{press.sender}", here, press.id)])
        return Change(say=say, forward=forward, overlay=(gone, kept),
                      decision=Decision(id=press.id, decision="act", intent=was.intent, why="房东说不是诉求"))
    intent = intent_named(press.args.get("intent") or press.note, here) if press.verb == "correct" else was.intent
    intent = intent or was.intent
    opened = await report(line, replace(was, intent=intent, why="房东立案"), here, by=press.sender)
    case = opened.cases[0]
    card = "doubt_corrected" if press.verb == "correct" else "doubt_opened"
    say, forward = cards.send([cards.card_for(case, card, f"person:{press.sender}", here, ping=False,
                                              key=f"{press.id}/{card}")])
    overlay: list[tuple[str, str, str | None]] = [gone]
    if press.verb == "correct":
        overlay.append((lounge, f"proposal/{press.message}", json.dumps(
            {"text": line.text, "was": was.intent, "should": intent}, ensure_ascii=False)))
    return replace(opened, say=opened.say + say, forward=opened.forward + forward, overlay=tuple(overlay),
                   decision=Decision(id=press.id, decision="act", intent=intent, case=case.id, why="房东立案"))


async def _settled(press: ButtonPress, here: Here) -> Change:
    """An answer to what waits no more: where its speaker came back to it, the host is told which case it has become."""
    case = await here.reader.case_of_message(press.lounge, press.message) if press.message else None
    if case is None:
        return Change(decision=Decision(id=press.id, decision="ignore", why="没有等着定的这句话"))
    say, forward = cards.send([cards.card_for(case, "doubt_opened", f"person:{press.sender}", here, ping=False, key=f"{press.id}/doubt_opened")])
    return Change(say=say, forward=forward, decision=Decision(id=press.id, decision="act", intent=case.intent, case=case.id, why="后来又说到，已经立案"))


def intent_named(words: str, here: Here) -> str | None:
    """The intent whose id or Chinese name the words mean."""
    words = words.strip()
    if words in here.settings.intents:
        return words
    named = ((i.id, f"{i.name} {cards.intent_of(i.id, here.settings)}") for i in here.settings.intents.values())
    return next((intent for intent, names in named if words and words in names), None)
