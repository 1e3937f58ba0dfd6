"""The week of a digest: Monday 00:00 to Monday 00:00 in Shenzhen, under its ISO name, with the weeks before it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
KEPT = 8  # weeks that a digest looks at, its own the last
BEFORE = 4  # weeks before, of which the mean is taken
_NAME = re.compile(r"(\d{4})-?[Ww](\d{2})", re.ASCII)
_DAYS = 7


class BadWeek(ValueError):
    """No name of a week; the message says what is wrong."""


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week by its Monday (a local date)."""

    monday: date

    @property
    def start(self) -> datetime:
        """Its first instant."""
        return datetime(self.monday.year, self.monday.month, self.monday.day, tzinfo=ZONE)

    @property
    def end(self) -> datetime:
        """The first instant of the next one."""
        return self.plus(1).start

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=_DAYS - 1)

    def plus(self, weeks: int) -> Week:
        """So many weeks later (before, if negative)."""
        return Week(self.monday + timedelta(days=_DAYS * weeks))

    def __str__(self) -> str:
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02d}"


def week_of(at: datetime) -> Week:
    """The week that holds an instant (aware)."""
    day = at.astimezone(ZONE).date()
    return Week(day - timedelta(days=day.weekday()))


def parse(text: str) -> Week:
    """`2026-W45`. Raises BadWeek."""
    found = _NAME.fullmatch(text.strip())
    try:
        if found is not None:
            return Week(date.fromisocalendar(int(found[1]), int(found[2]), 1))
    except ValueError:
        pass
    raise BadWeek(f"--week {text}: no such week; write it like 2026-W45")


def last(now: datetime) -> Week:
    """The last week that is complete at `now`."""
    return week_of(now).plus(-1)


def since(week: Week, now: datetime) -> tuple[Week, ...]:
    """The weeks that a digest made at `now` has to look into: KEPT of them and all that came after."""
    found, reached = [week.plus(1 - KEPT)], max(week, week_of(now))
    while found[-1] < reached:
        found.append(found[-1].plus(1))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Span:
    """The weeks that a digest looks at, as places 1..KEPT, oldest first; place 0 is all time before them."""

    weeks: tuple[Week, ...]
    bounds: tuple[datetime, ...]  # where place 1, 2, … begin, and the end of the last; in UTC, as what is stored

    @property
    def end(self) -> datetime:
        """The first instant that is not seen any more."""
        return self.bounds[-1]

    def place(self, at: datetime) -> int:
        """Which place holds an instant before the end."""
        return bisect_right(self.bounds, at)


def span(week: Week) -> Span:
    """The KEPT weeks up to `week`."""
    weeks = tuple(week.plus(n) for n in range(1 - KEPT, 1))
    bounds = (*(one.start for one in weeks), weeks[-1].end)
    return Span(weeks, tuple(at.astimezone(UTC) for at in bounds))  # two zones are compared ten times slower than one
