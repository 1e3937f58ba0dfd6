"""Calls every process of an installation to read its settings again, and keeps what each of them has to say to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from redis.asyncio import Redis

from bot.store.keys import CALLS, RUNNING
from bot.store.script import connection

SILENT = timedelta(seconds=20)  # after which a process that says nothing is taken for dead


@dataclass(frozen=True, slots=True)
class Report:
    """What one process runs on: the call it has followed, the settings' version, and why it kept the old ones."""

    owner: str
    call: int
    version: str
    why: str
    at: datetime


class Calls:
    """One counter that is raised, and one row for each process that lives."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def raised(self) -> int:
        """Raise the call; its number. Raises Lost."""
        with connection():
            return int(await self._client.incr(CALLS))

    async def latest(self) -> int:
        """The number of the last call; 0 before the first. Raises Lost."""
        with connection():
            return int(await self._client.get(CALLS) or 0)

    async def report(self, report: Report) -> None:
        """Say how this process stands; again every few seconds while it lives. Raises Lost."""
        row = json.dumps([report.call, report.version, report.why, report.at.isoformat()], ensure_ascii=False)
        with connection():
            await self._client.hset(RUNNING, report.owner, row)

    async def leave(self, owner: str) -> None:
        """This process ends. Raises Lost."""
        with connection():
            await self._client.hdel(RUNNING, owner)

    async def reports(self, wall: datetime) -> list[Report]:
        """Every process that is alive, by name. Raises Lost."""
        with connection():
            rows = await self._client.hgetall(RUNNING)
        found = []
        for owner, row in rows.items():
            call, version, why, at = json.loads(row)
            report = Report(owner.decode() if isinstance(owner, bytes) else owner, call, version, why, datetime.fromisoformat(at))
            if wall - report.at <= SILENT:
                found.append(report)
        return sorted(found, key=lambda r: r.owner)
