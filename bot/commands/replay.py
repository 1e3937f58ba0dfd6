"""`lounge replay`: a chat log through the real pipeline on a virtual clock."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bot.commands.settings import settings_or_exit
from bot.config import find
from bot.replay import BadLog, read_log, replay


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("replay")(command)


def command(
    log: Annotated[Path, typer.Argument(help="a chat log, JSON Lines")],
    out: Annotated[Path, typer.Option("--out", help="where cases, decisions and outbox are written")],
    config: Annotated[Path | None, typer.Option("--config", help="the installation's folder")] = None,
    until: Annotated[str | None, typer.Option("--until", help="let the clock run on to this instant")] = None,
    keep: Annotated[Path | None, typer.Option("--keep", help="keep the store in this folder")] = None,
    meaning: Annotated[bool, typer.Option(help="ask the semantic layer, where it is installed")] = True,
) -> None:
    """Drive the real pipeline over a chat log and write cases.jsonl, decisions.jsonl and outbox.jsonl."""
    settings = settings_or_exit(config, os.environ)
    try:
        items = read_log(log)
        end = _instant(until)
        for folder in filter(None, (out, keep)):
            folder.mkdir(parents=True, exist_ok=True)
    except (BadLog, OSError) as why:
        print(why, file=sys.stderr)
        raise typer.Exit(2) from None
    console = Console(stderr=True)
    with Progress(console=console, disable=not sys.stderr.isatty(), transient=True) as bar:
        row = bar.add_task("replay", total=len(items))
        done = asyncio.run(replay(settings, items, out, until=end, keep=keep, tick=lambda: bar.advance(row),
                                  meaning=find(str(config) if config else None, os.environ) if meaning else None))
    print(f"{done['lines']} lines, {done['cases']} cases, {done['said']} said, in {out}", file=sys.stderr)


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadLog(f"--until {text}: is not an ISO 8601 instant") from None
    if at.tzinfo is None:
        raise BadLog(f"--until {text}: has no time zone")
    return at
