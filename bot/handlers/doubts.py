"""Lines that were put before the host and wait for his answer; who comes back to one before he has given it opens its case."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.case import Case, State
from bot.handlers.context import Here
from bot.handlers.report import Appeal, join, keep, report
from bot.handlers.tone import warmed
from bot.intents import kin
from bot.intents.heard import Heard
from bot.intents.kin_signs import left_by
from bot.intents.place import Placed
from bot.intents.thread import ECHO, Known, belongs
from bot.messages import ChatLine, Decision
from bot.store.port import Change

PREFIX = "doubt/"  # before a line's id, in the lounge's overlay
WAITS = timedelta(days=3)  # a word said so long after a line is hardly about it
LEAST = 20.0  # a line of a lower score is the host's to judge, whatever else is said


@dataclass(frozen=True, slots=True)
class Doubt:
    """A line that waits for the host's answer, what was understood of it, and its score, 0..100."""

    line: ChatLine
    appeal: Appeal
    score: float


def stored(line: ChatLine, appeal: Appeal, score: float) -> tuple[str, str, str]:
    """The field of the lounge's overlay in which a doubtful line waits."""
    return line.lounge, PREFIX + line.id, json.dumps({
        "at": line.at.isoformat(), "sender": line.sender, "name": line.name, "text": line.text, "intent": appeal.intent,
        "building": appeal.building, "unit": appeal.unit, "heated": appeal.heated, "heat": appeal.heat, "why": appeal.why,
        "score": score}, ensure_ascii=False)


def read(lounge: str, message: str, raw: str) -> Doubt:
    """The doubtful line that was stored."""
    was = json.loads(raw)
    line = ChatLine(id=message, at=datetime.fromisoformat(was["at"]), sender=was["sender"], name=was["name"], text=was["text"], lounge=lounge)
    return Doubt(line, Appeal(intent=was["intent"], building=was["building"], unit=was["unit"], heated=was["heated"],
                              heat=was.get("heat", 0.0), why=was["why"]), was.get("score", 0.0))


async def of_sender(line: ChatLine, here: Here) -> list[Case]:
    """What the speaker of a line said that waits for the host's answer, as cases that are not opened yet."""
    return [_as_case(one) for one in _his(await here.reader.overlay(line.lounge), line, here)]


async def come_back(line: ChatLine, heard: Heard, placed: Placed, known: Known, here: Here) -> Change | None:
    """The case of a doubtful line that its speaker goes on about, or that somebody else has too, opened by that line, with what is said now.

    What is over by now needs nobody any more, and where the host wants to be asked about everything nothing opens by itself.
    """
    if left_by(heard) == "over" or here.settings.thresholds.open >= 100.0:
        return None
    held = await here.reader.overlay(line.lounge)
    waiting = _his(held, line, here)
    if kin.joins_in(line.text, heard.act, heard.ways):
        waiting += [one for one in _waiting(held, line, ECHO, here) if one.line.sender != line.sender]
    if not waiting:
        return None
    cases = [_as_case(one) for one in waiting]
    own, others = ([case for case in cases if (case.reporter == line.sender) is his] for his in (True, False))
    quoted = next((case for case in cases if case.opened_by == line.reply_to), None)
    found = belongs(line, heard, placed, replace(known, own=own, open=others, quoted=quoted), here.now)
    if found is None:
        return None
    doubt = next(one for one in waiting if one.line.id == found.case.opened_by)
    opened = await report(doubt.line, replace(doubt.appeal, why=doubt.appeal.why + "；后来又说到"), here)
    case = opened.cases[0]
    joined = join(case, line, found.event, here, found.why) if found.event and case.open else keep(case, line, found.why, here)
    whole = replace(opened, cases=joined.cases or opened.cases, journal=opened.journal + joined.journal,
                    overlay=(*opened.overlay, (line.lounge, found.case.id, None)),
                    decision=Decision(id=line.id, decision="attach", intent=case.intent, case=case.id, why=found.why))
    return warmed(whole, heard, line.sender)


def _his(held: Mapping[str, str], line: ChatLine, here: Here) -> list[Doubt]:
    return [one for one in _waiting(held, line, WAITS, here, of=line.sender) if one.line.sender == line.sender]


def _waiting(held: Mapping[str, str], line: ChatLine, within: timedelta, here: Here, of: str = "") -> Iterator[Doubt]:
    """The doubts said so lately, but for the line itself; only what has the words `of` is unpacked."""
    for name, raw in held.items():
        if name.startswith(PREFIX) and of in raw and name != PREFIX + line.id:
            doubt = read(line.lounge, name.removeprefix(PREFIX), raw)
            if doubt.score >= LEAST and timedelta(0) <= here.now - doubt.line.at <= within:
                yield doubt


def _as_case(doubt: Doubt) -> Case:
    line, appeal = doubt.line, doubt.appeal
    return Case(id=PREFIX + line.id, lounge=line.lounge, intent=appeal.intent, building=appeal.building, unit=appeal.unit, state=State.REPORTED,
                reporter=line.sender, reporter_name=line.name, opened_by=line.id, opened_at=line.at, touched_at=line.at,
                gist=line.text, messages=(line.id,))
