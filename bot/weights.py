"""Keeps what the ears have learnt of a lexicon in the user's cache folder, so that only the first start takes long.

The name of a file is a digest of everything that training reads, so an old file is never believed; the folder may be
deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path

import msgspec

from bot import intents
from bot.domain.settings import Settings
from bot.intents.ngrams import Weights
from bot.intents.recognize import Ears

KEPT = 8  # files; the oldest go first

_read = msgspec.msgpack.Decoder(Weights).decode
_encode = msgspec.msgpack.Encoder().encode


def ears(settings: Settings, folder: Path | None = None) -> Ears:
    """The ears of an installation, with the weights found in `folder` (the user's cache), else learnt and left there."""
    file = (folder or cache_folder()) / f"weights-{digest(settings)}"
    kept = _kept(file)
    made = Ears(settings, kept)
    if kept is None:
        with suppress(OSError):  # a folder that cannot be written costs a second at each start, nothing else
            _keep(file, made.weights)
    return made


def cache_folder() -> Path:
    """Where caches of this user belong; for a user without a home a place where nothing can be kept.

    Source: XDG base directory specification.
    """
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lounge"
    except RuntimeError:
        return Path(os.devnull) / "lounge"


def digest(settings: Settings) -> str:
    """Of all that training depends on: the words of the intents, the everyday talk and the talk around a matter, the code, what it leans on."""
    words = [(one.id, one.phrases, one.cues, one.lines, one.near)
             for one in sorted(settings.intents.values(), key=lambda one: one.id)]
    return hashlib.sha256(_encode((_code(), words, settings.chatter, sorted(settings.talk.items())))).hexdigest()[:32]


@cache
def _code() -> bytes:
    found = hashlib.sha256(repr((sys.version_info[:2], metadata.version("OpenCC"))).encode())
    for file in sorted(Path(path) for top in intents.__path__ for path in Path(top).glob("*.py")):
        found.update(file.read_bytes())
    return found.digest()


def _kept(file: Path) -> Weights | None:
    try:
        return _read(file.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return None


def _keep(file: Path, weights: Weights) -> None:
    """Whole or not at all: written aside and moved into place."""
    file.parent.mkdir(parents=True, exist_ok=True)
    number, fresh = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(number, "wb") as out:
            out.write(_encode(weights))
        os.replace(fresh, file)
    except OSError:
        os.unlink(fresh)
        raise
    newest_first = sorted(file.parent.glob("weights-*"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in newest_first[KEPT:]:
        old.unlink(missing_ok=True)
