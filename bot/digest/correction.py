"""Says what a new edition puts right: every figure that differs from the edition before it, a Chinese sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.digest.names import FIGURES

# Section of digest.json -> its name on the page, where it is said only that something in it changed.
SECTIONS = {"rates": "响应、解决、满意", "ages": "在办时长", "responses": "首次回应时长", "trend": "八周走势", "heat": "楼栋和类别",
            "hot_spots": "未诉先办", "causes": "不满意的原因", "gaps": "缺人的地方", "quality": "数据说明"}
LINES = {"by_category": "类别", "by_building": "楼栋"}
PARTS = {"new": ("新增", "件"), "closed": ("结案", "件"), "open": ("在办", "件"), "people": ("涉及", "人次")}
Record = Mapping[str, Any]


def changed(before: Record, now: Record) -> tuple[str, ...]:
    """What differs between two digest.json of the same scope and week; () where no figure does."""
    return (*_figures(before, now), *_agenda(before, now), *_lines(before, now), *_sections(before, now))


def _figures(before: Record, now: Record) -> Iterator[str]:
    for name, figure in FIGURES.items():
        old, new = (one["figures"].get(name, {}) for one in (before, now))
        for part, when in (("value", ""), ("before", "上周的"), ("mean", "前四周平均的")):
            if old.get(part, 0) != new.get(part, 0):
                yield f"{when}{figure.label}由 {old.get(part, 0)} {figure.unit}改为 {new.get(part, 0)} {figure.unit}。"


def _agenda(before: Record, now: Record) -> Iterator[str]:
    old, new = ({point["case"]: point for point in one["agenda"]} for one in (before, now))
    yield from (f"联席会议题加上 {case}。" for case in new if case not in old)
    yield from (f"联席会议题去掉 {case}。" for case in old if case not in new)
    yield from (f"联席会议题 {case} 的内容有改动。" for case in new if case in old and old[case] != new[case])


def _lines(before: Record, now: Record) -> Iterator[str]:
    for section, kind in LINES.items():
        for name in dict.fromkeys((*before[section], *now[section])):
            old, new = (one[section].get(name, {}) for one in (before, now))
            for part, (label, unit) in PARTS.items():
                if old.get(part, 0) != new.get(part, 0):
                    yield f"{kind}“{name}”的{label}由 {old.get(part, 0)} {unit}改为 {new.get(part, 0)} {unit}。"


def _sections(before: Record, now: Record) -> Iterator[str]:
    yield from (f"“{title}”一节随着改动。" for section, title in SECTIONS.items() if before[section] != now[section])
