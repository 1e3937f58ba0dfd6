"""Changes the settings of a running process: all read and checked first, then swapped at once between two batches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot import heap
from bot.app import Rig, channels_of
from bot.config import BadConfig, Mistake, load
from bot.connect import Unusable
from bot.domain.settings import Settings
from bot.handlers.reload import announced
from bot.intents.place import PlaceParser
from bot.last_settings import packed, unpacked
from bot.shards import shard_of
from bot.store.calls import Calls, Report
from bot.store.installed import Installed
from bot.weights import ears

LOOK = 1.0  # seconds between looks for a call
BEATS = 5  # looks between two signs of life
AHEAD = timedelta(days=60)  # how far ahead deadlines reach, so that a year without holidays is known before it matters
SETTINGS, HOLIDAYS = "settings", "holidays"  # what is wrong, as /healthz names it

log = structlog.get_logger("reload")
Remake = Callable[[Settings], None]


class Reloading:
    """Follows the calls of an installation in one process; an error leaves the old settings in force and says where."""

    def __init__(self, rig: Rig, folder: Path, environ: Mapping[str, str], owner: str, remake: Remake,
                 held: Callable[[], Collection[int]]) -> None:
        self._rig, self._folder, self._environ, self._owner = rig, folder, environ, owner
        self._remake, self._held, self._calls = remake, held, Calls(rig.store.client)
        self._installed = Installed(rig.store.client)
        self._followed: int | None = None
        self._why, self._beats = "", 0

    async def beat(self) -> None:
        """One look: follow a new call, give a sign of life, look at the calendar. Raises Lost."""
        latest = await self._calls.latest()
        if self._followed is None:
            self._followed = latest  # what was called before this process began it has read already
        fresh = latest != self._followed
        if fresh:
            await self.follow()
            self._followed = latest
        if fresh or self._beats % BEATS == 0:
            report = Report(self._owner, self._followed, self._rig.settings.version, self._why, datetime.now(UTC))
            await self._calls.report(report)
            missing_years(self._rig, self._rig.clock.now())
        self._beats += 1
        await asyncio.sleep(LOOK)

    async def call(self) -> None:
        """SIGHUP: where the settings are sound, call every process to follow; else say what is wrong. Raises Lost."""
        if await self._read() is not None:
            await self._calls.raised()

    async def follow(self) -> bool:
        """Read, check, swap, and tell the lounges held here; False where the old settings stay. Raises Lost."""
        settings = await self._read()
        if settings is None:
            return False
        if settings.version == self._rig.settings.version:
            return True
        await swap(self._rig, settings, self._remake)
        heap.settle()
        log.info("new settings are in force", version=settings.version)
        await self.tell(self._held())
        return True

    async def recall(self) -> None:
        """At the start: what was in force before, where it was changed while nobody ran. Raises Lost."""
        last = await self._installed.version()
        if last in ("", self._rig.settings.version):
            return
        self._rig.before = await asyncio.to_thread(unpacked, await self._installed.files())
        if self._rig.before is None:
            log.warning("the settings before these cannot be read; alarms follow with each case's next happening", version=last)
        else:
            log.info("settings were changed while nobody ran", before=last, version=self._rig.settings.version)

    async def tell(self, shards: Collection[int]) -> None:
        """Have the lounges of these shards gone through by the settings in force, which are remembered. Raises Lost."""
        await tell(self._rig, shards, self._owner)
        if await self._installed.version() != self._rig.settings.version:
            try:
                files = await asyncio.to_thread(packed, self._folder)
            except OSError as why:
                log.warning("the settings in force could not be remembered", why=str(why))
            else:
                await self._installed.write(self._rig.settings.version, files)

    async def leave(self) -> None:
        """This process ends. Raises Lost."""
        await self._calls.leave(self._owner)

    async def _read(self) -> Settings | None:
        try:
            settings = await asyncio.to_thread(load, self._folder, self._environ, secrets=True)
        except (BadConfig, OSError) as bad:
            self._refused(list(bad.mistakes) if isinstance(bad, BadConfig) else [Mistake(str(self._folder), "", str(bad))])
            return None
        mistakes = await unfollowable(self._rig, settings)
        try:
            channels_of(settings, self._environ)
        except Unusable as why:
            mistakes.append(Mistake("channels.yaml", "", str(why)))
        if mistakes:
            self._refused(mistakes)
            return None
        self._why = ""
        self._rig.alarms.still(SETTINGS)
        return settings

    def _refused(self, mistakes: list[Mistake]) -> None:
        for mistake in mistakes:
            log.error("the old settings stay in force", where=str(mistake))
        self._why = "; ".join(map(str, mistakes[:3]))
        self._rig.alarms.ring(SETTINGS, self._why)


async def unfollowable(rig: Rig, settings: Settings) -> list[Mistake]:
    """What running cases forbid: a lounge that still has open ones may not vanish, nor take another code. Raises Lost."""
    found = []
    for name, lounge in rig.settings.lounges.items():
        follower = settings.lounges.get(name)
        if follower is not None and follower.code == lounge.code:
            continue
        count = len(await rig.store.reader.open_cases(name))
        if follower is not None:
            found.append(Mistake("lounges.yaml", f"lounges.{name}.code", f"its case numbers begin with {lounge.code}"))
        elif count:
            found.append(Mistake("lounges.yaml", f"lounges.{name}", f"still has {count} open cases; end them first"))
    return found


async def swap(rig: Rig, settings: Settings, remake: Remake = lambda settings: None) -> None:
    """Put new settings in force. What takes long is built aside; the swap itself is one step between two batches."""
    old = rig.settings
    hears = (old.intents, old.thresholds, old.chatter, old.talk, old.bot_names) != (
        settings.intents, settings.thresholds, settings.chatter, settings.talk, settings.bot_names)
    heard = await asyncio.to_thread(ears, settings) if hears or _places(old) != _places(settings) else rig.ears
    places = PlaceParser(settings.buildings, settings.shops, settings.lounges)
    rig.use(settings, heard, places)
    remake(settings)


def _places(settings: Settings) -> tuple[object, ...]:
    return settings.buildings, settings.shops, tuple(settings.lounges)


async def tell(rig: Rig, shards: Collection[int], owner: str = "") -> None:
    """Tell every lounge of these shards that the settings in force are new. Raises Lost."""
    now = rig.clock.now()
    key = f"{owner}/{now.isoformat()}"
    items = [announced(name, rig.settings.version, key, now) for name in rig.settings.lounges if shard_of(name) in shards]
    if items:
        await rig.forwarded(items)


def missing_years(rig: Rig, now: datetime) -> None:
    """Said loudly and once, in the log and in /healthz: a year whose holidays nobody knows counts by its weekdays."""
    years = rig.settings.calendar.unknown_years(now, now + AHEAD)
    if years:
        named = "、".join(map(str, years))
        rig.alarms.ring(HOLIDAYS, f"没有{named}年的节假日数据，按平日规则计算；请更新 chinesecalendar，或在 pace.yaml 的 holidays 里补上")
    else:
        rig.alarms.still(HOLIDAYS)
