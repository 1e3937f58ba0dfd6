"""A real `lounge run` in a process of its own, somebody who sends it signed lines, and somebody who collects what it says."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.channels.base import Wire
from bot.channels.plain import Plain

ROOT = Path(__file__).resolve().parents[2]
SECRET = "of the kill test"
PLAIN = Plain(SECRET.encode(), ())
READY_S = 60.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def servers_of(folder: Path) -> list[int]:
    """The process ids of every redis-server that lives in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if b"redis-server" in (entry / "cmdline").read_bytes() and (entry / "cwd").resolve() == folder.resolve():
                    found.append(int(entry.name))
    return found


@dataclass
class BotProcess:
    """One installation: its folder, its port, and the process that serves it now."""

    folder: Path  # working directory; the data are in folder/data
    out: str = ""
    redis_url: str = ""
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, *more: str) -> None:
        """Start it; its log is appended to folder/log."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LOUNGE_", "REDIS_"))}
        wanted = {"LOUNGE_PLAIN_SECRET": SECRET, "LOUNGE_PLAIN_OUT": self.out, "LOUNGE_DATA": str(self.data),
                  "REDIS_URL": self.redis_url, "PYTHONPATH": str(ROOT), "LOUNGE_CONFIG": str(ROOT / "config")}
        with (self.folder / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.cli", "run", "--port", str(self.port), *more, cwd=self.folder, env={**kept, **wanted},
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.kill()

    def kill_redis(self) -> None:
        """kill -9 of its Redis."""
        with suppress(OSError, ValueError):
            os.kill(json.loads((self.data / "server.json").read_bytes())["pid"], signal.SIGKILL)

    async def stop(self) -> float:
        """SIGTERM; how many seconds it took to end."""
        assert self.process is not None
        begun = time.monotonic()
        with suppress(ProcessLookupError):
            self.process.terminate()
        await asyncio.wait_for(self.process.wait(), 20)
        return time.monotonic() - begun

    async def ended(self) -> int:
        """Wait for its end; the exit code."""
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), READY_S)

    def log(self) -> list[str]:
        """Every line it wrote."""
        return (self.folder / "log").read_text(encoding="utf-8").splitlines()

    async def logged(self, words: str, times: int = 1) -> None:
        """Wait until words were written."""
        for _ in range(int(READY_S / 0.05)):
            if sum(words in line for line in self.log()) >= times:
                return
            await asyncio.sleep(0.05)
        raise TimeoutError(words)

    async def well(self, http: aiohttp.ClientSession, **facts: Any) -> dict[str, Any]:
        """Wait until it says that it is well, and that these of its facts are so."""
        found: dict[str, Any] = {}
        for _ in range(int(READY_S / 0.05)):
            with suppress(aiohttp.ClientError, TimeoutError, ValueError):
                async with http.get(self.url + "/healthz") as answer:
                    found = json.loads(await answer.read())
                    if answer.status == 200 and all(found.get(name) == value for name, value in facts.items()):
                        return found
            await asyncio.sleep(0.05)
        raise TimeoutError(f"not well: {found}")

    async def send(self, http: aiohttp.ClientSession, row: dict[str, Any]) -> int:
        """One signed line; the answer's code, 0 where none came."""
        body = json.dumps({"at": datetime.now(UTC).isoformat(), **row}, ensure_ascii=False).encode()
        stamp = str(int(time.time()))
        headers = {"X-Lounge-Timestamp": stamp, "X-Lounge-Signature": PLAIN.sign(stamp, body), "Content-Type": "application/json"}
        try:
            async with http.post(self.url + "/hooks/plain", data=body, headers=headers) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0


@dataclass
class Collector:
    """Where the bot speaks to; `slow` seconds pass before it answers."""

    url: str = ""
    slow: float = 0.0
    rows: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """One line of what the bot says, signed."""
        wire = Wire(body=await request.read(), headers={key.lower(): value for key, value in request.headers.items()})
        self.rows.append(json.loads(PLAIN.verify(wire, datetime.now(UTC))))
        await asyncio.sleep(self.slow)
        return web.Response()


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """A collector on a free port."""
    one, app = Collector(), web.Application()
    app.router.add_post("/", one.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield one
    await runner.cleanup()
