"""`lounge demo`: the whole bot on one page, for this machine only."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer

from bot.commands.settings import settings_or_exit
from bot.domain.settings import Settings
from bot.log import set_up
from bot.store.connect import Unfit
from bot.store.port import Lost
from bot.web import demo_cast, demo_serve


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("demo")(command)


def command(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="port on 127.0.0.1")] = 8080,
    fresh: Annotated[bool, typer.Option("--fresh", help="throw away what an earlier demo left")] = False,
    config: Annotated[Path | None, typer.Option("--config", help="the installation's folder")] = None,
) -> None:
    """Serve the demo page until Ctrl-C."""
    set_up()
    settings = settings_or_exit(config, os.environ)
    folder = Path(os.environ.get("LOUNGE_DATA", "data")) / "demo"
    try:
        sock = socket.create_server(("127.0.0.1", port))
    except OSError as why:
        print(f"cannot listen on 127.0.0.1:{port}: {why.strerror or why}; try --port", file=sys.stderr)
        raise typer.Exit(2) from None
    try:
        if fresh:
            demo_serve.clear(folder)
        asyncio.run(_serve(settings, sock, folder))
    except (Lost, Unfit, OSError) as why:
        print(f"the demo cannot run: {why}", file=sys.stderr)
        raise typer.Exit(2) from None
    finally:
        sock.close()


async def _serve(settings: Settings, sock: socket.socket, folder: Path) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await demo_serve.serve_demo(settings, sock, folder, stop, lambda: _greet(settings, sock))
    structlog.get_logger("demo").info("stopped")


def _greet(settings: Settings, sock: socket.socket) -> None:
    """The address, and a first thing to try."""
    scene = demo_cast.scenes(settings)[0]
    speaker, _, words = scene.examples[0]
    name = next((voice.name for voice in scene.voices if voice.id == speaker), speaker)
    print(f"打开 http://127.0.0.1:{sock.getsockname()[1]}/", flush=True)
    print(f"先试试：在“{scene.name}”里让“{name}”说：{words}", flush=True)
