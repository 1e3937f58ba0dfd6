"""Where on the page every figure of a digest stands, and how numbers, rates, days and names are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import floor

from bot.digest.names import FIGURES, NOWHERE, RATES, Figure, Formula
from bot.digest.shape import Digest, Rate
from bot.digest.week import ZONE

DASH = "—"


LARGE = ("new", "people", "ended", "open", "overdue", "stuck")  # the figures in large type
# Section of the page -> the figures that it shows beside its tables, in this succession. The workbook shows every figure.
PARTS: Mapping[str, tuple[str, ...]] = {
    "agenda": ("overdue", "silent", "returned", "across", "unsatisfied_twice"),
    "ended": ("closed", "withdrawn", "merged", "not_accepted"),
    "also": ("answered", "seconded", "urgent", "private", "late", "reopened", "active"),
    "work": ("reminded", "declined", "transferred", "escalated", "linked", "callbacks"),
    "mediation": ("mediations_suggested", "mediations_opened", "mediation_steps", "mediations_agreed", "mediating"),
}
# Rate -> the figures that stand apart beside it and are never folded into it.
APART: Mapping[str, tuple[str, ...]] = {
    "response": ("response_late", "unanswered"),
    "resolution": ("partly", "unsolved", "not_accepted"),
    "satisfaction": ("dissatisfied", "unrated", "unreached"),
}
THREE = tuple(APART)  # the rates in large type; others follow in a line


def word(name: str) -> Figure:
    """The wording of a count; a name without one shows as itself, which a test forbids for the counts that are made."""
    return FIGURES.get(name) or Figure(name, "件", "")


def rate_word(name: str) -> Formula:
    return RATES.get(name) or Formula(name, (), (), "")


def made_of(name: str, digest: Digest) -> str:
    """A rate's formula with its numbers: 已解决 24 次 ÷（已解决 24 次 + 部分解决 3 次 + 没解决 2 次）."""
    formula = rate_word(name)
    if not formula.below or not set(formula.above + formula.below) <= set(digest.counts):
        rate = digest.rates[name]
        return f"{count(rate.numerator)} ÷ {count(rate.denominator)}"
    sides = [" + ".join(f"{word(key).label} {amount(digest, key)}" for key in side) for side in (formula.above, formula.below)]
    return " ÷ ".join(f"({side})" if " + " in side else side for side in sides)


def amount(digest: Digest, name: str) -> str:
    """A count with its unit: 44 件."""
    return f"{count(digest.counts.get(name, 0))} {word(name).unit}"


def age(days: float) -> str:
    """Whole days that have passed; within the first day, hours."""
    return f"{count(int(days))} 天" if days >= 1 else f"{int(days * 24)} 小时"


def buildings(names: Iterable[str]) -> dict[str, str]:
    """客厅名 楼栋名 -> the building alone where no other lounge has one of that name."""
    short = {name: name.rpartition(" ")[2] for name in names}
    many = Counter(short.values())
    return {name: text if many[text] == 1 and text != NOWHERE else name for name, text in short.items()}


def count(value: int) -> str:
    """12,345"""
    return f"{value:,}"


def mean(value: float) -> str:
    """One decimal, a half rounded up as spreadsheets do: page and workbook never differ."""
    return f"{floor(value * 10 + 0.5) / 10:,.1f}"


def percent(rate: Rate) -> str:
    """83.3%; never rounded up to 100% while something is missing, nor down to 0% while something is there."""
    if rate.value is None:
        return DASH
    shown = round(rate.value * 100, 1)
    if rate.numerator < rate.denominator:
        shown = min(shown, 99.9)
    if rate.numerator > 0:
        shown = max(shown, 0.1)
    return f"{shown:g}%"


def day(when: datetime) -> str:
    local = when.astimezone(ZONE)
    return f"{local.month}月{local.day}日"


def moment(when: datetime) -> str:
    return when.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def week_name(week: str) -> str:
    """2026-W45 -> 2026年第45周."""
    year, _, number = week.partition("-W")
    return f"{year}年第{int(number)}周" if number.isdigit() else week


def week_short(week: str) -> str:
    number = week.partition("-W")[2]
    return f"{int(number)}周" if number.isdigit() else week


def span(digest: Digest) -> str:
    return f"{day(digest.start)}周一至{day(digest.end - timedelta(seconds=1))}周日"


def short_names(names: Iterable[str], longest: int = 8) -> dict[str, str]:
    """Names short enough for a chart, still all different: the first parts of 电梯/路灯/门禁等公共设施维修 are 电梯/路灯."""
    short: dict[str, str] = {}
    for name in names:
        parts = name.split("/")
        kept = parts[0]
        for part in parts[1:]:
            if len(kept) + 1 + len(part) > longest:
                break
            kept += "/" + part
        short[name] = clip(kept, longest + 2)
    taken: dict[str, int] = {}
    for name, text in short.items():
        taken[text] = taken.get(text, 0) + 1
        if taken[text] > 1:
            short[name] = f"{text}({taken[text]})"
    return short


def clip(text: str, longest: int) -> str:
    """At most `longest` characters in one line, the last an ellipsis where something was cut."""
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def is_empty(digest: Digest) -> bool:
    """Nothing came, went or stays: the week is one line."""
    return not any(digest.counts.values()) and not digest.agenda and not digest.hot_spots


def empty_line(digest: Digest) -> str:
    """The one line of an empty week. What makes the figures unsure is said in it too: a deaf channel is no quiet week."""
    said = digest.lead or "本周没有登记诉求，也没有在办的。"
    return " ".join([said, *digest.changed, *digest.gaps, *digest.quality])
