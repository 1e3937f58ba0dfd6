"""Takes a person's words and name out of a case and its journal (删除我的信息); the count of the matter stays.

Personal Information Protection Law, article 47: delete when consent is withdrawn.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain.case import Case, Row
from bot.handlers.context import Here
from bot.messages import ButtonPress
from bot.store.port import Change

GONE = "（按本人要求已删除）"


async def forget(press: ButtonPress, here: Here) -> Change:
    """Blank everything in one case that came from this person; the case goes on without a name."""
    case = await here.reader.case(press.case or "")
    if case is None:
        return Change()
    rows = await here.reader.journal(case.id)
    blank = tuple(blanked(row, press.sender) for row in rows)
    return Change(cases=(without(case, press.sender),), rewrite=((case.id, blank),))


def blanked(row: Row, person: str) -> Row:
    """A journal row without the person who caused it and his words."""
    return replace(row, by="", note="") if row.by == person else row


def without(case: Case, person: str) -> Case:
    """The case without a person: as reporter no name, no words, no door; as supporter still one voice."""
    voices = tuple(replace(s, sender="", message="") if s.sender == person else s for s in case.supporters)
    if case.reporter != person:
        return replace(case, supporters=voices)
    return replace(case, reporter="", reporter_name="", gist=GONE, unit=None, supporters=voices)
