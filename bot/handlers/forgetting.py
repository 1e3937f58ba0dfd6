"""Takes a person's words and name out of a case and its journal (删除我的信息); the count of the matter stays.

Personal Information Protection Law, article 47: delete when consent is withdrawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.case import Case, Row
from bot.handlers import which
from bot.handlers.context import Here
from bot.messages import ButtonPress, Outgoing
from bot.store.port import Change

SHOWN = 12  # hex digits of a kept file's hash that its row of the journal shows
_KEPT = re.compile(rf"附件已存：\S+ ([0-9a-f]{{{SHOWN}}})")
GONE = "（按本人要求已删除）"


async def forget(press: ButtonPress, here: Here) -> Change:
    """Blank everything in one case that came from this person; the case goes on without a name."""
    case = await here.reader.case(press.case or "")
    if case is None:
        return Change()
    rows = await here.reader.journal(case.id)
    blank = tuple(blanked(row, press.sender) for row in rows)
    files = sorted(_files(row for row in rows if row.by == press.sender)
                   - _files(row for row in rows if row.by != press.sender))
    say = (unkept(press.id, case, files, here),) if files else ()
    return Change(cases=(without(case, press.sender),), rewrite=((case.id, blank),), say=say,
                  overlay=((case.lounge, which.ASKED + press.sender, None),))


def _files(rows: Iterable[Row]) -> set[str]:
    """The hashes, as shown, of the files that these rows say are kept."""
    return {digest for row in rows for digest in _KEPT.findall(row.note)}


def unkept(key: str, case: Case, files: Sequence[str], here: Here) -> Outgoing:
    """The errand to delete files of a case, by what their hashes begin with."""
    return Outgoing(key=f"unkept/{case.id}/{key}", at=here.now, to="media:forget", card="forget", text=" ".join(files),
                    case=case.id, lounge=case.lounge, ping=False)


def blanked(row: Row, person: str) -> Row:
    """A journal row without the person who caused it and his words."""
    return replace(row, by="", note="") if row.by == person else row


def without(case: Case, person: str) -> Case:
    """The case without a person: as reporter no name, no words, no door; as supporter still one voice."""
    voices = tuple(replace(s, sender="", message="") if s.sender == person else s for s in case.supporters)
    if case.mediation is not None and case.mediation.b_sender == person:
        case = replace(case, mediation=replace(case.mediation, b_sender="", b_name="对方"))
    if case.reporter != person:
        return replace(case, supporters=voices)
    return replace(case, reporter="", reporter_name="", gist=GONE, unit=None, supporters=voices)
