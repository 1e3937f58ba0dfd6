"""Packs the files of an installation and reads them back, to tell what a change made while nobody ran has moved."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from bot.config import BadConfig, load
from bot.domain.settings import Settings

MOST = 32 << 20  # bytes of all files, unpacked
SUFFIXES = (".yaml", ".yml", ".json")


def packed(folder: Path) -> bytes:
    """The readable files of a folder, as one archive. Raises OSError."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                archive.writestr(path.relative_to(folder).as_posix(), path.read_bytes())
    return out.getvalue()


def unpacked(files: bytes) -> Settings | None:
    """The settings that were packed; None where this version of the bot cannot read them."""
    try:
        with zipfile.ZipFile(io.BytesIO(files)) as archive, tempfile.TemporaryDirectory(prefix="lounge-") as folder:
            if sum(one.file_size for one in archive.infolist()) > MOST:
                return None
            archive.extractall(folder)
            return load(Path(folder), {})
    except (BadConfig, OSError, zipfile.BadZipFile, ValueError):
        return None
