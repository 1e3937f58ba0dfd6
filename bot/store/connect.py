"""Connects to a Redis, ours or an external one, and says whether it is fit to be trusted."""

from __future__ import annotations

from typing import Any, Literal

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

from bot.store.inbox import rewrite as rewrite_file
from bot.store.script import connection

__all__ = ["Fsync", "Unfit", "connect", "fsync_in_force", "rewrite_file", "unfit"]

Fsync = Literal["always", "everysec", "no", "off", "unknown"]
OLDEST = 7
TIMEOUT_S = 5.0


class Unfit(Exception):
    """This Redis must not be used; the message says in one line why and what to do."""


def unfit(version: str, maxmemory: int, policy: str) -> str | None:
    """Why a server of this version and memory setting is refused, None where it is fit."""
    if int(version.partition(".")[0] or 0) < OLDEST:
        return f"Redis {version} is too old: {OLDEST}.0 or newer is needed"
    if maxmemory and policy != "noeviction":
        return f"Redis may throw data away (maxmemory-policy {policy}): set it to noeviction or maxmemory to 0"
    return None


async def connect(url: str, check: bool = True) -> Redis:
    """A client that never repeats a command by itself (a commit may have gone through). Raises Unfit, Lost.

    Whoever calls closes it with `aclose()`.
    """
    client: Redis = Redis.from_url(
        url, protocol=2, retry=Retry(NoBackoff(), 0), retry_on_timeout=False,
        socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
    if not check:
        return client
    try:
        with connection():
            found: dict[str, Any] = await client.info()
        why = unfit(str(found["redis_version"]), int(found.get("maxmemory", 0)),
                    str(found.get("maxmemory_policy", "noeviction")))
        if why:
            raise Unfit(why)
    except BaseException:
        await client.aclose()
        raise
    return client


async def fsync_in_force(client: Redis) -> Fsync:
    """When a write reaches the disk: always, everysec, no; "off" without an append-only file. Raises Lost."""
    try:
        with connection():
            found: dict[Any, Any] = await client.config_get("appendonly", "appendfsync")
    except ResponseError:  # a provider that forbids CONFIG
        return "unknown"
    if found.get("appendonly") != "yes":
        return "off"
    answers: dict[str, Fsync] = {"always": "always", "everysec": "everysec", "no": "no"}
    return answers.get(found.get("appendfsync", ""), "unknown")
