"""The conduct clock: real, or virtual and moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class ConductClock(Protocol):
    """What time it is for conduct (due, quiet hours, budgets); transport uses the wall."""

    def now(self) -> datetime: ...


class Wall:
    """The real time, aware and UTC."""

    def now(self) -> datetime:
        """This instant."""
        return datetime.now(UTC)


class Virtual:
    """A time that stands still until it is set; it never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self._now

    def set(self, at: datetime) -> None:
        """Move on to `at`; an earlier instant changes nothing."""
        self._now = max(self._now, at.astimezone(UTC))
