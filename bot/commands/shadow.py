"""`lounge shadow report`: how often the hosts of lounges on trial agreed with what the bot would have done."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.commands.opened import with_store
from bot.commands.settings import settings_or_exit
from bot.domain.settings import Settings
from bot.handlers.cards import intent_of
from bot.handlers.shadow import Trial, report
from bot.store.redis import Store


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    shadow = typer.Typer(no_args_is_help=True, help="Lounges on trial (shadow: true in lounges.yaml).")
    shadow.command("report", help="Count 采纳 and 忽略 by kind of matter.")(command)
    shadow.callback()(lambda: None)  # one command alone would otherwise take the group's own name
    app.add_typer(shadow, name="shadow")


def command(
    lounge: Annotated[str | None, typer.Argument(help="one lounge; all that have been on trial otherwise")] = None,
    config: Annotated[Path | None, typer.Option("--config", help="the installation's folder")] = None,
) -> None:
    """Print a table a lounge."""
    settings = settings_or_exit(config, os.environ)
    if lounge is not None and lounge not in settings.lounges:
        print(f"{lounge}: no such lounge; known: {', '.join(settings.lounges)}", file=sys.stderr)
        raise typer.Exit(2)
    wanted = [lounge] if lounge is not None else list(settings.lounges)
    show(with_store(settings, lambda store: _read(store, wanted)), settings)


async def _read(store: Store, lounges: Sequence[str]) -> dict[str, list[Trial]]:
    """The rows of each lounge that has any. Raises Lost."""
    found = {name: report(await store.reader.overlay(name)) for name in lounges}
    return {name: rows for name, rows in found.items() if rows[-1].shown}


def show(found: Mapping[str, Sequence[Trial]], settings: Settings) -> None:
    """What was shown, what was thought of it, and how often both agreed."""
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200, highlight=False, markup=False)
    if not found:
        console.print("还没有试运行的记录。要试运行，在 lounges.yaml 里给客厅写上 shadow: true。")
    for name, rows in found.items():
        console.print(f"{settings.lounges[name].name}")
        table = Table(box=None, pad_edge=False)
        for title in ("类别", "会办的", "采纳", "忽略", "没回", "一致"):
            table.add_column(title, no_wrap=True)
        for row in rows:
            agreed = "—" if row.agreement is None else f"{row.agreement:.0%}"
            table.add_row(intent_of(row.name, settings) if row.name else "合计", str(row.shown), str(row.adopted),
                          str(row.skipped), str(row.shown - row.adopted - row.skipped), agreed)
        console.print(table)
