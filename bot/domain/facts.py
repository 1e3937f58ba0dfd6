"""What config can answer at once: which fact a question means, when it is open next; no match is never a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.domain.calendars import Intervals
from bot.domain.hours import TooFar, WorkCalendar

Words = tuple[tuple[str, ...], ...]  # alternatives; all parts of one must be said
Kind = Literal["hours", "room", "station", "contact", "guide", "line"]
WEEKDAYS = "一二三四五六日"
_DAY = timedelta(days=1)
_NEAR = {"今天": 0, "今晚": 0, "现在": 0, "明天": 1, "明早": 1, "后天": 2}
_WEEKDAY = re.compile(r"(?:(下)(?:个)?)?(?:周|星期|礼拜)([一二三四五六日天])")
_DATE = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})[日号]?")
_ASKING = ("?", "？", "哪", "吗", "么", "几点", "几楼", "多少", "什么", "怎", "咋", "边度", "点样", "有没有", "几时", "多久")
_FEASTS = {"元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "国庆": (10, 1), "十一": (10, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that is known: by which words people ask for it, and what the answer is made of."""

    kind: Kind
    name: str
    words: Words
    text: str = ""  # a guide's or a line's own words; a contact's note
    where: str = ""
    hours: str = ""  # its own hours in words; "" where it opens with the centre
    phone: str = ""
    checked: date | None = None  # when somebody last made sure of it
    intent: str = "service_info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One item of the menu: an answer, or (`ask`) words that open a case of `intent` when somebody picks it."""

    name: str
    text: str = ""
    ask: str = ""
    intent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All of an installation's facts; a lounge's own lines are kept with the lounge."""

    known: tuple[Fact, ...] = ()
    menu: tuple[Offer, ...] = ()
    asks: tuple[str, ...] = ()  # words without which the name of a room is only talk
    hurt: Words = ()  # somebody is hurt: no station but the emergency path
    own: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)  # lounge id -> what it answers before the rest


def pattern(text: str) -> Words:
    """`a+b|c` as alternatives of parts."""
    return tuple(tuple(choice.split("+")) for choice in text.split("|"))


def weight(text: str, words: Words) -> int:
    """How many characters of the text the best alternative accounts for; 0 where none is said in full."""
    heaviest = 0
    for parts in words:  # spelled out: every question in a group is held against some hundred of them
        for part in parts:
            if part not in text:
                break
        else:
            heaviest = max(heaviest, sum(map(len, parts)))
    return heaviest


def find(text: str, facts: Facts, lounge: str = "") -> tuple[Fact, ...]:
    """The fact that a question means: the lounge's own first, else the one that most of it speaks of, hours last.

    Several stations may fit one need and come together; two other facts that fit equally are nobody's answer.
    """
    own = next((fact for fact in facts.own.get(lounge, ()) if weight(text, fact.words)), None)
    if own is not None:
        return (own,)
    asks = weight_asks(text, facts)
    fitting = [(weight(text, fact.words), fact) for fact in facts.known if fact.kind != "room" or asks]
    exact = [(heavy, fact) for heavy, fact in fitting if heavy and fact.kind != "hours"] or [x for x in fitting if x[0]]
    most = max((heavy for heavy, _ in exact), default=0)
    best = tuple(fact for heavy, fact in exact if heavy == most)
    return best if len(best) == 1 or all(fact.kind == "station" for fact in best) else ()


def weight_asks(text: str, facts: Facts) -> bool:
    """Whether a text asks for a place or an hour, and does not only name it."""
    return any(word in text for word in facts.asks)


def asking(text: str) -> bool:
    """Whether a line asks at all; who tells others of a room or an hour is not to be answered."""
    return any(word in text for word in _ASKING)


def asked_day(text: str, today: date, calendar: WorkCalendar) -> date | None:
    """The date that a question about hours names: 明天, 周六, 10月2日, 国庆; None where it names none.

    A weekday that has passed means next week's; 节假日 means the next official holiday.
    """
    for word, days in _NEAR.items():
        if word in text:
            return today + days * _DAY
    if said := _WEEKDAY.search(text):
        ahead = (("一二三四五六日".index(said[2].replace("天", "日")) - today.weekday()) % 7)
        monday = today - today.weekday() * _DAY
        return monday + (7 + (today.weekday() + ahead) % 7) * _DAY if said[1] else today + ahead * _DAY
    if said := _DATE.search(text):
        return _coming(today, int(said[1]), int(said[2]))
    for feast, (month, day) in _FEASTS.items():
        if feast in text:
            return _coming(today, month, day)
    if any(word in text for word in ("节假日", "放假", "假期", "过节")):
        return next((d for d in (today + n * _DAY for n in range(370)) if calendar.mark(d) == "holiday"), None)
    return None


def _coming(today: date, month: int, day: int) -> date | None:
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is true of one date's hours at an instant."""

    day: date
    spans: Intervals
    today: bool
    open_now: bool  # of today: it is open at this instant
    until: datetime | None  # of today, open: when it shuts
    next: datetime | None  # the next opening where it is shut; None where none is known
    moved: bool  # the date has hours of its own (错时服务)


def opening(day: date, calendar: WorkCalendar, now: datetime) -> Opening:
    """The hours of a local date, and what comes next; read from the same calendar as every clock."""
    zone = ZoneInfo(calendar.zone)
    today = now.astimezone(zone).date()
    spans = calendar.hours_on(day)
    is_today = day == today
    current = _span_at(spans, now.astimezone(zone)) if is_today else None
    until = datetime.combine(day, time.min, zone) + timedelta(seconds=current[1]) if current else None
    after = now if is_today else datetime.combine(day, time.min, zone)
    return Opening(day=day, spans=spans, today=is_today, open_now=current is not None, until=until,
                   next=None if current else _next(calendar, after), moved=day in calendar.overrides)


def _span_at(spans: Intervals, local: datetime) -> tuple[int, int] | None:
    second = local.hour * 3600 + local.minute * 60 + local.second
    return next((span for span in spans if span[0] <= second < span[1]), None)


def _next(calendar: WorkCalendar, after: datetime) -> datetime | None:
    try:
        found = calendar.next_open(after)
        # the closing instant itself still counts as working time; who comes then finds the door shut
        return calendar.next_open(after + timedelta(minutes=1)) if found <= after else found
    except TooFar:
        return None


def spelled(spans: Iterable[tuple[int, int]]) -> str:
    """Intervals as people say them: 9:00–12:00、14:00–18:00."""
    return "、".join(f"{_clock(opened)}–{_clock(shut)}" for opened, shut in spans)


def _clock(second: int) -> str:
    return f"{second // 3600}:{second % 3600 // 60:02d}"


def usual(calendar: WorkCalendar) -> str:
    """The usual week in one clause: 周一至周五和周日9:00–12:00、14:00–18:00."""
    groups: dict[Intervals, list[int]] = {}
    for day in range(1, 8):
        if spans := calendar.week.get(day, ()):
            groups.setdefault(spans, []).append(day)
    return "；".join(f"{'和'.join(_runs(days))}{spelled(spans)}" for spans, days in groups.items())


def _runs(days: list[int]) -> list[str]:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [f"周{WEEKDAYS[run[0] - 1]}" + (f"至周{WEEKDAYS[run[-1] - 1]}" if len(run) > 1 else "") for run in runs]
