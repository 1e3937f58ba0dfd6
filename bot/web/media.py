"""Fetches what was sent along with a line before it is gone, and keeps it by its hash beside the case it belongs to."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from bot.channels.base import Malformed, Wire
from bot.channels.wecom_aibot import WeComAibot
from bot.channels.wecom_app import WeComApp
from bot.channels.wecom_media import MEDIA_MOST, Media
from bot.messages import Delivered, Fetched, Incoming, Outgoing, Receipt, TryLater
from bot.shards import shard_of
from bot.web.calls import call

LIVES = timedelta(minutes=5)  # of an AI bot's file; an app's would live for days, but nobody waits for it that long
AGAIN = 15.0  # seconds until the second try; each further one waits twice as long
PATIENCE = aiohttp.ClientTimeout(total=60, connect=3, sock_read=20)
SUFFIX = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "audio/amr": "amr",
          "video/mp4": "mp4", "application/pdf": "pdf"}
Ingest = Callable[[Sequence[tuple[int, str, Incoming]]], Awaitable[list[bool]]]
Source = WeComAibot | WeComApp


@dataclass(frozen=True, slots=True)
class Fetching:
    """`folder` is where files are kept: <folder>/<case>/<sha256>.<suffix>. `ingest` tells the case what became of it."""

    http: aiohttp.ClientSession
    folder: Path
    ingest: Ingest

    async def fetch(self, line: Outgoing, source: Source, wire: Wire, now: datetime) -> Receipt:
        """One try; later where it failed and there is still time, else the case is told. Raises Lost."""
        why = "地址不是平台的"
        if source.fetchable(line.reply_url):
            code, data = await call(self.http, wire, MEDIA_MOST + 1, PATIENCE)
            failed = code != 200 or data.startswith(b"{")  # the app's errors come as JSON with HTTP 200
            if failed and now - line.at < LIVES - timedelta(seconds=AGAIN):
                return TryLater(seconds=AGAIN, why=f"media: HTTP {code}")
            why = "没有及时取到" if failed else ""
        digest = ""
        if not why:
            try:
                digest = await asyncio.to_thread(keep, self.folder, line.case or "", source.media(data))
            except Malformed:
                why = "不是图片、语音、视频或 PDF，或者太大"
            except OSError as fault:
                return TryLater(seconds=AGAIN, why=f"media: cannot be kept ({fault.strerror})")
        told = Fetched(key=line.key, at=now, case=line.case or "", kind=line.card, digest=digest, why=why,
                       sender=next(iter(line.mention), ""))
        await self.ingest([(shard_of(line.lounge), f"fetched/{line.key}", told)])
        return Delivered()


    async def forget(self, line: Outgoing) -> Receipt:
        """Delete what somebody wants forgotten: the files of a case whose hashes begin with one of these words."""
        try:
            await asyncio.to_thread(unkeep, self.folder, line.case or "", line.text.split())
        except OSError as fault:
            return TryLater(seconds=AGAIN, why=f"media: cannot be deleted ({fault.strerror})")
        return Delivered()


def place_of(folder: Path, case: str) -> Path:
    """Where the files of a case are."""
    return folder / "".join(c for c in case if c.isalnum() or c == "-")


def unkeep(folder: Path, case: str, digests: Sequence[str]) -> None:
    """Delete files of a case by the beginning of their hash, and its folder with the last one. Raises OSError."""
    place = place_of(folder, case)
    if not case or not place.is_dir():
        return
    for file in place.iterdir():
        if any(digest and file.name.startswith(digest) for digest in digests):
            file.unlink(missing_ok=True)
    if not any(place.iterdir()):
        place.rmdir()


def keep(folder: Path, case: str, media: Media) -> str:
    """Write a file whole or not at all, for this account's eyes only; returns its SHA-256 in hex. Raises OSError."""
    digest = hashlib.sha256(media.data).hexdigest()
    place = place_of(folder, case)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    final = place / f"{digest}.{SUFFIX.get(media.kind, 'bin')}"
    if not final.exists():
        half = final.with_suffix(f".{os.getpid()}.part")
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(media.data)
            out.flush()
            os.fsync(out.fileno())
        half.replace(final)
    return digest
