"""Opens a case for an appeal that was heard, and joins further words and voices to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain import assignment, disputes, levels
from bot.domain.case import Case, Row, State
from bot.domain.events import BOT, Event, Happened
from bot.domain.gate import quiet
from bot.domain.settings import Settings
from bot.domain.transitions import Step, step
from bot.handlers import answers, assist, which
from bot.handlers.cards import card_for, change_for, known_to, lines_of, send
from bot.handlers.context import Here, Speaker
from bot.messages import ChatLine, Decision, Outgoing
from bot.store.port import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """What was understood of a line: enough to open a case."""

    intent: str
    building: str | None
    unit: str | None
    urgent: bool = False
    heated: int = 0
    heat: float = 0.0
    why: str = ""
    earlier: tuple[str, ...] = ()  # ids of the lines of the same burst that came before
    gist: str = ""


async def open_case(line: ChatLine, appeal: Appeal, here: Here, *, by: str | None = None) -> tuple[Case, list[Row]]:
    """A new case, reported and assigned in one go: it is never without an owner, not for an instant."""
    settings, lounge = here.settings, here.settings.lounges[line.lounge]
    number = await here.reader.next_number(line.lounge)
    intent = settings.intents.get(appeal.intent)
    case = Case(
        id=f"{lounge.code}-{number:04d}", lounge=line.lounge, intent=appeal.intent, building=appeal.building,
        unit=appeal.unit, urgent=appeal.urgent, heated=appeal.heated,
        heat=appeal.heat, private=bool(intent and intent.private),
        reporter=line.sender, reporter_name=line.name, opened_by=line.id, opened_at=line.at, touched_at=here.now,
        gist=appeal.gist or line.text, messages=(line.id, *appeal.earlier), state=State.REPORTED,
    )
    station = None if case.building else levels.station_of(case.gist, case.lounge, settings)
    level = levels.triage(case.intent, case.gist, settings).level or ("C" if case.urgent else "")
    shops = which.meant(case.gist, case.lounge, here)
    case = case.but(level=level, station=station.id if station else "", shop=shops[0].id if len(shops) == 1 else "")
    found = disputes.recognised(case, settings)
    leaves = found is not None or disputes.leaves_group(case.intent, case.lounge, settings)
    case = case.but(mediation=found, private=case.private or leaves)
    late = settings.local(line.at).date() < settings.local(here.now).date()  # figures count when it was written down
    row = Row(at=line.at, event=Event.REPORTED.value, by=line.sender, note=appeal.why, recorded=here.now if late else None)
    done = await _placed(case, by or BOT, min(line.at, here.now), here)
    opened = assist.helping(done.case, here)
    if opened.urgent:  # whoever of them is nearest takes it with one tap
        opened = replace(opened, asked=tuple(p for p in called(opened, here) if p != opened.attendant))
    placed = [replace(one, recorded=row.recorded) for one in done.rows]
    return opened, [row, *placed] if opened.level else [replace(placed[0], note=f"{row.note}；{opened.why_attendant}")]


async def _placed(case: Case, by: str, started: datetime, here: Here) -> Step:
    """Who has it first, by what held when it was said; a matter of no known level stays 待分派 with the host.

    Clocks run from the resident's words.
    """
    seat = await seated(case, started, here)
    event = Happened(event=Event.ASSIGNED if case.level else Event.REPORTED, at=started, by=by if case.level else case.reporter,
                     args={"to": seat.person, "rung": seat.rung.value, "why": seat.why})
    done = step(case, event, here.settings)
    assert isinstance(done, Step), "a reported case can always be given to somebody"
    return done


async def seated(case: Case, at: datetime, here: Here) -> assignment.Seat:
    """Who answers for a case at an instant and has a hand free for it."""
    full = frozenset[str]()
    while True:
        seat = levels.entry(case, at, here.settings, full)
        most = here.settings.people[seat.person].most
        if not most or case.urgent or seat.person in full:
            return seat
        held = await here.reader.held_by(case.lounge, seat.person)
        if sum(c.attendant == seat.person and c.id != case.id for c in held) < most:
            return seat
        full |= {seat.person}


async def report(line: ChatLine, appeal: Appeal, here: Here, *, also: Sequence[Outgoing] = (),
                 by: str | None = None, answered: bool = False) -> Change:
    """Open a case from a line: what the group hears, what the member gets; urgent matters call three people."""
    intent = here.settings.intents.get(appeal.intent)
    answer = answer_of(appeal, line, here)
    if answer is not None and not appeal.urgent:
        return await _answer(line, appeal, answer, here)
    case, rows = await open_case(line, appeal, here, by=by)
    lines = _urgent_lines(case, here) if case.urgent else _opening_lines(case, line, here, bool(intent))
    lines += assist.told(case, case.helpers, here)
    lines, kept = _asking_which(case, lines, here)
    return change_for(case, [(case.id, row) for row in rows], [*lines, *also], overlay=kept,
                      decision=Decision(id=line.id, decision="open", intent=case.intent, case=case.id, why=appeal.why))


def _asking_which(case: Case, lines: list[Outgoing], here: Here) -> tuple[list[Outgoing], tuple[tuple[str, str, str], ...]]:
    """Where two shops bear the name that was said, the line that says it is written down also asks which."""
    shops = () if case.shop else which.meant(case.gist, case.lounge, here)
    if len(shops) < 2 or not case.reporter:
        return lines, ()
    first = next((line for line in lines if line.card.startswith("opened") and line.to.startswith("chat:")), None)
    to = first.to if first else f"person:{case.reporter}"
    question, kept = which.asks(case, shops, "which_shop" if first else "which_only", to, here)
    return [question, *(line for line in lines if line is not first)] if first else [*lines, question], (kept,)


def answer_of(appeal: Appeal, line: ChatLine, here: Here) -> str | None:
    """What config can answer at once, looked up by the words of the question."""
    return answers.of_appeal(appeal.intent, line, here)


async def _answer(line: ChatLine, appeal: Appeal, answer: str, here: Here) -> Change:
    """A question that config answers: the case opens and closes with the answer; nobody is pinged."""
    case, rows = await open_case(line, appeal, here)
    event = Happened(event=Event.ANSWERED, at=here.now, by=BOT, note=answer)
    done = step(case, event, here.settings)
    assert isinstance(done, Step), "an assigned case can always be answered"
    final = replace(done.case, result=answer)
    to = f"person:{line.sender}" if line.private or final.private else f"chat:{line.lounge}"
    said = card_for(final, "answered", to, here, extra={"answer": answer}, ping=False, part="reporter")
    return change_for(final, [(final.id, row) for row in (*rows, *done.rows)], [said],
                      decision=Decision(id=line.id, decision="open", intent=case.intent, case=case.id, why=appeal.why))


def _opening_lines(case: Case, line: ChatLine, here: Here, known: bool) -> list[Outgoing]:
    """One line to who spoke, one card to who answers for the place; of a matter for the district the host is informed."""
    first = ("assigned_dispute" if case.mediation else "assigned") if case.level else "triage"
    members = [card_for(case, first, f"person:{case.attendant}", here, part="responsible")]
    if case.level in levels.DIRECT and case.attendant != case.collector:
        members.append(card_for(case, "informed", f"person:{case.collector}", here, part="host"))
    if case.private or line.private:
        wage = case.intent in here.settings.mediation.wage
        card = "opened_wage" if wage else "opened_dispute" if case.mediation else "opened_private"
        ack = card_for(case, card, f"person:{case.reporter}", here, ping=False, part="reporter")
        return [ack, *members]
    night = not here.settings.calendar.is_open(here.now) and quiet(here.now, here.settings)
    asks = case.building is None and not case.station and needs_place(case, here.settings)
    stations = _stations(case, here.settings) if asks else ""
    card = "opened_station" if stations else "opened_where" if asks else "opened_night" if night else "opened"
    return [card_for(case, card, f"chat:{case.lounge}", here, ping=False, extra={"examples": stations}), *members,
            known_to(case, case.reporter, "reporter", here)]


def _stations(case: Case, settings: Settings) -> str:
    """What to ask somebody who has no building: the stations of his lounge; "" for anybody else."""
    here = (s.name for s in settings.levels.stations.values() if s.lounge == case.lounge)
    return "、".join(here) if levels.rides(case.gist, settings) else ""


def _urgent_lines(case: Case, here: Here) -> list[Outgoing]:
    """Who must know at any hour: the group, the member, whoever is on duty, the host; each once."""
    extra = {"hotline": hotline(case.gist)}
    lines = [] if case.private else [card_for(case, "emergency", f"chat:{case.lounge}", here, extra=extra, ping=False)]
    if case.private:
        lines.append(card_for(case, "opened_private", f"person:{case.reporter}", here, ping=False, part="reporter"))
    if not case.private:
        lines.append(known_to(case, case.reporter, "reporter", here))
    for person in called(case, here):
        part = "responsible" if person == case.attendant else "host"
        lines.append(card_for(case, "emergency_card", f"person:{person}", here, extra=extra, part=part))
    return lines


def called(case: Case, here: Here) -> tuple[str, ...]:
    """Who is called at any hour for an urgent case: the member, whoever is on duty, the host; each once."""
    lounge = here.settings.lounges[case.lounge]
    wanted = (case.attendant, assignment.on_duty(lounge, here.settings, here.now), lounge.host)
    return tuple(dict.fromkeys(person for person in wanted if person))


HOTLINES = (
    ("119", ("火", "烟", "烧", "爆", "煤气", "燃气", "电梯", "困")),
    ("110", ("打人", "打架", "砍", "刀", "抢", "打起来", "偷", "威胁", "跟踪")),
)


def hotline(text: str) -> str:
    """Which number to call first, the others behind it: 119 for fire and the trapped, 110 for violence, else 120."""
    first = next((number for number, words in HOTLINES if any(word in text for word in words)), "120")
    return " / ".join([first, *(n for n in ("120", "119", "110") if n != first)])


def needs_place(case: Case, settings: Settings) -> bool:
    """Whether the matter is one that happens at a building (an appeal), and the lounge has several."""
    intent = settings.intents.get(case.intent)
    return bool(intent and intent.kind == "appeal" and len(settings.buildings_of(case.lounge)) > 1)


def join(case: Case, line: ChatLine, event: Event, here: Here, why: str, *, args: dict[str, str] | None = None,
         speaker: Speaker | None = None, ids: Sequence[str] = ()) -> Change:
    """Add a line to a case as `event` (Detailed, Seconded, Noted, ...), with its decision."""
    more = {"message": line.id, **(args or {})}
    happened = Happened(event=event, at=here.now, by=line.sender, note=line.text, args=more)
    done = step(case, happened, here.settings)
    decision = Decision(id=line.id, decision="attach", intent=case.intent, case=case.id, why=why)
    if not isinstance(done, Step):
        return Change(decision=decision)
    kept = with_messages(done.case, (line.id, *ids), here.now)
    done = replace(done, case=kept)
    return change_for(kept, [(kept.id, row) for row in done.rows], lines_of(done, happened, here, speaker),
                      decision=decision)


def with_messages(case: Case, ids: Sequence[str], said_at: datetime | None = None) -> Case:
    """The case with more lines understood as its own, each once, in order; `said_at` is when, where they move it."""
    return case.but(messages=tuple(dict.fromkeys((*case.messages, *ids))), said_at=said_at or case.said_at)


def keep(case: Case, line: ChatLine, why: str, here: Here) -> Change:
    """A line that belongs to a case but moves nothing (thanks, a question after progress): only remembered."""
    kept = with_messages(case, (line.id,))
    return Change(cases=(kept,), decision=Decision(id=line.id, decision="attach", intent=case.intent, case=case.id, why=why))


async def place_found(case: Case, line: ChatLine, building: str, unit: str | None, here: Here) -> Change:
    """The reporter says which building it is: the case moves to that building's member before anyone has begun."""
    told = replace(case, building=building, unit=unit or case.unit)
    happened = Happened(event=Event.DETAILED, at=here.now, by=line.sender, note=line.text, args={"message": line.id})
    done = step(told, happened, here.settings)
    assert isinstance(done, Step)
    rows, now_case = list(done.rows), done.case
    lines: list[Outgoing] = []
    if case.state is State.ASSIGNED and case.responded_at is None and case.rounds == 1:
        seat = await seated(told, min(line.at, here.now), here)
        if seat.person != case.attendant:
            moved = Happened(event=Event.ASSIGNED, at=here.now, by=BOT,
                             args={"to": seat.person, "rung": seat.rung.value, "why": seat.why})
            again = step(now_case, moved, here.settings)
            assert isinstance(again, Step)
            rows, now_case = rows + list(again.rows), again.case
            lines = lines_of(again, moved, here, None)
    to = f"person:{line.sender}" if line.private or case.private or here.able(case.lounge).private else f"chat:{case.lounge}"
    lines.append(card_for(now_case, "placed_ok", to, here, ping=False, part="reporter"))
    say, forward = send(lines)
    return Change(cases=(now_case,), journal=tuple((case.id, row) for row in rows), say=say, forward=forward,
                  decision=Decision(id=line.id, decision="attach", intent=case.intent, case=case.id, why=f"补充了位置：{building}"))
