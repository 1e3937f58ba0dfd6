"""What a digest asks of the store: cases with their journals, ledgers of homes, what was buried."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.case import Case, Row
from bot.store.port import Dead

Recorded = tuple[Case, Sequence[Row]]


class Reading(Protocol):
    """All that a digest may do with the store. Every method raises Lost."""

    def cases(self, lounges: Sequence[str], weeks: Sequence[str]) -> AsyncIterator[list[Recorded]]:
        """Every case of the lounges that is open or was touched in one of the ISO weeks, each once, in portions."""
        ...

    async def ledgers(self, homes: Sequence[str]) -> list[Mapping[str, str]]:
        """The counters of homes (person ids, sender ids, `chat:<lounge>`), one mapping a home."""
        ...

    async def buried(self, start: datetime, end: datetime) -> list[Dead]:
        """What was buried between two instants."""
        ...
