"""Turns a matplotlib figure into a clean piece of inline SVG: real text, no outside reference, the same bytes every time."""

from __future__ import annotations

import html
import io
import re
import warnings
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Text is laid out by matplotlib's own bundled font, so the bytes do not depend on what is installed;
# what the reader sees is set in the first of these that their machine has.
FAMILY = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
INK, SOFT, FAINT, WASH, RED = "#22201d", "#6c665e", "#d8d2c6", "#f4f1ea", "#b4281e"
UNIT = 72  # one inch of figure is 72 units of the viewBox
LETTERS: Any = {"svg.fonttype": "none", "svg.hashsalt": "lounge", "font.family": "DejaVu Sans", "hatch.linewidth": 1.1,
           "axes.unicode_minus": False}


def figure(width: float, height: float) -> Figure:
    """An empty figure of so many viewBox units."""
    return Figure(figsize=(width / UNIT, height / UNIT), dpi=UNIT)


def pane(on: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """A bare axes at so many units from the top left corner of the figure, in units of the figure."""
    wide, high = (float(side) * UNIT for side in on.get_size_inches())
    axes = on.add_axes((left / wide, 1 - (top + height) / high, width / wide, height / high))
    axes.set_axis_off()
    return axes


def write(on: Axes, x: float, y: float, text: str, **how: Any) -> None:
    """Text at data coordinates, never read as mathematics whatever signs it holds."""
    on.text(x, y, text, **{"fontsize": 10.5, "color": INK, "va": "center_baseline", "parse_math": False, "clip_on": False, **how})


def svg(drawn: Figure, name: str, said: str) -> str:
    """The figure as an `<svg>` element. `name` keeps its ids apart from other charts', `said` is read aloud instead of it."""
    out = io.StringIO()
    with rc_context(LETTERS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # laid out without the glyphs, on purpose
        drawn.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return clean(out.getvalue(), name, said)


def clean(raw: str, name: str, said: str) -> str:
    """Matplotlib's SVG without prologue, sheet (it would style the whole page), fixed size and font names."""
    body = raw[raw.index("<svg"):]
    box = re.search(r'viewBox="([^"]+)"', body)
    inner = body[body.index(">") + 1: body.rindex("</svg>")]
    inner = re.sub(r"<metadata>.*?</metadata>\s*", "", inner, flags=re.S)
    inner = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>\s*", "", inner, count=1, flags=re.S)
    inner = re.sub(r"<!--.*?-->\s*", "", inner, flags=re.S)
    inner = re.sub(r"font-family: [^;\"]+;? ?", "", inner)
    inner = re.sub(r' transform="rotate\(-?0 [^"]*"', "", inner)
    inner = re.sub(r'\bid="', f'id="{name}-', inner)
    inner = re.sub(r'(url\(#|xlink:href="#)', rf"\g<1>{name}-", inner)
    inner = re.sub(r"\n\s*", "\n", inner).strip()
    return (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="chart {name}" '
            f'viewBox="{box[1] if box else ""}" role="img" aria-label="{html.escape(said)}" '
            f'font-family="{FAMILY}" stroke-linejoin="round">\n{inner}\n</svg>')
