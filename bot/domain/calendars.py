"""A working calendar as people write it: plain data become rules, all mistakes are named at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

Intervals = tuple[tuple[int, int], ...]  # seconds of the local day, ascending, apart; 86400 is its end

DAY = 86_400
CHINESE = "chinesecalendar"  # the word in "holidays" that means: ask the official table
_KEYS = frozenset({"tz", "week", "holidays", "workdays", "overrides"})
_WEEKDAYS = re.compile(r"[1-7](-[1-7])?(,[1-7](-[1-7])?)*")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DAY_NUMBERS = {name: number for number, name in enumerate("一二三四五六日", start=1)} | {"天": 7}
_TEXT_DAYS = re.compile(r"(?:周|星期)([一二三四五六日天])(?:(?:至|到|-)(?:周|星期)?([一二三四五六日天]))?")
_TEXT_SPAN = re.compile(r"(\d{1,2}:\d{2}(?::\d{2})?)(?:-|至|到)(\d{1,2}:\d{2}(?::\d{2})?)", re.ASCII)
_TEXT_PART = re.compile(rf"((?:{_TEXT_DAYS.pattern}[\s,、和:]*)+)((?:{_TEXT_SPAN.pattern}[\s,、;和]*)+)")
_NARROW = str.maketrans("：－–—~～，；", ":-----,;")


@dataclass(frozen=True, slots=True)
class YearDays:
    """One year of the official table: named holidays, and the weekend days worked instead (调休)."""

    holidays: frozenset[date]
    workdays: frozenset[date]


Official = Callable[[int], YearDays | None]  # year -> its days; None where nothing has been published


class BadCalendar(ValueError):
    """A calendar that cannot be used; `mistakes` holds (key, what is wrong), its text is one line."""

    def __init__(self, mistakes: tuple[tuple[str, str], ...]) -> None:
        self.mistakes = mistakes
        super().__init__("；".join(f"{key}：{what}" for key, what in mistakes))


@dataclass(frozen=True, slots=True)
class Rules:
    """What plain data said, checked; `asks_official` where the official table is to be asked too."""

    zone: str
    week: Mapping[int, Intervals]
    holidays: frozenset[date]
    workdays: frozenset[date]
    overrides: Mapping[date, Intervals]
    asks_official: bool


@dataclass(slots=True)
class _Reading:
    """Collects mistakes while the parts are read, so that an operator mends a file in one go."""

    mistakes: list[tuple[str, str]] = field(default_factory=list)

    def wrong(self, key: str, what: str) -> None:
        self.mistakes.append((key, what))

    def pairs(self, key: str, value: object) -> Iterator[tuple[object, object]]:
        if isinstance(value, Mapping):
            yield from value.items()
        elif value is not None:
            self.wrong(key, "应为键值表")

    def items(self, key: str, value: object) -> Iterator[tuple[str, object]]:
        if isinstance(value, list | tuple):
            yield from ((f"{key}[{index}]", item) for index, item in enumerate(value))
        else:
            self.wrong(key, "应为列表")

    def day(self, key: str, value: object) -> date | None:
        """A date, from text or as YAML has already read it."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            if isinstance(value, str) and _DATE.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.wrong(key, f"不是有效日期：{value}")
        return None

    def seconds(self, key: str, value: object) -> int | None:
        """Seconds of the day. YAML 1.1 reads a bare 14:00 as 840, 14:00:30 as 50430: so numbers are taken."""
        if isinstance(value, int) and not isinstance(value, bool):
            found: int | None = value * 60 if 0 <= value <= 1440 else value
        elif isinstance(value, str) and (parts := _CLOCK.fullmatch(value.strip())):
            found = int(parts[1]) * 3600 + int(parts[2]) * 60 + int(parts[3] or 0)
        else:
            found = None
        if found is None or not 0 <= found <= DAY:
            self.wrong(key, f"不是有效时刻：{value}")
            return None
        return found

    def intervals(self, key: str, value: object) -> Intervals:
        found: list[tuple[int, int]] = []
        for where, pair in self.items(key, value):
            if not isinstance(pair, list | tuple) or len(pair) != 2:
                self.wrong(where, "时段应写成 [开始, 结束]")
                continue
            start, end = self.seconds(where, pair[0]), self.seconds(where, pair[1])
            if start is None or end is None:
                continue
            if start >= end:
                self.wrong(where, f"结束须晚于开始：{pair[0]}–{pair[1]}（跨零点请写成两天的时段）")
            else:
                found.append((start, end))
        found.sort()
        if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
            self.wrong(key, "时段互相重叠")
        return tuple(found)

    def week(self, value: object) -> dict[int, Intervals]:
        if isinstance(value, str):
            try:
                return week_from_text(value)
            except BadCalendar as bad:
                self.mistakes.extend(bad.mistakes)
                return {}
        week: dict[int, Intervals] = {}
        for name, spans in self.pairs("week", value):
            key = f"week.{name}"
            intervals = self.intervals(key, spans)
            for number in self.weekdays(key, str(name).replace(" ", "")):
                if number in week:
                    self.wrong(key, f"星期 {number} 写了两次")
                week[number] = intervals
        return week

    def weekdays(self, key: str, name: str) -> tuple[int, ...]:
        """`1-5`, `7` or `1,3,5-6`; 1 is Monday."""
        parts = name.split(",") if _WEEKDAYS.fullmatch(name) else []
        ends = [tuple(map(int, part.split("-"))) for part in parts]
        if not ends or any(part[0] > part[-1] for part in ends):
            self.wrong(key, "应为 1 至 7 的星期数，如 1-5 或 7")
            return ()
        return tuple(number for part in ends for number in range(part[0], part[-1] + 1))

    def days(self, key: str, value: object) -> frozenset[date]:
        found = (self.day(where, item) for where, item in self.items(key, [] if value is None else value))
        return frozenset(day for day in found if day is not None)

    def zone(self, value: object) -> str:
        try:
            if isinstance(value, str) and value:
                ZoneInfo(value)
                return value
        except (LookupError, ValueError, OSError):  # unknown, malformed, or a folder of the zone database
            pass
        self.wrong("tz", f"没有这个时区：{value}")
        return "UTC"


