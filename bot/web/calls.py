"""One outward HTTP call: a request built by a channel, and the code and body of its answer; it never raises."""

from __future__ import annotations

import aiohttp

from bot.channels.base import Wire

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=3)
ANSWER_MOST = 65_536  # bytes of an answer that are read


async def call(http: aiohttp.ClientSession, wire: Wire, most: int = ANSWER_MOST,
               patience: aiohttp.ClientTimeout = TIMEOUT) -> tuple[int, bytes]:
    """(HTTP code, at most `most` bytes); 503 where nobody was ever reached, 0 where no answer came.

    Redirects are not followed: an address that was checked must not lead to another one.
    """
    try:
        async with http.request(wire.method, wire.url, data=wire.body or None, headers=dict(wire.headers),
                                timeout=patience, allow_redirects=False) as answer:
            return answer.status, await _read(answer, most)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        return 503, b""  # never reached anybody: safe to try again
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return 0, b""


async def _read(answer: aiohttp.ClientResponse, most: int) -> bytes:
    parts, size = list[bytes](), 0
    async for part in answer.content.iter_chunked(65_536):
        parts.append(part)
        size += len(part)
        if size >= most:
            break
    return b"".join(parts)[:most]
