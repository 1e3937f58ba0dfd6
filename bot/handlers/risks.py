"""Judges how high the risk of a case is; a high one goes to who is named for it, with the record, and leaves the group."""

from __future__ import annotations

from bot.domain import assignment, risk
from bot.domain.case import Case, Rung
from bot.domain.events import Event, Happened
from bot.domain.parts import parts, person_named, who_may
from bot.domain.staff import near
from bot.domain.tables import JUDGES
from bot.domain.transitions import Refusal, step
from bot.handlers import cards, record
from bot.handlers.context import Here, Speaker
from bot.messages import ButtonPress, Decision
from bot.store.port import Change


async def act(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """风险 N 高 姓名 12月1日 说明; 中 and 低 need no more than the word."""
    from bot.handlers.act import refusal, refuse

    if not parts(press.sender, case, here.settings) & JUDGES:
        extra = {"command": "风险", "who": who_may(JUDGES, here.settings, case)}
        return refuse(press, case, "refuse_may", here, speaker, extra)
    event = _event(press, case, here)
    if event.args["tier"] == risk.HIGH:  # checked before anybody is moved
        found = risk.judged(case, event, here.settings)
        if isinstance(found, Refusal):
            return refusal(press, case, found, here, speaker)
    done = step(case, event, here.settings)
    if isinstance(done, Refusal):
        return refusal(press, case, done, here, speaker)
    rows = [*await here.reader.journal(case.id), *done.rows]
    extra = {"items": "\n".join(record.lines(done.case, rows, here.settings))}
    lines = cards.lines_of(done, event, here, speaker, extra)
    if not any(line.card == "risk_ok" for line in lines):
        lines.append(cards.card_for(done.case, "risk_ok", cards.answer_to(speaker, done.case, here), here, ping=False))
    return cards.change_for(done.case, [(case.id, row) for row in done.rows], lines, decision=Decision(
        id=press.id, decision="act", intent=case.intent, case=case.id, why=event.note))


def _event(press: ButtonPress, case: Case, here: Here) -> Happened:
    """What the words of a judgement cause: a high risk is handed over, another one is written down."""
    words = press.note.strip()
    tier = press.args.get("tier") or next((risk.TIER_SAID[w] for w in words[:1] if w in risk.TIER_SAID), "")
    rest = words[1:].lstrip("级风险 ,，") if words[:1] in risk.TIER_SAID else words
    owner = person_named(press.args.get("owner") or rest, here.settings, near(case.lounge, here.settings, here.now))
    day = risk.read_day(press.args.get("day") or rest, here.settings.local(here.now).date())
    args = {"tier": tier, "owner": owner.id if owner else "", "day": day.isoformat() if day else ""}
    note = f"风险定为{risk.SAID_TIER.get(tier, '')}（{risk.kind_of(case, here.settings)}）"
    if tier != risk.HIGH:
        return Happened(event=Event.DETAILED, at=here.now, by=press.sender, note=note, args=args)
    if owner and day:
        note += f"，负责人{owner.name}，{day.month}月{day.day}日前有结果"
    seat = assignment.rung_seat(case.lounge, Rung(here.settings.levels.risk_desk), here.now, here.settings)
    if seat is None or seat.person == case.attendant:
        return Happened(event=Event.DETAILED, at=here.now, by=press.sender, note=note, args=args)
    going = {"to": seat.person, "rung": seat.rung.value, "why": f"重大风险移交，{seat.why}"}
    return Happened(event=Event.HANDED_OVER, at=here.now, by=press.sender, note=note, args={**args, **going})