def week_from_text(text: str) -> dict[int, Intervals]:
    """Opening hours as on a door (`周一至周五 周日9:00-12:00 14:00-18:00`): weekday 1..7 -> intervals.

    Several groups of days may follow one another, each before its own hours. Raises BadCalendar where a part
    of the text is not understood: half-read hours would be wrong hours.
    """
    reading = _Reading()
    plain = " ".join(text.translate(_NARROW).split())  # split() also takes the no-break spaces of pasted text
    week: dict[int, Intervals] = {}
    for part in _TEXT_PART.finditer(plain):
        spans = reading.intervals("week", [list(found.groups()) for found in _TEXT_SPAN.finditer(part[0])])
        for first, last in _TEXT_DAYS.findall(part[1]):
            start, end = _DAY_NUMBERS[first], _DAY_NUMBERS[last or first]
            if start > end or week.keys() & range(start, end + 1):
                reading.wrong("week", f"星期写反或写了两次：{text}")
            week |= dict.fromkeys(range(start, end + 1), spans)
    if _TEXT_PART.sub("", plain).strip() or not week:
        reading.wrong("week", f"看不懂的时间：{text}")
    if reading.mistakes:
        raise BadCalendar(tuple(reading.mistakes))
    return week


def rules_from(data: Mapping[str, object]) -> Rules:
    """Read a calendar: `tz`, `week`, `holidays`, `workdays`, `overrides`; all but `week` may be left out.

    `holidays` is a list of dates, the word `chinesecalendar`, or a list of both (an installation adds what
    the table does not know yet); `week` may also be a text for `week_from_text`. Raises BadCalendar with
    every mistake, and for a calendar that never opens.
    """
    reading = _Reading()
    for key in data.keys() - _KEYS:
        reading.wrong(str(key), "不认识的项")
    named = data.get("holidays")
    listed: object = [named] if named == CHINESE else named
    dates = [item for item in listed if item != CHINESE] if isinstance(listed, list | tuple) else listed
    overrides: dict[date, Intervals] = {}
    for name, spans in reading.pairs("overrides", data.get("overrides")):
        intervals = reading.intervals(f"overrides.{name}", spans)
        if (day := reading.day(f"overrides.{name}", name)) is not None:
            overrides[day] = intervals
    rules = Rules(
        zone=reading.zone(data.get("tz", "Asia/Shanghai")),
        week=reading.week(data.get("week")),
        holidays=reading.days("holidays", dates),
        workdays=reading.days("workdays", data.get("workdays")),
        overrides=overrides,
        asks_official=isinstance(listed, list | tuple) and CHINESE in listed,
    )
    if not reading.mistakes and not any(rules.week.values()) and not any(overrides.values()):
        reading.wrong("week", "这份日历没有任何开放时间")
    if reading.mistakes:
        raise BadCalendar(tuple(reading.mistakes))
    return rules
