"""`lounge digest`: one scope's week as page, paper, workbook, message, figures and cases."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bot.app import open_store_at
from bot.commands.settings import settings_or_exit
from bot.digest import record, scopes, table, week
from bot.digest.make import Made, make
from bot.digest.shape import Scope
from bot.domain.settings import Settings
from bot.store.connect import Unfit
from bot.store.embedded import NoServer
from bot.store.port import Lost

KEPT = "appendonly"  # what a store leaves in its folder (store.embedded)


class NoStore(Exception):
    """There is no store where one was named."""


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("digest")(command)


def command(
    week_name: Annotated[str | None, typer.Option("--week", help="an ISO week like 2026-W45; else the last complete one")] = None,
    scope_name: Annotated[str, typer.Option("--scope", help="community:ID, lounge:ID, street:ID or district:ID; else everything")] = "",
    data: Annotated[Path | None, typer.Option("--data", help="a store, such as `lounge replay --keep` leaves")] = None,
    out: Annotated[Path, typer.Option("--out", help="where the files are written")] = Path(),
    config: Annotated[Path | None, typer.Option("--config", help="the installation's folder")] = None,
) -> None:
    """Write digest.html, .pdf, .xlsx, .md, .json and cases.csv of one scope's week."""
    settings, now = settings_or_exit(config, os.environ), datetime.now(UTC)
    try:
        wanted = week.parse(week_name) if week_name else week.last(now)
        scope = scopes.parse(scope_name, settings)
        place = _store(data)
        out.mkdir(parents=True, exist_ok=True)
        missing = _make(settings, scope, wanted, now, place, out)
    except (week.BadWeek, scopes.BadScope, NoStore, Lost, Unfit, NoServer, OSError) as why:
        print(why, file=sys.stderr)
        raise typer.Exit(2) from None
    for sentence in missing:
        print(sentence, file=sys.stderr)


def _store(data: Path | None) -> Path | None:
    """The folder of a store; None for the external Redis of REDIS_URL. Raises NoStore."""
    if data is None and os.environ.get("REDIS_URL"):
        return None
    folder = data or Path(os.environ.get("LOUNGE_DATA", "data"))
    if not (folder / KEPT).exists():
        raise NoStore(f"{folder}: there is no store")
    return folder


def _make(settings: Settings, scope: Scope, wanted: week.Week, now: datetime, place: Path | None,
          out: Path) -> tuple[str, ...]:
    console = Console(stderr=True)
    with Progress(console=console, disable=not sys.stderr.isatty(), transient=True) as bar:
        row = bar.add_task("cases", total=None)

        async def read() -> Made:
            async with open_store_at(settings, place) as store:
                return await make(store.weeks, settings, scope, wanted, now, lambda done: bar.advance(row, done))

        made = asyncio.run(read())
        files = bar.add_task(record.NAME, total=6)

        def tick(name: str) -> None:
            bar.update(files, description=name, advance=1)

        missing = write_files(made, settings, out, tick)
    found = made.digest
    print(f"{found.scope.name} {found.week}: {found.counts['new']} new, {found.counts['open']} open, in {out}", file=sys.stderr)
    return missing


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
