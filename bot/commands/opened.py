"""Opens the store that the running bot uses, for a command; leaves with one line where it is not to be had."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import typer

from bot.app import open_store_at
from bot.domain.settings import Settings
from bot.handlers.binding import BINDINGS
from bot.handlers.where import where
from bot.messages import Arranged
from bot.store.connect import Unfit
from bot.store.embedded import NoServer
from bot.store.port import Lost
from bot.store.redis import Store

WAIT_S, LOOK_S = 5.0, 0.1  # seconds that a running bot gets to decide, and between looks
T = TypeVar("T")


def with_store(settings: Settings, do: Callable[[Store], Awaitable[T]], environ: Mapping[str, str] = os.environ) -> T:
    """What `do` answers; where there is no Redis, one line on stderr and exit code 2."""
    data = None if environ.get("REDIS_URL") else Path(environ.get("LOUNGE_DATA", "data"))

    async def run() -> T:
        async with open_store_at(settings, data, environ) as store:
            return await do(store)

    try:
        return asyncio.run(run())
    except (Lost, Unfit, NoServer, OSError) as why:
        print(f"redis is not to be had: {why}", file=sys.stderr)
        raise typer.Exit(2) from None


async def arrange(store: Store, settings: Settings, name: str, value: str | None, wait: float = WAIT_S) -> bool:
    """Put one field of the bindings in by the one door; whether a running bot has decided it by now. Raises Lost."""
    now = datetime.now(UTC)
    what = Arranged(id=f"{name}/{now.isoformat()}", at=now, name=name, value=value)
    shard, key = where(what, settings)
    await store.gathering.ingest([(shard, key, what)])
    for _ in range(int(wait / LOOK_S)):
        if (await store.reader.overlay(BINDINGS)).get(name) == value:
            return True
        await asyncio.sleep(LOOK_S)
    return False
