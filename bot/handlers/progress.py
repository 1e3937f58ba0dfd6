"""Answers what people ask about their cases at any hour: 进度, 我的清单, 为何派给我, 帮助, 菜单."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.domain import visits
from bot.domain.case import Case
from bot.handlers.cards import card_for, facts, plain, render, send, when
from bot.handlers.context import Here, Speaker
from bot.handlers.quarrel_cards import quarrel_facts
from bot.messages import Decision, Outgoing
from bot.store.port import Change

LATELY = timedelta(days=14)
MOST = 8  # items of a list that fit one screen


async def last_of(case: Case, here: Here) -> str:
    """The newest sign of life that a resident may read, in one clause."""
    if case.mediation is not None:
        return _quarrel(case, here)
    rows = await here.reader.journal(case.id)
    shown = {"Noted": "最新进展", "Resolved": "结果", "Accepted": "接单", "Asked": "在等您补充", "Answered": "答复"}
    for row in reversed(rows):
        if row.event in shown:
            day = when(row.at, here.settings, here.now)
            return f"{day} {shown[row.event]}" + (f"：{row.note}" if row.note and row.event != "Accepted" else "") + "。"
    return f"预计{when(case.due, here.settings, here.now)}前有回音。" if case.due else ""


def _quarrel(case: Case, here: Here) -> str:
    """Of a quarrel only how far it has come: what was written down of either side is for nobody else's eyes."""
    found = quarrel_facts(case, here)
    if case.result and not case.open:
        return f"{case.result}。"
    if case.mediator is None:
        return f"预计{when(case.due, here.settings, here.now)}前有回音。" if case.due else ""
    day = f"约好{found['when']}上门，" if visits.agreed(case) else ""
    return f"{found['mediator']}在调解，{day}接下来是“{found['then']}”。"


async def progress_of(case: Case, to: str, here: Here, key: str) -> Outgoing:
    """One case's progress as an answer (never a ping)."""
    card = "progress" if case.open else "progress_ended"
    extra = {"last": await last_of(case, here)}
    return card_for(case, card, to, here, extra=extra, ping=False, key=f"{key}/{card}/{to}")


def listed(cases: Sequence[Case], here: Here, *, acting: bool = False) -> str:
    """A numbered list of cases by due time, at most one screen; with `acting`, for which organisation each is handled."""
    ordered = by_due(cases)
    rows = []
    for index, case in enumerate(ordered[:MOST], 1):
        f = facts(case, here)
        due, whose = f"，{f['due']}前" if f["due"] else "", f"（{case.organisation}）" if acting else ""
        rows.append(f"{index}. {f['number']} {f['place']}·{f['intent']}，{f['state']}{due}{whose}")
    if len(ordered) > MOST:
        rows.append(f"……另有{len(ordered) - MOST}件")
    return "\n".join(rows)


def by_due(cases: Sequence[Case]) -> list[Case]:
    """The order in which a list shows cases, so that a number typed back means the same case."""
    return sorted(cases, key=lambda c: (c.due is None, c.due or c.opened_at, c.id))


async def answer(cases: Sequence[Case], speaker: Speaker, to: str, here: Here, key: str, lounge: str = "") -> Outgoing:
    """进度 without a number: nothing, the one case, or a list."""
    mine = [c for c in cases if c.open] or [c for c in cases if here.now - (c.ended_at or here.now) <= LATELY][-1:]
    if not mine:
        return plain("progress_none", to, here, key, lounge=lounge)
    if len(mine) == 1:
        return await progress_of(mine[0], to, here, key)
    return plain("progress_list", to, here, key, extra={"count": str(len(mine)), "items": listed(mine, here)}, lounge=lounge)


def mylist(cases: Sequence[Case], to: str, here: Here, key: str, wanted: str = "") -> Outgoing:
    """我的清单: what a member has on his hands, by due time; who acts for several organisations may name one of them."""
    who = here.settings.people.get(to.removeprefix("person:"))
    several = who is not None and bool(who.also)
    held = [c for c in cases if c.open and (not (several and wanted) or wanted in c.organisation)]
    if not held:
        return plain("mylist_none", to, here, key)
    return plain("mylist", to, here, key, extra={"count": str(len(held)), "items": listed(held, here, acting=several)})


def simple(card: str, to: str, here: Here, key: str, message: str, lounge: str = "", why: str = "") -> Change:
    """One fixed line as an answer."""
    say, forward = send([plain(card, to, here, key, lounge=lounge)])
    return Change(say=say, forward=forward, decision=Decision(id=message, decision="act", why=why or card))


__all__ = ["answer", "by_due", "last_of", "listed", "mylist", "progress_of", "render", "simple"]
