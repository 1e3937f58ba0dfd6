"""Reads a time as people type it (明天下午三点, 周五上午, 下周二3点半), or says what has to be asked again; never a guess.

No library reads these well and is kept: dateparser knows the words of dates but not 下午三点 or 下周二, and the Chinese
ones carry a whole language model. What is meant here is narrow: one instant ahead, at which somebody comes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

FAR = timedelta(days=180)
_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_N = r"(\d{1,2}|[零〇一二两三四五六七八九十]{1,3})"
_DAYS = {"大后": 3, "后": 2, "明": 1, "翌": 1, "今": 0, "当": 0}
_HALF = {"凌晨": "night", "半夜": "night", "清早": "early", "早上": "early", "早晨": "early", "一早": "early", "上午": "morning",
         "中午": "noon", "正午": "noon", "下午": "afternoon", "午后": "afternoon", "傍晚": "dusk", "晚上": "evening",
         "夜里": "evening", "夜晚": "evening", "早": "early", "晚": "evening"}
# A part of the day alone stands for an hour of it; both sides see it spelled out before they say yes.
USUAL = {"early": time(9), "morning": time(10), "noon": time(12), "afternoon": time(15), "dusk": time(18), "evening": time(19, 30)}
_PM = frozenset({"afternoon", "dusk", "evening"})
_NEAR = re.compile(r"(大后|后|明|今|翌|当)(?:天|日|儿(?:个)?|(?=[早晚上下中傍凌午一]))")
_WEEK = re.compile(r"((?:下个?)*|这个?|本|上个?)(?:周|星期|礼拜)([一二三四五六日天末1-7])")
_DATE = re.compile(rf"(?:(\d{{4}})[年/.-])?{_N}(?:月|[/.-](?=\d)){_N}[日号]?")
_DAY = re.compile(rf"(?<![\d月]){_N}[日号](?!楼|栋|馆|店|铺)")
_LATER = re.compile(rf"(?:{_N}个?|(半)个?|(一个半))(小时|钟头|分钟|刻钟|天|日|周|星期|礼拜)(?:之后|以后|后)")
_PART = re.compile("|".join(sorted(_HALF, key=len, reverse=True)))
_MINUTE = r"(?:(半)|([一三1-3])刻|零?(\d{1,2}|[零〇一二三四五六七八九十]{1,3})分?|整|钟)?"
_CLOCK = re.compile(rf"差(?:(一)刻|{_N}分){_N}点|(\d{{1,2}}):(\d{{2}})|{_N}[点时]{_MINUTE}")
_VAGUE = re.compile(r"改天|有空|回头|过几天|过两天|这几天|这两天|随时|尽快|都行|都可以|看情况|再说|一会儿?|待会儿?|晚点|下班|周末|月底|月初|到时")
_OVER = re.compile(r"昨[天日晚]|前天|刚才")
_EITHER = re.compile(r"或者?|还是|要么|要不")
_RANGE = re.compile(r"[到至~-]")


@dataclass(frozen=True, slots=True)
class Unclear:
    """What has to be asked again: none (no time in it), day, hour, half (早上还是晚上), either, vague, past, far, wrong."""

    why: str


def read_time(text: str, now: datetime) -> datetime | Unclear:
    """The one instant after `now` that the words mean, in the zone of `now` (aware, local)."""
    words = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("：", ":").replace("禮拜", "礼拜")
    if _OVER.search(words):
        return Unclear("past")
    later = _in_a_while(words, now)
    if later is not None:
        return later
    day = _day(words, now.date())
    if isinstance(day, Unclear):
        return day
    at = _hour(words)
    if isinstance(at, Unclear):
        return _without_hour(words, at, day is not None)
    if day is None and at is None:
        return Unclear("vague" if _VAGUE.search(words) else "none")
    if at is None:
        return Unclear("vague" if _VAGUE.search(words) else "hour")
    return _placed(at, day, now)


def _placed(at: time, day: date | None, now: datetime) -> datetime | Unclear:
    """The hour on its day; without a day it is today's, where that lies ahead."""
    found = datetime.combine(day or now.date(), at, now.tzinfo)
    if found <= now:
        return Unclear("day" if day is None else "past")
    return Unclear("far") if found - now > FAR else found


def _without_hour(words: str, why: Unclear, dated: bool) -> Unclear:
    if why.why == "none":
        return Unclear("vague" if _VAGUE.search(words) else "hour" if dated else "none")
    return why


def _number(text: str) -> int:
    """三 3, 十 10, 十二 12, 二十 20, 二十五 25, 零五 5, 12 12."""
    if text.isascii():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(str(_DIGIT[c]) for c in text))
    return (_DIGIT.get(tens, 1) if tens else 1) * 10 + (_DIGIT.get(ones, 0) if ones else 0)


def _in_a_while(words: str, now: datetime) -> datetime | Unclear | None:
    """两小时后, 半个小时后, 三天后下午两点; None where nothing is counted from now."""
    found = _LATER.search(words)
    if found is None:
        return None
    many, half, more, unit = found.groups()
    if unit in ("天", "日", "周", "星期", "礼拜"):
        if not many:
            return Unclear("hour")
        days = _number(many) * (1 if unit in ("天", "日") else 7)
        at = _hour(words[: found.start()] + words[found.end():])
        if isinstance(at, Unclear):
            return Unclear("hour") if at.why == "none" else at
        return _placed(at, now.date() + timedelta(days=days), now) if at else Unclear("hour")
    count = 0.5 if half else 1.5 if more else float(_number(many))
    minutes = count * {"小时": 60, "钟头": 60, "分钟": 1, "刻钟": 15}[unit]
    return (now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)


