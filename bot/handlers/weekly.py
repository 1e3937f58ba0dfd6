"""The Monday digest: the clock asks for it once a scope and week, and what was made is posted once an edition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.domain.levels import under
from bot.domain.settings import Settings
from bot.domain.weekly import CHAT, CITY, DESK, HOSTS
from bot.handlers import cards
from bot.handlers.context import Here
from bot.messages import ClockRang, DigestMade, Outgoing
from bot.store.port import Change

CHORE, MADE = "digest", "digest:"
WEEK = timedelta(days=7)
REMEMBERED = 60  # weeks for which it is known what was posted
Alarm = tuple[str, datetime]


def lounges_of(scope: str, settings: Settings) -> tuple[str, ...]:
    """The lounges of a scope in config order; the first is its seat, whose shard decides and remembers. () without any."""
    kind, _, name = scope.partition(":")
    below = frozenset(settings.lounges) if scope == CITY else frozenset({name}) if kind == "lounge" else under(name, settings)
    return tuple(one for one in settings.lounges if one in below)


def named(monday: datetime) -> str:
    """The ISO week that begins on a Monday."""
    year, number, _ = monday.isocalendar()
    return f"{year}-W{number:02d}"


def posted_at(week: str, settings: Settings) -> datetime:
    """When the digest of a week is posted: at the configured minute of the Monday after it. Raises ValueError."""
    year, _, number = week.partition("-W")
    monday = datetime.fromisocalendar(int(year), int(number), 1) + WEEK
    rule = settings.weekly
    local = settings.local(datetime.now().astimezone()) if rule is None else None
    assert rule is not None and local is None
    return datetime.combine(monday.date(), rule.at, settings.zone)


def next_alarm(scope: str, settings: Settings, now: datetime) -> Alarm:
    """The chore of the first posting ahead, with its instant."""
    local = settings.local(now)
    monday = local - timedelta(days=local.weekday())
    week = named(monday - WEEK)
    if posted_at(week, settings) <= now:
        week = named(monday)
    return _chore(scope, week, settings)


def _chore(scope: str, week: str, settings: Settings) -> Alarm:
    return f"chore/{CHORE}/{scope}/{week}", posted_at(week, settings)
