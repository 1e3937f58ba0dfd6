"""Reads for the weekly digest: cases touched in given weeks with their journals, ledgers, graves; portion by portion."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from redis.asyncio import Redis

from bot.domain.case import Case, Row
from bot.shards import SHARDS, shard_of
from bot.store.codec import peek_case, peek_row, unpack_dead
from bot.store.keys import KEYS, Keys, shard_of_home
from bot.store.port import Dead
from bot.store.script import connection

CHUNK = 500  # cases or homes in one round trip
ASKED = 2_000  # sets asked for in one round trip
LEDGER = b"ledger/"


class Weeks:
    """Reads only, whole portions at a time; what it costs depends on the weeks and lounges asked for, not on history."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def cases(self, lounges: Sequence[str], weeks: Sequence[str]) -> AsyncIterator[list[tuple[Case, Sequence[Row]]]]:
        """Every case that is open or was touched in one of the weeks, each once, by lounge and number. Raises Lost.

        The values have all fields of a Case and of Rows under their names, without being made into them.
        """
        for shard in range(SHARDS):
            keys = KEYS[shard]
            mine = [lounge for lounge in lounges if shard_of(lounge) == shard]
            ids = await self._touched(keys, mine, weeks)
            for start in range(0, len(ids), CHUNK):
                yield await self._with_journals(keys, ids[start : start + CHUNK])

    async def _touched(self, keys: Keys, lounges: Sequence[str], weeks: Sequence[str]) -> list[str]:
        found: dict[str, None] = {}
        sets = [[keys.open(lounge), *(keys.weekcases(lounge, week) for week in weeks)] for lounge in lounges]
        step = max(1, ASKED // (len(weeks) + 1))
        for start in range(0, len(sets), step):
            with connection():
                pipe = self._client.pipeline(transaction=False)
                for first, *others in sets[start : start + step]:
                    pipe.zrange(first, 0, -1)
                    pipe.sunion(others)
                answers: list[Any] = await pipe.execute()
            for opened, touched in zip(answers[::2], answers[1::2], strict=True):
                found.update(dict.fromkeys(sorted(one.decode() for one in {*opened, *touched})))
        return list(found)

    async def _with_journals(self, keys: Keys, ids: Sequence[str]) -> list[tuple[Case, Sequence[Row]]]:
        with connection():
            pipe = self._client.pipeline(transaction=False)
            pipe.mget([keys.case(one) for one in ids])
            for one in ids:
                pipe.lrange(keys.journal(one), 0, -1)
            stored, *journals = await pipe.execute()
        return [(peek_case(data), [peek_row(row) for row in rows]) for data, rows in zip(stored, journals, strict=True) if data]

    async def ledgers(self, homes: Sequence[str]) -> list[Mapping[str, str]]:
        """The counters of each home. Raises Lost."""
        found: list[Mapping[str, str]] = []
        for start in range(0, len(homes), CHUNK):
            with connection():
                pipe = self._client.pipeline(transaction=False)
                for home in homes[start : start + CHUNK]:
                    pipe.hgetall(KEYS[shard_of_home(home)].person(home))
                answers: list[Any] = await pipe.execute()
            found += [{name.decode(): value.decode() for name, value in fields.items() if name.startswith(LEDGER)}
                      for fields in answers]
        return found

    async def buried(self, start: datetime, end: datetime) -> list[Dead]:
        """What was buried between two instants, as far as it is still kept. Raises Lost."""
        with connection():
            pipe = self._client.pipeline(transaction=False)
            for keys in KEYS:
                pipe.xrange(keys.dead)
            answers: list[Any] = await pipe.execute()
        dead = [unpack_dead(row[b"b"]) for rows in answers for _, row in rows]
        return [one for one in dead if start <= one.at < end]
