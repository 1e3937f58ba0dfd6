"""The digest as a workbook: a sheet a section, native charts, numbers as numbers, and nothing from outside ever read as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from bot.digest.book_charts import draw_charts
from bot.digest.shape import Digest, Line
from bot.digest.week import ZONE
from bot.digest.wording import APART, PARTS, empty_line, is_empty, made_of, rate_word, span, week_name, word

UNITS = {"cases": "件", "people": "人次", "voices": "人", "lines": "条", "times": "次", "minutes": "分钟", "days": "天"}
KINDS = {unit: kind for kind, unit in UNITS.items()}
# A cell's kind -> its number format; the unit is part of the format, so the cell stays a number. mean_* keeps one decimal.
FORMATS = {"text": "@", "long": "@", "share": "0.0%", "each": '0.00" 条/件"', "number": "#,##0",
           **{kind: f'#,##0" {unit}"' for kind, unit in UNITS.items()}, **{f"mean_{kind}": f'#,##0.0" {unit}"' for kind, unit in UNITS.items()}}
LINE = 18  # height of a line of text
Cell = str | int | float | tuple[int | float | None, str] | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, the kind of its cells and its width in characters of a Latin letter (a Chinese one takes two)."""

    head: str
    kind: str = "text"
    width: int = 12


class Book:
    """One workbook with its formats; `sheet` writes a whole table with frozen headings."""

    def __init__(self, digest: Digest, to: Path) -> None:
        # Rows go to disk as they come: a city's agenda does not stand in memory. Strings stay strings whatever they begin with.
        self.made = xlsxwriter.Workbook(str(to), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                                  "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"})
        self.made.set_properties({"title": f"{digest.scope.name}诉求周报 {week_name(digest.week)}",
                                  "created": digest.made_at.astimezone(ZONE).replace(tzinfo=None)})
        base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
        head = base | {"bold": True, "bottom": 2, "bg_color": "#F4F1EA", "text_wrap": True}
        self.heads = {side: self.made.add_format(head | {"align": side, "indent": 1}) for side in ("left", "right")}
        self.title = self.made.add_format(base | {"bold": True, "font_size": 14, "font_color": "#B4281E"})
        self.note = self.made.add_format(base | {"font_color": "#6C665E"})
        thin = base | {"bottom": 4, "bottom_color": "#C9C1B4"}
        self.kinds = {kind: self.made.add_format(thin | {"num_format": form, "text_wrap": kind == "long", "align": side(kind), "indent": 1})
                      for kind, form in FORMATS.items()}

    def sheet(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, note: str = "") -> int:
        """Writes a sheet and returns how many rows it has; a cell may be (value, kind) where its row differs from the column."""
        page = self.made.add_worksheet(name)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.repeat_rows(2)
        page.set_footer("&C第 &P 页，共 &N 页")
        page.hide_gridlines(2)
        page.freeze_panes(3, 1)
        for at, column in enumerate(columns):
            page.set_column(at, at, column.width)
        page.set_row(0, 26)
        page.write_string(0, 0, name, self.title)
        page.write_string(1, 0, note, self.note)
        page.set_row(2, 32)
        for at, column in enumerate(columns):
            page.write_string(2, at, column.head, self.heads[side(column.kind)])
        many = 0
        for many, row in enumerate(rows, 1):  # the count is the result
            page.set_row(2 + many, LINE * max([1, *map(lines_in, row, columns)]))
            for at, value in enumerate(row):
                self.cell(page, 2 + many, at, value, columns[at].kind)
        return many

    def cell(self, page: Any, row: int, at: int, value: Cell, kind: str) -> None:
        if isinstance(value, tuple):
            self.cell(page, row, at, *value)
        elif value is None:
            page.write_blank(row, at, None, self.kinds[kind])
        elif isinstance(value, str):
            page.write_string(row, at, value[:32_000], self.kinds[kind if FORMATS[kind] == "@" else "text"])
        else:
            page.write_number(row, at, value, self.kinds[kind])


