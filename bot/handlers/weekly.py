"""The Monday digest: the clock asks for it once a scope and week, and what was made is posted once an edition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.levels import under
from bot.domain.settings import Settings
from bot.domain.weekly import CHAT, CITY, DESK, HOSTS
from bot.handlers import cards
from bot.handlers.context import Here
from bot.messages import ClockRang, DigestMade, Outgoing, Told
from bot.shards import shard_of
from bot.store.port import Change

CHORE, MAKE = "digest", "digest:"  # the clock's; and where a line goes that asks for a digest to be made
WEEK = timedelta(days=7)
REMEMBERED = 60  # weeks for which it is known what was posted
Alarm = tuple[str, datetime]


def lounges_of(scope: str, settings: Settings) -> tuple[str, ...]:
    """The lounges of a scope in config order, () without any. The first is its seat: there it is wound and remembered."""
    kind, _, name = scope.partition(":")
    below = frozenset(settings.lounges) if scope == CITY else frozenset({name}) if kind == "lounge" else under(name, settings)
    return tuple(one for one in settings.lounges if one in below)


def _named(day: datetime) -> str:
    """The ISO week of a local day."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02d}"


def _monday(week: str) -> datetime:
    year, _, number = week.partition("-W")
    return datetime.fromisocalendar(int(year), int(number), 1)


def _chore(scope: str, week: str, at: time, settings: Settings) -> Alarm:
    """A week is posted on the Monday after it."""
    posted = datetime.combine(_monday(week) + WEEK, at, ZoneInfo(settings.timezone))
    return f"chore/{CHORE}/{scope}/{week}", posted


def next_alarm(scope: str, settings: Settings, now: datetime) -> Alarm | None:
    """The chore of the first posting ahead, with its instant; None where none is wanted."""
    if settings.weekly is None or scope not in settings.weekly.to:
        return None
    local = settings.local(now)
    ahead = (_chore(scope, _named(local + WEEK * step), settings.weekly.at, settings) for step in (-1, 0))
    return next(alarm for alarm in ahead if alarm[1] > now)


def wound(lounge: str, here: Here) -> tuple[tuple[str, datetime | None], ...]:
    """The alarms of every scope that has its seat in a lounge, as the settings in force want them."""
    scopes = here.settings.weekly.to if here.settings.weekly else ()
    seated = (scope for scope in scopes if lounges_of(scope, here.settings)[:1] == (lounge,))
    return tuple(alarm for scope in seated if (alarm := next_alarm(scope, here.settings, here.now)))


async def rang(what: ClockRang, here: Here) -> Change:
    """Ask for the digest to be made (reading so many cases is nothing for a handler), and wind the week after.

    A bot that was away for weeks posts each of them: no edition is ever missing.
    """
    _, _, scope, week = what.key.split("/")
    rule, lounges = here.settings.weekly, lounges_of(scope, here.settings)
    if rule is None or scope not in rule.to or not lounges:
        return Change()
    following = _chore(scope, _named(_monday(week) + WEEK), rule.at, here.settings)
    if field_of(scope, week) in await here.reader.overlay(lounges[0]):
        return Change(chores=(following,))
    errand = Outgoing(key=f"{CHORE}/{scope}/{week}", at=here.now, to=MAKE + scope, card="digest", text=week, lounge=lounges[0],
                      ping=False)
    return Change(say=(errand,), chores=(following,))


async def made(what: DigestMade, here: Here) -> Change:
    """Post an edition to everybody who gets it, and remember that, in one write: it is never posted again."""
    rule, lounges = here.settings.weekly, lounges_of(what.scope, here.settings)
    if rule is None or what.scope not in rule.to or not lounges:
        return Change()
    seat, field = lounges[0], field_of(what.scope, what.week)
    before = await here.reader.overlay(seat)
    if int((before.get(field) or "0").split()[0]) >= what.edition:
        return Change()
    key, text = f"{field}/{what.edition}", _linked(what, rule.days, here)
    lines = [cards.plain("digest", to, here, key, extra={"items": text}, ping=True, lounge=seat)
             for to in _receivers(what.scope, lounges, here.settings)]
    say, forward = cards.send(line for line in lines if not line.to.startswith(CHAT))
    groups = tuple((shard_of(line.to.removeprefix(CHAT)), line.key, Told(say=line, open=True)) for line in lines
                   if line.to.startswith(CHAT))  # a group is spoken to from its own lounge's shard
    marks = ((seat, field, f"{what.edition} {what.seal}"), *((seat, old, None) for old in _worn(what.scope, before, here)))
    return Change(say=say, forward=(*forward, *groups), overlay=marks)


def field_of(scope: str, week: str) -> str:
    """Where a seat remembers which edition of a week was posted, and the seal of it."""
    return f"{CHORE}/{scope}/{week}"


def _worn(scope: str, fields: Mapping[str, str], here: Here) -> Iterator[str]:
    oldest = field_of(scope, _named(here.settings.local(here.now) - REMEMBERED * WEEK))
    return (name for name in fields if name.startswith(field_of(scope, "")) and name < oldest)


def _receivers(scope: str, lounges: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    """Where it goes, each place once."""
    area = settings.areas.get(scope.partition(":")[2])
    found: list[str | None] = []
    for who in settings.weekly.to[scope] if settings.weekly else ():
        if who == HOSTS:
            found += [settings.lounges[one].host for one in lounges]
        else:
            found.append(area.desk if who == DESK and area else who)
    return tuple(dict.fromkeys(who if who.startswith(CHAT) else f"person:{who}" for who in found if who))


def _linked(what: DigestMade, days: int, here: Here) -> str:
    """The message with the link behind its first sentences: a channel that cuts the end leaves it. One line stays one line."""
    head, gap, rest = what.text.strip().partition("\n\n")
    if not what.link or not gap:
        return what.text.strip()
    link = cards.render("digest_link", {"link": what.link, "count": str(days)}, here.settings)
    return f"{head}\n{link}\n\n{rest}"
