"""The workbook's native charts: the same pictures as the page's, drawn by the spreadsheet from its own cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.digest.shape import Digest

TOP = 3  # first row of cells under the headings, counted from 0
SHADES = ("#4A443D", "#8A8175", "#C4BBAD", "#B4281E", "#D98A80", "#6C665E", "#A69D90", "#E4DED3")
HATCHES = ("wide_upward_diagonal", "small_grid", "wide_downward_diagonal", "percent_25", "dark_horizontal", "large_confetti", "dotted_grid", "zig_zag")
MARKERS = ("circle", "square", "triangle", "diamond", "x", "plus", "star", "long_dash")


def draw_charts(made: Any, digest: Digest, many: Mapping[str, int]) -> None:
    """Puts charts on the sheets that have rows; `many` says how many rows each sheet holds."""
    for name, title, unit in (("在办多久", "在办诉求已过多久", "件"), ("首次答复", "首次有人答复用了多久", "件"), ("不满意的原因", "为什么不满意（本月）", "件")):
        if many[name]:
            bars(made, name, title, unit, many[name])
    if many["八周走势"] and digest.weeks:
        trend(made, digest, many["八周走势"])
    if many["减负账本"]:
        ledger(made, many["减负账本"])
    for name in ("分类别", "分楼栋"):
        if many[name]:
            beside(made, name, many[name])
    if many["楼栋×类别"]:
        shade(made, digest, many["楼栋×类别"])


def put(made: Any, sheet: str, chart: Any, title: str, unit: str, at: tuple[int, int], size: tuple[int, int] = (640, 360)) -> None:
    chart.set_title({"name": title, "name_font": {"size": 12, "bold": True}, "overlay": False})
    chart.set_y_axis({"name": unit, "major_gridlines": {"visible": True, "line": {"color": "#E4DED3"}}, "min": 0})
    chart.set_size({"width": size[0], "height": size[1]})
    made.get_worksheet_by_name(sheet).insert_chart(*at, chart)


def bars(made: Any, sheet: str, title: str, unit: str, rows: int) -> None:
    chart = made.add_chart({"type": "column"})
    chart.add_series({"name": title, "categories": [sheet, TOP, 0, TOP + rows - 1, 0], "values": [sheet, TOP, 1, TOP + rows - 1, 1],
                      "fill": {"color": SHADES[1]}, "gap": 60, "data_labels": {"value": True, "num_format": "0"}})
    chart.set_legend({"none": True})
    put(made, sheet, chart, title, unit, (2, 3))


def trend(made: Any, digest: Digest, rows: int) -> None:
    """A line with a marker of its own for each of the eight largest categories."""
    sheet, chart = "八周走势", made.add_chart({"type": "line"})
    largest = sorted(range(rows), key=lambda at: -sum(list(digest.trend.values())[at]))[: len(MARKERS)]
    for place, at in enumerate(sorted(largest)):
        row = TOP + at
        chart.add_series({"name": [sheet, row, 0], "categories": [sheet, TOP - 1, 1, TOP - 1, len(digest.weeks)], "values": [sheet, row, 1, row, len(digest.weeks)],
                          "line": {"color": SHADES[place], "width": 1.75}, "marker": {"type": MARKERS[place], "size": 7, "border": {"color": SHADES[place]},
                                                                                        "fill": {"color": SHADES[place]}}})
    chart.set_legend({"position": "right"})
    put(made, sheet, chart, "近八周新增诉求", "件", (rows + TOP + 1, 0), (900, 420))


def ledger(made: Any, rows: int) -> None:
    sheet, chart = "减负账本", made.add_chart({"type": "column"})
    for at, (shade_, hatch) in enumerate(((SHADES[0], None), (SHADES[3], HATCHES[0])), 1):
        series = {"name": [sheet, TOP - 1, at], "categories": [sheet, TOP, 0, TOP + rows - 1, 0], "values": [sheet, TOP, at, TOP + rows - 1, at],
                  "border": {"color": shade_}, "data_labels": {"value": True, "num_format": "0"}}
        look = {"pattern": {"pattern": hatch, "fg_color": shade_, "bg_color": "#FFFFFF"}} if hatch else {"fill": {"color": shade_}}
        chart.add_series(series | look)
    chart.set_legend({"position": "top"})
    put(made, sheet, chart, "群众听到与党员被叫", "条", (rows + TOP + 1, 0), (760, 380))


def beside(made: Any, sheet: str, many: int) -> None:
    """This week's new cases beside last week's, hatched; under a table that fits a page, else to the right of its top."""
    rows, at_row = min(many, 15), (many + TOP + 1, 0) if many <= 30 else (TOP - 1, 8)
    chart = made.add_chart({"type": "bar"})
    for at, look in ((1, {"fill": {"color": SHADES[0]}}), (2, {"pattern": {"pattern": HATCHES[0], "fg_color": SHADES[1], "bg_color": "#FFFFFF"}})):
        chart.add_series({"name": [sheet, TOP - 1, at], "categories": [sheet, TOP, 0, TOP + rows - 1, 0], "values": [sheet, TOP, at, TOP + rows - 1, at],
                          "border": {"color": SHADES[1]}, **look})
    chart.set_legend({"position": "top"})
    chart.set_title({"name": f"{sheet}新增：本周与上周", "name_font": {"size": 12, "bold": True}})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"name": "件", "min": 0, "major_gridlines": {"visible": True, "line": {"color": "#E4DED3"}}})
    chart.set_size({"width": 620, "height": 100 + 22 * rows})
    made.get_worksheet_by_name(sheet).insert_chart(*at_row, chart)


def shade(made: Any, digest: Digest, rows: int) -> None:
    """The heat map as the spreadsheet's own colour scale over the numbers: darker is more, also on a grey printer."""
    across = len({name for cells in digest.heat.values() for name in cells})
    made.get_worksheet_by_name("楼栋×类别").conditional_format(TOP, 1, TOP + rows - 1, across,
                                                           {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#A69D90"})
