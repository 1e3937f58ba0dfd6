"""Makes, freezes and hands over the digest that the clock asked for; asked again, it hands over what is frozen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from bot.digest import scopes, week
from bot.digest.archive import Altered, Archive, Edition, label
from bot.digest.edition import freeze, whole
from bot.digest.reading import Reading
from bot.digest.shape import Scope
from bot.domain.settings import Settings
from bot.messages import Delivered, DigestMade, Incoming, Outgoing, Receipt, Refused, TryLater
from bot.shards import shard_of

ERRAND = "digest:"  # where a line goes that asks for a digest (handlers.weekly)
MESSAGE, PAGE = "digest.md", "digest.html"
AGAIN = 60.0  # seconds until another try where the disk did not take it
Forward = Callable[[Sequence[tuple[int, str, Incoming]]], Awaitable[None]]
log = structlog.get_logger("digest")


class Mouth(Protocol):
    """As of the outbox."""

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt: ...


class Posting:
    """The digests of a process. `base` is the address under which the world reaches the bot, "" for none: no link then."""

    def __init__(self, reading: Reading, settings: Callable[[], Settings], archive: Archive, forward: Forward, base: str) -> None:
        self.archive, self._reading, self._settings, self._forward = archive, reading, settings, forward
        self._base = base.rstrip("/")
        self._turn = asyncio.Lock()  # one at a time: the group's lines go first

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt:
        """Make what a line asks for and tell the seat of its scope. Raises Lost."""
        settings = self._settings()
        try:
            scope, wanted = scopes.parse(line.to.removeprefix(ERRAND), settings), week.parse(line.text)
            async with self._turn:
                edition = self.archive.latest(scope, wanted) or await self._made(settings, scope, wanted, now)
            told = await asyncio.to_thread(self.told, edition, scope, wanted, now)
        except (scopes.BadScope, week.BadWeek, Altered) as why:
            return Refused(why=str(why))
        except OSError as why:
            return TryLater(seconds=AGAIN, why=f"digest: cannot be kept ({why.strerror})")
        await self._forward([handed(told, scope)])
        return Delivered()

    async def _made(self, settings: Settings, scope: Scope, wanted: week.Week, now: datetime) -> Edition:
        made = await whole(self._reading, settings, scope, wanted, now, self.archive)
        edition, missing = await asyncio.to_thread(freeze, made, settings, scope, wanted, self.archive)
        for sentence in missing:
            log.error("a file of the digest could not be made", scope=label(scope), week=str(wanted), why=sentence)
        log.info("a digest is frozen", scope=label(scope), week=str(wanted), edition=edition.number)
        return edition

    def told(self, edition: Edition, scope: Scope, wanted: week.Week, now: datetime) -> DigestMade:
        """What is to be posted of an edition, with a link of its own. Raises Altered, OSError."""
        text, rule = edition.files()[MESSAGE].decode(), self._settings().weekly
        link = ""
        if self._base and rule is not None:
            until = datetime.now(UTC) + timedelta(days=rule.days)
            link = f"{self._base}/digests/{self.archive.link(edition, until)}/{PAGE}"
        return DigestMade(at=now, scope=label(scope), week=str(wanted), edition=edition.number, text=text, link=link,
                          seal=edition.seal)


def handed(told: DigestMade, scope: Scope) -> tuple[int, str, Incoming]:
    """An edition as an input of its seat's shard; the key takes it in once."""
    return shard_of(scope.lounges[0]), f"digest/{told.scope}/{told.week}/{told.edition}", told


class Errands:
    """A mouth that has digests made, and says everything else through another; without `posting` none is made."""

    def __init__(self, mouth: Mouth, posting: Callable[[], Posting | None]) -> None:
        self._mouth, self._posting = mouth, posting

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt:
        """What became of a line. Raises Lost."""
        if not line.to.startswith(ERRAND):
            return await self._mouth.deliver(line, now)
        posting = self._posting()
        return await posting.deliver(line, now) if posting is not None else Delivered()
