"""Everything the store offers on one connection; only app.py and tests name this file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex

from redis.asyncio import Redis

from bot.store.chats import Nonces, Strangers
from bot.store.clock import RedisClock
from bot.store.feed import Feed
from bot.store.gather import Gathering
from bot.store.inbox import RedisInbox
from bot.store.keys import KEYS, Homes
from bot.store.leases import Leases
from bot.store.outbox import RedisOutbox
from bot.store.reader import Memory
from bot.store.replies import Replies
from bot.store.stream import make_groups
from bot.store.tokens import Tokens, Windows
from bot.store.weeks import Weeks


@dataclass(frozen=True, slots=True)
class Store:
    """The ports on one Redis. `memory` is the inbox loop's Reader; `reader` owns nothing, for everybody else."""

    client: Redis
    homes: Homes
    inbox: RedisInbox
    outbox: RedisOutbox
    clock: RedisClock
    memory: Memory
    reader: Memory
    feed: Feed
    gathering: Gathering
    leases: Leases
    replies: Replies
    tokens: Tokens
    windows: Windows
    strangers: Strangers
    nonces: Nonces
    weeks: Weeks


async def open_store(client: Redis, codes: Mapping[str, str], owner: str = "") -> Store:
    """Makes the groups and wires the ports; `codes` is case code -> lounge id. Raises Lost.

    With an `owner` (one word, unlike any other process's) commits are fenced by the leases it holds.
    """
    await make_groups(client, [name for keys in KEYS for name in (keys.inbox, keys.outbox)])
    homes = Homes(dict(codes))
    memory = Memory(client, homes)
    inbox = RedisInbox(client, homes, owner, settled=memory.settled)
    return Store(
        client=client,
        homes=homes,
        inbox=inbox,
        outbox=RedisOutbox(client, owner, counted=memory.counted),
        clock=RedisClock(client),
        memory=memory,
        reader=Memory(client, homes),
        feed=Feed(client),
        gathering=Gathering(inbox.ingest),
        leases=Leases(client, owner or f"unfenced-{token_hex(8)}"),
        replies=Replies(client),
        tokens=Tokens(client),
        windows=Windows(client),
        strangers=Strangers(client),
        nonces=Nonces(client),
        weeks=Weeks(client),
    )
