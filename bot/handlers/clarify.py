"""Puts a doubtful line before the host (never the group) and carries out his answer: 立案, 不是诉求, 应为."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from bot.handlers import cards
from bot.handlers.context import Here, Speaker
from bot.handlers.report import Appeal, report
from bot.messages import ButtonPress, ChatLine, Decision
from bot.store.port import Change

ANSWERS = frozenset({"open", "dismiss", "correct", "adopt", "skip"})  # verbs about a line that was put before the host


def doubt(line: ChatLine, appeal: Appeal, here: Here) -> Change:
    """Ask the host about one line; what he needs to decide later waits in the lounge's overlay."""
    lounge = here.settings.lounges[line.lounge]
    extra = {"reporter": line.name or "有人", "lounge": lounge.name, "gist": cards.clip(line.text, 60),
             "intent": cards.intent_of(appeal.intent, here.settings), "why": appeal.why}
    ask = cards.plain("ask_host", f"person:{lounge.host}", here, line.id, extra=extra, ping=True, lounge=line.lounge)
    ask = replace(ask, message=line.id, part="host", summary=f"{extra['reporter']}：{cards.clip(line.text, 20)}（要立案吗）")
    say, forward = cards.send([ask])
    stored = json.dumps({"at": line.at.isoformat(), "sender": line.sender, "name": line.name, "text": line.text,
                         "intent": appeal.intent, "building": appeal.building, "unit": appeal.unit,
                         "heated": appeal.heated, "why": appeal.why}, ensure_ascii=False)
    return Change(say=say, forward=forward, overlay=((line.lounge, f"doubt/{line.id}", stored),),
                  decision=Decision(id=line.id, decision="ask", intent=appeal.intent, why=appeal.why))


async def settle(press: ButtonPress, here: Here, speaker: Speaker) -> Change:
    """The host's answer to a doubtful line. A correction is also kept as a proposal for the lexicon."""
    lounge = press.lounge
    name = f"doubt/{press.message}"
    stored = (await here.reader.overlay(lounge)).get(name) if lounge in here.settings.lounges else None
    if stored is None:
        return Change(decision=Decision(id=press.id, decision="ignore", why="没有等着定的这句话"))
    if here.settings.lounges[lounge].host != press.sender:
        return Change(decision=Decision(id=press.id, decision="ignore", why="要由客厅房东来定"))
    was = json.loads(stored)
    gone = (lounge, name, None)
    if press.verb == "dismiss":
        kept = (lounge, f"proposal/{press.message}", json.dumps({"text": was["text"], "was": was["intent"], "should": None},
                                                                ensure_ascii=False))
        say, forward = cards.send([cards.plain("doubt_dismissed", f"person:{press.sender}", here, press.id)])
        return Change(say=say, forward=forward, overlay=(gone, kept),
                      decision=Decision(id=press.id, decision="act", intent=was["intent"], why="房东说不是诉求"))
    intent = intent_named(press.args.get("intent") or press.note, here) if press.verb == "correct" else was["intent"]
    intent = intent or was["intent"]
    line = ChatLine(id=press.message or press.id, at=_instant(was["at"]), sender=was["sender"], name=was["name"],
                    text=was["text"], lounge=lounge)
    appeal = Appeal(intent=intent, building=was["building"], unit=was["unit"], heated=was["heated"], why="房东立案")
    opened = await report(line, appeal, here, by=press.sender)
    case = opened.cases[0]
    card = "doubt_corrected" if press.verb == "correct" else "doubt_opened"
    say, forward = cards.send([cards.card_for(case, card, f"person:{press.sender}", here, ping=False,
                                              key=f"{press.id}/{card}")])
    overlay: list[tuple[str, str, str | None]] = [gone]
    if press.verb == "correct":
        overlay.append((lounge, f"proposal/{press.message}", json.dumps(
            {"text": was["text"], "was": was["intent"], "should": intent}, ensure_ascii=False)))
    return replace(opened, say=opened.say + say, forward=opened.forward + forward, overlay=tuple(overlay),
                   decision=Decision(id=press.id, decision="act", intent=intent, case=case.id, why="房东立案"))


def intent_named(words: str, here: Here) -> str | None:
    """The intent whose id or Chinese name the words mean."""
    words = words.strip()
    if words in here.settings.intents:
        return words
    named = ((i.id, f"{i.name} {cards.intent_of(i.id, here.settings)}") for i in here.settings.intents.values())
    return next((intent for intent, names in named if words and words in names), None)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
