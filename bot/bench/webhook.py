"""The front door under load: sealed AI-bot callbacks to the real server, against a bare handler that does one XADD."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from redis.asyncio import Redis

from bot import heap
from bot.app import Rig, channels_of, open_store_at
from bot.bench import world
from bot.bench.many import many
from bot.bench.pipeline import Silent, settings_here
from bot.bench.rounds import Failed, Figures, alternate, median, quantile, ratio
from bot.bindings import Bindings
from bot.channels.wecom_crypto import Crypt, Keys
from bot.clocks import Wall
from bot.domain.settings import ChannelSettings, Ear, Settings
from bot.serve import serve
from bot.store.embedded import Embedded
from bot.web.webhook import make_app

CONNECTIONS, WARM, REQUESTS = 32, 1_000, 6_000
ACCOUNTS = 500  # who speaks
HOST, PATH, CHAT = "127.0.0.1", "/hooks/wecom_aibot", "wr-bench-"
ENVIRON = {"BENCH_TOKEN": "bench", "BENCH_AES": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}
READY_S = 60.0


def settings_of(lounges: int) -> Settings:
    """The installation here, or one of so many lounges that are like its own."""
    return many(settings_here(), lounges) if lounges else settings_here()


def settings_on_wecom(lounges: int = 0) -> Settings:
    """The same, every lounge heard by one AI bot in a group of its own."""
    known = settings_of(lounges)
    channel = ChannelSettings(name="wecom_aibot", kind="wecom_aibot", on=True, options={},
                              secrets={"token": "BENCH_TOKEN", "aes_key": "BENCH_AES"})
    heard = {name: replace(one, ears=(Ear(channel="wecom_aibot", chat=CHAT + name),)) for name, one in known.lounges.items()}
    return replace(known, channels={"plain": known.channels["plain"], "wecom_aibot": channel}, lounges=heard)


def requests(count: int, tag: str, lounges: int = 0) -> Iterator[bytes]:
    """Whole HTTP requests, each with a callback of its own of about 600 bytes, as WeCom would post them now."""
    crypt = Crypt("", Keys.read(ENVIRON["BENCH_TOKEN"], ENVIRON["BENCH_AES"]))
    settings = settings_of(lounges)
    for nth, line in enumerate(world.lines(settings, count)):
        clear = {"msgid": f"{tag}-{nth}-CAIQz7/MjQYY/NGagIOAgAMgl8jK/gI=", "aibotid": "AIBOT", "chattype": "group",
                 "chatid": CHAT + line.lounge, "from": {"userid": f"account-{nth % ACCOUNTS}"}, "msgtype": "text",
                 "response_url": f"https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code={tag}{nth:060d}",
                 "text": {"content": f"@小客厅 {line.text}"}}
        stamp = str(int(time.time()))
        sealed = crypt.seal(msgspec.json.encode(clear), stamp, f"{tag}{nth}")
        body = msgspec.json.encode({"encrypt": sealed.encrypt})
        query = f"msg_signature={sealed.signature}&timestamp={stamp}&nonce={sealed.nonce}"
        yield (f"POST {PATH}?{query} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
               f"Content-Length: {len(body)}\r\n\r\n").encode() + body


class Caller(asyncio.Protocol):
    """One connection that always has one request under way; a lean client, so that the server is what is measured."""

    def __init__(self, waiting: Iterator[bytes], took: list[float], done: asyncio.Future[None]) -> None:
        self._waiting, self._took, self._done = waiting, took, done
        self._answer = b""
        self._sent = 0.0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self._waiting, None)
        if request is None:
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self._took.append(1000 * (time.perf_counter() - self._sent))
        self._answer = b""
        if not head.startswith(b"HTTP/1.1 200"):
            self._done.set_exception(Failed(f"a callback was answered {head.splitlines()[0]!r}"))
            self._transport.close()
            return
        self._next()

    def connection_lost(self, fault: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)


def _length(head: bytes) -> int:
    for row in head.lower().split(b"\r\n"):
        if row.startswith(b"content-length:"):
            return int(row.partition(b":")[2])
    return 0


async def call(port: int, waiting: Iterator[bytes]) -> tuple[list[float], float]:
    """All requests over 32 connections; each one's milliseconds, and the seconds they took together. Raises Failed."""
    loop, took = asyncio.get_running_loop(), list[float]()
    ends = [loop.create_future() for _ in range(CONNECTIONS)]
    begun = time.perf_counter()
    for end in ends:
        await loop.create_connection(lambda end=end: Caller(waiting, took, end), HOST, port)  # type: ignore[misc]
    await asyncio.gather(*ends)
    return took, time.perf_counter() - begun


