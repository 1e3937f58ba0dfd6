"""`lounge check`: every mistake of a configuration at once, or, where there is none, who answers for every place."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console
from rich.table import Table

from bot.config import BadConfig, NoConfig, find, load
from bot.domain.case import Rung
from bot.domain.coverage import GAPS, Coverage, audit
from bot.domain.settings import Settings

SOUND, MISTAKES, UNREADABLE = 0, 1, 2
_COLUMNS = {Rung.ATTENDANT: "党员", Rung.SUBSTITUTE: "替班", Rung.LIAISON: "网格联络人", Rung.HOST: "房东",
            Rung.STREET: "街道", Rung.DISTRICT: "区"}
_PIPE_WIDTH = 400  # columns; a pipe has no edge, so nothing is folded or cut


def check(folder: Path, at: datetime, environ: Mapping[str, str] = os.environ, *, secrets: bool = True,
          out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Print mistakes, one a line, or the coverage audit; the exit code: 0 sound, 1 mistakes, 2 no such folder."""
    out, err = out or sys.stdout, err or sys.stderr
    code = SOUND
    try:
        settings = load(folder, environ, secrets=secrets)
    except NoConfig as bad:
        print(bad, file=err)
        return UNREADABLE
    except BadConfig as bad:
        print(bad, file=out)
        code = MISTAKES
        try:  # where only a secret's variable is missing, the files are sound and the audit is worth reading
            settings = load(folder, environ, secrets=False)
        except BadConfig:
            return code
        print(file=out)
    console = Console(file=out, width=None if out.isatty() else _PIPE_WIDTH, highlight=False, emoji=False, markup=False)
    show(settings, audit(settings, at), console)
    return code


def show(settings: Settings, coverage: Coverage, console: Console) -> None:
    """The audit as a person reads it: gaps first, then every place with its ladder."""
    buildings = sum(cover.shop is None for cover in coverage.covers)
    console.print(f"文件没有错误（版本 {settings.version}）：{len(settings.lounges)} 个客厅，{buildings} 栋楼，"
                  f"{len(coverage.covers) - buildings} 家商户和企业，{len(settings.people)} 位同志，"
                  f"{len(settings.intents)} 类诉求。")
    console.print(f"\n缺口 {len(coverage.gaps)} 处" + ("：" if coverage.gaps else "，每栋楼都有人负责。"))
    for gap in coverage.gaps:
        console.print(f"  {GAPS[gap.kind]}：{gap.what}（{gap.why}）")
    console.print()
    console.print(_table(settings, coverage, plain=not console.is_terminal))


def _table(settings: Settings, coverage: Coverage, *, plain: bool) -> Table:
    table = Table(box=None, pad_edge=False) if plain else Table()
    for name in ("客厅", "楼栋", "商户或企业", *_COLUMNS.values()):
        table.add_column(name, no_wrap=plain)
    for cover in coverage.covers:
        on = {seat.rung: settings.people[seat.person].name for seat in cover.seats if seat.person in settings.people}
        lounge = settings.lounges.get(cover.lounge)
        table.add_row(lounge.code if lounge else "—", cover.building, cover.shop or "",
                      *(on.get(rung, "—") for rung in _COLUMNS))
    return table


def register(app: typer.Typer) -> None:
    """Add `check` to the command line."""

    @app.command("check", help="Find every mistake of a configuration, or print who answers for every place.")
    def _check(
        config: Annotated[str | None, typer.Option("--config", help="The configuration folder.")] = None,
        secrets: Annotated[bool, typer.Option(help="Also demand the channels' environment variables.")] = True,
    ) -> None:
        raise typer.Exit(check(find(config), datetime.now(UTC), secrets=secrets))
