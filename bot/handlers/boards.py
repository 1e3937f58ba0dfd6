"""Shows hosts and desks what is theirs to look after: 卡点 (stuck cases), 风险 (by kind and tier), 记录 N (a case's journal)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import risk
from bot.domain.case import Case
from bot.domain.commands import Command
from bot.domain.parts import desks, parts
from bot.domain.settings import Settings
from bot.domain.stuck import Stuck, board
from bot.handlers import cards, record
from bot.handlers.context import Here
from bot.messages import ChatLine, Decision, Outgoing
from bot.store.port import Change

VERBS = frozenset({"board", "journal"})
MOST = 8  # cases that fit one screen
ROWS = 40  # of a journal; the oldest stay out where there are more
READS = frozenset({"responsible", "mediator", "host", "desk", "liaison", "coordinator", "checker"})


def wanted(command: Command) -> bool:
    """Whether a typed command asks for one of these pages; 风险 with a number or a word judges a case instead."""
    return command.verb in VERBS or command.verb == "risk" and not command.number and not command.rest


async def answer(line: ChatLine, command: Command, here: Here) -> Change:
    """The page, to who may read it; nobody else learns more than that it is not for him."""
    if command.verb == "journal":
        say = await _journal(line, command.number or command.rest.upper(), here)
    else:
        lounges = in_charge(line.sender, here.settings)
        cases = [case for name in lounges for case in await here.reader.open_cases(name)]
        page = _stuck if command.verb == "board" else _risks
        say = page(cases, lounges, line, here) if lounges else cards.plain("board_may", f"person:{line.sender}", here, line.id)
    said, forward = cards.send([say])
    return Change(say=said, forward=forward, decision=Decision(id=line.id, decision="act", why=command.verb))


def in_charge(person: str, settings: Settings) -> list[str]:
    """The lounges that somebody hosts, or that lie under his desk."""
    return [name for name, lounge in settings.lounges.items() if lounge.host == person or person in desks(name, settings)]


def _stuck(cases: Sequence[Case], lounges: Sequence[str], line: ChatLine, here: Here) -> Outgoing:
    to, found = f"person:{line.sender}", board(cases, here.now, here.settings)
    if not found:
        return cards.plain("board_none", to, here, line.id, extra={"count": str(len(cases))})
    rows = [f"{n}. {stuck_line(one, here)}" for n, one in enumerate(found[:MOST], 1)]
    return cards.plain("board", to, here, line.id, extra={"count": str(len(found)), "items": _fit(rows, len(found))})


def stuck_line(one: Stuck, here: Here) -> str:
    """HH-0003 3栋·楼道堆物，在春分处：5个工作日没有动静，退了2次."""
    facts = cards.facts(one.case, here)
    return f"{facts['number']} {facts['place']}·{facts['intent']}，在{facts['attendant']}处：{one.why()}"


def _fit(rows: list[str], count: int) -> str:
    return "\n".join([*rows, *([f"……另有{count - MOST}件"] if count > MOST else [])])


def _risks(cases: Sequence[Case], lounges: Sequence[str], line: ChatLine, here: Here) -> Outgoing:
    rows = risk_lines(cases, lounges, here.settings)
    high = [case for case in cases if case.tier == risk.HIGH]
    first = sorted(high, key=lambda case: (case.risk_by is None, case.risk_by or case.opened_at, case.id))
    named = [f"{n}. {high_line(case, here)}" for n, case in enumerate(first[:MOST], 1)]
    items = "\n".join([*rows, *(["高风险，按期限："] if named else []), *([_fit(named, len(high))] if named else [])])
    return cards.plain("risks", f"person:{line.sender}", here, line.id, extra={"count": str(len(high)), "items": items})


def high_line(case: Case, here: Here) -> str:
    """YQ-0001 香江工业园A厂房·劳资：负责人冬至，11月9日前有结果."""
    facts = cards.facts(case, here)
    owner = facts["owner"] or facts["attendant"]
    return f"{facts['number']} {facts['place']}·{facts['intent']}：负责人{owner}" + (f"，{facts['day']}前有结果" if facts["day"] else "")


def risk_lines(cases: Sequence[Case], lounges: Sequence[str], settings: Settings) -> list[str]:
    """Each kind with its tiers, counted over buildings: 劳资纠纷：高1 中0 低2，还没排查5处."""
    sheet = [one for name in lounges for one in risk.worksheet(name, settings, findings(cases, settings))]
    rows = []
    for kind in risk.KINDS:
        tiers = [one.tier for one in sheet if one.kind == kind]
        counts = " ".join(f"{risk.SAID_TIER[tier]}{tiers.count(tier)}" for tier in (risk.HIGH, risk.MID, risk.LOW))
        rows.append(f"{kind}：{counts}，还没排查{tiers.count('')}处")
    return rows


def findings(cases: Sequence[Case], settings: Settings) -> list[risk.Finding]:
    """What open cases tell of their buildings; of several of one kind at one building the highest stands."""
    order = {"": 0, risk.LOW: 1, risk.MID: 2, risk.HIGH: 3}
    found = [risk.Finding(building=case.building, kind=risk.kind_of(case, settings), tier=case.tier, owner=case.risk_owner,
                          day=settings.local(case.risk_by).date() if case.risk_by else None, note=case.id)
             for case in cases if case.building and case.tier]
    return sorted(found, key=lambda one: order[one.tier])


async def _journal(line: ChatLine, number: str, here: Here) -> Outgoing:
    """Everything that was done on a case, to who works on it or answers for it."""
    to, case = f"person:{line.sender}", await here.reader.case(number)
    if case is None or not parts(line.sender, case, here.settings) & READS:
        return cards.plain("case_gone", to, here, line.id, extra={"number": number or "？"})
    rows = record.lines(case, await here.reader.journal(case.id), here.settings)
    left = [f"……前面还有{len(rows) - ROWS}条"] if len(rows) > ROWS else []
    return cards.card_for(case, "journal", to, here, ping=False, key=f"{line.id}/journal",
                          extra={"items": "\n".join([*left, *rows[-ROWS:]])})


__all__ = ["answer", "findings", "high_line", "in_charge", "risk_lines", "stuck_line", "wanted"]
