"""The one place that names real things and wires them: settings, store, channels, loops."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.channels.base import Capability, Channel
from bot.channels.plain import Plain
from bot.clocks import ConductClock
from bot.domain.settings import Settings
from bot.handlers.context import Here
from bot.handlers.where import where
from bot.intents.place import PlaceParser
from bot.intents.recognize import Ears
from bot.loops.inbox import InboxLoop
from bot.loops.outbox import Mouth, OutboxLoop
from bot.messages import Incoming, Outgoing
from bot.shards import SHARDS
from bot.store.connect import connect
from bot.store.embedded import Embedded
from bot.store.port import Change, Entry
from bot.store.redis import Store, open_store

SAME_INSTANT_MOST = 10_000  # rings at one instant after which something is winding itself up


class Rig:
    """Everything wired on one store; run, replay and demo drive it, each with its own clock."""

    def __init__(self, settings: Settings, store: Store, channels: Mapping[str, Channel], mouth: Mouth,
                 clock: ConductClock) -> None:
        self.settings, self.store, self.channels, self.clock = settings, store, channels, clock
        self.ears = Ears(settings)
        self.places = PlaceParser(settings.buildings, settings.shops, settings.lounges)
        self.decided: list[Callable[[Entry, Change], None]] = []
        self.said: list[Callable[[Outgoing, str], None]] = []
        self.inbox = InboxLoop(store, self.here, self._decided)
        self.outbox = OutboxLoop(store, lambda: self.settings, mouth, self._said)
        self._dirty: set[int] = set()

    def _decided(self, entry: Entry, change: Change) -> None:
        for observer in self.decided:
            observer(entry, change)

    def _said(self, line: Outgoing, outcome: str) -> None:
        for observer in self.said:
            observer(line, outcome)

    def here(self, now: datetime) -> Here:
        """What a handler is given at `now`."""
        return Here(settings=self.settings, reader=self.store.memory, ears=self.ears, places=self.places,
                    able=self.able, now=now)

    def able(self, lounge: str) -> Capability:
        """What the mouth of a lounge can do."""
        mouth = self.settings.lounges[lounge].mouth.channel
        return self.channels[mouth].able if mouth in self.channels else Plain.able

    async def ingest(self, items: Sequence[Incoming]) -> list[bool]:
        """Take in what came from outside; False where it was seen before. Durable when this returns."""
        placed = [(*where(item, self.settings), item) for item in items]
        fresh = await self.store.gathering.ingest(placed)
        self._dirty |= {shard for (shard, _, _), new in zip(placed, fresh, strict=True) if new}
        return fresh

    async def settle(self, now: datetime, everywhere: bool = False) -> None:
        """Decide and say until nothing moves. Only for a process that holds every shard."""
        if everywhere:
            self._dirty |= set(range(SHARDS))
        while self._dirty:
            shard = min(self._dirty)
            moved = await self.inbox.drain_once(shard, now) + await self.outbox.drain_once(shard, now)
            self._dirty |= self.outbox.forwarded
            self.outbox.forwarded.clear()
            if not moved:
                self._dirty.discard(shard)

    async def advance(self, start: datetime, to: datetime, step: Callable[[datetime], None] | None = None) -> None:
        """Ring every alarm up to `to` at its own instant, in order, and settle after each."""
        now, same = start, 0
        while (due := min((await self.store.clock.next_due_all()).values(), default=None)) is not None and due <= to:
            same = same + 1 if due <= now else 0
            if same > SAME_INSTANT_MOST:
                raise RuntimeError(f"an alarm winds itself up again at {due.isoformat()}")
            now = max(due, now)
            if step is not None:
                step(now)
            for shard in range(SHARDS):
                while await self.store.clock.ring(shard, now):
                    self._dirty.add(shard)
            await self.settle(now)

    def own_all(self) -> None:
        """Hold every shard (one process runs all)."""
        for shard in range(SHARDS):
            self.store.memory.own(shard)


def channels_of(settings: Settings, environ: Mapping[str, str]) -> dict[str, Channel]:
    """The channels that are on and have their secrets."""
    found: dict[str, Channel] = {}
    for name, channel in settings.channels.items():
        if not channel.on or channel.kind != "plain":
            continue
        secret = environ.get(channel.secrets.get("secret", ""), "")
        if secret:
            out = environ.get(channel.options.get("out", ""), "")
            found[name] = Plain(secret.encode(), settings.lounges, out)
    return found


@asynccontextmanager
async def open_store_at(settings: Settings, data: Path | None, environ: Mapping[str, str] = os.environ,
                        owner: str = "") -> AsyncIterator[Store]:
    """The store: an external Redis where REDIS_URL is set (and no folder given), else one kept under `data`."""
    codes = {lounge.code: lounge.id for lounge in settings.lounges.values()}
    url = environ.get("REDIS_URL", "") if data is None else ""
    if url:
        client = await connect(url)
        try:
            yield await open_store(client, codes=codes, owner=owner)
        finally:
            await client.aclose()
        return
    async with Embedded(data or Path("data")) as address:
        client = await connect(address)
        try:
            yield await open_store(client, codes=codes, owner=owner)
        finally:
            await client.aclose()