async def measured(which: str, lounges: int = 0) -> Figures:
    """Start one side's server in a process of its own, warm it up, and count. Raises Failed."""
    with tempfile.TemporaryDirectory(prefix="lounge-bench-") as folder:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("LOUNGE_", "REDIS_"))}
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.bench.webhook", which, folder, str(lounges), env=environ, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL)
        assert server.stdout is not None
        try:
            said = await asyncio.wait_for(server.stdout.readline(), READY_S)
            if not said:
                raise Failed(f"{which}: the server did not start")
            port = int(said)
            await listening(port)
            warm, counted = list(requests(WARM, f"w{port}", lounges)), list(requests(REQUESTS, f"r{port}", lounges))
            await call(port, iter(warm))
            took, seconds = await call(port, iter(counted))
        finally:
            server.send_signal(signal.SIGTERM)
            await server.wait()
    return {"per_second": REQUESTS / seconds, "p95_ms": quantile(took, 0.95), "p99_ms": quantile(took, 0.99)}


async def listening(port: int) -> None:
    """Wait until somebody does. Raises Failed."""
    for _ in range(int(READY_S / 0.05)):
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise Failed("the server does not listen")


def bench(lounges: int = 0) -> Figures:
    """The figures of `lounge bench webhook`: requests a second of both, and ours' p95 and p99; `lounges` 0 are those here."""
    pairs = alternate(lambda: asyncio.run(measured("ours", lounges)), lambda: asyncio.run(measured("baseline", lounges)))
    mine, base = [one for one, _ in pairs], [other for _, other in pairs]
    return {"ratio": ratio(pairs, "per_second"), "ours": round(median(mine, "per_second")),
            "baseline": round(median(base, "per_second")), "p95_ms": round(median(mine, "p95_ms"), 2), "p99_ms": round(median(mine, "p99_ms"), 2)}


async def baseline(folder: Path, port: int, lounges: int) -> None:
    """What anybody would write: read the body, XADD it, answer 200."""
    async with Embedded(folder) as url:
        client: Redis = Redis.from_url(url, protocol=2)

        async def receive(request: web.Request) -> web.Response:
            await client.xadd("inbox", {"b": await request.read()})
            return web.Response()

        app = web.Application()
        app.router.add_post(PATH, receive)
        await serving(app, port)
        await client.aclose()


async def ours(folder: Path, port: int, lounges: int) -> None:
    """The real front door. What it has taken in is decided by another worker, as what the other side takes in is by nobody."""
    settings = settings_on_wecom(lounges)
    async with open_store_at(settings, folder, {}) as store:
        channels = channels_of(settings, ENVIRON, Bindings(settings).names)
        rig = Rig(settings, store, channels, Silent(), Wall())
        heap.settle()  # as `serve` does
        await serving(make_app(rig), port)


async def whole(folder: Path, port: int, lounges: int) -> None:
    """`lounge run` itself: one process that takes in, decides and says."""
    environ: Mapping[str, str] = {**ENVIRON, "LOUNGE_DATA": str(folder)}
    await serve(settings_on_wecom(lounges), HOST, port, environ, folder)


async def serving(app: web.Application, port: int) -> None:
    """Serve until SIGTERM."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await runner.cleanup()


def free_port() -> int:
    """A port nobody listens on."""
    import socket

    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    chosen = free_port()
    print(chosen, flush=True)
    asyncio.run({"ours": ours, "whole": whole, "baseline": baseline}[sys.argv[1]](Path(sys.argv[2]), chosen, int(sys.argv[3])))
