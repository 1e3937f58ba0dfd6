"""The five pictures of a digest, drawn so that they can be read in black and white: number, place and hatch carry what colour shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bot.digest.canvas import FAINT, INK, RED, SOFT, WASH, figure, pane, svg, write
from bot.digest.names import ELSE
from bot.digest.shape import Digest, Load
from bot.digest.wording import buildings, clip, count, short_names, week_short

WIDE, HALF = 720.0, 360.0
TALL = 80.0  # a small panel of the trend
PANELS = 7  # categories with a panel of their own in the trend
ROWS, COLUMNS = 14, 10  # of the heat map; the others, and what was folded already, are ELSE


def all_charts(digest: Digest) -> dict[str, str]:
    """Every chart by name as inline SVG; "" where there is nothing to draw."""
    return {
        "trend": trend(digest.weeks, digest.trend),
        "ages": bars("ages", "在办诉求已过多久", digest.ages),
        "responses": bars("responses", "首次有人答复用了多久", digest.responses),
        "heat": heat(digest.heat),
        "ledger": ledger(digest.loads),
    }


def trend(weeks: Sequence[str], rows: Mapping[str, tuple[int, ...]]) -> str:
    """New cases week by week: all in a wide panel, then the largest categories in small ones of one scale."""
    if not weeks or not any(map(any, rows.values())):
        return ""
    ranked = sorted(rows, key=lambda name: (name == ELSE, -sum(rows[name])))
    top, rest = (ranked, []) if len(ranked) <= PANELS + 1 else (ranked[:PANELS], ranked[PANELS:])
    small = {name: rows[name] for name in top}
    if rest:
        small[ELSE] = tuple(map(sum, zip(*(rows[name] for name in rest), strict=True)))
    whole = tuple(map(sum, zip(*rows.values(), strict=True)))
    deep = (len(small) + 1) // 2
    drawn = figure(HALF, 104 + deep * TALL)
    columns(pane(drawn, 0, 22, HALF, 62), whole, max(whole), every=True)
    head(pane(drawn, 0, 0, HALF, 20), "全部诉求", f"本周 {count(whole[-1])} 件")
    feet(pane(drawn, 0, 84, HALF, 14), [week_short(week) for week in weeks])
    scale, names = max(map(max, small.values())), short_names(small)
    for place, (name, values) in enumerate(small.items()):
        left, top_edge = (place % 2) * 186, 104 + (place // 2) * TALL
        head(pane(drawn, left, top_edge, 174, 20), names[name], f"{count(values[-1])} 件")
        columns(pane(drawn, left, top_edge + 20, 174, TALL - 30), values, scale, every=False)
    said = "近八周新增诉求：" + ",".join(f"{week_short(w)}{n}件" for w, n in zip(weeks, whole, strict=True))
    return svg(drawn, "trend", said)


def columns(on: Axes, values: Sequence[int], scale: int, *, every: bool) -> None:
    """A bar a week; this week's is the dark one. `every` writes the number over each."""
    on.set(xlim=(-0.5, len(values) - 0.5), ylim=(0, max(scale, 1) * (1.28 if every else 1.0)))
    for place, value in enumerate(values):
        last = place == len(values) - 1
        on.add_patch(Rectangle((place - 0.36, 0), 0.72, value, facecolor=RED if last else FAINT, linewidth=0))
        if every:
            write(on, place, value + scale * 0.11, count(value), ha="center", fontsize=10, color=INK if last else SOFT,
                  weight="bold" if last else "normal")
    on.plot([-0.5, len(values) - 0.5], [0, 0], color=INK, linewidth=0.9, clip_on=False)


def head(on: Axes, left: str, right: str) -> None:
    on.set(xlim=(0, 1), ylim=(0, 1))
    write(on, 0, 0.45, left, ha="left", weight="bold")
    write(on, 1, 0.45, right, ha="right", color=SOFT)


