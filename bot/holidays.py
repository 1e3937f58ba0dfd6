"""China's official holidays and make-up workdays, a year at a time, from the chinesecalendar package."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from chinese_calendar import constants

from bot.domain.calendars import YearDays

# Days that are holidays in every year since 2004: a year without one of them is half-entered.
_ALWAYS = ((1, 1), (5, 1), (10, 1))
_SATURDAY = 6


@lru_cache(maxsize=256)
def official(year: int) -> YearDays | None:
    """The official days of `year`; None where the package has none, or has some that cannot be right.

    Unlike the package's own `is_holiday`, an ordinary weekend day is in neither set: whether it is open, the
    calendar's week says. Source: chinese_calendar.constants (after the State Council's yearly notices).
    """
    return checked(year, constants.holidays, constants.workdays)


def checked(year: int, holidays: Iterable[date], workdays: Iterable[date]) -> YearDays | None:
    """The days of one year picked from tables of many, or None where they cannot be right.

    A year is believed when it has the fixed feasts, no day is both, and every make-up day falls on a weekend.
    """
    shut = frozenset(day for day in holidays if day.year == year)
    made_up = frozenset(day for day in workdays if day.year == year)
    complete = all(date(year, month, day) in shut for month, day in _ALWAYS)
    weekend = all(day.isoweekday() >= _SATURDAY for day in made_up)
    return YearDays(shut, made_up) if complete and weekend and not shut & made_up else None
