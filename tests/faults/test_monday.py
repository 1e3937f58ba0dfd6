"""Two workers on one Redis at the minute of the digest, kill -9 and a restart in it: it is posted once, and made once."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from redis.asyncio import Redis

from bot.digest.week import last
from bot.shards import shard_of
from bot.store.connect import connect
from bot.store.embedded import Embedded
from bot.store.keys import KEYS, to_ms
from tests.faults.bot_process import ROOT, BotProcess, collecting

SCOPE, SEAT = "community:pinghu-hehua", "xj-home"
HOLDING_S = 40.0


async def holder(client: Redis, bots: dict[str, BotProcess]) -> BotProcess:
    """Who holds the seat of the scope now."""
    for _ in range(int(HOLDING_S / 0.05)):
        found: Any = await client.get(KEYS[shard_of(SEAT)].lease)
        lease = bytes(found or b"").decode().split()
        for bot in bots.values():
            if lease and bot.process is not None and lease[0].endswith(f"/{bot.process.pid}"):
                return bot
        await asyncio.sleep(0.05)
    raise TimeoutError("nobody holds it")


def config(folder: Path) -> str:
    """The sample where nobody is spared at night: the test runs at any hour."""
    made = Path(shutil.copytree(ROOT / "config", folder / "config"))
    text = (made / "pace.yaml").read_text("utf-8")
    quiet = 'quiet: {start: "21:30", end: "08:00"}'
    assert quiet in text
    now = datetime.now(UTC) + timedelta(hours=8)
    away = now + timedelta(hours=12)
    (made / "pace.yaml").write_text(text.replace(quiet, f'quiet: {{start: "{away:%H:%M}", end: "{away + timedelta(minutes=1):%H:%M}"}}'), "utf-8")
    return str(made)


async def test_two_workers_a_kill_and_a_restart_in_that_minute_post_the_digest_once(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(Embedded(tmp_path / "redis"))
        collector = await stack.enter_async_context(collecting())
        http = await stack.enter_async_context(aiohttp.ClientSession())
        client = await connect(url)
        stack.push_async_callback(client.aclose)
        folder = config(tmp_path)
        bots = {name: BotProcess(tmp_path, out=collector.url, redis_url=url) for name in ("one", "two")}
        for bot in bots.values():
            await bot.start("--config", folder)
            stack.push_async_callback(bot.stop)
        for bot in bots.values():
            await bot.well(http)
        first = await holder(client, bots)
        week = last(datetime.now(UTC))
        clock, chore = KEYS[shard_of(SEAT)].clock, f"chore/digest/{SCOPE}/{week}"
        await client.zadd(clock, {chore: to_ms(datetime.now(UTC) + timedelta(seconds=0.5))})  # the minute has come
        place = tmp_path / "data/digests/community/pinghu-hehua" / str(week)
        while not place.exists():  # it has begun to make it
            planned = await client.zscore(clock, chore)
            soon = to_ms(datetime.now(UTC) + timedelta(seconds=1))
            if planned is not None and planned > soon:  # early on a Monday a worker's own start plans the same digest for nine o'clock
                await client.zadd(clock, {chore: soon})
            await asyncio.sleep(0.005)
        first.kill()
        await first.ended()
        await first.start("--config", folder)  # a restart in that minute
        await first.well(http)
        for _ in range(int(HOLDING_S / 0.1)):
            if len(told := [row for row in collector.rows if row["card"] == "digest"]) >= 3:
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(1.0)  # whatever would come twice comes now
        told = [row for row in collector.rows if row["card"] == "digest"]
    assert Counter(row["to"] for row in told) == {f"person:{who}": 1 for who in ("p-qiming", "p-daxue", "p-dongzhi")}
    assert len({row["text"] for row in told}) == 1
    assert sorted(one.name for one in place.iterdir() if not one.name.startswith(".part-")) == ["1", "seed"]
