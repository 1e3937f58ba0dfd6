"""A Monday at nine: every alarm is due in the same minute, and each must be decided once, whoever dies meanwhile."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import Rig, open_store_at
from bot.bench import world
from bot.bench.pipeline import Silent, lay, settings_here
from bot.bench.rounds import Failed, Figures
from bot.clocks import Virtual
from bot.domain.case import Case
from bot.loops.live import Live
from bot.loops.outbox import OutboxLoop
from bot.shards import shard_of
from bot.store.clock import RedisClock
from bot.store.keys import KEYS
from bot.store.redis import Store

ALARMS, WITH_A_KILL = 100_000, 20_000
MONDAY = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)  # nine in the morning in Shenzhen
DAY = timedelta(days=1)
LOOK_S, LONGEST_S = 0.05, 300.0
CHUNK = 1_000


class Mute(OutboxLoop):
    """Leaves everything that is promised where it is: said later, and measured elsewhere."""

    async def drain_once(self, shard: int, now: datetime) -> int:
        """Nothing."""
        return 0


async def worker(folder: Path, owner: str) -> None:
    """One process of the bot, standing still at nine: holds shards, rings, decides, until it is ended."""
    settings = settings_here()
    async with open_store_at(settings, folder, {}, owner) as store:
        rig = Rig(settings, store, {}, Silent(), Virtual(MONDAY))
        mute = Mute(store, lambda: settings, Silent(), lambda line, outcome: None)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await Live(store, store.leases, rig.inbox, mute, rig.clock).run()


@asynccontextmanager
async def workers(folder: Path, count: int) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """Processes that are ready and wait for the word; none of them outlives the block."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("LOUNGE_", "REDIS_"))}
    made: list[asyncio.subprocess.Process] = []
    try:
        for number in range(count):
            one = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.bench.clock", "worker", str(folder), f"bench/{number}", env=environ,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
            made.append(one)
            assert one.stdout is not None
            if await one.stdout.readline() != b"ready\n":
                raise Failed("a worker did not start")
        yield made
    finally:
        for one in made:
            if one.returncode is None:
                one.kill()
                await one.wait()


def go(one: asyncio.subprocess.Process) -> None:
    """Let a worker begin."""
    assert one.stdin is not None
    one.stdin.write(b"go\n")


async def waiting(store: Store) -> int:
    """How many alarms have not been decided and committed."""
    clock, shards = RedisClock(store.client), {shard_of(lounge) for lounge in settings_here().lounges}
    left = sum((await store.inbox.lag(shards)).values())
    return left + sum([await clock.overdue(shard, MONDAY) for shard in shards])


async def until(store: Store, most: int) -> None:
    """Wait till at most so many are left. Raises Failed."""
    for _ in range(int(LONGEST_S / LOOK_S)):
        if await waiting(store) <= most:
            return
        await asyncio.sleep(LOOK_S)
    raise Failed(f"{await waiting(store)} alarms are left after {LONGEST_S:.0f} s")


async def run(alarms: int, kill: bool) -> Figures:
    """Lay the cases, let a worker decide (or two, of which the first is killed half-way), and look at every case."""
    settings = settings_here()
    with tempfile.TemporaryDirectory(prefix="lounge-bench-") as top:
        async with open_store_at(settings, Path(top), {}) as store:
            shapes = await world.examples(settings, Rig(settings, store, {}, Silent(), Virtual(world.START)).here(world.START))
            await lay(store, ((due(case), rows) for case, rows in world.backlog(settings, shapes, alarms)))
            before = await versions_of(store, alarms)
            async with workers(Path(top), 2 if kill else 1) as made:
                begun = time.perf_counter()
                go(made[0])
                if kill:
                    await until(store, alarms // 2)
                    made[0].kill()
                    go(made[1])
                await until(store, 0)
                seconds = time.perf_counter() - begun
            after = await versions_of(store, alarms)
    more = [after[one] - version for one, version in before.items()]
    return {"alarms": alarms, "seconds": round(seconds, 1), "twice": sum(n > 1 for n in more), "lost": sum(n < 1 for n in more)}


def due(case: Case) -> Case:
    """The case with one deadline at nine; what other deadlines it has come later."""
    first = next(iter(case.deadlines))
    return replace(case, deadlines={name: MONDAY if name == first else MONDAY + 2 * DAY for name in case.deadlines})


async def versions_of(store: Store, count: int) -> dict[str, int]:
    """The version of each case: every commit adds one."""
    lounges = list(settings_here().lounges.values())
    names = [(shard_of(lounge.id), f"{lounge.code}-{nth // len(lounges) + 1:04d}")
             for nth in range(count) for lounge in (lounges[nth % len(lounges)],)]
    found: dict[str, int] = {}
    for start in range(0, count, CHUNK):
        pipe = store.client.pipeline(transaction=False)
        for shard, name in names[start : start + CHUNK]:
            pipe.getrange(KEYS[shard].case(name), 0, 15)
        stored = [int(one.partition(b":")[0]) for one in await pipe.execute()]
        found |= dict(zip((name for _, name in names[start : start + CHUNK]), stored, strict=True))
    return found


def bench(alarms: int = ALARMS, with_a_kill: int = WITH_A_KILL) -> Figures:
    """The figures of `lounge bench clock`: `seconds` of one process alone; twice and lost also with a kill."""
    alone = asyncio.run(run(alarms, kill=False))
    killed = asyncio.run(run(with_a_kill, kill=True))
    return {**alone, "twice": alone["twice"] + killed["twice"], "lost": alone["lost"] + killed["lost"]}


if __name__ == "__main__":
    asyncio.run(worker(Path(sys.argv[2]), sys.argv[3]))
