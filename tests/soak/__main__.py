"""`python -m tests.soak --minutes 30 --rate 200`: load, drain, look at everything, one JSON summary; exit 1 if a thing is wrong."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from redis.asyncio import Redis

from bot.app import open_store_at
from bot.config import load
from tests.faults.bot_process import ROOT, BotProcess
from tests.soak.crowd import Crowd
from tests.soak.memory import Weight, quarters, weigh
from tests.soak.platform import Platforms, platforms
from tests.soak.verdict import judge
from tests.soak.world import install, talk

EACH_S = 60.0  # between looks at memory
DRAINS_S = 1500.0  # what is held back for a quarter of an hour comes out in that time
WARM_LOOKS = 9  # a shorter run says nothing about leaks: caches still fill
GROWS = 1.15  # from the first quarter to the last: more is a leak


def words() -> argparse.Namespace:
    """What it is told."""
    said = argparse.ArgumentParser(prog="python -m tests.soak", description="A soak of a real bot, with failing platforms.")
    said.add_argument("--minutes", type=float, default=30.0)
    said.add_argument("--rate", type=float, default=200.0, help="lines a second at the front door")
    said.add_argument("--appeals", type=int, default=50, help="one line in so many is an appeal")
    said.add_argument("--seed", type=int, default=20261102)
    said.add_argument("--folder", type=Path, help="kept afterwards; a temporary one otherwise")
    return said.parse_args()


@asynccontextmanager
async def bot_at(folder: Path, both: Platforms) -> AsyncIterator[BotProcess]:
    """A real `lounge run` on an embedded Redis."""
    bot = BotProcess(folder, out=f"{both.base}/plain")
    await bot.start("--config", str(install(ROOT / "config", folder, both.base)))
    try:
        yield bot
    finally:
        if bot.process is not None and bot.process.returncode is None:
            bot.kill()
            await bot.ended()
            bot.kill_redis()


async def watch(client: Redis, bot: BotProcess, begun: float, weights: list[Weight], crowd: Crowd) -> None:
    """Weigh it every minute, for ever, and say so."""
    while True:
        assert bot.process is not None
        one = await weigh(client, bot.process.pid, time.monotonic() - begun)
        weights.append(one)
        _say(f"{one.second / 60:5.1f} min  lines {crowd.said}  bot {one.bot / 2**20:.0f} MiB  redis {one.redis / 2**20:.1f}"
             f"  unexplained {one.rest / 2**20:.1f}  cases {one.keys.get('case', 0)}  behind {crowd.late:.1f} s")
        await asyncio.sleep(EACH_S)


async def drained(bot: BotProcess, http: aiohttp.ClientSession, crowd: Crowd) -> tuple[float, dict[str, Any]]:
    """(seconds until nothing is left, the health page then); gives up after DRAINS_S."""
    begun, facts = time.monotonic(), dict[str, Any]()
    while time.monotonic() - begun < DRAINS_S:
        facts = await bot.well(http)
        if crowd.idle and not facts["inbox"] + facts["outbox"] + facts["held"]:
            break
        await asyncio.sleep(0.25)
    return time.monotonic() - begun, facts


async def taken(bot: BotProcess, http: aiohttp.ClientSession) -> int:
    """How many inputs the door took in, once each."""
    async with http.get(bot.url + "/metrics") as answer:
        found = next(line for line in (await answer.text()).splitlines() if line.startswith("lounge_taken_total "))
        return int(float(found.split()[1]))


async def soak(said: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The whole of it; the summary."""
    async with platforms(random.Random(said.seed)) as both, aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=20), connector=aiohttp.TCPConnector(limit=0)) as http, bot_at(folder, both) as bot:
        crowd = Crowd(bot, http)
        both.shown = crowd.shown
        await bot.well(http)
        settings = load(folder / "config", {})
        client = Redis.from_url("unix://" + json.loads((bot.data / "server.json").read_bytes())["socket"])
        weights: list[Weight] = []
        assert bot.process is not None
        begun = time.monotonic()
        beside = [asyncio.create_task(crowd.act()), asyncio.create_task(watch(client, bot, begun, weights, crowd))]
        await crowd.talk(talk(settings, said.rate, said.appeals), said.rate, said.minutes * 60)
        lasted = time.monotonic() - begun
        if beside[-1].done():
            beside[-1].result()
        weights.append(await weigh(client, bot.process.pid, lasted))
        beside.pop().cancel()
        _say("no more is said; draining")
        drain, facts = await drained(bot, http, crowd)
        took = await taken(bot, http)
        for one in beside:
            one.cancel()
        await client.aclose()
        stop = await bot.stop()
        async with open_store_at(settings, bot.data, {}) as store:
            found = await judge(store, settings, crowd, both, facts["decided"], took)
    flat, slow = quarters(weights), sorted(crowd.slow)
    log = [line for line in bot.log() if "Traceback" in line or "fell over" in line or "could not decide" in line]
    wrong = [*found.wrong, *(f"{name} grew by {flat[name]['growth']}" for name in ("bot", "rest")
                             if len(weights) > WARM_LOOKS and flat[name]["growth"] > GROWS)]
    wrong += [f"the log has {len(log)} faults, the first: {log[0][:200]}"] if log else []
    return {"holds": not wrong, "wrong": wrong, "minutes": round(lasted / 60, 2), "rate": round(crowd.said / lasted, 1),
            "behind_s": round(crowd.late, 2), "door_ms": {p: round(slow[int(len(slow) * p / 100)] * 1000, 1) for p in (50, 99)},
            "drained_s": round(drain, 1), "stopped_s": round(stop, 2), **found.figures, "memory": flat,
            "kinds_mib": {kind: round(size / 2**20, 2) for kind, size in sorted(weights[-1].kinds.items())}}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Run it; the summary goes to stdout, what happens meanwhile to stderr."""
    said = words()
    if said.folder is not None:
        said.folder.mkdir(parents=True, exist_ok=True)
        summary = asyncio.run(soak(said, said.folder))
    else:
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            summary = asyncio.run(soak(said, Path(folder)))
    print(json.dumps(summary, ensure_ascii=False, indent=1))
    sys.exit(0 if summary["holds"] else 1)


if __name__ == "__main__":
    main()
