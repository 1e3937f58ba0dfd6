"""Keeps the settings that an installation last ran on, so that a change made while nobody ran is known at the next start."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis

from bot.store.keys import INSTALLED
from bot.store.script import connection


class Installed:
    """One hash: the settings' version, and the files that they were read from, packed."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def version(self) -> str:
        """Of the settings that were last in force; "" before the first. Raises Lost."""
        with connection():
            found: Any = await self._client.hget(INSTALLED, "version")
        return bytes(found or b"").decode()

    async def files(self) -> bytes:
        """As they were packed; empty before the first. Raises Lost."""
        with connection():
            found: Any = await self._client.hget(INSTALLED, "files")
        return bytes(found or b"")

    async def write(self, version: str, files: bytes) -> None:
        """These are in force now. Raises Lost."""
        with connection():
            await self._client.hset(INSTALLED, mapping={"version": version, "files": files})
