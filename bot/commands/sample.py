"""`lounge sample`: four invented weeks through the real pipeline, so that there is something to look at."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bot import history
from bot.commands.settings import settings_or_exit
from bot.digest import scopes, week
from bot.digest.archive import Archive
from bot.domain.settings import Settings
from bot.history.play import play
from bot.store.connect import Unfit
from bot.store.embedded import NoServer
from bot.store.port import Lost

LOG = "sample.jsonl"


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("sample")(command)


def command(
    out: Annotated[Path | None, typer.Option("--out", help="where the log, cases, decisions and outbox are written")] = None,
    keep: Annotated[Path | None, typer.Option("--keep", help="keep the store in this folder, for lounge digest --data")] = None,
    config: Annotated[Path | None, typer.Option("--config", help="the installation's folder; it must know the sample lounges")] = None,
) -> None:
    """Replay four invented weeks of the sample lounges (2026-W43 to W46)."""
    settings = settings_or_exit(config, os.environ)
    try:
        wrong = _wrong(settings, out, keep)
        if wrong:
            print(wrong, file=sys.stderr)
            raise typer.Exit(2)
        done = _play(settings, out, keep)
        if keep is not None:
            _seal(settings, keep)
    except (Lost, Unfit, NoServer, OSError) as why:
        print(why, file=sys.stderr)
        raise typer.Exit(2) from None
    print(f"{history.FIRST} to {history.LAST}: {done['lines']} lines, {done['cases']} cases, {done['said']} said", file=sys.stderr)
    if keep is not None:
        print(f"next: lounge digest --data {keep} --week {history.LAST} --out DIR", file=sys.stderr)


def _wrong(settings: Settings, out: Path | None, keep: Path | None) -> str:
    """Why it cannot be done, in one line; "" where it can."""
    if out is None and keep is None:
        return "name --out DIR, --keep DIR or both"
    unknown = [lounge for lounge in history.LOUNGES if lounge not in settings.lounges]
    if unknown:
        return f"this configuration does not know the sample lounges: {', '.join(unknown)}"
    if keep is not None and keep.exists() and any(keep.iterdir()):
        return f"{keep}: is not empty; the sample wants a store of its own"
    return ""


def _seal(settings: Settings, keep: Path) -> None:
    """Draw the seed of the week before the last, as its digest would have: the last one opens it for the spot-check."""
    communities = {settings.lounges[lounge].community for lounge in history.LOUNGES}
    for scope in ("", *(f"community:{one}" for one in sorted(communities))):
        Archive(keep / "digests").seed(scopes.parse(scope, settings), week.parse(history.LAST).plus(-1))


def _play(settings: Settings, out: Path | None, keep: Path | None) -> dict[str, int]:
    with ExitStack() as stack:
        folder = out or Path(stack.enter_context(TemporaryDirectory(prefix="lounge-sample-")))
        folder.mkdir(parents=True, exist_ok=True)
        rows = history.log()
        (folder / LOG).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        bar = stack.enter_context(Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True))
        row = bar.add_task("replay", total=len(rows))
        return asyncio.run(play(settings, folder / LOG, folder, keep, lambda: bar.advance(row)))
