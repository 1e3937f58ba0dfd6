"""What a handler is given: where it is, what time it is, and a Reader. It holds no means to write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.channels.base import Capability
from bot.domain.settings import Settings
from bot.intents.place import PlaceParser
from bot.intents.recognize import Ears
from bot.store.port import Reader


@dataclass(frozen=True, slots=True)
class Here:
    """The settings in force, the store to read, the ears to hear with, the conduct clock's now."""

    settings: Settings
    reader: Reader
    ears: Ears
    places: PlaceParser
    able: Callable[[str], Capability]  # lounge id -> what its mouth can do
    now: datetime
    before: Settings | None = None  # the settings that these came after, where this process has seen the change


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who just spoke or pressed, and where the answer belongs."""

    id: str
    private: bool
    name: str = ""
