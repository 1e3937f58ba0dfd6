"""Makes an edition: the figures with their spot-check, and all its files; nothing is posted here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.digest import record, spot, table
from bot.digest.archive import Archive, Edition, read_record
from bot.digest.correction import changed
from bot.digest.make import Made, make
from bot.digest.reading import Reading
from bot.digest.shape import Load, Scope, SpotCheck
from bot.digest.week import KEPT, Week
from bot.domain.settings import Settings


async def whole(reading: Reading, settings: Settings, scope: Scope, week: Week, now: datetime, archive: Archive,
                tick: Callable[[int], None] = lambda _: None) -> Made:
    """A scope's week with its spot-check. Raises Lost, OSError."""
    made = await make(reading, settings, scope, week, now, tick)
    return replace(made, digest=replace(made.digest, check=checked(made, scope, week, now, archive)))


def checked(made: Made, scope: Scope, week: Week, now: datetime, archive: Archive) -> SpotCheck:
    """This week's seed sealed, last week's opened (never before that week is over) with what it draws. Raises OSError."""
    before = week.plus(-1)
    seed = archive.opened(scope, before) if now >= week.start else ""
    sample: tuple[str, ...] = ()
    if seed:
        sent = archive.first(scope, before)
        closed = spot.closed_of(sent.folder / table.NAME, str(before)) if sent else spot.closed_in(made.facts, KEPT - 1)
        sample = spot.drawn(seed, closed)
    return SpotCheck(hash=spot.seal(archive.seed(scope, week)), seed=seed, sample=sample)


def corrected(made: Made, edition: Edition, why: str) -> Made | None:
    """The edition after `edition`, saying why and what it puts right; None where no figure differs. Raises Altered, OSError.

    The ledger of burden stays as it was sent: its counters are final when the week is over, and swept weeks later.
    """
    before = read_record(edition, record.NAME)
    loads = tuple(Load(**load) for load in before["loads"])  # type: ignore[attr-defined]
    digest = replace(made.digest, loads=loads, edition=edition.number + 1)
    found = changed(before, json.loads(record.packed(digest)))
    if not found:
        return None
    return replace(made, digest=replace(digest, changed=(f"更正原因：{why.rstrip('。')}。", *found)))


def quiet(_: str) -> None:
    """A tick that nobody watches."""


def write_files(made: Made, settings: Settings, out: Path, tick: Callable[[str], None] = quiet) -> tuple[str, ...]:
    """All six files; a Chinese sentence for each that could not be made."""
    from bot.digest.files import write_all  # charts and paper are slow to load: not paid by other commands

    tick(record.NAME)
    record.write(made.digest, out)
    tick(table.NAME)
    table.write(made, settings, out)
    return write_all(made.digest, out, tick=tick)


def freeze(made: Made, settings: Settings, scope: Scope, week: Week, archive: Archive,
           tick: Callable[[str], None] = quiet) -> tuple[Edition, tuple[str, ...]]:
    """Keep it as sent, or find what was sent before it; with a sentence for each file that could not be made. Raises OSError."""
    missing: list[str] = []

    def write(out: Path) -> None:
        missing.extend(write_files(made, settings, out, tick))

    edition = archive.freeze(scope, week, made.digest.edition, made.digest.made_at, write)
    return edition, tuple(missing)
