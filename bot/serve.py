"""Serves the webhook and runs the loops until told to stop; SIGTERM finishes what is held."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import structlog
from aiohttp import web

from bot.app import Rig, channels_of, open_store_at
from bot.clocks import Wall
from bot.domain.settings import Settings
from bot.loops.live import Live
from bot.store.connect import Unfit
from bot.store.port import Lost
from bot.web.mouth import HttpMouth
from bot.web.webhook import make_app

GRACE = 3.0  # seconds that open requests get after SIGTERM; the whole exit stays under five
log = structlog.get_logger("serve")


async def serve(settings: Settings, host: str, port: int, environ: Mapping[str, str] = os.environ) -> int:
    """Run until SIGTERM or SIGINT. A missing Redis is said in one line and tried again."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    data = None if environ.get("REDIS_URL") else Path(environ.get("LOUNGE_DATA", "data"))
    while not stop.is_set():
        try:
            return await _serve_once(settings, host, port, environ, data, stop)
        except (Lost, Unfit, ConnectionError) as why:
            log.error("redis is not to be had, trying again", why=str(why))
            await _pause(stop, 2.0)
    return 0


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def _serve_once(settings: Settings, host: str, port: int, environ: Mapping[str, str], data: Path | None,
                      stop: asyncio.Event) -> int:
    owner = f"{socket.gethostname()}/{os.getpid()}"
    async with open_store_at(settings, data, environ, owner) as store, aiohttp.ClientSession() as http:
        channels = channels_of(settings, environ)
        rig = Rig(settings, store, channels, HttpMouth(settings, channels, http), Wall())
        assert store.leases is not None, "a store opened with an owner has leases"
        live = Live(store, store.leases, rig.inbox, rig.outbox, rig.clock)
        runner = web.AppRunner(make_app(rig), shutdown_timeout=GRACE, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, host, port, reuse_address=True)
        await site.start()
        running = asyncio.create_task(live.run())
        log.info("serving", host=host, port=port, channels=sorted(channels))
        try:
            await stop.wait()
        finally:
            await runner.cleanup()  # no new input first, then the loops
            live.stop.set()
            try:
                await asyncio.wait_for(running, 4.0)
            except TimeoutError:
                running.cancel()
        return 0
