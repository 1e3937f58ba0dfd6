"""Plays the four weeks to their end, by the lexicon alone: the same with and without the semantic layer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.domain.settings import Settings
from bot.history import END
from bot.replay import read_log, replay


async def play(settings: Settings, log: Path, out: Path, keep: Path | None = None,
               tick: Callable[[], None] = lambda: None) -> dict[str, int]:
    """Replay the written log; a store is left in `keep`. Returns how many lines, cases and sentences. Raises Lost."""
    return await replay(settings, read_log(log), out, until=datetime.fromisoformat(END), keep=keep, tick=tick)
