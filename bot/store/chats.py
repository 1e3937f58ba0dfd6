"""Who spoke to the bot without being known, and which callbacks were answered already; never what was said."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis.asyncio import Redis

from bot.store.keys import NONCE, STRANGERS, nonce
from bot.store.port import Lost
from bot.store.script import Script, connection

STRANGERS_MOST = 2000
STRANGERS_S = 30 * 86_400
NONCE_S = 900  # seconds; a callback is refused for its age long before
NONCES_MOST = 50_000  # remembered in this process
_REMEMBER = Script("nonces")
GATHER_S = 0.25  # seconds in which they are gathered into one round trip; this process knows them at once


@dataclass(frozen=True, slots=True, order=True)
class Stranger:
    """A chat or an account that nobody has bound; `kind` is chat or account."""

    first: datetime
    kind: str
    channel: str
    id: str


class Strangers:
    """Each is noted once a process, behind the answer's back, and kept for thirty days after the newest."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._noted: set[tuple[str, str, str]] = set()
        self._waiting: list[tuple[str, str]] = []
        self._writing: asyncio.Task[None] | None = None

    def note(self, kind: str, channel: str, name: str, at: datetime) -> None:
        """Remember when it was first seen."""
        one = (kind, channel, name)
        if one in self._noted or len(self._noted) >= STRANGERS_MOST:
            return
        self._noted.add(one)
        self._waiting.append(("\n".join(one), at.isoformat()))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        await asyncio.sleep(GATHER_S)
        while self._waiting:
            going, self._waiting = self._waiting, []
            try:
                with connection():
                    room = STRANGERS_MOST - await self._client.hlen(STRANGERS)
                    pipe = self._client.pipeline(transaction=False)
                    for name, first in going[: max(room, 0)]:
                        pipe.hsetnx(STRANGERS, name, first)
                    pipe.expire(STRANGERS, STRANGERS_S)
                    await pipe.execute()
            except Lost:  # a list for people to look at; whoever speaks again is noted again
                self._noted -= {(kind, channel, one) for kind, channel, one in (name.split("\n", 2) for name, _ in going)}

    async def all(self) -> list[Stranger]:
        """Every one, the first seen first. Raises Lost."""
        if self._writing is not None:
            await self._writing
        with connection():
            rows: Any = await self._client.hgetall(STRANGERS)
        found = []
        for name, first in rows.items():
            kind, channel, one = bytes(name).decode().split("\n", 2)
            found.append(Stranger(datetime.fromisoformat(bytes(first).decode()), kind, channel, one))
        return sorted(found)

    async def known(self, gone: Iterable[Stranger]) -> None:
        """These are bound now. Raises Lost."""
        names = ["\n".join((one.kind, one.channel, one.id)) for one in gone]
        if names:
            with connection():
                await self._client.hdel(STRANGERS, *names)


class Nonces:
    """Which callbacks were answered. A fresh message needs no look: its id says that it is; only doubt costs one."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._here: OrderedDict[str, None] = OrderedDict()
        self._waiting: list[str] = []
        self._writing: asyncio.Task[None] | None = None

    def remember(self, callback: str) -> None:
        """It is durable now; written behind the answer's back, many in one round trip."""
        self._keep(callback)
        self._waiting.append(callback)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def seen(self, callback: str) -> bool:
        """Whether it was answered before, here or by another worker. Raises Lost."""
        if callback in self._here:
            return True
        with connection():
            return bool(await self._client.exists(nonce(callback)))

    async def first(self, callback: str) -> bool:
        """Remember it; False where it was answered before. Raises Lost."""
        if callback in self._here:
            return False
        with connection():
            fresh = bool(await self._client.set(nonce(callback), "1", nx=True, ex=NONCE_S))
        self._keep(callback)
        return fresh

    def _keep(self, callback: str) -> None:
        self._here[callback] = None
        if len(self._here) > NONCES_MOST:
            self._here.popitem(last=False)

    async def _write(self) -> None:
        await asyncio.sleep(GATHER_S)
        while self._waiting:
            going, self._waiting = self._waiting, []
            try:
                await _REMEMBER.call(self._client, [NONCE], [NONCE_S, *going])
            except Lost:  # this process still knows them, and they are refused for their age soon
                return
