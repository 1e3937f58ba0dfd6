"""The monthly visit day (联企日): one reminder to a lounge's host, on its working day, at the opening; once a month."""

from __future__ import annotations

from datetime import date, datetime

from bot.domain.hours import monthly
from bot.domain.settings import Settings
from bot.handlers import cards
from bot.handlers.context import Here
from bot.messages import ClockRang
from bot.store.port import Change

CHORE = "visitday"
Alarm = tuple[str, datetime]


def next_alarm(lounge: str, settings: Settings, now: datetime, said: str = "") -> Alarm | None:
    """The chore and its instant: the first visit day ahead whose month (2026-02) was not `said` yet; None without one."""
    rule = settings.visit_day
    if rule is None:
        return None
    first = settings.local(now).date().replace(day=1)
    for ahead in range(-1, 14):
        month = _month(first, ahead)
        period, at = f"{month:%Y-%m}", monthly(settings.calendar, month, rule.day, rule.policy)
        if at > now and period > said:
            return f"chore/{CHORE}/{lounge}/{period}", at
    return None


def _month(first: date, ahead: int) -> date:
    years, month = divmod(first.month - 1 + ahead, 12)
    return first.replace(year=first.year + years, month=month + 1)


async def wound(lounge: str, here: Here) -> tuple[tuple[str, datetime | None], ...]:
    """The alarms that the settings in force want for a lounge, wound anew."""
    said = (await here.reader.overlay(lounge)).get(CHORE, "")
    alarm = next_alarm(lounge, here.settings, here.now, said)
    return (alarm,) if alarm is not None else ()


async def rang(what: ClockRang, here: Here) -> Change:
    """Tell the host, and wind the next month's. What was said for a month, or is no longer wanted, is not said."""
    _, _, lounge, period = what.key.split("/")
    known = here.settings.lounges.get(lounge)
    if known is None or here.settings.visit_day is None:
        return Change()
    said = (await here.reader.overlay(lounge)).get(CHORE, "")
    following = next_alarm(lounge, here.settings, here.now, max(said, period))
    chores = (following,) if following else ()
    if period <= said:
        return Change(chores=chores)
    count = len(await here.reader.open_cases(lounge))
    line = cards.plain("visit_day", f"person:{known.host}", here, what.key, extra={"lounge": known.name, "count": str(count)},
                       ping=True, lounge=lounge)
    say, forward = cards.send([line])
    return Change(say=say, forward=forward, chores=chores, overlay=((lounge, CHORE, period),))
