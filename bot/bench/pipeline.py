"""Inbox to committed: the real loop on real Redis against one that only reads, acks and deletes the same entries."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from bot import heap
from bot.app import Rig, open_store_at
from bot.bench import world
from bot.bench.rounds import Figures, alternate, median, quantile, ratio, report, side
from bot.channels.plain import Plain
from bot.clocks import Virtual
from bot.config import find, load
from bot.domain.case import Case, Row
from bot.domain.settings import Settings
from bot.handlers.context import Here
from bot.handlers.where import where
from bot.loops.live import together
from bot.messages import Delivered, Outgoing, Receipt
from bot.shards import shard_of
from bot.store.keys import GROUP, HOLDER, KEYS
from bot.store.port import Change, Entry
from bot.store.redis import Store
from bot.store.settle import portable
from bot.store.writes import writes_of

LINES, CASES, BATCH = 20_000, 10_000, 256
CHUNK = 500  # cases laid into Redis in one round trip
LAY = "for _, one in ipairs(cmsgpack.unpack(ARGV[1])) do redis.call(unpack(one)) end"


class Silent:
    """A mouth that says nothing and is always believed."""

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt:
        """Taken."""
        return Delivered()


def settings_here() -> Settings:
    """The installation that stands here, else the sample."""
    return load(find(None, {}), {})


@asynccontextmanager
async def rig_at(settings: Settings, folder: Path) -> AsyncIterator[Rig]:
    """A whole bot on the Redis kept in `folder`, holding every shard."""
    async with open_store_at(settings, folder, {}) as store:
        rig = Rig(settings, store, {"plain": Plain(b"bench", settings.lounges)}, Silent(), Virtual(world.START))
        rig.own_all()
        yield rig


async def lay(store: Store, cases: Iterator[tuple[Case, tuple[Row, ...]]]) -> int:
    """Write open cases as the bot itself would have written them, each with its place at his home who answers for it."""
    laid = 0
    await store.client.config_set("appendfsync", "no")
    while chunk := list(islice(cases, CHUNK)):
        going: list[list[str | bytes]] = []
        for case, rows in chunk:
            change = Change(cases=(case,), journal=tuple((case.id, row) for row in rows))
            going += writes_of(shard_of(case.lounge), change, store.homes)
            going += [["HSET", KEYS[shard_of(who)].person(who), f"case/{case.id}", part, "lounge", case.lounge]
                      for who, part in ((case.attendant, "responsible"), (case.reporter, "reporter"))]
        packed = msgspec.msgpack.encode([[portable(part) for part in command] for command in going])
        await store.client.eval(LAY, 0, packed)
        laid += len(chunk)
    await store.client.config_set("appendfsync", "always")
    return laid


async def used(store: Store) -> int:
    """Bytes that Redis uses, once it has nothing else to do."""
    await asyncio.sleep(0.2)
    return int((await store.client.info("memory"))["used_memory"])


async def seed(folder: Path, count: int) -> Figures:
    """Lay `count` open cases into a fresh Redis at `folder`; what one of them costs there, in bytes."""
    settings = settings_here()
    async with rig_at(settings, folder) as rig:
        shapes = await world.examples(settings, rig.here(world.START))
        before = await used(rig.store)
        laid = await lay(rig.store, world.backlog(settings, shapes, count))
        after = await used(rig.store)
        return {"bytes_per_open_case": round((after - before) / laid)}


async def fill(rig: Rig, count: int) -> None:
    """Bring all lines into the inboxes."""
    said = list(world.lines(rig.settings, count))
    for start in range(0, count, 1_000):
        await rig.store.inbox.ingest([(*where(line, rig.settings), line) for line in said[start : start + 1_000]])


async def ours(folder: Path, count: int) -> Figures:
    """The real inbox loop until nothing is left; p99 is from a line's taking to its commit."""
    async with rig_at(settings_here(), folder) as rig:
        await fill(rig, count)
        for lounge in rig.settings.lounges:
            await rig.store.memory.talk(lounge)  # what the loop does first when it takes up a lounge: it loads all of it
        took: list[float] = []

        begun_at: dict[tuple[int, str], float] = {}

        async def taken(entries: Sequence[Entry], _: Here) -> None:
            """When each entry was taken."""
            now = time.perf_counter()
            begun_at.update(((entry.shard, entry.id), now) for entry in entries)

        rig.inbox.before = taken
        rig.decided.append(lambda entry, change: took.append(1000 * (time.perf_counter() - begun_at[entry.shard, entry.id])))

        async def drain(shard: int) -> None:
            """As the live loop does it, shard beside shard."""
            while await rig.inbox.drain_once(shard, world.START + rig.inbox.decided * world.LINE_EVERY):
                pass

        heap.settle()  # as `serve` does
        begun = time.perf_counter()
        await together(drain(shard) for shard in {shard_of(lounge) for lounge in rig.settings.lounges})
        seconds = time.perf_counter() - begun
        if rig.inbox.decided != count:
            raise RuntimeError(f"{rig.inbox.decided} of {count} lines were decided")
        return {"lines_per_second": count / seconds, "p99_ms": quantile(took, 0.99)}


async def baseline(folder: Path, count: int) -> Figures:
    """Read, ack, delete: what any consumer of these streams does at least."""
    async with rig_at(settings_here(), folder) as rig:
        await fill(rig, count)
        client, done = rig.store.client, 0
        left = sorted({shard_of(lounge) for lounge in rig.settings.lounges})
        begun = time.perf_counter()
        while left:
            for shard in tuple(left):
                key = KEYS[shard].inbox
                answer: Any = await client.xreadgroup(GROUP, HOLDER, {key: ">"}, count=BATCH)
                ids = [id_ for _, rows in answer or () for id_, _ in rows]
                if not ids:
                    left.remove(shard)
                    continue
                pipe = client.pipeline(transaction=False)
                pipe.xack(key, GROUP, *ids)
                pipe.xdel(key, *ids)
                await pipe.execute()
                done += len(ids)
        seconds = time.perf_counter() - begun
        if done != count:
            raise RuntimeError(f"{done} of {count} lines were read")
        return {"lines_per_second": count / seconds}


def bench(cases: int = CASES, lines: int = LINES) -> Figures:
    """The figures of `lounge bench pipeline`."""
    module = "bot.bench.pipeline"
    with tempfile.TemporaryDirectory(prefix="lounge-bench-") as top:
        seeded, copy = Path(top) / "seeded", Path(top) / "copy"
        laid = side(module, "seed", seeded, cases)

        def run(which: str) -> Figures:
            """One side on a copy of its own, so that every round begins with the same cases."""
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(seeded, copy)
            return side(module, which, copy, lines)

        pairs = alternate(lambda: run("ours"), lambda: run("baseline"))
    mine = [one for one, _ in pairs]
    return {"ratio": ratio(pairs, "lines_per_second"), "lines_per_second": round(median(mine, "lines_per_second")),
            **laid, "p99_ms": round(median(mine, "p99_ms"), 1)}


if __name__ == "__main__":
    SIDES = {"seed": seed, "ours": ours, "baseline": baseline}
    report(asyncio.run(SIDES[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))))
