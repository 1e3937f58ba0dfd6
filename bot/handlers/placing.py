"""Moves a case to the member of its building once that becomes known, as long as nobody has begun."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import levels
from bot.domain.case import Case, State
from bot.domain.events import BOT, Event, Happened
from bot.domain.settings import Station
from bot.domain.transitions import Step, step
from bot.handlers.cards import card_for, lines_of, send
from bot.handlers.context import Here
from bot.messages import ChatLine, Decision
from bot.store.port import Change


def placed_by_a_voice(case: Case, change: Change, building: str, here: Here) -> Change:
    """A second voice names the building that the reporter did not: the case is now there."""
    if case.building is not None or not change.cases:
        return change
    now_case = replace(change.cases[0], building=building)
    if case.state is not State.ASSIGNED or case.responded_at is not None or case.rounds > 1:
        return replace(change, cases=(now_case,))
    seat = levels.entry(now_case, here.now, here.settings)
    if seat.person == case.attendant:
        return replace(change, cases=(now_case,))
    moved = Happened(event=Event.ASSIGNED, at=here.now, by=BOT,
                     args={"to": seat.person, "rung": seat.rung.value, "why": seat.why})
    done = step(now_case, moved, here.settings)
    if not isinstance(done, Step):
        return replace(change, cases=(now_case,))
    say, forward = send(lines_of(done, moved, here, None))
    journal = (*change.journal, *((case.id, row) for row in done.rows))
    return replace(change, cases=(done.case,), journal=journal, say=change.say + say, forward=change.forward + forward)


def station_found(case: Case, line: ChatLine, station: Station, here: Here) -> Change:
    """Somebody without a building says at which station he is: whoever is on duty there has it, if nobody has begun."""
    told = case.but(station=station.id)
    event = Happened(event=Event.DETAILED, at=here.now, by=line.sender, note=line.text, args={"message": line.id})
    done = step(told, event, here.settings)
    assert isinstance(done, Step), "an open case can always be told more"
    rows, lines = list(done.rows), []
    if case.state is State.ASSIGNED and case.responded_at is None and case.rounds == 1:
        seat = levels.entry(done.case, here.now, here.settings)
        moved = Happened(event=Event.ASSIGNED, at=here.now, by=BOT,
                         args={"to": seat.person, "rung": seat.rung.value, "why": seat.why})
        again = step(done.case, moved, here.settings)
        if isinstance(again, Step) and seat.person != case.attendant:
            done, rows = again, rows + list(again.rows)
            lines = lines_of(again, moved, here, None)
    to = f"person:{line.sender}" if line.private or case.private or here.able(case.lounge).private else f"chat:{case.lounge}"
    lines.append(card_for(done.case, "placed_ok", to, here, extra={"place": station.name}, ping=False, part="reporter"))
    say, forward = send(lines)
    return Change(cases=(done.case,), journal=tuple((case.id, row) for row in rows), say=say, forward=forward,
                  decision=Decision(id=line.id, decision="attach", intent=case.intent, case=case.id,
                                    why=f"补充了位置：{station.name}"))
