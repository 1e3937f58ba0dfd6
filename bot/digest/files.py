"""Writes a digest as page, paper, workbook and message, and says which of them could not be made and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.digest.book import book
from bot.digest.charts import all_charts
from bot.digest.page import page
from bot.digest.paper import paper
from bot.digest.shape import Digest
from bot.digest.short import short

PAPER_POINTS = 200  # agenda points on paper; the page and the workbook have them all
PAGE, PAPER, BOOK, MESSAGE = "digest.html", "digest.pdf", "digest.xlsx", "digest.md"


def quiet(_: str) -> None:
    """A tick that nobody watches."""


def write_all(digest: Digest, out: Path, *, tick: Callable[[str], None] = quiet) -> tuple[str, ...]:
    """Writes digest.html, .md, .xlsx and .pdf into `out` (made where missing); `tick` hears each file's name before it is written.

    Returns one Chinese sentence for each file that could not be made (no Chinese font, no Pango): the others are there all the same,
    and a file of that name from before is gone, so that an old week is never taken for this one.
    """
    out.mkdir(parents=True, exist_ok=True)
    charts = all_charts(digest)
    tick(PAGE)
    (out / PAGE).write_text(page(digest, charts), encoding="utf-8")
    tick(MESSAGE)
    (out / MESSAGE).write_text(short(digest), encoding="utf-8")
    tick(BOOK)
    book(digest, out / BOOK)
    tick(PAPER)
    why = paper(page(digest, charts, most=PAPER_POINTS), out / PAPER)
    return (why,) if why else ()
