"""Runs the Lua files of this folder by their hash, and turns a broken connection into Lost."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as Gone
from redis.exceptions import NoScriptError, ResponseError
from redis.exceptions import TimeoutError as Late

from bot.store.port import Lost

Call = tuple[Sequence[str], Sequence[str | bytes | int]]  # keys, arguments


@contextmanager
def connection() -> Iterator[None]:
    """Inside, a dead, late or just emptied Redis raises Lost, and nothing is repeated blindly."""
    try:
        yield
    except (Gone, Late, OSError) as fault:
        raise Lost(type(fault).__name__) from fault
    except ResponseError as fault:
        if not str(fault).startswith("NOGROUP"):
            raise
        raise Lost("the streams were emptied") from fault


class Script:
    """One Lua file; a server that has forgotten it (a restart) is told again: it had then not run."""

    def __init__(self, name: str) -> None:
        self._text = resources.files("bot.store").joinpath(f"{name}.lua").read_text(encoding="utf-8")
        self._hash = hashlib.sha1(self._text.encode()).hexdigest()

    async def call(self, client: Redis, keys: Sequence[str], args: Sequence[str | bytes | int]) -> Any:
        """One run. Raises Lost."""
        return (await self.call_many(client, [(keys, args)]))[0]

    async def call_many(self, client: Redis, calls: Sequence[Call]) -> list[Any]:
        """Several runs in one round trip, answers in order. Raises Lost."""
        answers = await self._round(client, calls)
        unknown = [i for i, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if unknown:
            with connection():
                await client.script_load(self._text)
            again = await self._round(client, [calls[i] for i in unknown])
            for i, answer in zip(unknown, again, strict=True):
                answers[i] = answer
        with connection():
            for answer in answers:
                if isinstance(answer, Exception):
                    raise answer
        return answers

    async def _round(self, client: Redis, calls: Sequence[Call]) -> list[Any]:
        with connection():
            if len(calls) == 1:
                keys, args = calls[0]
                try:
                    return [await client.execute_command("EVALSHA", self._hash, len(keys), *keys, *args)]  # type: ignore[no-untyped-call]
                except NoScriptError as fault:
                    return [fault]
            pipe = client.pipeline(transaction=False)
            for keys, args in calls:
                pipe.execute_command("EVALSHA", self._hash, len(keys), *keys, *args)
            return list(await pipe.execute(raise_on_error=False))


INGEST, COMMIT, RING, LEASE = Script("ingest"), Script("commit"), Script("ring"), Script("lease")
