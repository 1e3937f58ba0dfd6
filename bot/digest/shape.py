"""What a weekly digest holds: plain values, every figure under its name, so that pages only lay them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

SCOPES = ("lounge", "community", "street", "district", "city")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose digest it is; `lounges` are the ids of all lounges in it."""

    kind: str
    id: str
    name: str
    lounges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its parts; they add up over scopes, the share does not."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None where there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A category or a building: what came, went and stays, beside last week and the mean of four weeks before."""

    new: int = 0
    closed: int = 0
    open: int = 0
    new_before: int = 0
    new_mean: float = 0.0
    people: int = 0  # 人次: reporters and supporters


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A case that needs a decision (联席会议题)."""

    case: str
    lounge: str  # its name
    building: str  # "" where unknown
    category: str  # the intent's name
    gist: str  # masked; "" for a private matter
    state: str  # in Chinese
    reasons: tuple[str, ...]  # in Chinese: 超期未办结, 两次不满意, …
    age_days: float  # calendar days since the resident's message
    supporters: int
    holder: str  # the accountable organisation, never a person


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpot:
    """The same kind of matter at one place again and again (未诉先办)."""

    lounge: str
    building: str
    category: str
    cases: int  # within the last four weeks
    people: int
    hint: str  # what could be done before the next one says it


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A week of the ledger of burden (减负账本)."""

    week: str
    heard: int = 0  # lines residents and merchants got
    pings: int = 0  # lines that called on a member
    held: int = 0
    folded: int = 0
    dropped: int = 0
    cases: int = 0  # cases that were open at any time in that week


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotCheck:
    """Which closed cases a second pair of eyes should read: drawn by a seed that was sealed a week before."""

    hash: str  # SHA-256 of this week's seed
    seed: str = ""  # last week's seed, now open
    sample: tuple[str, ...] = ()  # last week's cases drawn with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One scope's week. `start` <= recorded < `end`, aware instants; dictionaries keep their order for display."""

    scope: Scope
    week: str  # ISO, like 2026-W45
    start: datetime
    end: datetime
    made_at: datetime
    edition: int = 1
    changed: tuple[str, ...] = ()  # what this edition puts right, one Chinese sentence each
    lead: str = ""  # the sentence a busy secretary remembers
    counts: Mapping[str, int] = field(default_factory=dict)  # every countable figure by name; adds up over scopes
    before: Mapping[str, int] = field(default_factory=dict)  # the same names, last week
    mean: Mapping[str, float] = field(default_factory=dict)  # the same names, mean of the four weeks before
    rates: Mapping[str, Rate] = field(default_factory=dict)  # response, resolution, satisfaction, …
    agenda: tuple[Point, ...] = ()
    by_category: Mapping[str, Line] = field(default_factory=dict)  # by the intent's Chinese name
    by_building: Mapping[str, Line] = field(default_factory=dict)  # by "客厅名 楼栋名"
    heat: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # building -> category -> new cases
    weeks: tuple[str, ...] = ()  # the last eight weeks, oldest first
    trend: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # category -> new cases in each of `weeks`
    ages: Mapping[str, int] = field(default_factory=dict)  # age of open cases, by Chinese bucket
    responses: Mapping[str, int] = field(default_factory=dict)  # time to the first human response, by Chinese bucket
    hot_spots: tuple[HotSpot, ...] = ()
    causes: Mapping[str, int] = field(default_factory=dict)  # why people were not satisfied, this month
    gaps: tuple[str, ...] = ()  # coverage gaps and vacancies, one Chinese sentence each
    loads: tuple[Load, ...] = ()  # week by week, this week last
    check: SpotCheck | None = None
    quality: tuple[str, ...] = ()  # what makes the figures less sure, one Chinese sentence each
