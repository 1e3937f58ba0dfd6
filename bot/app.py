"""The one place that names real things and wires them: settings, store, channels, loops."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import aiohttp

from bot.alarms import Alarms
from bot.bindings import Bindings
from bot.channels.base import Capability, Channel
from bot.channels.plain import Plain
from bot.channels.wecom_names import Names
from bot.clocks import ConductClock
from bot.connect import channels_of as built
from bot.digest.archive import Archive
from bot.digest.posting import Errands, Posting
from bot.domain.settings import Settings
from bot.handlers.context import Here
from bot.handlers.where import where
from bot.intents.place import PlaceParser
from bot.intents.recognize import Ears
from bot.judging import Judging, open_judging
from bot.loops.inbox import InboxLoop
from bot.loops.outbox import Mouth, OutboxLoop
from bot.messages import Incoming, Outgoing
from bot.shards import SHARDS
from bot.store.connect import connect
from bot.store.embedded import Embedded
from bot.store.port import Change, Entry
from bot.store.redis import Store, open_store
from bot.web.media import Fetching
from bot.web.mouth import HttpMouth
from bot.web.wecom_mouth import WeComMouth
from bot.weights import ears

SAME_INSTANT_MOST = 10_000  # rings at one instant after which something is winding itself up


class Rig:
    """Everything wired on one store; run, replay and demo drive it, each with its own clock."""

    def __init__(self, settings: Settings, store: Store, channels: Mapping[str, Channel], mouth: Mouth,
                 clock: ConductClock) -> None:
        self.settings, self.store, self.channels, self.clock = settings, store, channels, clock
        self.alarms: Alarms = getattr(mouth, "alarms", None) or Alarms()
        self.before: Settings | None = None  # the settings until the last change
        self.ears = ears(settings)
        self.places = PlaceParser(settings.buildings, settings.shops, settings.lounges)
        self.decided: list[Callable[[Entry, Change], None]] = []
        self.said: list[Callable[[Outgoing, str], None]] = []
        self.inbox = InboxLoop(store, self.here, self._decided)
        self.digests: Posting | None = None
        self.outbox = OutboxLoop(store, lambda: self.settings, self._errands(mouth), self._said, self.able_to)
        self._dirty: set[int] = set()
        self.judging: Judging | None = None

    def judge(self, folder: Path | None, live: bool = True) -> None:
        """Have the semantic layer of an installation's folder judge doubtful lines, where it is to be had."""
        self.judging = open_judging(self.ears, self.settings, folder, patient=not live)
        if self.judging is not None:
            self.inbox.before = self.judging.before

    def post_digests(self, folder: Path, base: str = "") -> None:
        """Have the weekly digests made and kept in a folder; `base` is the address under which their links open."""
        self.digests = Posting(self.store.weeks, lambda: self.settings, Archive(folder), self.forwarded, base)

    def _errands(self, mouth: Mouth) -> Mouth:
        return Errands(mouth, lambda: self.digests)

    def _decided(self, entry: Entry, change: Change) -> None:
        for observer in self.decided:
            observer(entry, change)

    def _said(self, line: Outgoing, outcome: str) -> None:
        for observer in self.said:
            observer(line, outcome)

    def here(self, now: datetime) -> Here:
        """What a handler is given at `now`."""
        return Here(settings=self.settings, reader=self.store.memory, ears=self.ears, places=self.places,
                    able=self.able, now=now, before=self.before)

    def use(self, settings: Settings, ears: Ears, places: PlaceParser) -> None:
        """Put new settings in force, in one step: a batch in hand ends with those it began with."""
        self.before, self.settings, self.ears, self.places = self.settings, settings, ears, places
        if self.judging is not None:
            self.judging.heed(ears)
        self.store.homes.learn({lounge.code: lounge.id for lounge in settings.lounges.values()})

    def connect(self, channels: Mapping[str, Channel], mouth: Mouth) -> None:
        """Hear and speak through other channels from now on."""
        self.channels = channels
        self.outbox.speak_through(self._errands(mouth))

    def able(self, lounge: str) -> Capability:
        """What the mouth of a lounge can do."""
        mouth = self.channels.get(self.settings.lounges[lounge].mouth.channel)
        if mouth is None or mouth.able.private:
            return mouth.able if mouth is not None else Plain.able
        beside = any(one.able.private for one in self.channels.values() if not isinstance(one, Plain))
        return replace(mouth.able, private=beside)  # a group's robot reaches nobody alone, the app beside it does

    def able_to(self, to: str) -> Capability | None:
        """What can carry a line to `chat:<lounge>` or `person:<id>`; None for residents, whose way the mouth knows."""
        kind, _, name = to.partition(":")
        if kind == "chat":
            return self.able(name) if name in self.settings.lounges else None
        person = self.settings.people.get(name)
        known = (self.channels[c].able for c in (person.addresses if person else ()) if c in self.channels)
        return next(known, None)

    async def ingest(self, items: Sequence[Incoming]) -> list[bool]:
        """Take in what came from outside; False where it was seen before. Durable when this returns."""
        placed = [(*where(item, self.settings), item) for item in items]
        fresh = await self.store.gathering.ingest(placed)
        self._dirty |= {shard for (shard, _, _), new in zip(placed, fresh, strict=True) if new}
        return fresh

    async def forwarded(self, items: Sequence[tuple[int, str, Incoming]]) -> None:
        """Take in what the bot tells itself, each item for the shard that it names."""
        fresh = await self.store.gathering.ingest(items)
        self._dirty |= {shard for (shard, _, _), new in zip(items, fresh, strict=True) if new}

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


def channels_of(settings: Settings, environ: Mapping[str, str], names: Names | None = None) -> dict[str, Channel]:
    """The channels that are on and have their secrets; `names` are the bindings in force. Raises connect.Unusable."""
    return built(settings, environ, names or Bindings(settings).names)


def mouth_of(settings: Settings, store: Store, channels: Mapping[str, Channel], names: Names,
             http: aiohttp.ClientSession, data: Path, alarms: Alarms | None = None) -> HttpMouth:
    """Everything that speaks over HTTP; files that people send along are kept under `data`/media."""
    fetching = Fetching(http, data / "media", store.gathering.ingest)
    return HttpMouth(settings, channels, http, WeComMouth(
        settings=settings, channels=channels, names=names, http=http, replies=store.replies, tokens=store.tokens,
        windows=store.windows, fetching=fetching, alarms=alarms or Alarms()))


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
