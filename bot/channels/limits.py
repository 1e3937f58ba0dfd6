"""How much a platform takes: texts cut to bytes between two characters, and a sliding window of what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

NO_WAIT = timedelta(0)


def size(text: str) -> int:
    """Bytes of UTF-8; half a surrogate counts as the mark that will stand for it."""
    return len(text.encode("utf-8", "replace"))


def cut(text: str, most: int, mark: str = "…") -> str:
    """`text` in at most `most` bytes of UTF-8, ended by `mark` where something was cut off; never half a character."""
    data = text.encode("utf-8", "replace")
    if len(data) <= most:
        return data.decode("utf-8")
    tail = mark.encode("utf-8")
    if len(tail) > most:
        tail = b""
    return (data[: most - len(tail)].decode("utf-8", "ignore").rstrip() or "") + tail.decode("utf-8")


@dataclass(frozen=True, slots=True)
class Sliding:
    """At most `most` messages in any `span`. The instants sent are the caller's, so that many workers can share them."""

    most: int
    span: timedelta

    def wait(self, sent: Sequence[datetime], now: datetime) -> timedelta:
        """How long until one more may go; zero where it may go now. `sent` need not be sorted."""
        inside = sorted(self._inside(sent, now))
        if len(inside) < self.most:
            return NO_WAIT
        return min(max(inside[-self.most] + self.span - now, NO_WAIT), self.span)

    def after(self, sent: Sequence[datetime], now: datetime) -> tuple[datetime, ...]:
        """What to remember once one was sent at `now`: the instants that still count."""
        return (*self._inside(sent, now), now)

    def _inside(self, sent: Sequence[datetime], now: datetime) -> list[datetime]:
        """Instants within the span; one from the future (a clock set back) counts as well."""
        return [at for at in sent if now - at < self.span]


# 20 a minute and robot; whether the minute slides is not documented (99110), so ours does, with a margin.
ROBOT = Sliding(18, timedelta(seconds=61))
# 30 a minute and member for messages of an app; beyond it they are dropped without a word (90454).
MEMBER = Sliding(27, timedelta(seconds=61))
