"""cases.csv: one row a case, under columns from which every figure of the digest can be counted again.

A figure's own column holds the ISO weeks in which the case counts for it, once for each time. Columns: README.zh-CN.md.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.digest import count
from bot.digest.facts import Fact
from bot.digest.journal import STEP
from bot.digest.make import Made
from bot.digest.names import AGES, FIGURES, RESPONSES, bucket
from bot.digest.scopes import area_of
from bot.digest.week import KEPT, ZONE, parse
from bot.domain.settings import Settings

NAME = "cases.csv"
# Before the figures' own columns; each with what it holds, for the documentation and its test.
FACTS = {
    "诉求单号": "客厅代号加流水号",
    "客厅": "客厅名称",
    "社区": "客厅所在社区",
    "街道": "客厅所在街道",
    "区": "客厅所在区",
    "楼栋": "报表里显示的楼栋；不公开的事、八周里说话不到三个人的楼栋写“其他”",
    "类别": "报表里显示的类别；八周里说话不到三个人的类别写“其他”",
    "状态": "周末的状态",
    "说起时间": "群众最早说起的时间（北京时间）",
    "附议人数": "周末为止附议的人数",
    "负责单位": "负责的单位，不写个人",
    "首次回应分钟": "从说起到第一次有负责人回应的分钟数；还没有回应的空着",
    "首次回应时长": "首次回应在本周的，落在哪一档",
    "在办时长": "周末在办的，从说起算到周末落在哪一档",
    "联席会理由": "周末要提交联席会的理由，用分号隔开",
    "热点": "属于报表里第几个热点；不属于的空着",
    "不满意原因": "本月每一次不满意的原因，一次一个，用空格隔开；不到三个人说的原因写“其他”",
    "启动调解用时": "每一次启动调解，写成“周:分钟”，用空格隔开",
}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_TIMES = [name for name in FIGURES if name != "mediation_minutes"]  # minutes stand in a column of their own
_N = {name: place * STEP for place, name in enumerate(FIGURES)}


def columns() -> list[str]:
    """The header."""
    return [*FACTS, *(FIGURES[name].label for name in _TIMES)]


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV Injection)."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def write(made: Made, settings: Settings, out: Path, tick: Callable[[int], None] = lambda _: None) -> None:
    """Write cases.csv into `out`: UTF-8 with a mark in front, which Excel needs to read Chinese."""
    with (out / NAME).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns())
        for done, row in enumerate(rows(made, settings), 1):
            writer.writerow(row)
            if not done % 1_000:
                tick(1_000)


def rows(made: Made, settings: Settings) -> Iterator[list[str]]:
    """The cells of each case, in the digest's order: lounges as in config, by age."""
    week = parse(made.digest.week)
    end = week.end.astimezone(UTC)
    weeks = ("", *made.digest.weeks)
    areas = {one: [safe(area_of(lounge, kind, settings)) for kind in ("community", "street", "district")]
             for one, lounge in settings.lounges.items()}
    spots = {fact.id: str(nth) for nth, mine in enumerate(made.spots, 1) for fact in mine}
    causes: dict[str, list[str]] = {}
    for fact, name in count.grievances(made.facts, week):
        causes.setdefault(fact.id, []).append(name)
    for fact in made.facts:
        told = _facts(fact, made, settings, end, areas.get(fact.lounge, ["", "", ""]))
        waits = " ".join(f"{weeks[place]}:{minutes}" for place, minutes in fact.waits if place)
        yield [*told, spots.get(fact.id, ""), " ".join(causes.get(fact.id, ())), waits, *_figures(fact, weeks)]


def _facts(fact: Fact, made: Made, settings: Settings, end: datetime, areas: list[str]) -> list[str]:
    first = fact.answered >= 0
    in_week = _N["first_responses"] + KEPT in fact.marks
    still = _N["open"] + KEPT in fact.marks
    return [
        fact.id, safe(made.groups.lounge(fact)), *areas, safe(made.groups.building(fact)), safe(made.groups.category(fact)),
        settings.words.get(f"state.{fact.state}", fact.state), fact.opened_at.astimezone(ZONE).isoformat(timespec="seconds"),
        str(fact.supporters), safe(fact.holder), str(int(fact.answered)) if first else "",
        bucket(fact.answered, RESPONSES) if in_week else "",
        bucket(count.age(fact, end), AGES) if still else "", safe("；".join(fact.reasons)),
    ]


def _figures(fact: Fact, weeks: tuple[str, ...]) -> list[str]:
    cells: dict[int, str] = {}
    for mark in sorted(fact.marks):
        number, place = divmod(mark, STEP)
        if place:
            cells[number] = f"{cells[number]} {weeks[place]}" if number in cells else weeks[place]
    return [cells.get(_N[name] // STEP, "") for name in _TIMES]


