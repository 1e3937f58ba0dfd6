"""Starts the demo on a free port for a test, and speaks to it as the page does."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.config import load
from bot.domain.settings import Settings
from bot.web.demo_serve import serve_demo

CONFIG = Path(__file__).parents[2] / "config"
PATIENCE = 15.0


@dataclass
class Client:
    """The demo as its page sees it."""

    http: aiohttp.ClientSession
    base: str

    async def post(self, path: str, body: Any, **headers: str) -> int:
        """The answer's code."""
        async with self.http.post(f"{self.base}/demo/{path}", json=body, headers=headers) as answer:
            return answer.status

    async def say(self, text: str, *, sender: str = "guest-hehua-1", name: str = "3栋-小满妈") -> None:
        """A line in the residents' group."""
        assert await self.post("say", {"lounge": "hehua", "sender": sender, "name": name, "text": text}) == 200

    async def press(self, line: dict[str, Any], verb: str) -> None:
        """A button of a card."""
        assert await self.post("press", {"line": line["id"], "verb": verb}) == 200

    async def look(self, until: Callable[[dict[str, Any]], Any] = lambda page: True) -> dict[str, Any]:
        """The first snapshot of the live stream for which `until` holds."""
        async with asyncio.timeout(PATIENCE):
            async with self.http.get(f"{self.base}/demo/live") as stream:
                assert stream.content_type == "text/event-stream"
                async for raw in stream.content:
                    if raw.startswith(b"data: "):
                        page: dict[str, Any] = json.loads(raw[6:])
                        if until(page):
                            return page
        raise AssertionError("the stream ended")

    async def card(self, card: str, where: str) -> dict[str, Any]:
        """The newest bubble with this card at this place, once it is there."""
        def those(page: dict[str, Any]) -> list[dict[str, Any]]:
            return [line for line in page["lines"] if (line["card"], line["where"]) == (card, where)]

        return those(await self.look(those))[-1]


@asynccontextmanager
async def demo_at(folder: Path, settings: Settings | None = None) -> AsyncIterator[Client]:
    """A running demo whose data are in `folder` (called demo)."""
    sock, stop, ready = socket.create_server(("127.0.0.1", 0)), asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(serve_demo(settings or load(CONFIG, {}), sock, folder, stop, ready.set))
    started = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait([running, started], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        assert ready.is_set(), running
        async with aiohttp.ClientSession(read_bufsize=1 << 22) as http:
            yield Client(http, f"http://127.0.0.1:{sock.getsockname()[1]}")
    finally:
        started.cancel()
        stop.set()
        await running
        sock.close()