def side(kind: str) -> str:
    return "left" if FORMATS[kind] == "@" else "right"


def lines_in(value: Cell, column: Column) -> int:
    """How many lines a cell takes; the height is told to the spreadsheet, not all of them find it themselves."""
    if column.kind != "long" or not isinstance(value, str):
        return 1
    return min(-(-sum(2 if ord(sign) > 0x2000 else 1 for sign in value) // (column.width - 3)), 12)


def book(digest: Digest, to: Path) -> None:
    """Writes the workbook to `to`."""
    made = Book(digest, to)
    many = {name: write(made, digest) for name, write in SHEETS.items()}
    draw_charts(made.made, digest, many)
    made.made.close()


def kind(name: str) -> str:
    """The format of a count's cell."""
    return KINDS.get(word(name).unit, "number")


def overview(made: Book, digest: Digest) -> int:
    lead = empty_line(digest) if is_empty(digest) else digest.lead
    names = list(digest.counts)
    rows: list[list[Cell]] = [
        [word(name).label, (digest.counts[name], kind(name)), (digest.before.get(name), kind(name)), (digest.mean.get(name), f"mean_{kind(name)}"),
         word(name).says] for name in names]
    changed: list[list[Cell]] = [["更正", text] for text in digest.changed]
    facts: list[list[Cell]] = [[], ["范围", digest.scope.name], ["周", f"{week_name(digest.week)} {span(digest)}"], ["版次", f"第 {digest.edition} 版"],
                               ["生成", digest.made_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")], *changed]
    return made.sheet("一周总览", [Column("数字", width=18), Column("本周", "cases", 14), Column("上周", "cases", 14), Column("四周均", "cases", 14),
                               Column("说明", "long", 72)], [*rows, *facts], note=lead)


def agenda(made: Book, digest: Digest) -> int:
    rows: Iterable[list[Cell]] = ([at, p.case, p.lounge, p.building, p.category, p.gist or "（涉及个人隐私，不列内容）", "、".join(p.reasons), p.state,
             round(p.age_days, 1), p.supporters, p.holder] for at, p in enumerate(digest.agenda, 1))
    return made.sheet("需要拍板", [Column("序", "number", 6), Column("编号", width=12), Column("客厅", width=20), Column("楼栋", width=16), Column("类别", "long", 20),
                               Column("事项", "long", 44), Column("为什么要议", "long", 22), Column("办到哪", width=14), Column("已过", "mean_days", 12),
                               Column("附议", "voices", 9), Column("责任单位", "long", 22)], rows, note="按“已过天数 × 提出的人数（诉求人加附议人）”从大到小")


LINES = [Column("本周新增", "cases"), Column("上周新增", "cases"), Column("四周均新增", "mean_cases", 14), Column("结案", "cases"), Column("在办", "cases"),
         Column("涉及", "people")]


def lines(name: str, field: str) -> Any:
    def write(made: Book, digest: Digest) -> int:
        told: dict[str, Line] = getattr(digest, field)
        rows: Iterable[list[Cell]] = ([key, x.new, x.new_before, x.new_mean, x.closed, x.open, x.people] for key, x in told.items())
        return made.sheet(name, [Column(name.removeprefix("分"), width=36), *LINES], rows)
    return write


def trend(made: Book, digest: Digest) -> int:
    return made.sheet("八周走势", [Column("类别", width=36), *[Column(week, "cases") for week in digest.weeks]],
                      ([name, *values] for name, values in digest.trend.items()), note="每周新增")


def heat(made: Book, digest: Digest) -> int:
    across = list(dict.fromkeys(name for cells in digest.heat.values() for name in cells))
    rows: Iterable[list[Cell]] = ([building, *[cells.get(name) or None for name in across], sum(cells.values())] for building, cells in digest.heat.items())
    return made.sheet("楼栋×类别", [Column("楼栋", width=32), *[Column(name, "number", 14) for name in across], Column("合计", "number")], rows,
                      note="本周新增，单位：件")


def rates(made: Book, digest: Digest) -> int:
    rows: list[list[Cell]] = []
    for name, rate in digest.rates.items():
        rows.append([rate_word(name).label, rate.value if rate.value is not None else "—", rate.numerator, rate.denominator, made_of(name, digest),
                     rate_word(name).says])
        rows += [[f"  单列：{word(key).label}", None, (digest.counts[key], kind(key)), None, word(key).says] for key in APART.get(name, ()) if key in digest.counts]
    return made.sheet("响应解决满意", [Column("比率", width=22), Column("数值", "share"), Column("分子", "number"), Column("分母", "number"),
                                 Column("怎么来的", "long", 50), Column("怎么算", "long", 54)], rows)


def pairs(name: str, field: str, head: str) -> Any:
    def write(made: Book, digest: Digest) -> int:
        return made.sheet(name, [Column(head, width=30), Column("件数", "cases")], list(getattr(digest, field).items()))
    return write


def mediation(made: Book, digest: Digest) -> int:
    names = [name for name in (*PARTS["mediation"], "mediation_minutes") if name in digest.counts]
    rows: list[list[Cell]] = [[word(name).label, (digest.counts[name], kind(name)), (digest.before.get(name), kind(name)), word(name).says] for name in names]
    return made.sheet("调解", [Column("调解", width=24), Column("本周", "number"), Column("上周", "number"), Column("说明", "long", 70)], rows)


def spots(made: Book, digest: Digest) -> int:
    rows: Iterable[list[Cell]] = ([x.lounge, x.building, x.category, x.cases, x.people, x.hint] for x in digest.hot_spots)
    return made.sheet("未诉先办", [Column("客厅", width=24), Column("楼栋", width=22), Column("类别", width=30), Column("近四周诉求", "cases"),
                               Column("涉及", "people"), Column("可以先做", "long", 52)], rows)


def sentences(name: str, field: str) -> Any:
    def write(made: Book, digest: Digest) -> int:
        return made.sheet(name, [Column("说明", "long", 100)], ([text] for text in getattr(digest, field)))
    return write


def ledger(made: Book, digest: Digest) -> int:
    rows: Iterable[list[Cell]] = ([x.week, x.heard, x.pings, x.held, x.folded, x.dropped, x.cases, x.pings / x.cases if x.cases else None] for x in digest.loads)
    return made.sheet("减负账本", [Column("周", width=14), Column("群众听到", "lines"), Column("党员被叫", "lines"), Column("暂缓", "lines"), Column("合并", "lines"),
                               Column("不再发", "lines"), Column("在办过", "cases"), Column("每件叫党员", "each", 16)], rows, note="不按人统计，不排名")


def check(made: Book, digest: Digest) -> int:
    told = digest.check
    rows: list[list[Cell]] = [["本周种子的封条（SHA-256）", told.hash], ["上周的种子", told.seed]] if told else []
    rows += [["用它抽出的诉求", case] for case in (told.sample if told else ())]
    return made.sheet("抽查", [Column("项目", width=28), Column("内容", width=72)], rows)


SHEETS = {
    "一周总览": overview, "需要拍板": agenda, "分类别": lines("分类别", "by_category"), "分楼栋": lines("分楼栋", "by_building"), "八周走势": trend,
    "楼栋×类别": heat, "在办多久": pairs("在办多久", "ages", "已过多久"), "响应解决满意": rates, "首次答复": pairs("首次答复", "responses", "用了多久"),
    "调解": mediation, "未诉先办": spots, "不满意的原因": pairs("不满意的原因", "causes", "原因（本月）"), "缺人的地方": sentences("缺人的地方", "gaps"),
    "减负账本": ledger, "抽查": check, "数据说明": sentences("数据说明", "quality"),
}
