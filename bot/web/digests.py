"""Opens a digest to whoever has its link: nobody guesses one, each ends on its day, and nothing else is served."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from aiohttp import web

from bot.app import Rig
from bot.digest.archive import Altered, Archive

TYPES = {
    "digest.html": "text/html", "digest.md": "text/markdown", "digest.pdf": "application/pdf", "cases.csv": "text/csv",
    "digest.json": "application/json", "digest.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Neither caches nor other sites get to know what is in it or under which address it was.
HEADERS = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow",
           "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
GONE = "这个链接打不开了：可能过了期，也可能抄漏了几个字。请向社区要一份新的。\n"
log = structlog.get_logger("digests")


def opening(rig: Rig) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The page behind /digests/<secret>/<file>."""
    async def opened(request: web.Request) -> web.Response:
        name, posting = request.match_info["name"], rig.digests
        body = None
        if posting is not None and name in TYPES:
            body = await asyncio.to_thread(_read, posting.archive, request.match_info["secret"], name)
        if body is None:
            return web.Response(status=404, text=GONE, headers=HEADERS)
        kind = TYPES[name]
        charset = "utf-8" if kind.startswith("text/") else None
        return web.Response(body=body, content_type=kind, charset=charset, headers=HEADERS)

    return opened


def _read(archive: Archive, secret: str, name: str) -> bytes | None:
    """A file of the edition; None where there is none, or where it is not what was sent."""
    try:
        edition = archive.behind(secret, datetime.now(UTC))
        return edition.files().get(name) if edition is not None else None
    except (Altered, OSError) as why:
        log.error("a digest cannot be opened", why=str(why))
        return None
