"""What the edge keeps for all workers: limits a minute, answered callbacks, strangers, one-shot addresses."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.store.chats import Nonces, Strangers
from bot.store.keys import nonce
from bot.store.redis import Store
from bot.store.replies import Replies
from bot.store.tokens import Windows

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
MINUTE = timedelta(seconds=60)


async def test_a_window_slides_and_says_to_the_millisecond_when_there_is_room(store: Store) -> None:
    client = store.client
    one, other = Windows(client), Windows(client)
    assert [await w.room("robot", 3, MINUTE, NOW + timedelta(seconds=s)) for w, s in ((one, 0), (other, 10), (one, 20))] == [
        timedelta()] * 3
    assert await other.room("robot", 3, MINUTE, NOW + timedelta(seconds=30)) == timedelta(seconds=30)
    assert await one.room("robot", 3, MINUTE, NOW + timedelta(seconds=60)) == timedelta()
    assert await one.room("robot", 3, MINUTE, NOW + timedelta(seconds=60)) == timedelta(seconds=10)
    assert await one.room("another", 3, MINUTE, NOW) == timedelta()


async def test_an_answered_callback_is_known_at_once_here_and_soon_everywhere(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.chats.GATHER_S", 0.01)
    client = store.client
    here, there = Nonces(client), Nonces(client)
    for number in range(5):
        here.remember(f"bot/n{number}")
    assert await here.seen("bot/n4") and not await here.first("bot/n4")
    await asyncio.sleep(0.1)
    assert await there.seen("bot/n0") and not await there.first("bot/n4") and await there.first("bot/n9")
    assert 0 < await client.ttl(nonce("bot/n0")) <= 900


async def test_a_stranger_keeps_his_first_hour_whoever_notes_him(store: Store) -> None:
    client = store.client
    one, other = Strangers(client), Strangers(client)
    one.note("chat", "bot", "wr1", NOW)
    await one.all()
    other.note("chat", "bot", "wr1", NOW + MINUTE)
    other.note("account", "app", "someone", NOW + MINUTE)
    assert [(s.kind, s.id, s.first) for s in await other.all()] == [("chat", "wr1", NOW), ("account", "someone", NOW + MINUTE)]
    await other.known((await other.all())[:1])
    assert [s.id for s in await one.all()] == ["someone"]


async def test_a_one_shot_address_is_used_once_and_stands_nowhere_in_clear(store: Store) -> None:
    client = store.client
    one, other = Replies(client), Replies(client)
    used = await asyncio.gather(*(r.spend("https://host/secret") for r in (one, other, one)))
    assert sorted(used) == [False, False, True]
    assert not any(b"secret" in key for key in await client.keys("*"))
    await one.unspend("https://host/secret")
    assert await other.spend("https://host/secret")
