"""`lounge run`: the bot itself."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from redis.asyncio.connection import parse_url

from bot.app import channels_of
from bot.commands.settings import settings_or_exit
from bot.config import find
from bot.connect import Unusable
from bot.log import set_up
from bot.serve import CannotListen, serve


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("run")(command)


def command(
    host: Annotated[str, typer.Option("--host", help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="port to listen on")] = 8443,
    config: Annotated[Path | None, typer.Option("--config", help="the installation's folder")] = None,
) -> None:
    """Serve the webhooks and run the loops until SIGTERM."""
    set_up()
    settings = settings_or_exit(config, os.environ, secrets=True)
    try:
        usable = channels_of(settings, os.environ)
    except Unusable as why:
        print(why, file=sys.stderr)
        raise typer.Exit(2) from None
    if not usable:
        print("no channel has its secret: set the variables named in channels.yaml", file=sys.stderr)
        raise typer.Exit(2)
    if not _readable(os.environ.get("REDIS_URL", "")):
        print("REDIS_URL: is no address of a Redis (redis://, rediss:// or unix://)", file=sys.stderr)
        raise typer.Exit(2)
    try:
        raise typer.Exit(asyncio.run(serve(settings, host, port, folder=find(str(config) if config else None))))
    except CannotListen as why:
        print(why, file=sys.stderr)
        raise typer.Exit(2) from None


def _readable(url: str) -> bool:
    """Whether an address can be read at all; whether somebody answers there is another matter, and may change."""
    try:
        return not url or bool(parse_url(url))
    except ValueError:
        return False
