"""`lounge bench`: speed against honest yardsticks, each side in a process of its own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bot.bench.rounds import Failed, Figures
from bot.commands.settings import settings_or_exit

Json = Annotated[bool, typer.Option("--json", help="one line of JSON instead of a list")]
bench = typer.Typer(add_completion=False, no_args_is_help=True, help="Speed, measured against honest yardsticks.")


def register(app: typer.Typer) -> None:
    """Add the command to an app; another bench is another command of `bench`."""
    app.add_typer(bench, name="bench")


def shown(measure: Callable[[], Figures], as_json: bool) -> None:
    """Print the figures of a bench; a side that fails ends the command with 1."""
    try:
        figures = measure()
    except Failed as why:
        print(why, file=sys.stderr)
        raise typer.Exit(1) from None
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    for name, value in figures.items():
        print(f"{name}\t{value}")


@bench.command("webhook")
def webhook(
    as_json: Json = False,
    lounges: Annotated[int, typer.Option("--lounges", min=0, max=2_000, help="an installation of so many like those here; 0: as it is")] = 0,
) -> None:
    """Encrypted callbacks to the front door, against a bare aiohttp handler with one XADD a request."""
    from bot.bench.webhook import bench as measure

    shown(lambda: measure(lounges), as_json)


@bench.command("pipeline")
def pipeline(
    as_json: Json = False,
    cases: Annotated[int, typer.Option("--cases", min=100, help="open cases loaded before")] = 10_000,
) -> None:
    """20,000 lines from inbox to committed, against a loop that only reads, acks and deletes."""
    from bot.bench.pipeline import bench as measure

    shown(lambda: measure(cases), as_json)


@bench.command("clock")
def clock(as_json: Json = False) -> None:
    """100,000 alarms that are due in the same minute; then fewer, two processes and a kill."""
    from bot.bench.clock import bench as measure

    shown(measure, as_json)


@bench.command("recognize")
def recognize(
    as_json: Json = False,
    config: Annotated[Path | None, typer.Option("--config", help="the installation's folder")] = None,
) -> None:
    """One line heard, against a scan of every phrase."""
    from bot.bench.recognize import bench as measure

    settings = settings_or_exit(config, os.environ)
    shown(lambda: measure(settings), as_json)


@bench.command("digest")
def digest(
    as_json: Json = False,
    cases: Annotated[int, typer.Option("--cases", min=100, help="cases of the one week")] = 100_000,
) -> None:
    """100,000 cases in one week: figures (folded and counted), all files, memory; then one community beside a year of 350 lounges."""
    from bot.bench.digest import bench as measure

    shown(lambda: measure(cases), as_json)
