"""`lounge bind` ties a group to a lounge; `lounge code` gives a person a word that ties his account to him."""

from __future__ import annotations

import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.opened import arrange, with_store
from bot.commands.settings import settings_or_exit
from bot.domain.settings import Settings
from bot.handlers.binding import CODE_LIVES, chat_field, code_field, lent
from bot.store.redis import Store

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is taken for another when read aloud
LENGTH = 8
LATER = "已经记下，服务一启动就生效。"


def register(app: typer.Typer) -> None:
    """Add both commands to an app."""
    app.command("bind", help="Tie a group (its id from `lounge chats`) to a lounge.")(bind)
    app.command("code", help="Make a one-time word with which a person binds his account within ten minutes.")(code)


Config = Annotated[Path | None, typer.Option("--config", help="the installation's folder")]


def bind(
    chat: Annotated[str, typer.Argument(help="the group's id, as `lounge chats` shows it")],
    lounge: Annotated[str, typer.Argument(help="the lounge's id")],
    channel: Annotated[str, typer.Option("--channel", help="where the group is; needed only if two channels know the id")] = "",
    config: Config = None,
) -> None:
    """The group gets the welcome letter; what is said there from now on is heard."""
    settings = settings_or_exit(config, os.environ)
    if lounge not in settings.lounges:
        _leave(f"{lounge}: no such lounge; known: {', '.join(settings.lounges)}")
    where = with_store(settings, lambda store: _channels(store, chat)) if not channel else [channel]
    where = where or [name for name, one in settings.channels.items() if one.kind == "wecom_aibot"]
    if len(where) != 1:
        _leave(f"{chat}: say where with --channel ({', '.join(where) or 'no channel hears groups'})")
    done = with_store(settings, lambda store: arrange(store, settings, chat_field(where[0], chat), lounge))
    print(f"{chat} → {settings.lounges[lounge].name}。" + ("" if done else LATER))


async def _channels(store: Store, chat: str) -> list[str]:
    return sorted({one.channel for one in await store.strangers.all() if one.kind == "chat" and one.id == chat})


def code(person: Annotated[str, typer.Argument(help="the person's id in people.yaml")], config: Config = None) -> None:
    """Print the word; it is kept only as its hash."""
    settings = settings_or_exit(config, os.environ)
    if person not in settings.people:
        _leave(f"{person}: no such person in people.yaml")
    word = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    done = with_store(settings, lambda store: _lend(store, settings, word, person))
    print(f"{word}\n请{settings.people[person].name}在十分钟内，用自己的账号私下给应用发：绑定 {word}。" + ("" if done else LATER))


async def _lend(store: Store, settings: Settings, word: str, person: str) -> bool:
    return await arrange(store, settings, code_field(word), lent(person, datetime.now(UTC) + CODE_LIVES))


def _leave(why: str) -> None:
    print(why, file=sys.stderr)
    raise typer.Exit(2)
