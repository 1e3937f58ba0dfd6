"""Which open cases are stuck (堵点): nobody has moved them for days, they were given back twice, they need several units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.case import Case
from bot.domain.hours import is_workday
from bot.domain.settings import Settings

SILENT, RETURNED, ACROSS = "silent", "returned", "across"
SAID = {SILENT: "{days}个工作日没有动静", RETURNED: "退了{declines}次", ACROSS: "要{partners}家单位一起办"}
TWICE = 2  # 退单
SEVERAL = 2  # partner units


@dataclass(frozen=True, slots=True)
class Stuck:
    """A case on the board, and why, in the order of SAID."""

    case: Case
    reasons: tuple[str, ...]
    days: int

    def why(self) -> str:
        """The reasons as people say them."""
        facts = {"days": self.days, "declines": self.case.declines, "partners": len(self.case.partners)}
        return "，".join(SAID[reason].format_map(facts) for reason in self.reasons)


def silent_days(case: Case, now: datetime, settings: Settings) -> int:
    """Whole working days since a person last moved the case; what the clock and the bot say does not count."""
    zone = ZoneInfo(settings.timezone)
    last = (case.moved_at or case.opened_at).astimezone(zone).date()
    today = now.astimezone(zone).date()
    week = frozenset(settings.calendar.week)
    days = (last + timedelta(days=n) for n in range(1, (today - last).days))
    return sum(is_workday(settings.calendar, day, week) for day in days)


def stuck(case: Case, now: datetime, settings: Settings) -> Stuck | None:
    """Why an open case is on the board now; None where it is not. Silent for N days: there from day N + 1 on."""
    if not case.open:
        return None
    days = silent_days(case, now, settings)
    holds = {SILENT: days >= settings.levels.stuck_days, RETURNED: case.declines >= TWICE,
             ACROSS: len(case.partners) >= SEVERAL}
    reasons = tuple(reason for reason in SAID if holds[reason])
    return Stuck(case, reasons, days) if reasons else None


def board(cases: Iterable[Case], now: datetime, settings: Settings) -> list[Stuck]:
    """Every stuck case, the longest silent first."""
    found = [one for one in (stuck(case, now, settings) for case in cases) if one is not None]
    return sorted(found, key=lambda one: (-one.days, one.case.opened_at, one.case.id))