def feet(on: Axes, names: Sequence[str]) -> None:
    on.set(xlim=(-0.5, len(names) - 0.5), ylim=(0, 1))
    for place, name in enumerate(names):
        write(on, place, 0.35, name, ha="center", fontsize=9.5, color=SOFT)


def bars(name: str, title: str, buckets: Mapping[str, int]) -> str:
    """A bar a bucket, the later the darker, the last hatched; number and share stand beside it."""
    total = sum(buckets.values())
    if not total:
        return ""
    drawn = figure(HALF, len(buckets) * 30 + 6)
    on = pane(drawn, 0, 3, HALF, len(buckets) * 30)
    on.set(xlim=(0, HALF), ylim=(len(buckets), 0))
    room, start = 172.0, 96.0
    shades = ("#e4ded3", "#c9c1b4", "#a69d90", "#7d756a", "#544d45")
    for place, (bucket, value) in enumerate(buckets.items()):
        late = place == len(buckets) - 1 and len(buckets) > 1
        shade = shades[min(place, len(shades) - 1)]
        length = room * value / max(buckets.values())
        write(on, start - 10, place + 0.5, bucket, ha="right")
        if value:
            on.add_patch(Rectangle((start, place + 0.17), length, 0.66, facecolor="white" if late else shade,
                                   edgecolor=RED if late else shade, hatch="////" if late else None, linewidth=1.1 if late else 0))
        write(on, start + length + 8, place + 0.5, f"{count(value)} 件", ha="left", weight="bold")
        write(on, HALF, place + 0.5, f"{value / total:.0%}", ha="right", color=SOFT, fontsize=10)
    on.plot([start, start], [0.05, len(buckets) - 0.05], color=INK, linewidth=0.9)
    return svg(drawn, name, title + ":" + ",".join(f"{bucket}{value}件" for bucket, value in buckets.items()))


def folded(table: Mapping[str, Mapping[str, int]]) -> tuple[list[str], list[str], dict[tuple[str, str], int]]:
    """The busiest buildings and categories, the others summed as ELSE into a last row and column, which takes no part in the shading: (rows, columns, cells)."""
    by_row = {row: sum(cells.values()) for row, cells in table.items()}
    by_column: dict[str, int] = {}
    for cells in table.values():
        for column, value in cells.items():
            by_column[column] = by_column.get(column, 0) + value
    keep_rows = [row for row in sorted(by_row, key=lambda r: -by_row[r]) if by_row[row] and row != ELSE][:ROWS]
    keep_columns = [column for column in sorted(by_column, key=lambda c: -by_column[c]) if by_column[column] and column != ELSE][:COLUMNS]
    summed: dict[tuple[str, str], int] = {}
    for row, cells in table.items():
        for column, value in cells.items():
            if value:
                at = (row if row in keep_rows else ELSE, column if column in keep_columns else ELSE)
                summed[at] = summed.get(at, 0) + value
    rows = keep_rows + [ELSE] * any(row == ELSE for row, _ in summed)
    return rows, keep_columns + [ELSE] * any(column == ELSE for _, column in summed), summed


def heat(table: Mapping[str, Mapping[str, int]]) -> str:
    """Buildings down, categories across, the number in each cell; the more the darker."""
    rows, across, cells = folded(table)
    if not cells:
        return ""
    left, high, row_high, sums = 168.0, 40.0, 25.0, 46.0
    drawn = figure(WIDE, high + row_high * len(rows) + 4)
    on = pane(drawn, 0, 0, WIDE, high + row_high * len(rows) + 4)
    on.set(xlim=(0, WIDE), ylim=(high + row_high * len(rows) + 4, 0))
    wide = min(96.0, (WIDE - left - sums) / len(across))
    names, shown, most = short_names(across, 7), buildings(table), max((many for at, many in cells.items() if ELSE not in at), default=1)
    for place, column in enumerate(across):
        for line, part in enumerate(halves(names[column])):
            write(on, left + (place + 0.5) * wide, 13 + line * 14, part, ha="center", fontsize=9.5, color=SOFT)
    write(on, left + len(across) * wide + sums / 2, 20, "合计", ha="center", fontsize=9.5, color=SOFT)
    for down, row in enumerate(rows):
        middle = high + (down + 0.5) * row_high
        write(on, left - 10, middle, clip(shown.get(row, row), 16), ha="right", fontsize=10)
        for place, column in enumerate(across):
            many = cells.get((row, column), 0)
            tile(on, (left + place * wide, high + down * row_high), (wide, row_high), many, 0 if ELSE in (row, column) else shade(many, most))
        total = sum(cells.get((row, column), 0) for column in across)
        write(on, left + len(across) * wide + sums / 2, middle, count(total), ha="center", weight="bold")
    return svg(drawn, "heat", "各楼栋各类别本周新增件数，数字写在格子里")


