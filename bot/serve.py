"""Serves the webhook and runs the loops until told to stop; SIGTERM finishes what is held."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from redis.asyncio import Redis

from bot.app import Rig, channels_of, open_store_at
from bot.clocks import Wall
from bot.domain.settings import Settings
from bot.loops.live import Live
from bot.shards import SHARDS
from bot.store.connect import Unfit, fsync_in_force
from bot.store.embedded import NoServer
from bot.store.keys import KEYS
from bot.store.leases import Leases
from bot.store.port import Lost
from bot.web.mouth import HttpMouth
from bot.web.webhook import http_log, make_app

GRACE = 2.0  # seconds that open requests get after SIGTERM
HELD = 2.5  # seconds, at the same time, for what the loops hold; a line half said is said again after the next start
HARD = 4.5  # seconds after SIGTERM in which everything has ended, whatever hangs
AGAIN = 2.0  # seconds between looks for a Redis that is away
log = structlog.get_logger("serve")


class CannotListen(Exception):
    """The address is taken or not ours; the message names it."""


async def serve(settings: Settings, host: str, port: int, environ: Mapping[str, str] = os.environ) -> int:
    """Run until SIGTERM or SIGINT. A missing Redis is said in one line and tried again. Raises CannotListen."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    running = asyncio.create_task(_serve_until(settings, host, port, environ, stop))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    done, _ = await asyncio.wait({running}, timeout=HARD)
    if done:
        return running.result()
    running.cancel()  # what hangs here (a Redis that still loads, a disk that is stuck) holds nothing of ours
    await asyncio.wait({running}, timeout=0.2)
    return 0


async def _serve_until(settings: Settings, host: str, port: int, environ: Mapping[str, str], stop: asyncio.Event) -> int:
    data = None if environ.get("REDIS_URL") else Path(environ.get("LOUNGE_DATA", "data"))
    said = ""
    while not stop.is_set():
        try:
            return await _serve_once(settings, host, port, environ, data, stop)
        except (Lost, Unfit, NoServer, OSError) as why:
            told = f"{why}" or type(why).__name__
            if told != said:  # once, not every two seconds
                log.error("redis is not to be had, trying again", where=str(data or "REDIS_URL"), why=told)
            said = told
            await _pause(stop, AGAIN)
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
        if data is not None:
            await _bury_owners(store.client)
        channels = channels_of(settings, environ)
        rig = Rig(settings, store, channels, HttpMouth(settings, channels, http), Wall())
        live = Live(store, store.leases, rig.inbox, rig.outbox, rig.clock)
        runner = web.AppRunner(make_app(rig), shutdown_timeout=GRACE, access_log=None, logger=http_log())
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port, reuse_address=True).start()
        except OSError as why:
            await runner.cleanup()
            raise CannotListen(f"cannot listen on {host}:{port}: {os.strerror(why.errno or 0)}") from None
        running = asyncio.create_task(live.run())
        log.info("serving", host=host, port=port, channels=sorted(channels), fsync=await fsync_in_force(store.client))
        try:
            await stop.wait()
        finally:
            await _wind_down(runner, live, running)
        return 0


async def _wind_down(runner: web.AppRunner, live: Live, running: asyncio.Task[None]) -> None:
    """No new connections first; then open requests and the loops end side by side (what comes in is durable)."""
    for site in list(runner.sites):
        await site.stop()
    live.stop.set()
    ends = await asyncio.gather(runner.cleanup(), asyncio.wait_for(running, HELD), return_exceptions=True)
    for fault in ends:
        if isinstance(fault, Exception):
            log.warning("ended before it was finished, goes on after the next start", why=type(fault).__name__)


async def _bury_owners(client: Redis) -> None:
    """Give back the leases of processes of this machine that died: their folder is ours, why wait for the term."""
    leases: list[Any] = await client.mget([keys.lease for keys in KEYS])
    for owner in {bytes(lease).decode().split()[0] for lease in leases if lease}:
        machine, _, pid = owner.rpartition("/")
        if machine == socket.gethostname() and pid.isdigit() and not _alive(int(pid)):
            await Leases(client, owner).release(set(range(SHARDS)))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, but alive
        pass
    return True
