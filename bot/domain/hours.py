"""Working time: when so many working minutes will have passed, how many did, and whether it is open now.

An instant is working time when the local time of the calendar's zone lies in one of that date's intervals. So
the hour skipped by a change to daylight saving is not counted, and the hour that comes twice counts twice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Literal
from zoneinfo import ZoneInfo

from bot.domain.calendars import BadCalendar as BadCalendar
from bot.domain.calendars import Intervals, Official, YearDays, rules_from

Pause = tuple[datetime, datetime]
Weekdays = Collection[int]  # 1 = Monday

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MICRO = timedelta(microseconds=1)
_SECOND, _MINUTE, _DAY = 1_000_000, 60_000_000, 86_400_000_000  # in microseconds
_HORIZON = 200  # years looked ahead; what takes longer never comes
_MONDAY_TO_FRIDAY = frozenset(range(1, 6))
_NOTHING = YearDays(frozenset(), frozenset())


class TooFar(ValueError):
    """The answer lies more than 200 years ahead or outside what `datetime` holds: it will not open again."""


@dataclass(frozen=True, slots=True)
class _Year:
    """The openings of one local year as instants; `before[i]` is the working time ahead of opening i."""

    number: int
    begin: int
    end: int
    opens: tuple[int, ...]
    shuts: tuple[int, ...]
    before: tuple[int, ...]
    total: int

    def worked(self, at: int) -> int:
        """Working time from the year's begin to `at`."""
        index = bisect_right(self.opens, at) - 1
        return 0 if index < 0 else self.before[index] + min(at, self.shuts[index]) - self.opens[index]

    def after(self, work: int) -> int:
        """The earliest instant with `work` behind it (0 < work <= total); a full interval ends shut."""
        index = bisect_left(self.before, work) - 1
        return self.opens[index] + work - self.before[index]


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When a place works. Instants are aware; results are in UTC; naive ones raise ValueError.

    An override replaces its date's hours. Else a holiday is shut, a Sunday too. Else a make-up workday has
    its own hours if it is one of Monday to Friday, or those of the first of these that opens. Else the week
    decides. A date listed as holiday and as workday is a holiday; what is listed beats the official table;
    where the table lacks a year, the week decides (`unknown_years`).
    """

    zone: str
    week: Mapping[int, Intervals]
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    overrides: Mapping[date, Intervals] = field(default_factory=dict)
    official: Official | None = None
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def due(self, start: datetime, minutes: float, pauses: Sequence[Pause] = ()) -> datetime:
        """The earliest instant when `minutes` of working time have passed since `start`, outside the pauses.

        The closing instant belongs to the day. Zero minutes have passed at `start` itself, open or not.
        Raises ValueError for minutes that are negative or no number, TooFar where the time never comes.
        """
        at, need = _instant(start), _work_of(minutes)
        if need == 0:
            return _moment(at)
        for begin, end in _joined(pauses):
            if end <= at:
                continue
            if begin > at:
                found = self._forward(at, need)
                if found <= begin:
                    return _moment(found)
                need -= self._work(at, begin)
            at = end
        return _moment(self._forward(at, need))

    def spent(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> float:
        """Working minutes between two instants, outside the pauses; ValueError for end before start."""
        begin, until = _instant(start), _instant(end)
        if until < begin:
            raise ValueError("end lies before start")
        work = self._work(begin, until)
        for paused, resumed in _joined(pauses):
            work -= self._work(max(begin, paused), min(until, resumed))
        return work / _MINUTE

    def is_open(self, at: datetime) -> bool:
        """Whether `at` is working time, opening and closing instants included."""
        instant = _instant(at)
        return self._work(instant - 1, instant + 1) > 0

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when open, else the next opening. Raises TooFar where none comes."""
        return _moment(_instant(at)) if self.is_open(at) else _moment(self._forward(_instant(at), 1) - 1)

    def worked_within(self, at: datetime, minutes: int) -> bool:
        """Whether the `minutes` of wall time before `at` held working time (else no reminder goes out)."""
        instant = _instant(at)
        return self._work(instant - minutes * _MINUTE, instant) > 0

    def unknown_years(self, start: datetime, end: datetime | None = None) -> tuple[int, ...]:
        """Local years from `start` to `end` without the holidays they should have: warn of each once."""
        zone, listed = ZoneInfo(self.zone), {day.year for day in self.holidays}
        first, last = (at.astimezone(zone).year for at in (start, end or start))
        ask = self.official or (lambda _: _NOTHING)
        return tuple(y for y in range(first, last + 1) if y not in listed and ask(y) is None)

    def mark(self, day: date) -> Literal["holiday", "workday"] | None:
        """What is said of a date beside its weekday; overrides aside."""
        for said in (self, (self.official and self.official(day.year)) or _NOTHING):
            if day in said.holidays:
                return "holiday"
            if day in said.workdays:
                return "workday"
        return None

    def hours_on(self, day: date) -> Intervals:
        """The intervals of one local date, in seconds of the day."""
        if (replaced := self.overrides.get(day)) is not None:
            return replaced
        marked = self.mark(day)
        if marked == "holiday":
            return ()
        own = self.week.get(day.isoweekday(), ())
        if marked is None or (own and day.isoweekday() in _MONDAY_TO_FRIDAY):
            return own
        return next((self.week[n] for n in sorted(_MONDAY_TO_FRIDAY) if self.week.get(n)), own)

    def _forward(self, at: int, need: int) -> int:
        year = self._holding(at)
        need += year.worked(at)
        for _ in range(_HORIZON):
            if need <= year.total:
                return year.after(need)
            need -= year.total
            year = self._year(year.number + 1)
        raise TooFar(f"not within {_HORIZON} years")

    def _work(self, start: int, end: int) -> int:
        if end <= start:
            return 0
        first, last = self._holding(start), self._holding(end)
        if last.number - first.number > _HORIZON:
            raise TooFar(f"longer than {_HORIZON} years")
        between = sum(self._year(number).total for number in range(first.number, last.number))
        return between + last.worked(end) - first.worked(start)

    def _holding(self, at: int) -> _Year:
        year = self._year((_EPOCH + at * _MICRO).year)  # of UTC: right but for some hours at New Year
        if at < year.begin:
            return self._year(year.number - 1)
        return year if at < year.end else self._year(year.number + 1)

    def _year(self, number: int) -> _Year:
        if number not in self._years:
            if len(self._years) > 2 * _HORIZON:
                self._years.clear()  # memory stays bounded
            self._years[number] = _index(self, number)
        return self._years[number]


