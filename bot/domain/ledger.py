"""The ledger of the gate: how many lines were sent, held, folded and dropped, for whom, why, in which week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.settings import Settings

KEPT_WEEKS = 8  # older counters are swept from a home; a digest that was sent never changes
_PREFIX = "ledger/"


class Outcome(StrEnum):
    """What became of a line at the gate."""

    SENT = "sent"
    HELD = "held"
    FOLDED = "folded"  # one of several that went out as a single line
    DROPPED = "dropped"
    REFUSED = "refused"  # the channel or the platform would never take it: buried


class Sort(StrEnum):
    """What kind of line was sent: a call to somebody, an answer to what was just said, or an emergency."""

    PING = "ping"
    ANSWER = "answer"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Count:
    """One figure of a home: `reason` is a Sort for what was sent, else why the gate held or dropped it."""

    week: str
    outcome: Outcome
    reason: str
    lounge: str
    times: int


def week_of(at: datetime, settings: Settings) -> str:
    """The local ISO week of an instant, like 2026-W45."""
    return _week(settings.local(at).date())


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def field(at: datetime, outcome: Outcome, reason: str, lounge: str, settings: Settings) -> str:
    """The field of a receiver's home that counts such a line."""
    return f"{_PREFIX}{week_of(at, settings)}/{outcome}/{reason}/{lounge}"


def read(fields: Mapping[str, str], week: str | None = None, lounge: str | None = None) -> tuple[Count, ...]:
    """The counters among the fields of a home, of one week and lounge where these are given."""
    found = []
    for name, value in sorted(fields.items()):
        if name.startswith(_PREFIX):
            _, when, outcome, reason, where = name.split("/", 4)
            if week in (None, when) and lounge in (None, where):
                found.append(Count(when, Outcome(outcome), reason, where, int(value)))
    return tuple(found)


def total(counts: Iterable[Count], outcome: Outcome, *reasons: str) -> int:
    """How many lines ended so; of all reasons where none is named."""
    return sum(c.times for c in counts if c.outcome is outcome and (not reasons or c.reason in reasons))


def worn(name: str, now: datetime, settings: Settings) -> bool:
    """Whether a field is a counter of a week that is no longer kept."""
    if not name.startswith(_PREFIX):
        return False
    return name.split("/", 2)[1] < _week(settings.local(now).date() - timedelta(weeks=KEPT_WEEKS))
