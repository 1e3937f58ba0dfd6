"""`lounge run` starts, waits and ends as an operator expects: one line for each trouble, and gone within five seconds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.store.embedded import find_server
from tests.faults.bot_process import BotProcess, collecting, free_port, servers_of

APPEAL = {"lounge": "hehua", "id": "one", "sender": "u_1", "name": "路人", "text": "3栋楼道里电动车堵得门都打不开，没人管吗"}


@asynccontextmanager
async def ending(bot: BotProcess) -> AsyncIterator[BotProcess]:
    """Whatever happens, nothing of it outlives the test."""
    try:
        yield bot
    finally:
        if bot.process is not None:
            bot.kill()
            await bot.ended()
        bot.kill_redis()


async def test_sigterm_ends_a_busy_bot_within_five_seconds_and_what_was_promised_is_said_after(tmp_path: Path) -> None:
    async with collecting() as collector, aiohttp.ClientSession() as http, ending(BotProcess(tmp_path, out=collector.url)) as bot:
        collector.slow = 60
        await bot.start()
        await bot.well(http)
        assert await bot.send(http, APPEAL) == 200
        _, writer = await asyncio.open_connection("127.0.0.1", bot.port)  # a request that never ends, like a live page
        writer.write(b"POST /hooks/plain HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
        await writer.drain()
        while not collector.rows:
            await asyncio.sleep(0.02)

        other = BotProcess(tmp_path / "second", port=bot.port)
        other.folder.mkdir()
        await other.start()
        assert await other.ended() == 2
        assert len(other.log()) == 1 and f"cannot listen on 127.0.0.1:{bot.port}" in other.log()[0]
        assert servers_of(other.data) == []
        await bot.well(http)

        assert await bot.stop() < 5 and bot.process is not None and bot.process.returncode == 0
        writer.close()
        assert servers_of(bot.data) == [] and "Traceback" not in "".join(bot.log())

        collector.slow, heard = 0, len(collector.rows)
        await bot.start()
        await bot.well(http, inbox=0, outbox=0)
        assert any(row["to"] == "chat:hehua" for row in collector.rows[heard:])
        assert await bot.stop() < 5


async def test_a_redis_that_is_not_there_is_said_in_one_line_and_tried_again(tmp_path: Path) -> None:
    port = free_port()
    async with aiohttp.ClientSession() as http, ending(BotProcess(tmp_path, redis_url=f"redis://:hidden@127.0.0.1:{port}/0")) as bot:
        await bot.start()
        await bot.logged("redis is not to be had")
        await asyncio.sleep(2.2)  # it has tried again by now, and says nothing new
        assert len(bot.log()) == 1 and "hidden" not in bot.log()[0]
        server = await asyncio.create_subprocess_exec(
            find_server(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path), "--requirepass", "hidden",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
        try:
            assert (await bot.well(http))["fsync"] == "off"  # said, so that nobody believes otherwise
            assert await bot.send(http, APPEAL) == 200
            assert await bot.stop() < 5
        finally:
            server.kill()
            await server.wait()
        assert "Traceback" not in "".join(bot.log()) and not (tmp_path / "data").exists()


async def test_sigterm_ends_a_bot_that_still_waits_for_a_silent_redis(tmp_path: Path) -> None:
    heard = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.set()
        await reader.read(-1)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, ending(BotProcess(tmp_path, redis_url=f"redis://127.0.0.1:{port}/0")) as bot:
        await bot.start()
        await asyncio.wait_for(heard.wait(), 30)
        assert await bot.stop() < 5
        assert "Traceback" not in "".join(bot.log())


@pytest.mark.parametrize("url", ["nonsense", "http://127.0.0.1/", "redis://127.0.0.1:port/0"])
async def test_an_address_that_is_none_is_one_line_and_exit_2(tmp_path: Path, url: str) -> None:
    async with ending(BotProcess(tmp_path, redis_url=url)) as bot:
        await bot.start()
        assert await bot.ended() == 2
        assert len(bot.log()) == 1 and bot.log()[0].startswith("REDIS_URL: ")
