"""Plain reads from Redis, without memory: each question is one or two round trips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from redis.asyncio import Redis

from bot.domain.case import Case, Row
from bot.messages import ChatLine
from bot.shards import shard_of
from bot.store.codec import unpack_case, unpack_incoming, unpack_row
from bot.store.keys import KEYS, Homes, shard_of_home
from bot.store.script import connection

CHUNK = 1_000  # cases fetched in one round trip

Loaded = tuple[list[bytes], dict[str, str], list[ChatLine], int]  # open cases, overlay, talk, highest number


class Stored:
    """What stands in Redis now. Every method raises Lost."""

    def __init__(self, client: Redis, homes: Homes) -> None:
        self._client, self._homes = client, homes

    async def case(self, case_id: str) -> Case | None:
        """The case, open or ended; None for a number nobody has."""
        shard = self._homes.shard_of_case(case_id)
        if shard is None:
            return None
        with connection():
            data: Any = await self._client.get(KEYS[shard].case(case_id))
        return unpack_case(data) if data else None

    async def open_cases(self, lounge: str) -> list[Case]:
        """By opening instant."""
        return [unpack_case(data) for data in await self.open_packed(lounge)]

    async def open_packed(self, lounge: str) -> list[bytes]:
        """As open_cases, as they are stored."""
        return await self._cases_in(shard_of(lounge), KEYS[shard_of(lounge)].open(lounge))

    async def ended_packed(self, lounge: str) -> list[bytes]:
        """Ended within fourteen days before the last one, by ending instant, as they are stored."""
        return await self._cases_in(shard_of(lounge), KEYS[shard_of(lounge)].ended(lounge))

    async def _cases_in(self, shard: int, key: str) -> list[bytes]:
        found: list[bytes] = []
        with connection():
            ids: Any = await self._client.zrange(key, 0, -1)
            for start in range(0, len(ids), CHUNK):
                names = [KEYS[shard].case(one.decode()) for one in ids[start : start + CHUNK]]
                stored: Any = await self._client.mget(names)
                found += filter(None, stored)
        return found

    async def journal(self, case_id: str) -> list[Row]:
        """All rows, oldest first."""
        shard = self._homes.shard_of_case(case_id)
        if shard is None:
            return []
        with connection():
            rows: Any = await self._client.lrange(KEYS[shard].journal(case_id), 0, -1)
        return [unpack_row(row) for row in rows]

    async def person(self, home: str) -> dict[str, str]:
        """The fields of a person's home (or a group's, `chat:<lounge>`)."""
        return await self._hash(KEYS[shard_of_home(home)].person(home))

    async def overlay(self, lounge: str) -> dict[str, str]:
        """The running state laid over the lounge's config."""
        return await self._hash(KEYS[shard_of(lounge)].overlay(lounge))

    async def _hash(self, key: str) -> dict[str, str]:
        with connection():
            found: Any = await self._client.hgetall(key)
        return _text(found)

    async def number(self, lounge: str) -> int:
        """The highest case number used in the lounge, 0 for none."""
        with connection():
            score: Any = await self._client.zscore(KEYS[shard_of(lounge)].numbers, lounge)
        return int(float(score or 0))

    async def talk(self, lounge: str) -> list[ChatLine]:
        """The group's last lines, oldest first."""
        with connection():
            rows: Any = await self._client.lrange(KEYS[shard_of(lounge)].talk(lounge), 0, -1)
        return _lines(rows)

    async def week_cases(self, lounge: str, week: str) -> list[Case]:
        """Every case touched in an ISO week (`2026-W45`), by opening instant."""
        shard = shard_of(lounge)
        with connection():
            found: Any = await self._client.smembers(KEYS[shard].weekcases(lounge, week))
            ids = sorted(one.decode() for one in found)
            cases: list[Case] = []
            for start in range(0, len(ids), CHUNK):
                stored: Any = await self._client.mget([KEYS[shard].case(one) for one in ids[start : start + CHUNK]])
                cases += [unpack_case(data) for data in stored if data]
        return sorted(cases, key=lambda case: (case.opened_at, case.id))

    async def lounge(self, lounge: str) -> Loaded:
        """All that is remembered of a lounge."""
        keys = KEYS[shard_of(lounge)]
        with connection():
            pipe = self._client.pipeline(transaction=False)
            pipe.hgetall(keys.overlay(lounge))
            pipe.lrange(keys.talk(lounge), 0, -1)
            pipe.zscore(keys.numbers, lounge)
            overlay, talk, number = await pipe.execute()
        return await self.open_packed(lounge), _text(overlay), _lines(talk), int(float(number or 0))


def _text(found: Mapping[bytes, bytes]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in found.items()}


def _lines(rows: Sequence[bytes]) -> list[ChatLine]:
    return [what for what in map(unpack_incoming, rows) if isinstance(what, ChatLine)]
