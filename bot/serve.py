"""Serves the webhook and runs the loops until told to stop; SIGTERM finishes what is held."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from redis.asyncio import Redis

from bot import heap
from bot.app import Rig, channels_of, mouth_of, open_store_at
from bot.bindings import Bindings
from bot.clocks import Wall
from bot.config import find
from bot.domain.settings import Settings
from bot.loops.live import Live
from bot.reloading import Reloading
from bot.shards import SHARDS
from bot.store.connect import Unfit, fsync_in_force
from bot.store.embedded import NoServer
from bot.store.keys import KEYS
from bot.store.leases import Leases
from bot.store.port import Lost
from bot.store.redis import Store
from bot.web.webhook import http_log, make_app

GRACE = 2.0  # seconds that open requests get after SIGTERM
HELD = 2.5  # seconds, at the same time, for what the loops hold; a line half said is said again after the next start
HARD = 3.5  # seconds after SIGTERM in which everything has ended, whatever hangs
AGAIN = 2.0  # seconds between looks for a Redis that is away
log = structlog.get_logger("serve")


class CannotListen(Exception):
    """The address is taken or not ours; the message names it."""


@dataclass(slots=True)
class _Site:
    """Where it runs, with the settings in force: a second start of the store goes on with those."""

    settings: Settings
    host: str
    port: int
    environ: Mapping[str, str]
    folder: Path


async def serve(settings: Settings, host: str, port: int, environ: Mapping[str, str] = os.environ,
                folder: Path | None = None) -> int:
    """Run until SIGTERM or SIGINT; SIGHUP reads `folder` again. A missing Redis is tried again. Raises CannotListen."""
    site = _Site(settings, host, port, environ, folder or find(None, environ))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    running = asyncio.create_task(_serve_until(site, stop))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    done, _ = await asyncio.wait({running}, timeout=HARD)
    if done:
        return running.result()
    running.cancel()  # what hangs here (a Redis that still loads, a disk that is stuck) holds nothing of ours
    await asyncio.wait({running}, timeout=0.2)
    return 0


async def _serve_until(site: _Site, stop: asyncio.Event) -> int:
    data = None if site.environ.get("REDIS_URL") else Path(site.environ.get("LOUNGE_DATA", "data"))
    said = ""
    while not stop.is_set():
        try:
            return await _serve_once(site, data, stop)
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


async def _serve_once(site: _Site, data: Path | None, stop: asyncio.Event) -> int:
    settings, environ = site.settings, site.environ
    owner = f"{socket.gethostname()}/{os.getpid()}"
    async with open_store_at(settings, data, environ, owner) as store, aiohttp.ClientSession() as http:
        if data is not None:
            await _bury_owners(store.client)
        bindings = Bindings(settings)
        await bindings.refresh(store.reader)
        rig = _rig(site, store, bindings, http)
        rig.decided.append(bindings.decided)
        live = Live(store, store.leases, rig.inbox, rig.outbox, rig.clock)
        reloading = _reloading(site, rig, bindings, http, live, owner)
        await reloading.recall()
        runner = web.AppRunner(make_app(rig), shutdown_timeout=GRACE, access_log=None, logger=http_log())
        await runner.setup()
        try:
            await web.TCPSite(runner, site.host, site.port, reuse_address=True).start()
        except OSError as why:
            await runner.cleanup()
            raise CannotListen(f"cannot listen on {site.host}:{site.port}: {os.strerror(why.errno or 0)}") from None
        heap.settle()
        running, keeping = asyncio.create_task(live.run()), asyncio.create_task(bindings.keep(store.reader))
        log.info("serving", host=site.host, port=site.port, channels=sorted(rig.channels), fsync=await fsync_in_force(store.client))
        try:
            await stop.wait()
        finally:
            keeping.cancel()
            await _wind_down(runner, live, running)
            with suppress(Lost):
                await reloading.leave()
        return 0


def _rig(site: _Site, store: Store, bindings: Bindings, http: aiohttp.ClientSession) -> Rig:
    """Everything wired for the settings of the site."""
    channels = channels_of(site.settings, site.environ, bindings.names)
    media = Path(site.environ.get("LOUNGE_DATA", "data"))
    rig = Rig(site.settings, store, channels, mouth_of(site.settings, store, channels, bindings.names, http, media), Wall())
    rig.judge(site.folder)
    rig.post_digests(media / "digests", site.environ.get("LOUNGE_PUBLIC_URL", ""))
    return rig


def _reloading(site: _Site, rig: Rig, bindings: Bindings, http: aiohttp.ClientSession, live: Live, owner: str) -> Reloading:
    """What follows `lounge reload` and SIGHUP in this process."""
    def remake(settings: Settings) -> None:
        site.settings = settings
        bindings.use(settings)
        channels = channels_of(settings, site.environ, bindings.names)
        media = Path(site.environ.get("LOUNGE_DATA", "data"))
        rig.connect(channels, mouth_of(settings, rig.store, channels, bindings.names, http, media, rig.alarms))

    reloading = Reloading(rig, site.folder, site.environ, owner, remake, lambda: live.held)
    live.beats["reload"], live.taken = reloading.beat, reloading.tell
    hup: set[asyncio.Task[None]] = set()  # a task that nobody holds may be collected while it runs

    def call() -> None:
        hup.add(task := asyncio.create_task(_called(reloading)))
        task.add_done_callback(hup.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, call)
    return reloading


async def _called(reloading: Reloading) -> None:
    try:
        await reloading.call()
    except Lost as why:
        log.error("not reloaded, the store is away", why=str(why))


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
