"""Which shard a lounge or a person lives in: a stable hash over a fixed count."""

from __future__ import annotations

from zlib import crc32

SHARDS = 16


def shard_of(name: str) -> int:
    """The shard (0..15) of a lounge id or a person id."""
    return crc32(name.encode()) % SHARDS
