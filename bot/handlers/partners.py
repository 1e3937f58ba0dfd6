"""What a partner who was asked to join sees of a case: its words and pictures, never a door, a name, a number or another case."""

from __future__ import annotations

import re

from bot.domain.case import Case
from bot.domain.mediation import B
from bot.domain.walls import side_of
from bot.handlers import act, cards
from bot.handlers.context import Here
from bot.messages import ButtonPress, ChatLine
from bot.store.port import Change

KEPT = re.compile(r"附件已存：(\S+ [0-9a-f]+)")  # how a row says that a file is kept (handlers/replying.py)


def joined(person: str, case: Case, here: Here) -> bool:
    """Whether somebody answers for a partner of the case and is nothing else to it."""
    contacts = {here.settings.partners[p].contact for p in case.partners if p in here.settings.partners}
    return person in contacts and case.role_of(person) is None


async def view(line: ChatLine, case: Case, here: Here) -> Change:
    """进度 N of a partner: the limited view, in private."""
    rows = await here.reader.journal(case.id)
    files = [kept[1] for row in rows if (kept := KEPT.fullmatch(row.note)) and side_of(case, row.by) != B]
    say = cards.card_for(case, "partner_view", f"person:{line.sender}", here, ping=False, part="partner",
                         extra={"files": "、".join(files) or "没有"}, key=f"{line.id}/partner_view")
    press = ButtonPress(id=line.id, at=line.at, sender=line.sender, verb="progress", case=case.id)
    return act.said(press, [say], "act", "联动单位看进展", case)
