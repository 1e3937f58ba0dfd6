"""The shipped lexicon's ears, built once for all tests of hearing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.config import load
from bot.domain.settings import Settings
from bot.intents.recognize import Ears
from bot.weights import ears as learnt

CONFIG = Path(__file__).parents[2] / "config"


@cache
def shipped() -> Settings:
    """The sample world's settings."""
    return load(CONFIG)


@cache
def ears() -> Ears:
    """Ears for the sample world."""
    return learnt(shipped())