def calendar_from(data: Mapping[str, object], *, official: Official | None = None) -> WorkCalendar:
    """Read a calendar from plain data (shape: see `rules_from`); `official` answers for `chinesecalendar`.

    Raises BadCalendar with every mistake, also where the data name the official table and none was given.
    """
    rules = rules_from(data)
    if rules.asks_official and official is None:
        raise BadCalendar((("holidays", "此处没有接入 chinesecalendar"),))
    asked = official if rules.asks_official else None
    return WorkCalendar(rules.zone, rules.week, rules.holidays, rules.workdays, rules.overrides, asked)


def is_workday(calendar: WorkCalendar, day: date, weekdays: Weekdays = _MONDAY_TO_FRIDAY) -> bool:
    """Whether a date is a working day: it opens, is no holiday, and is a make-up day or one of `weekdays`.

    A Sunday on which the lounge is open is working time, but not a working day unless `weekdays` says so.
    """
    marked = calendar.mark(day)
    counted = marked == "workday" or (marked is None and day.isoweekday() in weekdays)
    return counted and bool(calendar.hours_on(day))


def shift_workdays(calendar: WorkCalendar, day: date, count: int, on: Weekdays = _MONDAY_TO_FRIDAY) -> date:
    """The date `count` working days after `day` (before it, if negative); `day` itself is not counted."""
    step, left, last = (1 if count > 0 else -1), abs(count), day
    while left:
        day += timedelta(days=step)
        if is_workday(calendar, day, on):
            left, last = left - 1, day
        elif abs(day - last) > timedelta(days=366):
            raise TooFar(f"no working day within a year of {last}")
    return day


def monthly(calendar: WorkCalendar, first: date, day: int, policy: Literal["before", "after"]) -> datetime:
    """The opening of the working day that stands for the `day`-th of the month of `first` (联企日).

    Months without that day use their last. The answer may lie in a month next door; there is one a month.
    """
    chosen = first.replace(day=min(day, monthrange(first.year, first.month)[1]))
    if not is_workday(calendar, chosen):
        chosen = shift_workdays(calendar, chosen, 1 if policy == "after" else -1)
    midnight = datetime(chosen.year, chosen.month, chosen.day, tzinfo=ZoneInfo(calendar.zone))
    return _moment(calendar._forward(_instant(midnight), 1) - 1)


def _index(calendar: WorkCalendar, number: int) -> _Year:
    if not 2 <= number <= 9997:  # room on both sides for offsets
        raise TooFar(f"year {number}")
    zone = ZoneInfo(calendar.zone)
    begin, end = (_instant(datetime(y, 1, 1, tzinfo=zone)) for y in (number, number + 1))
    spans = list(_openings(calendar, zone, begin, end))
    *before, total = accumulate((shut - opened for opened, shut in spans), initial=0)
    opens, shuts = tuple(opened for opened, _ in spans), tuple(shut for _, shut in spans)
    return _Year(number, begin, end, opens, shuts, tuple(before), total)


def _openings(calendar: WorkCalendar, zone: ZoneInfo, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The openings between two instants, ascending; each stretch of one offset is laid on the wall clock."""
    for start, stop, offset in _offsets(zone, begin, end):
        low, high = start + offset, stop + offset
        for number in range(low // _DAY, (high - 1) // _DAY + 1):
            for opened, shut in calendar.hours_on(date.fromordinal(_EPOCH_DAY + number)):
                first = max(low, number * _DAY + opened * _SECOND)
                last = min(high, number * _DAY + shut * _SECOND)
                if first < last:
                    yield first - offset, last - offset


def _offsets(zone: ZoneInfo, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Stretches (from, to, UTC offset) between two instants; changes that cancel within a day go unseen."""
    start, offset, at = begin, _offset(zone, begin), begin
    while at < end:
        ahead = min(at + _DAY, end)
        if (changed := _offset(zone, ahead)) != offset:
            low, high = at, ahead
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
            yield start, high, offset
            start, offset = high, changed
        at = ahead
    if start < end:
        yield start, end, offset


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = _moment(at).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // _MICRO


def _joined(pauses: Sequence[Pause]) -> Iterator[tuple[int, int]]:
    """The pauses as instants, ascending and apart: what two of them share is counted once."""
    reached: int | None = None
    for begin, end in sorted((_instant(begin), _instant(end)) for begin, end in pauses):
        if end < begin:
            raise ValueError("a pause ends before it begins")
        begin = begin if reached is None else max(begin, reached)
        if begin < end:
            yield begin, end
            reached = end


def _instant(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (at - _EPOCH) // _MICRO


def _moment(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def _work_of(minutes: float) -> int:
    if not 0 <= minutes < float("inf"):
        raise ValueError(f"no number of working minutes: {minutes}")
    return minutes * _MINUTE if isinstance(minutes, int) else round(minutes * _MINUTE)
