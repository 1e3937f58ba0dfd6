"""约: a time in plain words; of a joint visit both say yes before it stands, of a plain one the reporter is told."""

from __future__ import annotations

from datetime import datetime

from bot.domain import visits
from bot.domain.case import Case, State
from bot.domain.events import Event, Happened
from bot.domain.parts import parts, who_may
from bot.domain.tables import MAY
from bot.domain.transitions import may
from bot.domain.when import Unclear, read_time
from bot.handlers.context import Here, Speaker
from bot.handlers.quarrel_cards import spelled
from bot.messages import ButtonPress
from bot.store.port import Change


async def act(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """A time proposed, a yes, a no, or words that are no time: then it is asked again, with what was unclear."""
    from bot.handlers.act import need_note, refuse
    from bot.handlers.mediation import moved

    roles = parts(press.sender, case, here.settings)
    if not may(Event.VISIT_AGREED, roles):
        extra = {"command": "约", "who": who_may(MAY[Event.VISIT_AGREED], here.settings, case)}
        return refuse(press, case, "refuse_may", here, speaker, extra)
    proposed = case.mediation.visit_at if case.mediation else None
    joint = case.state is State.MEDIATING
    said = press.args.get("grade") or (visits.answer(press.note) if joint and proposed else "")
    if joint and said == "yes" and proposed:
        return moved(press, case, _agreed(press, case, proposed, here), here, speaker)
    if joint and said == "no":
        event = Happened(event=Event.MEDIATION_STEP, at=here.now, by=press.sender, note="这个时间不方便", args={"unvisit": "1"})
        return moved(press, case, event, here, speaker)
    words = press.args.get("at") or press.note.strip()
    if not words:
        return need_note(press, case, here)
    at = when_of(words, here)
    if isinstance(at, Unclear):
        return refuse(press, case, f"visit_again_{at.why}", here, speaker, {})
    if joint:
        event = Happened(event=Event.MEDIATION_STEP, at=here.now, by=press.sender, note=f"提议{spelled(at, here.settings)}一起上门",
                         args={"visit": at.isoformat()})
        return moved(press, case, event, here, speaker)
    event = Happened(event=Event.VISIT_AGREED, at=here.now, by=press.sender, note=f"约定{spelled(at, here.settings)}上门",
                     args={"at": at.isoformat()})
    return moved(press, case, event, here, speaker, {"when": spelled(at, here.settings)})


def when_of(words: str, here: Here) -> datetime | Unclear:
    """The instant that is meant: an ISO one as buttons carry it, or plain words; a time at night is asked again."""
    at = visits.instant(words)
    if at is not None and at <= here.now:
        return Unclear("past")
    found = at or read_time(words, here.settings.local(here.now))
    if isinstance(found, datetime) and at is None and visits.at_night(found, here.settings):
        return Unclear("night")
    return found


def _agreed(press: ButtonPress, case: Case, at: datetime, here: Here) -> Happened:
    return Happened(event=Event.VISIT_AGREED, at=here.now, by=press.sender, note=f"同意{spelled(at, here.settings)}一起上门",
                    args={"at": at.isoformat()})
