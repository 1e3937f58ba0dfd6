"""Tells whether the bot is well: what waits, what is overdue, what was buried, and which fsync is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from bot.app import Rig
from bot.store.port import Lost
from bot.store.sizes import sizes


@dataclass(slots=True)
class Counts:
    """What the front door has done since it opened."""

    taken: int = 0
    seen: int = 0
    refused: int = 0


async def health(rig: Rig) -> tuple[int, dict[str, Any]]:
    """(HTTP code, facts): inbox lag, oldest entry in seconds, overdue alarms, buried entries, fsync.

    `alarms` is what a person has to put right at a platform: channel -> why.
    """
    try:
        found = await sizes(rig.store.client, rig.clock.now())
    except Lost as why:
        return 503, {"well": False, "why": str(why) or "the store does not answer"}
    return 200, {"well": True, "inbox": found.inbox, "outbox": found.outbox, "oldest_s": found.oldest_s,
                 "overdue": found.overdue, "held": found.held, "buried": found.buried, "fsync": found.fsync,
                 "decided": rig.inbox.decided, "version": rig.settings.version, "alarms": dict(rig.alarms.now)}


async def metrics(rig: Rig, counts: Counts) -> bytes:
    """The same figures for Prometheus."""
    registry = CollectorRegistry()

    def counter(name: str, text: str, value: float) -> None:
        Counter(f"lounge_{name}", text, registry=registry).inc(value)

    counter("taken", "lines taken in", counts.taken)
    counter("seen", "lines that had been taken before", counts.seen)
    counter("refused", "requests refused at the door", counts.refused)
    counter("decided", "inputs decided", rig.inbox.decided)
    code, facts = await health(rig)
    Gauge("lounge_well", "1 while the store answers", registry=registry).set(1 if code == 200 else 0)
    for name in ("inbox", "outbox", "oldest_s", "overdue", "held", "buried"):
        if name in facts:
            Gauge(f"lounge_{name}", f"{name} now", registry=registry).set(facts[name])
    return generate_latest(registry)
