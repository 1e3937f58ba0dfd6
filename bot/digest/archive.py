"""Keeps what was sent: every edition of a week with its hash, never written over; the seeds; and which link opens which.

<folder>/<kind>/<id>/<week>/seed, <folder>/<kind>/<id>/<week>/<edition>/…, <folder>/links/<hash of the link's secret>.
Several processes may use one folder: what is there first stays.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex, token_urlsafe

import msgspec

from bot.digest import spot
from bot.digest.shape import Scope
from bot.digest.week import Week

SEALED, SEED, LINKS, PART = "sealed.json", "seed", "links", ".part-"
FORGOTTEN = 86_400.0  # seconds after which what somebody left half written goes


class Altered(Exception):
    """A file of an edition is not what was sent; the message names it."""


class _Seal(msgspec.Struct, frozen=True):
    scope: str
    week: str
    edition: int
    frozen_at: datetime
    files: dict[str, str]  # name -> SHA-256 in hex


class _Link(msgspec.Struct, frozen=True):
    place: str  # of the edition, within the archive
    until: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """A frozen edition: where it lies, its number, and the seal over all its files."""

    folder: Path
    number: int
    seal: str

    def files(self) -> dict[str, bytes]:
        """Every file as it was sent. Raises Altered where one is not, OSError."""
        raw = (self.folder / SEALED).read_bytes()
        found: dict[str, bytes] = {}
        for name, digest in msgspec.json.decode(raw, type=_Seal).files.items():
            try:
                found[name] = (self.folder / name).read_bytes()
            except FileNotFoundError:
                raise Altered(f"{self.folder / name} is gone") from None
            if sha256(found[name]).hexdigest() != digest:
                raise Altered(f"{self.folder / name} is not what was sent")
        return found


def label(scope: Scope) -> str:
    """A scope as config and commands write it."""
    return scope.kind if scope.kind == scope.id else f"{scope.kind}:{scope.id}"


@dataclass(frozen=True, slots=True)
class Archive:
    """All editions of an installation."""

    folder: Path

    def place(self, scope: Scope, week: Week) -> Path:
        """Where a scope's week lies."""
        return self.folder / scope.kind / scope.id / str(week)

    def seed(self, scope: Scope, week: Week) -> str:
        """The week's seed; drawn by whoever asks first, and the same ever after. Raises OSError."""
        final = self.place(scope, week) / SEED
        if not final.exists():
            final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            half = final.with_name(f"{PART}{os.getpid()}-{token_hex(4)}")
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(spot.fresh())
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(half, final)  # whole or not at all, and only where there is none
            except FileExistsError:
                pass
            finally:
                half.unlink()
        return final.read_text().strip()

    def opened(self, scope: Scope, week: Week) -> str:
        """A seed that was drawn; "" where none was. Raises OSError."""
        try:
            return (self.place(scope, week) / SEED).read_text().strip()
        except FileNotFoundError:
            return ""

    def latest(self, scope: Scope, week: Week) -> Edition | None:
        """The last edition that was frozen. Raises OSError."""
        place = self.place(scope, week)
        numbers = [int(one.name) for one in place.iterdir() if one.name.isdigit()] if place.is_dir() else []
        return _edition(place / str(max(numbers))) if numbers else None

    def first(self, scope: Scope, week: Week) -> Edition | None:
        """The first edition, whose closed cases the sample is drawn from. Raises OSError."""
        place = self.place(scope, week) / "1"
        return _edition(place) if place.is_dir() else None

    def freeze(self, scope: Scope, week: Week, number: int, at: datetime, write: Callable[[Path], None]) -> Edition:
        """Have an edition written and keep it; where somebody was first, his stays and is returned. Raises OSError."""
        place = self.place(scope, week)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(place)
        half = place / f"{PART}{os.getpid()}-{token_hex(4)}"
        half.mkdir(mode=0o700)
        try:
            write(half)
            files = {one.name: sha256(one.read_bytes()).hexdigest() for one in sorted(half.iterdir())}
            told = _Seal(label(scope), str(week), number, at, files)
            with (half / SEALED).open("wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(told), indent=2))
                file.flush()
                os.fsync(file.fileno())
            try:
                half.rename(place / str(number))
            except OSError:  # not empty: an edition of that number is there
                if not (place / str(number)).is_dir():
                    raise
        finally:
            shutil.rmtree(half, ignore_errors=True)
        return _edition(place / str(number))

    def link(self, edition: Edition, until: datetime) -> str:
        """A secret that opens the edition until then (by the wall clock). Raises OSError."""
        secret = token_urlsafe(32)
        links = self.folder / LINKS
        links.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = _Link(str(edition.folder.relative_to(self.folder)), until)
        (links / _hashed(secret)).write_bytes(msgspec.json.encode(told))
        return secret

    def behind(self, secret: str, wall: datetime) -> Edition | None:
        """The edition that a secret opens; None for one that nobody gave out, or no more. Raises OSError."""
        kept = self.folder / LINKS / _hashed(secret)
        try:
            told = msgspec.json.decode(kept.read_bytes(), type=_Link)
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        return _edition(self.folder / told.place) if wall < told.until else None


def _hashed(secret: str) -> str:
    """The folder does not tell what opens it."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def _edition(folder: Path) -> Edition:
    return Edition(folder, int(folder.name), sha256((folder / SEALED).read_bytes()).hexdigest())


def _sweep(place: Path) -> None:
    """What was left half written by one that died."""
    for one in place.glob(f"{PART}*"):
        if one.is_dir() and one.stat().st_mtime < time.time() - FORGOTTEN:
            shutil.rmtree(one, ignore_errors=True)


def read_record(edition: Edition, name: str) -> dict[str, object]:
    """A frozen digest.json. Raises Altered, OSError."""
    found: dict[str, object] = json.loads(edition.files()[name])
    return found
