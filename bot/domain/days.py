"""The days that plain words name: 明天, 周一, 11月3日到5日, 下周一到下周三."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.domain.facts import WEEKDAYS

_NEAR = {"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_DAY = re.compile(
    r"(?P<near>大后天|今天|今日|明天|明日|后天)"
    r"|(?P<next>下)?(?:个)?(?:周|星期|礼拜)(?P<week>[一二三四五六日天])"
    r"|(?:(?P<year>\d{4})[年/-])?(?P<month>\d{1,2})[月/-](?P<day>\d{1,2})[日号]?(?!\d)"
    r"|(?P<only>\d{1,2})[日号](?!\d)")
_TO = re.compile(r"\s*(?:到|至|—+|-|~|～)\s*")
_LONG = re.compile(r"(?P<days>\d{1,2}|[一两二三四五六七])天")
_FIGURE = {"一": 1, "两": 2, **{name: n for n, name in enumerate(WEEKDAYS, 1) if name != "日"}}


def span(text: str, today: date) -> tuple[date, date] | None:
    """The first and the last day that the words name; one day is both. None where they name none, or end before they begin."""
    found = _DAY.search(text)
    if found is None:
        return None
    first = _day(found, today)
    if first is None:
        return None
    joint = _TO.match(text, found.end())
    second = _DAY.match(text, joint.end()) if joint else None
    if second is not None:
        last = _day(second, today if second["next"] else first)
        return (first, last) if last is not None and first <= last else None
    if long := _LONG.search(text, found.end()):
        days = _FIGURE.get(long["days"]) or int(long["days"])
        return first, first + timedelta(days=max(days, 1) - 1)
    return first, first


def day(text: str, today: date) -> date | None:
    """The one day that the words name first."""
    found = _DAY.search(text)
    return _day(found, today) if found else None


def without(text: str) -> str:
    """The words without the days in them."""
    return _LONG.sub(" ", _DAY.sub(" ", text))


def _day(found: re.Match[str], base: date) -> date | None:
    """One named day, never before `base`: a weekday is the next such day, 下周 the week after, a day alone the next such."""
    if found["near"]:
        return base + timedelta(days=_NEAR[found["near"]])
    if found["week"]:
        wanted = WEEKDAYS.index(found["week"].replace("天", "日"))
        if found["next"]:
            return base - timedelta(days=base.weekday()) + timedelta(days=7 + wanted)
        return base + timedelta(days=(wanted - base.weekday()) % 7)
    wanted_day = int(found["only"] or found["day"])
    months = [(base.year, base.month), (base.year + base.month // 12, base.month % 12 + 1)] if found["only"] else [
        (int(found["year"] or base.year), int(found["month"])), (base.year + 1, int(found["month"]))]
    for year, month in months:
        try:
            named = date(year, month, wanted_day)
        except ValueError:
            continue
        if named >= base:
            return named
    return None
