"""`lounge reload`: has every running process change to the settings in the folder, once they are found sound."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.app import open_store_at
from bot.config import BadConfig, NoConfig, find, load
from bot.domain.settings import Settings
from bot.store.calls import Calls, Report
from bot.store.connect import Unfit
from bot.store.embedded import NoServer
from bot.store.port import Lost

DONE, MISTAKES, UNUSABLE = 0, 1, 2
WAIT, LOOK = 20.0, 0.2  # seconds that the processes get to follow, and between looks
EMBEDDED = "server.json"  # in the data folder while an embedded server was started there


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("reload", help="Check the settings and have every running process change to them.")(command)


def command(
    config: Annotated[Path | None, typer.Option("--config", help="the installation's folder")] = None,
) -> None:
    """Validate first; every mistake is printed and the old settings stay in force everywhere."""
    try:
        settings = load(find(str(config) if config else None), os.environ)
    except BadConfig as bad:
        for mistake in bad.mistakes:
            print(mistake, file=sys.stderr)
        raise typer.Exit(UNUSABLE if isinstance(bad, NoConfig) else MISTAKES) from None
    try:
        raise typer.Exit(asyncio.run(reload(settings, os.environ)))
    except (Lost, Unfit, NoServer, OSError) as why:
        print(f"redis is not to be had: {why}", file=sys.stderr)
        raise typer.Exit(UNUSABLE) from None


async def reload(settings: Settings, environ: Mapping[str, str], wait: float = WAIT) -> int:
    """Call the processes and print what each has to say; 1 where one of them keeps the old settings. Raises Lost."""
    data = None if environ.get("REDIS_URL") else Path(environ.get("LOUNGE_DATA", "data"))
    if data is not None and not (data / EMBEDDED).exists():
        print(f"设置没有错误（版本 {settings.version}）；{data} 里没有正在运行的服务，下次启动就用它")
        return DONE
    async with open_store_at(settings, data, environ) as store:
        calls = Calls(store.client)
        alive = {r.owner for r in await calls.reports(datetime.now(UTC))}
        call = await calls.raised()
        followed = await _followed(calls, call, alive, wait)
    return _told(settings, alive, followed)


async def _followed(calls: Calls, call: int, alive: set[str], wait: float) -> dict[str, Report]:
    """The reports of those that have followed the call, once all have or the wait is over."""
    found: dict[str, Report] = {}
    for _ in range(max(int(wait / LOOK), 1)):
        found = {r.owner: r for r in await calls.reports(datetime.now(UTC)) if r.call >= call}
        if alive <= found.keys():
            break
        await asyncio.sleep(LOOK)
    return found


def _told(settings: Settings, alive: set[str], followed: Mapping[str, Report]) -> int:
    good = True
    for owner in sorted(alive | followed.keys()):
        report = followed.get(owner)
        if report is None:
            print(f"{owner}：没有回音")
        elif report.why:
            print(f"{owner}：没有换，仍用版本 {report.version}：{report.why}")
        else:
            print(f"{owner}：已换到版本 {report.version}")
        good = good and report is not None and not report.why
    if not alive | followed.keys():
        print(f"设置没有错误（版本 {settings.version}）；没有正在运行的服务，下次启动就用它")
    return DONE if good else MISTAKES
