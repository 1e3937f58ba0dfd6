"""Answers that a platform fetches: laid there by whoever decides, fetched by whichever worker is asked, given once."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

from redis.asyncio import Redis

from bot.messages import Outgoing
from bot.store.codec import pack_outgoing, unpack_outgoing
from bot.store.keys import reply, spent
from bot.store.script import Script, connection

LIVES_S = 900  # seconds; longer than any platform goes on asking (6 minutes)
URL_S = 2 * 3600  # seconds that the use of a one-shot address is remembered; it is good for one hour
LOOK_S = 0.05  # seconds between two looks
OPEN, GIVEN, CLOSED = "open", "given", "closed"
_REPLY = Script("reply")


class Replies:
    """`name` is a channel and the platform's id of the answer; nothing is written before there is something to give."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def put(self, name: str, line: Outgoing) -> bool:
        """Lay a line there; False where nobody fetches it any more. Raises Lost."""
        return bool(await _REPLY.call(self._client, reply(name), ["put", LIVES_S, pack_outgoing(line)]))

    async def given(self, name: str, seconds: float) -> bool:
        """Wait until what was laid there is fetched; else take it back and close. False: say it another way. Raises Lost."""
        for _ in range(max(int(seconds / LOOK_S), 1)):
            with connection():
                state: Any = await self._client.get(reply(name)[0])
            if state is not None:
                return bytes(state) == GIVEN.encode()
            await asyncio.sleep(LOOK_S)
        return not await _REPLY.call(self._client, reply(name), ["back", LIVES_S])

    async def fetch(self, name: str, close: bool = False) -> tuple[str, list[Outgoing]]:
        """(open, given or closed; the lines); asked again it gives the same. `close`: nothing is awaited any longer."""
        found = await _REPLY.call(self._client, reply(name), ["close" if close else "take", LIVES_S])
        return bytes(found[0]).decode(), [unpack_outgoing(one) for one in found[1:]]

    async def wait(self, name: str, seconds: float) -> list[Outgoing]:
        """What is laid there within the time; afterwards nothing more is. Raises Lost."""
        for _ in range(int(seconds / LOOK_S)):
            state, lines = await self.fetch(name)
            if state != OPEN:
                return lines
            await asyncio.sleep(LOOK_S)
        return (await self.fetch(name, close=True))[1]

    async def spend(self, url: str) -> bool:
        """Whether a one-shot address is ours to use now; True once only. Raises Lost."""
        with connection():
            return bool(await self._client.set(_spent(url), "1", nx=True, ex=URL_S))

    async def unspend(self, url: str) -> None:
        """It was not used after all: nobody was reached. Raises Lost."""
        with connection():
            await self._client.delete(_spent(url))


def _spent(url: str) -> str:
    return spent(hashlib.sha256(url.encode("utf-8", "replace")).hexdigest())
