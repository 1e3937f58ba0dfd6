"""Serves the demo on a bound socket, keeps its data and its clock between starts, and starts over when asked to."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.app import Rig, open_store_at
from bot.channels.plain import Plain
from bot.clocks import Virtual
from bot.domain.settings import Settings
from bot.handlers import shift
from bot.web import demo_views as views
from bot.web.demo import Demo
from bot.web.demo_pages import add_pages
from bot.web.demo_state import Page
from bot.web.mouth import HttpMouth
from bot.web.webhook import make_app


async def serve_demo(settings: Settings, sock: socket.socket, folder: Path, stop: asyncio.Event,
                     ready: Callable[[], None] = lambda: None) -> None:
    """Serve the demo on a bound socket until `stop`; 重新开始 clears the folder and starts over on the same address."""
    while not stop.is_set():
        open_folder(folder)
        again = await _once(settings, sock, folder, stop, ready)
        ready = _nothing
        if again:
            clear(folder)


def _nothing() -> None:
    """The address was said already."""


def open_folder(folder: Path) -> None:
    """Make the demo's folder where it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)


def clear(folder: Path) -> None:
    """Throw away the demo's own data. Refuses any folder that is not called demo."""
    if folder.name != "demo":
        raise ValueError(f"{folder}: not the demo's folder")
    shutil.rmtree(folder, ignore_errors=True)


async def _once(settings: Settings, sock: socket.socket, folder: Path, stop: asyncio.Event,
                ready: Callable[[], None]) -> bool:
    """One run; True when it is to be started over on a clean folder."""
    port = int(sock.getsockname()[1])
    base, kept = f"http://127.0.0.1:{port}", folder / "clock"
    plain = Plain(secrets.token_hex(24).encode(), settings.lounges, f"{base}/demo/out")
    clock, page = Virtual(_start(kept, settings)), Page(keep=folder / "page.jsonl")
    page.load()
    async with open_store_at(settings, folder) as store, aiohttp.ClientSession() as http:
        rig = Rig(settings, store, {plain.name: plain}, HttpMouth(settings, {plain.name: plain}, http), clock)
        rig.own_all()
        await rig.forwarded(shift.begun(settings, clock.now()))
        demo = Demo(rig, clock, plain, page, http, f"{base}/hooks/plain")
        runner = web.AppRunner(add_pages(make_app(rig), demo, port), shutdown_timeout=1.0, access_log=None)
        await runner.setup()
        await web.SockSite(runner, sock.dup()).start()
        running = asyncio.create_task(demo.run())
        ready()
        try:
            await _any(stop.wait(), demo.again.wait(), running)
        finally:
            demo.close()
            await asyncio.wait([running], timeout=2.0)
            await runner.cleanup()
            kept.write_text(clock.now().isoformat(), encoding="utf-8")
        if running.done():
            running.result()  # a fault of the loop is not to be swallowed
        return demo.again.is_set()


async def _any(*waits: Any) -> None:
    """Return when the first of these is done."""
    pending = [asyncio.ensure_future(wait) for wait in waits]
    await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
    for one in pending[:2]:
        one.cancel()


def _start(kept: Path, settings: Settings) -> datetime:
    """The instant at which the demo was left, else the next weekday's 10:00."""
    try:
        at = datetime.fromisoformat(kept.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return views.first_instant(datetime.now(UTC), settings)
    return at if at.tzinfo else views.first_instant(datetime.now(UTC), settings)
