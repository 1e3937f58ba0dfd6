"""Weeks of invented cases, made by the real moves at random, on a configuration of two communities in one street."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from random import Random

from bot.digest.facts import Fact, Folding
from bot.digest.make import Made, counted
from bot.digest.scopes import parse
from bot.digest.week import Week, span, week_of
from bot.domain.case import Case, Row, State
from bot.domain.events import Event, Happened
from bot.domain.settings import Area, Settings
from bot.domain.tables import NEXT
from bot.domain.transitions import Step, on_due, step
from tests.front import sample

WEEK = week_of(datetime.fromisoformat("2026-11-04T10:00:00+08:00"))  # 2026-W45
MADE = datetime.fromisoformat("2026-11-09T09:00:00+08:00")
Recorded = tuple[Case, tuple[Row, ...]]
SECOND = {"hall-5", "xj-home"}  # lounges of the second community; a third community has none
WORDS = {
    Event.RESOLVED: ("已经修好了，请看看", "部分解决，剩下的下周来"), Event.RATED: ("", "太慢了", "态度不好"),
    Event.DISPUTED: ("还是没修好",), Event.DECLINED: ("不归我们管",), Event.ESCALATED: ("要上面出面",), Event.ASKED: ("是哪一层",),
}
MOVES = tuple(event for event in Event if event not in (Event.REPORTED, Event.REMINDED, Event.SETTINGS_CHANGED, Event.SPLIT))


@cache
def two_communities() -> Settings:
    """The sample with its lounges in two communities of one street, an empty third, and an empty street beside it."""
    base = sample()
    areas = dict(base.areas)
    for name, kind, parent in (("second", "community", "pinghu"), ("third", "community", "pinghu"), ("empty", "street", "longgang")):
        areas[name] = Area(id=name, name=f"{name}区域", kind=kind, parent=parent, desk=None)
    lounges = {x.id: replace(x, community="second") if x.id in SECOND else x for x in base.lounges.values()}
    return replace(base, areas=areas, lounges=lounges)


def opened(number: int, lounge: str, at: datetime, settings: Settings, random: Random, **more: object) -> Recorded:
    """A fresh case with its first two rows."""
    place = settings.lounges[lounge]
    buildings = settings.buildings_of(lounge)
    intent = random.choice([*list(settings.intents.values())[:6], settings.intents["labor_dispute"]])
    case = Case(id=f"{place.code}-{number:04d}", lounge=lounge, intent=intent.id, private=intent.private,
                building=random.choice([None, *(b.name for b in buildings)]), urgent=random.random() < 0.1,
                reporter=f"u-{random.randrange(40)}", reporter_name="小满", opened_by=f"m{number}", opened_at=at, touched_at=at,
                gist="小满说楼道灯坏了", level="C")
    case = case.but(**more)
    done = step(case, Happened(event=Event.ASSIGNED, at=at, by="bot", args={"to": place.host, "rung": "host"}), settings)
    assert isinstance(done, Step)
    return done.case, (Row(at=at, event="Reported", by=case.reporter, note=""), *done.rows)


def did(recorded: Recorded, event: Event, at: datetime, by: str, settings: Settings, note: str = "", **args: str) -> Recorded:
    """The case one move on; where the rules refuse, as it was."""
    case, rows = recorded
    done = step(case, Happened(event=event, at=at, by=by, note=note, args=args), settings)
    return (done.case, (*rows, *done.rows)) if isinstance(done, Step) else recorded


def lived(recorded: Recorded, until: datetime, settings: Settings, random: Random) -> Recorded:
    """The case after random moves of everybody; the clock may ring in between."""
    at = recorded[0].opened_at
    for _ in range(random.randrange(12)):
        at += timedelta(minutes=random.choice((5, 90, 600, 2_000, 9_000)))
        case = recorded[0]
        if at >= until:
            break
        rung = on_due(case, at, settings) if case.due and case.due <= at else None
        if rung is not None and random.random() < 0.5:
            recorded = did(recorded, rung.event, at, rung.by, settings, rung.note, **rung.args)
            continue
        event = random.choice([one for one in MOVES if one in NEXT[case.state]] or [Event.RATED])
        by = random.choice((case.attendant, case.reporter, f"u-{random.randrange(40)}", settings.lounges[case.lounge].host))
        if event is Event.CLOSED and case.state is not State.RESOLVED:
            continue
        recorded = did(recorded, event, at, by, settings, random.choice(WORDS.get(event, ("",))), **_args(event, case, settings, random))
    return recorded


def _args(event: Event, case: Case, settings: Settings, random: Random) -> dict[str, str]:
    return {
        Event.RATED: {"grade": random.choice(("good", "fair", "bad"))}, Event.LINKED: {"partner": random.choice(list(settings.partners))},
        Event.CALLBACK_DONE: {"outcome": random.choice(("reached", "unreachable"))}, Event.MERGED: {"into": "ZZ-0001"},
        Event.TRANSFERRED: {"to": random.choice(list(settings.people)), "rung": "attendant"},
        Event.HANDED_OVER: {"to": random.choice(list(settings.people)), "rung": "attendant"},
        Event.NOT_ACCEPTED: {"first": "somebody"},
    }.get(event, {})


def world(seed: int, cases: int = 60, settings: Settings | None = None) -> list[Recorded]:
    """So many cases of the ten weeks up to a week after WEEK."""
    settings, random = settings or two_communities(), Random(seed)
    until = WEEK.plus(1).end
    made = []
    for number in range(1, cases + 1):
        at = WEEK.start + timedelta(minutes=random.randrange(-9 * 7 * 1440, 14 * 1440))
        lounge = random.choice(list(settings.lounges))
        made.append(lived(opened(number, lounge, at, settings, random), until, settings, random))
    return made


def facts_of(recorded: list[Recorded], settings: Settings, week: Week = WEEK) -> list[Fact]:
    """The records of a week's digest."""
    folding = Folding(span(week), settings)
    return [fact for fact in (folding.fold(case, rows) for case, rows in recorded) if fact is not None]


def made_of(recorded: list[Recorded], scope: str = "", settings: Settings | None = None, week: Week = WEEK) -> Made:
    """The digest of a scope."""
    settings = settings or two_communities()
    found = parse(scope, settings)
    mine = [one for one in recorded if one[0].lounge in found.lounges]
    return counted(facts_of(mine, settings, week), settings, found, week, MADE)
