"""Puts two cases together and takes voices apart again; nobody's voice is moved without being told."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.case import Case, Row, State
from bot.domain.commands import numbers
from bot.domain.events import Event, Happened
from bot.domain.transitions import Refusal, step
from bot.handlers import cards
from bot.handlers.context import Here, Speaker
from bot.handlers.report import Appeal, open_case
from bot.messages import ButtonPress, ChatLine, Decision
from bot.store.port import Change


async def act(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """并案 N M, 拆分 N."""
    return await (merge if press.verb == "merge" else split)(press, case, here, speaker)


async def merge(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """Case N joins M: every voice of N becomes a supporter of M; both journals say so."""
    from bot.handlers.act import refusal, said

    into = press.args.get("into") or next(iter(numbers(press.note)), None)
    target = await here.reader.case(into) if into else None
    if target is None or target.id == case.id or target.lounge != case.lounge or not target.open:
        line = cards.plain("case_gone", cards.answer_to(speaker, case, here), here, press.id,
                           extra={"number": into or "？"}, lounge=case.lounge)
        return said(press, [line], "act", "没有可以并入的一件", case)
    event = Happened(event=Event.MERGED, at=here.now, by=press.sender, note=f"并入 {target.id}", args={"into": target.id})
    done = step(case, event, here.settings)
    if isinstance(done, Refusal):
        return refusal(press, case, done, here, speaker)
    grown = target
    for who, message in [(case.reporter, case.opened_by), *((s.sender, s.message) for s in case.supporters)]:
        voice = Happened(event=Event.SECONDED, at=here.now, by=who, args={"message": message})
        joined = step(grown, voice, here.settings)
        if not isinstance(joined, Refusal):
            grown = joined.case
    grown = replace(grown, messages=tuple(dict.fromkeys((*grown.messages, *case.messages))))
    rows = [(case.id, r) for r in done.rows]
    rows.append((target.id, Row(at=here.now, event=Event.MERGED.value, by=press.sender, note=f"{case.id} 并入", led=target.state.value)))
    say, forward = cards.send(cards.lines_of(done, event, here, speaker, {"into": target.id}), open_after=False)
    return Change(cases=(done.case, grown), journal=tuple(rows), say=say, forward=forward,
                  decision=Decision(id=press.id, decision="act", intent=case.intent, case=case.id, why="并案"))


async def split(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """A voice leaves the case and becomes one of its own; a merged case stands up again."""
    from bot.handlers.act import refusal

    event = Happened(event=Event.SPLIT, at=here.now, by=press.sender, note=press.note)
    if case.state is State.MERGED:
        done = step(case, event, here.settings)
        if isinstance(done, Refusal):
            return refusal(press, case, done, here, speaker)
        return cards.change_for(done.case, [(case.id, r) for r in done.rows], cards.lines_of(done, event, here, speaker),
                                decision=_decided(press, done.case))
    voice = next((s for s in case.supporters if s.sender in (press.sender, press.args.get("who"))), None)
    if voice is None and press.sender != case.reporter and case.supporters:
        voice = case.supporters[-1]  # the host means the newest voice
    done = step(case, event, here.settings)
    if voice is None or isinstance(done, Refusal):
        return refusal(press, case, done if isinstance(done, Refusal) else Refusal(text="refuse_state"), here, speaker)
    left = replace(done.case, supporters=tuple(s for s in case.supporters if s is not voice),
                   messages=tuple(m for m in case.messages if m != voice.message))
    line = ChatLine(id=voice.message or press.id, at=voice.at, sender=voice.sender, lounge=case.lounge, text=case.gist)
    fresh, rows = await open_case(line, Appeal(intent=case.intent, building=case.building, unit=None,
                                               why=f"从 {case.id} 拆出"), here, by=press.sender)
    lines = [cards.card_for(fresh, "split_ok", cards.answer_to(speaker, case, here), here, ping=False),
             cards.card_for(fresh, "assigned", f"person:{fresh.attendant}", here, part="responsible")]
    say, forward = cards.send(lines)
    journal = [(case.id, r) for r in done.rows] + [(fresh.id, r) for r in rows]
    return Change(cases=(left, fresh), journal=tuple(journal), say=say, forward=forward, decision=_decided(press, fresh))


def _decided(press: ButtonPress, case: Case) -> Decision:
    return Decision(id=press.id, decision="act", intent=case.intent, case=case.id, why="拆分")
