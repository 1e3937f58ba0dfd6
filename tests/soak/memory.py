"""What a soak weighs: the bot's memory, Redis' memory, and which kinds of keys that is made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from redis.asyncio import Redis

BUCKET, LAPSE = 8, 32  # bytes that a key costs beside itself: a place in a hash table, and an entry where it expires
KEPT = ("names", "seen", "case", "journal", "weekcases", "ended", "person", "open")  # what is meant to be kept, for its term
SAMPLED = 60  # keys weighed of each kind


@dataclass(frozen=True, slots=True)
class Weight:
    """One look. `rest` is what no kept thing explains: it has to stay flat, as `bot` has to."""

    second: float
    bot: int
    redis: int
    kinds: dict[str, int]
    keys: dict[str, int]

    @property
    def rest(self) -> int:
        """Bytes of Redis that are not what is kept on purpose."""
        return self.redis - sum(self.kinds.get(kind, 0) for kind in KEPT)


def resident(pid: int) -> int:
    """Bytes of a process in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


async def weigh(client: Redis, pid: int, second: float) -> Weight:
    """The bot, Redis, and each kind of key (all counted, some weighed)."""
    count: Counter[str] = Counter()
    sample: dict[str, list[bytes]] = defaultdict(list)
    cursor: Any = 0
    while True:
        cursor, names = await client.scan(cursor, count=500)
        for name in names:
            kind = name.decode().split(":")[min(name.count(b":"), 2)]
            count[kind] += 1
            if len(sample[kind]) < SAMPLED or kind not in KEPT:
                sample[kind].append(name)
        if not cursor:
            break
    kinds = {kind: int(count[kind] * sum([await client.memory_usage(name) or 0 for name in names]) / len(names))
             for kind, names in sample.items()}
    info, total = await client.info("memory"), sum(count.values())
    lapses = int((await client.info("keyspace")).get("db0", {}).get("expires", 0))
    kinds["names"] = BUCKET * (_table(total) + _table(lapses)) + LAPSE * lapses
    return Weight(second, resident(pid), int(info["used_memory"]), kinds, dict(count))


def _table(keys: int) -> int:
    """The size of Redis' hash table for so many keys: the next power of two."""
    return 1 << max(keys - 1, 0).bit_length()


def quarters(weights: list[Weight]) -> dict[str, dict[str, float]]:
    """The middle value of the first and of the last quarter, in MiB; the very first look is while it warms up."""
    looks = weights[1:] if len(weights) > 4 else weights
    part = max(len(looks) // 4, 1)
    found = {}
    for name in ("bot", "redis", "rest"):
        first, last = (median(getattr(one, name) for one in some) / 2**20 for some in (looks[:part], looks[-part:]))
        found[name] = {"first_mib": round(first, 1), "last_mib": round(last, 1), "growth": round(last / first, 3)}
    return found
