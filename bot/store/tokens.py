"""Access tokens fetched once for all workers, and limits a minute that all workers share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from redis.asyncio import Redis

from bot.store.keys import floor_ms, to_ms, token, window
from bot.store.script import Script, connection

EARLY = timedelta(minutes=5)  # a token is renewed this long before its end
LOCK_MS = 15_000  # a fetch takes at most this long; who died while fetching holds nobody up for longer
LOOK_S = 0.05
Fetch = Callable[[], Awaitable[tuple[str, int] | None]]
_WINDOW = Script("window")


class Tokens:
    """One token a name: whoever finds none fetches it, everybody else waits for that one."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._turn: dict[str, asyncio.Lock] = {}

    async def good(self, name: str, fetch: Fetch, wall: datetime, instead_of: str = "") -> str | None:
        """The token in force, fetched where there is none or it is `instead_of`; None where none is to be had.

        `fetch` answers (token, seconds it is good for) or None. Raises Lost.
        """
        async with self._turn.setdefault(name, asyncio.Lock()):  # the askers of this process ask once
            for _ in range(int(LOCK_MS / 1000 / LOOK_S)):
                kept = await self._kept(name, wall)
                if kept and kept != instead_of:
                    return kept
                mine = token_hex(8)
                with connection():
                    ours = await self._client.set(token(name)[1], mine, nx=True, px=LOCK_MS)
                if ours:
                    return await self._fetch(name, fetch, wall, instead_of, mine)
                await asyncio.sleep(LOOK_S)
        return None

    async def _fetch(self, name: str, fetch: Fetch, wall: datetime, instead_of: str, mine: str) -> str | None:
        try:
            kept = await self._kept(name, wall)  # somebody may have been done just before the lock was ours
            if kept and kept != instead_of:
                return kept
            found = await fetch()
            if found is None:
                return None
            value, seconds = found
            until = wall + timedelta(seconds=seconds)
            with connection():
                await self._client.set(token(name)[0], f"{to_ms(until)} {value}", ex=max(seconds, 1))
            return value
        finally:
            await self._unlock(name, mine)

    async def _unlock(self, name: str, mine: str) -> None:
        with connection():
            held: Any = await self._client.get(token(name)[1])
            if held is not None and bytes(held).decode() == mine:
                await self._client.delete(token(name)[1])

    async def _kept(self, name: str, wall: datetime) -> str:
        """The stored token while it is good; the stored instant decides, expiry only sweeps up."""
        with connection():
            stored: Any = await self._client.get(token(name)[0])
        until, _, value = bytes(stored or b"").decode().partition(" ")
        return value if value and int(until) > floor_ms(wall + EARLY) else ""


class Windows:
    """Sliding windows of what was sent, in Redis: a robot's limit holds over all workers and across a restart."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def room(self, name: str, most: int, span: timedelta, wall: datetime) -> timedelta:
        """Nothing where one more may go now, which then counts; else how long to wait. Raises Lost."""
        args = [floor_ms(wall), int(span / timedelta(milliseconds=1)), most]
        return timedelta(milliseconds=int(await _WINDOW.call(self._client, [window(name)], args)))