def shade(value: int, most: int) -> int:
    """How dark a cell is, 0 to 4: only the largest is darkest; where all are one, none stands out."""
    if not value:
        return 0
    return min(1 + int(3.999 * (value - 1) / (most - 1)), 4) if most > 1 else 1


def tile(on: Axes, at: tuple[float, float], size: tuple[float, float], value: int, step: int) -> None:
    """A cell of the heat map: its number on one of five shades, each darker than the one before, also in print."""
    shades = (WASH, "#e4ded3", "#c4bbad", "#8a8175", "#4a443d")
    on.add_patch(Rectangle((at[0] + 1.5, at[1] + 1.5), size[0] - 3, size[1] - 3, facecolor=shades[step], linewidth=0))
    if value:
        write(on, at[0] + size[0] / 2, at[1] + size[1] / 2, count(value), ha="center", color="white" if step > 2 else INK, fontsize=10)


def halves(name: str) -> list[str]:
    """A column's name on one or two lines."""
    if len(name) <= 5:
        return ["", name]
    cut = name.find("/") + 1 or (len(name) + 1) // 2
    return [name[:cut], name[cut:]]


def ledger(loads: Sequence[Load]) -> str:
    """Two sides from one middle line, week by week: what residents heard to the left, what members were called with to the right."""
    most = max((max(load.heard, load.pings) for load in loads), default=0)
    if not most:
        return ""
    tall, top = 27.0, 30.0
    drawn = figure(HALF, top + tall * len(loads) + 4)
    on = pane(drawn, 0, 0, HALF, top + tall * len(loads) + 4)
    on.set(xlim=(0, HALF), ylim=(top + tall * len(loads) + 4, 0))
    inner, room, middle = 24.0, 96.0, HALF / 2
    write(on, middle - inner, 13, "群众听到", ha="right", weight="bold")
    write(on, middle + inner, 13, "党员被叫", ha="left", weight="bold")
    for place, load in enumerate(loads):
        y, last = top + (place + 0.5) * tall, place == len(loads) - 1
        write(on, middle, y, week_short(load.week), ha="center", color=INK if last else SOFT, weight="bold" if last else "normal")
        heard, pings = room * load.heard / most, room * load.pings / most
        on.add_patch(Rectangle((middle - inner - heard, y - 8.5), heard, 17, facecolor="#544d45" if last else "#a69d90", linewidth=0))
        on.add_patch(Rectangle((middle + inner, y - 8.5), pings, 17, facecolor="white", edgecolor=RED if last else SOFT, hatch="////", linewidth=1))
        write(on, middle - inner - heard - 7, y, f"{count(load.heard)} 条", ha="right", weight="bold" if last else "normal")
        write(on, middle + inner + pings + 7, y, f"{count(load.pings)} 条", ha="left", weight="bold" if last else "normal")
    return svg(drawn, "ledger", "减负账本：" + ",".join(f"{week_short(x.week)}群众听到{x.heard}条、党员被叫{x.pings}条" for x in loads))


def worsened(loads: Sequence[Load]) -> bool:
    """Members were called more per open case two weeks running, which the page then says."""
    last = [load.pings / load.cases for load in loads[-3:] if load.cases]
    return len(last) == 3 and all(before < after for before, after in pairwise(last))
