"""`lounge due` and `lounge spent`: working time at the prompt, answers on stdout, all else on stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
import yaml

from bot.domain.hours import BadCalendar, TooFar, WorkCalendar, calendar_from
from bot.holidays import official

Default = Callable[[], WorkCalendar]  # the installation's own calendar; asked only when no file is named

DONE, WRONG = 0, 2
MOST = 1 << 20  # bytes of a calendar file
_MINUTES = re.compile(r"\d+(\.\d+)?", re.ASCII)
_FINEST = Decimal("1e-10")  # minutes; a microsecond is more than a hundred of these

# A negative number looks like an option to the parser: let it through and refuse it in our own words.
_LOOSE = {"ignore_unknown_options": True}
_FILE_HELP = "工作日历（YAML 或 JSON）；不写则用配置里的"
_File = Annotated[Path | None, typer.Option("--calendar", metavar="FILE", help=_FILE_HELP)]
_Paused = Annotated[list[str] | None, typer.Option("--pause", metavar="A/B", help="暂停的时段，可写多次")]
_Start = Annotated[str, typer.Argument(metavar="START", help="ISO 8601 时刻，带时区")]
_End = Annotated[str, typer.Argument(metavar="END", help="ISO 8601 时刻，带时区")]
_Minutes = Annotated[str, typer.Argument(metavar="MINUTES", help="工作分钟数，可带小数")]


class _Unusable(Exception):
    """Something typed or read cannot be used; the text says what and where."""


def due(start: str, minutes: str, calendar: Path | None, pause: Sequence[str], default: Default) -> int:
    """Print the instant, in the calendar's zone, when `minutes` of working time have passed since `start`."""

    def answer() -> str:
        begin, wanted, pauses = _instant("START", start), _minutes(minutes), _pauses(pause)
        chosen = _calendar(calendar, default)
        found = chosen.due(begin, wanted, pauses)
        _warn(chosen, begin, found)
        return found.astimezone(ZoneInfo(chosen.zone)).isoformat()

    return _print(answer)


def spent(start: str, end: str, calendar: Path | None, pause: Sequence[str], default: Default) -> int:
    """Print how many working minutes lie between `start` and `end`, as a plain number."""

    def answer() -> str:
        begin, until, pauses = _instant("START", start), _instant("END", end), _pauses(pause)
        if (until - begin).total_seconds() < 0:
            raise _Unusable(f"END 早于 START：{end} < {start}")
        chosen = _calendar(calendar, default)
        found = chosen.spent(begin, until, pauses)
        _warn(chosen, begin, until)
        return _plain(found)

    return _print(answer)


def register(app: typer.Typer, default: Default) -> None:
    """Add `due` and `spent` to `app`; `default` gives the calendar where none is named."""

    @app.command("due", context_settings=_LOOSE, help="从 START 起，过了 MINUTES 个工作分钟是什么时刻")
    def _due(start: _Start, minutes: _Minutes, calendar: _File = None, pause: _Paused = None) -> None:
        raise typer.Exit(due(start, minutes, calendar, pause or (), default))

    @app.command("spent", context_settings=_LOOSE, help="START 到 END 之间有多少工作分钟")
    def _spent(start: _Start, end: _End, calendar: _File = None, pause: _Paused = None) -> None:
        raise typer.Exit(spent(start, end, calendar, pause or (), default))


def read_calendar(path: Path) -> WorkCalendar:
    """Read a calendar file, YAML or JSON. Raises OSError, or BadCalendar naming the line or the keys."""
    with path.open("rb") as file:
        raw = file.read(MOST + 1)
    if len(raw) > MOST:
        raise BadCalendar((("内容", "大于 1 MiB，不像日历"),))
    return calendar_from(_plain_data(raw), official=official)


def _plain_data(raw: bytes) -> Mapping[str, object]:
    try:
        text = raw.decode("utf-8-sig")
        try:
            data: object = json.loads(text)  # JSON first: YAML stumbles over tabs between its tokens
        except json.JSONDecodeError:
            data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadCalendar(((f"第 {line} 行", f"不是 YAML 或 JSON：{error.problem}"),)) from error
    except (ValueError, yaml.YAMLError, RecursionError) as error:  # bytes, dates and depths that are none
        raise BadCalendar((("内容", f"读不懂：{error}"),)) from error
    if not isinstance(data, Mapping):
        raise BadCalendar((("内容", "应为键值表"),))
    return data


def _calendar(path: Path | None, default: Default) -> WorkCalendar:
    try:
        return default() if path is None else read_calendar(path)
    except OSError as error:
        raise _Unusable(f"{path}：打不开：{error.strerror or error}") from error
    except BadCalendar as error:
        raise _Unusable(f"{path or '配置的日历'}：{error}") from error


def _print(answer: Callable[[], str]) -> int:
    try:
        line = answer()
    except TooFar:
        return _refuse("日历：两百年内没有这么多工作时间")
    except OverflowError:
        return _refuse("时刻：超出可计算的年份")
    except _Unusable as error:
        return _refuse(str(error))
    print(line)
    return DONE


def _refuse(what: str) -> int:
    print(" ".join(what.split()), file=sys.stderr)
    return WRONG


def _warn(calendar: WorkCalendar, begin: datetime, end: datetime) -> None:
    years = calendar.unknown_years(begin, end)
    if years:
        named = "、".join(map(str, years))
        remedy = "请更新 chinesecalendar，或在 holidays 里补上这些年的日期"
        print(f"警告：没有 {named} 年的节假日数据，已按平日规则计算；{remedy}", file=sys.stderr)


def _instant(name: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise _Unusable(f"{name} 不是 ISO 8601 时刻：{text}") from error
    if found.tzinfo is None:
        raise _Unusable(f"{name} 缺少时区（如 +08:00 或 Z）：{text}")
    return found


def _minutes(text: str) -> float:
    if not _MINUTES.fullmatch(text.strip()) or len(text) > 30:
        raise _Unusable(f"MINUTES 应为不小于零的数：{text}")
    return float(text) if "." in text else int(text)


def _pauses(texts: Sequence[str]) -> list[tuple[datetime, datetime]]:
    pauses = []
    for text in texts:
        ends = text.split("/")
        if len(ends) != 2:
            raise _Unusable(f"--pause 应写成 A/B：{text}")
        begin, end = (_instant("--pause", part) for part in ends)
        if (end - begin).total_seconds() < 0:
            raise _Unusable(f"--pause 结束早于开始：{text}")
        pauses.append((begin, end))
    return pauses


def _plain(minutes: float) -> str:
    """A number without exponent or idle zeros: 240, 90.5, 0.0166666667."""
    text = f"{Decimal(repr(minutes)).quantize(_FINEST):f}"
    return text.rstrip("0").rstrip(".")
