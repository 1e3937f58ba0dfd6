"""A joint visit: one proposes a time, member and mediator both say yes; an hour before both are reminded, after it a record is asked for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.case import Case
from bot.domain.mediation import Mediation
from bot.domain.settings import Settings

BEFORE, AFTER_IT = timedelta(hours=1), timedelta(hours=2)
_YES = re.compile(r"^(?:可以|行|好的?|没问题|同意|确认|就这么定|就这个时间|ok)[的啊吧了。!！]*$", re.I)
_NO = re.compile(r"^(?:不行|换(?:个)?时间|换一个|那时没空|没空|来不及|不方便|改时间).{0,12}$")


def answer(text: str) -> str:
    """yes or no to a proposed time; "" where the words are something else."""
    words = text.strip()
    return "yes" if _YES.match(words) else "no" if _NO.match(words) else ""


def needed(case: Case) -> tuple[str, ...]:
    """Who has to say yes: the member and, where one was called, the mediator."""
    return tuple(dict.fromkeys(p for p in (case.attendant, case.mediator) if p))


def waiting(case: Case) -> tuple[str, ...]:
    """Who has not said yes yet."""
    found = case.mediation
    return tuple(p for p in needed(case) if found is None or p not in found.visit_yes)


def agreed(case: Case) -> bool:
    """Whether there is a time that both have confirmed."""
    found = case.mediation
    return found is not None and found.visit_at is not None and not waiting(case)


def proposed(found: Mediation, at: datetime, by: str, case: Case) -> Mediation:
    """A time is laid before both; who proposes it has said yes."""
    return replace(found, visit_at=at, visit_yes=(by,) if by in needed(case) else ())


def confirmed(found: Mediation, by: str) -> Mediation:
    """One more yes."""
    return replace(found, visit_yes=tuple(dict.fromkeys((*found.visit_yes, by))))


def dropped(found: Mediation) -> Mediation:
    """No time is agreed any more."""
    return replace(found, visit_at=None, visit_yes=())


def alarms(case: Case, now: datetime, settings: Settings) -> dict[str, datetime]:
    """The alarms of an agreed visit that lie ahead: `soon` an hour before, `visit` for the record after it."""
    found = case.mediation
    if found is None or found.visit_at is None or not agreed(case):
        return {}
    ahead = {"soon": max(found.visit_at - BEFORE, _awake(found.visit_at, settings)), "visit": found.visit_at + AFTER_IT}
    return {name: at for name, at in ahead.items() if at > now}


def _awake(at: datetime, settings: Settings) -> datetime:
    """The end of the quiet hours of that day: nobody is reminded in his sleep."""
    local, end = settings.local(at), settings.quiet.end
    opening = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return min(opening, local)


def instant(text: str) -> datetime | None:
    """An ISO 8601 instant with its zone, or None."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def at_night(at: datetime, settings: Settings) -> bool:
    """Whether nobody goes to see anybody then."""
    local, quiet = settings.local(at).time(), settings.quiet
    if quiet.start <= quiet.end:
        return quiet.start <= local < quiet.end
    return local >= quiet.start or local < quiet.end
