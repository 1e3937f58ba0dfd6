"""A real webhook on a real port with a real Redis, and somebody who knocks with good and bad requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

from bot.app import Rig
from bot.channels.plain import Plain
from bot.clocks import Wall
from bot.messages import Delivered, Outgoing, Receipt
from bot.store.connect import connect
from bot.store.keys import KEYS
from bot.store.redis import Store, open_store
from bot.store.stream import make_groups
from bot.web.webhook import http_log, make_app
from tests.front import sample

SECRET = b"front door"


class Silent:
    """A mouth that says nothing."""

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt:
        return Delivered()


def line(number: int | str, **other: Any) -> dict[str, Any]:
    """A sound line of a group."""
    return {"lounge": "hehua", "id": f"m-{number}", "at": datetime.now(UTC).isoformat(), "sender": "u_1", "name": "3栋-小满妈",
            "text": "暗号是芝麻开门", **other}


def body_of(rows: Any) -> bytes:
    """As it goes over the wire."""
    return json.dumps(rows, ensure_ascii=False).encode()


@dataclass
class Door:
    """One bot's front door, with no loop behind it: what is taken in stays in the inbox and can be counted."""

    rig: Rig
    plain: Plain
    http: aiohttp.ClientSession
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def signed(self, body: bytes, off: timedelta = timedelta()) -> dict[str, str]:
        """A genuine signature, `off` from now."""
        stamp = str(int((datetime.now(UTC) + off).timestamp()))
        return {"X-Lounge-Timestamp": stamp, "X-Lounge-Signature": self.plain.sign(stamp, body), "Content-Type": "application/json"}

    async def post(self, body: bytes, *, path: str = "/hooks/plain", off: timedelta = timedelta(),
                   headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """(code, answer) of a signed request; `headers` replace the genuine ones."""
        async with self.http.post(self.url + path, data=body, headers={**self.signed(body, off), **(headers or {})}) as answer:
            return answer.status, json.loads(await answer.read())

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """(code, text)."""
        async with self.http.get(self.url + path, headers=headers) as answer:
            return answer.status, await answer.text()

    async def stored(self) -> int:
        """How many entries wait in all inboxes."""
        return sum([int(await self.rig.store.client.xlen(keys.inbox)) for keys in KEYS])

    async def empty(self) -> None:
        """Forget everything that was ever taken in."""
        await self.rig.store.client.flushall()
        await make_groups(self.rig.store.client, [name for keys in KEYS for name in (keys.inbox, keys.outbox)])

    @asynccontextmanager
    async def beside(self, host: str) -> AsyncIterator[Door]:
        """The same bot on another address."""
        async with served(self.rig, self.plain, host) as one:
            yield one

    @asynccontextmanager
    async def on(self, url: str) -> AsyncIterator[Door]:
        """The same bot on another Redis; making a whole one takes seconds."""
        other = copy(self.rig)
        async with store_at(url) as other.store, served(other, self.plain) as one:
            yield one

    async def raw(self, data: bytes, host: str = "127.0.0.1") -> bytes:
        """Bytes as they are, then the end; what came back."""
        reader, writer = await asyncio.open_connection(host, self.port)
        writer.write(data)
        await writer.drain()
        writer.write_eof()
        try:
            return await asyncio.wait_for(reader.read(65_536), 5)
        finally:
            writer.close()


@asynccontextmanager
async def store_at(url: str) -> AsyncIterator[Store]:
    """Every port on an empty Redis."""
    client = await connect(url)
    await client.flushall()
    yield await open_store(client, codes={one.code: one.id for one in sample().lounges.values()})
    await client.aclose()


@asynccontextmanager
async def served(rig: Rig, plain: Plain, host: str = "127.0.0.1") -> AsyncIterator[Door]:
    """A rig's webhook on a free port."""
    runner = web.AppRunner(make_app(rig), access_log=None, logger=http_log(), shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, host, 0).start()
    port: int = runner.addresses[0][1]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http:
        yield Door(rig, plain, http, port)
    await runner.cleanup()


@asynccontextmanager
async def door(url: str) -> AsyncIterator[Door]:
    """A front door on an empty Redis."""
    settings = sample()
    plain = Plain(SECRET, settings.lounges)
    async with store_at(url) as store, served(Rig(settings, store, {"plain": plain}, Silent(), Wall()), plain) as one:
        yield one
