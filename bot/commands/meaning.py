"""`lounge lexicon train`: learns the head of the meaning layer from the lexicon and writes its file."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zipfile import BadZipFile

import typer
from rich.console import Console
from rich.progress import track

from bot.commands.settings import settings_or_exit
from bot.config import find
from bot.domain.settings import Settings
from bot.intents.meaning import digest, examples, lessons
from bot.intents.study import learn
from bot.semantic import HEAD, Unable, encoder, encoder_name
from bot.weights import cache_folder

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    from bot.semantic import Encode

CHUNK = 256


def register(app: typer.Typer) -> None:
    """Add the command to `lounge lexicon`."""
    app.command("train")(command)


def command(
    config: Annotated[Path | None, typer.Option("--config", help="the installation's folder")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="where to write; the installation's own head if left out")] = None,
) -> None:
    """Learn the meaning layer anew from the lexicon's lines, phrases and near misses (minutes the first time: every line is encoded once)."""
    settings = settings_or_exit(config, os.environ)
    path = out or find(str(config) if config else None, os.environ) / HEAD
    try:
        arrays = trained(settings, encoder(), encoder_name())
    except Unable as why:
        print(why, file=sys.stderr)
        raise typer.Exit(2) from None
    try:
        size = write(path, arrays)
    except OSError as why:
        print(f"{path}: {why.strerror or why}", file=sys.stderr)
        raise typer.Exit(2) from None
    print(f"{path}\t{arrays['digest']}\t{size}")


def trained(settings: Settings, encode: Encode, name: str) -> dict[str, Any]:
    """The arrays of the head for this lexicon. A progress bar on a terminal."""
    import numpy as np

    rows = lessons(settings)
    vectors = _vectors([row.text or " " for row in rows], encode, cache_folder() / f"vectors-{sha256(name.encode()).hexdigest()[:16]}.npz")
    made = learn(vectors, rows, len(examples(settings.intents)))
    return {**made, "digest": np.array(digest(rows)), "encoder": np.array(name)}


def _vectors(texts: Sequence[str], encode: Encode, cache: Path) -> NDArray[float32]:
    """A row for each text. Rows are kept in the user's cache, so that learning anew after an edit asks about new lines only."""
    import numpy as np

    known: dict[str, NDArray[float32]] = {}
    with suppress(OSError, KeyError, ValueError, EOFError, BadZipFile), np.load(cache, allow_pickle=False) as kept:
        known = dict(zip(kept["texts"].tolist(), kept["rows"], strict=True))
    missing = sorted(set(texts) - known.keys())
    console = Console(stderr=True)
    for n in track(range(0, len(missing), CHUNK), "encoding", console=console, disable=not console.is_terminal):
        some = missing[n : n + CHUNK]
        known |= dict(zip(some, encode(some), strict=True))
    if missing:
        with suppress(OSError):
            cache.parent.mkdir(parents=True, exist_ok=True)
            names = sorted(set(texts))
            np.savez(cache, texts=np.array(names), rows=np.stack([known[text] for text in names]))
    return np.stack([known[text] for text in texts])


def write(path: Path, arrays: Mapping[str, Any]) -> int:
    """Write whole or not at all; the bytes of the file."""
    import numpy as np

    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, **{name: arrays[name] for name in sorted(arrays)})
    part.replace(path)
    return path.stat().st_size
