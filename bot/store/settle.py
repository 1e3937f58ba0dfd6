"""Settles taken entries through commit.lua, many in one round trip, each whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from redis.asyncio import Redis

from bot.store.port import Lost
from bot.store.script import COMMIT
from bot.store.writes import Command

WRITTEN, DONE, CONFLICT, FENCED = 1, 0, -1, -2


@dataclass(frozen=True, slots=True)
class Step:
    """One entry to settle: what must hold (pairs of case key, version) and what is written with the ack."""

    id: str
    checks: Sequence[str] = ()
    writes: Sequence[Command] = field(default_factory=list)


def portable(part: str | bytes) -> str | msgspec.Raw:
    """A part of a command for a script: Redis' cmsgpack knows no msgpack `bin`, so bytes travel as a `str 32`."""
    return part if isinstance(part, str) else msgspec.Raw(b"\xdb" + len(part).to_bytes(4, "big") + part)


def _pack(steps: Sequence[Step]) -> bytes:
    return msgspec.msgpack.encode(
        [(s.id, s.checks, [[portable(part) for part in write] for write in s.writes]) for s in steps])


async def settle(client: Redis, stream: str, lease: str, owner: str, steps: Sequence[Step]) -> list[int]:
    """Answers WRITTEN or DONE for each step, in order, and CONFLICT last where one stopped it. Raises Lost."""
    if not steps:
        return []
    told: list[int] = await COMMIT.call(client, [stream, lease], [owner, _pack(steps)])
    if told == [FENCED]:
        raise Lost("another process holds the lease")
    return told
