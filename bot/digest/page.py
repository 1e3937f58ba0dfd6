"""Lays a digest out as one self-contained page: sections in a fixed succession, every number with its unit, everything escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.digest import wording
from bot.digest.charts import worsened
from bot.digest.shape import Digest, Line, Rate

PAGE_LINES = 24  # buildings or categories on the page; the others are summed into one line, the workbook has them all
REST = "其余"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as the page shows it."""

    label: str
    value: str
    unit: str
    meaning: str
    before: str  # last week, "" where not known
    mean: str  # of the four weeks before, "" where not known


@dataclass(frozen=True, slots=True)
class Share:
    """A rate as the page shows it: the number, what it is made of, and what is kept out of it."""

    label: str
    value: str
    made_of: str  # the formula with its numbers
    says: str
    apart: tuple[Figure, ...]


@cache
def sheets() -> Environment:
    made = Environment(loader=PackageLoader("bot.digest", "templates"), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True)
    made.filters.update(n=wording.count, mean=wording.mean, age=wording.age, moment=wording.moment, week=wording.week_short,
                        week_name=wording.week_name)
    return made


def page(digest: Digest, charts: Mapping[str, str], *, most: int | None = None) -> str:
    """The page as HTML. `most` cuts the agenda (for paper), and says how many more there are; None shows them all."""
    names = wording.buildings(digest.by_building)
    shown = digest.agenda if most is None else digest.agenda[:most]
    return sheets().get_template("digest.html").render(
        d=digest, charts=charts, agenda=shown, unseen=len(digest.agenda) - len(shown),
        empty=wording.is_empty(digest), empty_line=wording.empty_line(digest), span=wording.span(digest),
        large=figures(digest, wording.LARGE), parts={name: figures(digest, keys) for name, keys in wording.PARTS.items()},
        shares=[share(digest, name, rate) for name, rate in digest.rates.items() if name in wording.THREE],
        others=[share(digest, name, rate) for name, rate in digest.rates.items() if name not in wording.THREE],
        waited=waited(digest),
        categories=cut(digest.by_category, "类"), buildings=cut({names[key]: line for key, line in digest.by_building.items()}, "栋"),
        worsened=worsened(digest.loads),
    )


def figures(digest: Digest, names: Iterable[str]) -> list[Figure]:
    """Those of the named figures that the digest has."""
    return [figure(digest, name) for name in names if name in digest.counts]


def figure(digest: Digest, name: str) -> Figure:
    said, value = wording.word(name), digest.counts.get(name, 0)
    before, mean = digest.before.get(name), digest.mean.get(name)
    return Figure(said.label, wording.count(value), said.unit, said.says,
                  "" if before is None else wording.count(before), "" if mean is None else wording.mean(mean))


def share(digest: Digest, name: str, rate: Rate) -> Share:
    said = wording.rate_word(name)
    return Share(said.label, wording.percent(rate), wording.made_of(name, digest), said.says, tuple(figures(digest, wording.APART.get(name, ()))))


def waited(digest: Digest) -> str:
    """Mean time from the proposal of a mediation to its opening, "" where none was opened."""
    opened, minutes = digest.counts.get("mediations_opened", 0), digest.counts.get("mediation_minutes", 0)
    return f"{minutes / opened / 60:.1f} 小时" if opened and minutes else ""


def cut(lines: Mapping[str, Line], unit: str) -> dict[str, Any]:
    """The lines that fit the page, the others in one line, and all of them summed: `rows`, `rest`, `total`."""
    kept, left = dict(list(lines.items())[:PAGE_LINES]), list(lines.items())[PAGE_LINES:]
    if len(left) == 1:
        kept, left = dict(lines), []
    return {"rows": kept, "rest": add([line for _, line in left]) if left else None,
            "rest_name": f"{REST} {len(left)} {unit}", "total": add(list(lines.values()))}


def add(lines: list[Line]) -> Line:
    return Line(new=sum(x.new for x in lines), closed=sum(x.closed for x in lines), open=sum(x.open for x in lines),
                new_before=sum(x.new_before for x in lines), new_mean=round(sum(x.new_mean for x in lines), 2),
                people=sum(x.people for x in lines))