def _day(words: str, today: date) -> date | Unclear | None:
    """The day that is named; two different ones are asked about."""
    days = [today + timedelta(days=_DAYS[near.group(1)]) for near in _NEAR.finditer(words)]
    found: list[date | Unclear] = [*days, *(_weekday(week[1], week[2], today) for week in _WEEK.finditer(words))]
    dated = [_dated(one[1], one[2], one[3], today) for one in _DATE.finditer(words)]
    found += dated or [_of_month(_number(one.group(1)), today) for one in _DAY.finditer(words)]
    wrong = next((one for one in found if isinstance(one, Unclear)), None)
    if wrong is not None:
        return wrong
    known = {one for one in found if not isinstance(one, Unclear)}
    if len(known) > 1:
        return Unclear("either")
    return next(iter(known), None)


def _weekday(which: str, day: str, today: date) -> date | Unclear:
    """周五 is the next one (today counts), 这周一 may be over, 下周二 is of next week."""
    if day == "末":
        return Unclear("vague")
    number = int(day) if day.isdigit() else "一二三四五六日".find(day.replace("天", "日")) + 1
    monday = today - timedelta(days=today.isoweekday() - 1)
    if which.startswith("上"):
        return Unclear("past")
    if which.startswith("下"):
        return monday + timedelta(days=7 * which.count("下") + number - 1)
    found = monday + timedelta(days=number - 1)
    if found < today and which:
        return Unclear("past")
    return found if found >= today else found + timedelta(days=7)


def _dated(year: str | None, month: str, day: str, today: date) -> date | Unclear:
    """11月5号; without a year this year's, or next year's where that is soon."""
    for one in [int(year)] if year else [today.year, today.year + 1]:
        try:
            found = date(one, _number(month), _number(day))
        except ValueError:
            return Unclear("wrong")
        if found >= today and (year or found - today <= FAR):
            return found
    return Unclear("past")


def _of_month(day: int, today: date) -> date | Unclear:
    """15号 of this month, of the next where it is over."""
    for month in (today.replace(day=1), (today.replace(day=28) + timedelta(days=4)).replace(day=1)):
        try:
            found = month.replace(day=day)
        except ValueError:
            continue
        if found >= today:
            return found
    return Unclear("wrong")


def _hour(words: str) -> time | Unclear | None:
    """The hour that is named, or the usual one of a part of the day; the first of 三点到四点, none of 三点或四点."""
    clocks = list(_CLOCK.finditer(words))
    parts = [_HALF[one.group()] for one in _PART.finditer(_without_days(words))]
    if len(clocks) > 1 and not _RANGE.fullmatch(_PART.sub("", words[clocks[0].end(): clocks[1].start()]).strip("从在")):
        return Unclear("either")
    if len(set(parts)) > 1 and (_EITHER.search(words) or len(clocks) < 2):
        parts = _settled(parts)
        if not parts:
            return Unclear("either")
    part = parts[0] if parts else ""
    if not clocks:
        return USUAL.get(part) or Unclear("half" if part == "night" else "none")
    return _clocked(clocks[0], part)


def _settled(parts: list[str]) -> list[str]:
    """一早 and 上午, 晚 and 晚上 say the same; 上午 and 下午 do not."""
    early, late = {"early", "morning"}, {"dusk", "evening"}
    return parts[-1:] if set(parts) <= early or set(parts) <= late else []


def _without_days(words: str) -> str:
    """The words without 早 and 晚 of 早点, 晚点: they are no part of the day."""
    return re.sub(r"[早晚]点(?!钟|半|整)|早[些日]|晚[些]", "", words)


def _clocked(found: re.Match[str], part: str) -> time | Unclear:
    quarter, less, before, hour_24, minute_24, hour, half, quarters, minutes = found.groups()
    if hour_24 is not None:
        return _on_the_day(int(hour_24), int(minute_24), part, exact=len(hour_24) == 2)
    if before is not None:
        total = _number(before) * 60 - (15 if quarter else _number(less))
        return _on_the_day(*divmod(total, 60), part)
    minute = 30 if half else int(_number(quarters)) * 15 if quarters else _number(minutes) if minutes else 0
    return _on_the_day(_number(hour), minute, part)


def _on_the_day(hour: int, minute: int, part: str, exact: bool = False) -> time | Unclear:
    """三点 is in the afternoon, 九点 in the morning, 七点 and 八点 could be either and are asked about."""
    if hour > 24 or minute > 59:
        return Unclear("wrong")
    if part in _PM and hour < 12 or part == "noon" and hour in (1, 2):
        hour += 12
    elif not part and not exact:
        if hour in (7, 8):
            return Unclear("half")
        hour += 12 if 1 <= hour <= 6 else 0
    if part in ("early", "morning") and hour > 12 or part == "evening" and hour == 12:
        return Unclear("wrong")
    return time(hour % 24, minute)
