"""Keeps what people thought of one answer of the bot: a row of the case it was about, and a count for its lounge."""

from __future__ import annotations

from bot.domain.case import Row
from bot.domain.events import Event
from bot.domain.ledger import week_of
from bot.handlers.context import Here
from bot.messages import Decision, Feedback
from bot.store.port import Change

FIELD = "judged"  # of a lounge's overlay: judged/<week>/<verdict> -> how often
VERDICTS = ("good", "bad", "taken_back")


async def judged(what: Feedback, here: Here) -> Change:
    """A thumb up or down. Who pressed it on an answer that belongs to no case and no lounge is only counted in the log."""
    case = await here.reader.case(what.about)
    lounge = case.lounge if case is not None else what.lounge
    if lounge not in here.settings.lounges or what.verdict not in VERDICTS:
        return Change(decision=Decision(id=what.id, decision="ignore", why="评价的不是这里的话"))
    name = f"{FIELD}/{week_of(here.now, here.settings)}/{what.verdict}"
    times = int((await here.reader.overlay(lounge)).get(name, "0")) + 1
    rows = ((case.id, Row(at=here.now, event=Event.DETAILED.value, by=what.sender, note=said(what, here))),) if case else ()
    return Change(journal=rows, overlay=((lounge, name, str(times)),),
                  decision=Decision(id=what.id, decision="act", case=case.id if case else None, why="评价了机器人的回答"))


def said(what: Feedback, here: Here) -> str:
    """机器人的回答没帮上忙（没答到点上）：原话."""
    words = here.settings.words
    reasons = "、".join(words[name] for reason in what.reasons if (name := f"judged.{reason}") in words)
    return words[f"judged.{what.verdict}"] + (f"（{reasons}）" if reasons else "") + (f"：{what.text}" if what.text else "")
