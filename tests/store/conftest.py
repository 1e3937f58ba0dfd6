"""One embedded redis-server for each file of these tests, emptied before each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.connect import connect
from bot.store.embedded import Embedded
from bot.store.redis import Store, open_store
from tests.store.samples import CODES


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a server on a fresh folder."""
    folder: Path = tmp_path_factory.mktemp("redis")
    async with Embedded(folder) as url:
        yield url


@pytest_asyncio.fixture
async def store(server: str) -> AsyncIterator[Store]:
    """Every port on an empty Redis."""
    client = await connect(server)
    await client.flushall()
    yield await open_store(client, CODES)
    await client.aclose()


@pytest_asyncio.fixture
async def other(server: str, store: Store) -> AsyncIterator[Store]:
    """The same Redis as another process sees it."""
    client = await connect(server)
    yield await open_store(client, CODES)
    await client.aclose()
