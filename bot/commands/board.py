"""`lounge board` and `lounge journal`: what is stuck, which risks are known at which building, and what was done on a case."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.commands.opened import with_store
from bot.commands.settings import settings_or_exit
from bot.domain import risk
from bot.domain.case import Case
from bot.domain.settings import Settings
from bot.domain.stuck import Stuck, board
from bot.handlers import record
from bot.handlers.boards import findings
from bot.handlers.cards import intent_of, name_of
from bot.store.redis import Store

Config = Annotated[Path | None, typer.Option("--config", help="the installation's folder")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON document instead of a table")]


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    app.command("board", help="What is stuck, and what is known of each building's risks.")(command)
    app.command("journal", help="What was done on a case, by whom and when.")(journal)


def command(
    lounge: Annotated[str | None, typer.Argument(help="one lounge; all of them otherwise")] = None,
    risks: Annotated[bool, typer.Option("--risk", help="the risk worksheet instead: kinds by building")] = False,
    as_json: AsJson = False, config: Config = None,
) -> None:
    """Print the board, the longest silent first; with --risk the worksheet, every building and kind."""
    settings = settings_or_exit(config, os.environ)
    if lounge is not None and lounge not in settings.lounges:
        print(f"{lounge}: no such lounge; known: {', '.join(settings.lounges)}", file=sys.stderr)
        raise typer.Exit(2)
    wanted = [lounge] if lounge is not None else list(settings.lounges)
    cases = with_store(settings, lambda store: _open(store, wanted))
    if risks:
        _show_risks([row for name in wanted for row in risk.worksheet(name, settings, findings(cases, settings))], settings, as_json)
    else:
        _show_stuck(board(cases, datetime.now(UTC), settings), len(cases), settings, as_json)


async def _open(store: Store, lounges: Sequence[str]) -> list[Case]:
    """Every open case of these lounges. Raises Lost."""
    return [case for name in lounges for case in await store.reader.open_cases(name)]


def _console() -> Console:
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200, highlight=False, markup=False)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*row)
    _console().print(table)


def _json(rows: Sequence[dict[str, Any]]) -> None:
    print(json.dumps(rows, ensure_ascii=False, indent=1))


def _show_stuck(found: Sequence[Stuck], count: int, settings: Settings, as_json: bool) -> None:
    if as_json:
        _json([{"case": one.case.id, "lounge": one.case.lounge, "building": one.case.building, "intent": one.case.intent,
                "attendant": one.case.attendant, "reasons": list(one.reasons), "days": one.days} for one in found])
    elif not found:
        _console().print(f"在办 {count} 件，没有卡住的。")
    else:
        _table(("编号", "客厅", "地点", "类别", "在谁那里", "为什么卡住"), [
            (one.case.id, settings.lounges[one.case.lounge].name, one.case.building or "没说地方", intent_of(one.case.intent, settings),
             name_of(one.case.attendant, settings), one.why()) for one in found])


def _show_risks(sheet: Sequence[risk.Finding], settings: Settings, as_json: bool) -> None:
    if as_json:
        _json([{"building": one.building, "kind": one.kind, "tier": one.tier or None, "owner": one.owner or None,
                "day": one.day.isoformat() if one.day else None, "case": one.note or None} for one in sheet])
        return
    rows: dict[str, list[str]] = {}
    for one in sheet:
        owner = f" {name_of(one.owner, settings)} {one.day:%m-%d}" if one.owner and one.day else ""
        said = f"{risk.SAID_TIER[one.tier]}{owner} {one.note}" if one.tier else "—"
        rows.setdefault(one.building, []).append(said)
    _table(("楼栋", *risk.KINDS), [(building, *said) for building, said in rows.items()])


def journal(case: Annotated[str, typer.Argument(help="a case number, like HH-0001")], config: Config = None) -> None:
    """Print a case's journal, one line a happening."""
    settings = settings_or_exit(config, os.environ)

    async def read(store: Store) -> list[str] | None:
        found = await store.reader.case(case.upper())
        if found is None:
            return None
        title = f"{found.id} {found.building or '没说地方'} {intent_of(found.intent, settings)}，{settings.words[f'state.{found.state}']}"
        return [title, *record.lines(found, await store.reader.journal(found.id), settings)]

    lines = with_store(settings, read)
    if lines is None:
        print(f"{case}: no such case", file=sys.stderr)
        raise typer.Exit(2)
    for line in lines:
        print(line)
