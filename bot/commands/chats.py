"""`lounge chats`: groups and accounts that spoke to the bot and that nobody has bound; never what they said."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.bindings import Bindings
from bot.commands.opened import with_store
from bot.commands.settings import settings_or_exit
from bot.domain.settings import Settings
from bot.store.chats import Stranger
from bot.store.redis import Store

KINDS = {"chat": "群", "account": "账号"}


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("chats", help="List groups and accounts that nobody has bound, with when each was first seen.")(command)


def command(config: Annotated[Path | None, typer.Option("--config", help="the installation's folder")] = None) -> None:
    """Print one line for each."""
    settings = settings_or_exit(config, os.environ)
    show(with_store(settings, lambda store: unbound(store, settings)), settings)


async def unbound(store: Store, settings: Settings) -> list[Stranger]:
    """Whoever was noted and is still nobody; who was bound meanwhile is taken off the list. Raises Lost."""
    bindings = Bindings(settings)
    await bindings.refresh(store.reader)
    names, found = bindings.names, await store.strangers.all()
    known = [one for one in found if (names.lounge(one.channel, one.id) if one.kind == "chat" else one.id in names.people)]
    await store.strangers.known(known)
    return [one for one in found if one not in known]


def show(strangers: Sequence[Stranger], settings: Settings) -> None:
    """A table, or a word that there is nothing to do."""
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200, highlight=False, markup=False)
    if not strangers:
        console.print("没有未绑定的群和账号。")
        return
    table = Table(box=None, pad_edge=False)
    for title in ("首次出现", "渠道", "类型", "编号"):
        table.add_column(title, no_wrap=True)
    for one in strangers:
        table.add_row(f"{settings.local(one.first):%Y-%m-%d %H:%M}", one.channel, KINDS.get(one.kind, one.kind), one.id)
    console.print(table)
    console.print("\n群：lounge bind 编号 客厅      同志的账号：lounge code 人，再让本人私下发“绑定 绑定码”。居民的账号不用绑定。")
