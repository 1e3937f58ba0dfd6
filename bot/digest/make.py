"""Makes a digest: reads what eight weeks need, folds it portion by portion, counts; nothing is written here."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from operator import attrgetter

from bot.digest import count
from bot.digest.burden import homes_of, loads
from bot.digest.facts import Fact, Folding
from bot.digest.groups import VOICES, Groups, cells
from bot.digest.journal import STEP
from bot.digest.lead import lead
from bot.digest.names import NUMBER
from bot.digest.reading import Reading
from bot.digest.shape import Digest, Load, Scope
from bot.digest.sureness import gaps, quality
from bot.digest.week import KEPT, Week, since, span
from bot.domain.settings import Settings
from bot.store.port import Dead


@dataclass(frozen=True, slots=True)
class Made:
    """A digest with the records from which every figure of it can be counted again."""

    digest: Digest
    facts: Sequence[Fact]
    groups: Groups
    spots: Sequence[Sequence[Fact]]  # the hot spots' cases, in their order


async def gather(reading: Reading, settings: Settings, scope: Scope, week: Week, now: datetime,
                 tick: Callable[[int], None] = lambda _: None) -> list[Fact]:
    """The records of every case that the digest of a scope's week looks at. Raises Lost."""
    folding = Folding(span(week), settings)
    facts: list[Fact] = []
    async for portion in reading.cases(scope.lounges, [str(one) for one in since(week, now)]):
        facts += filter(None, (folding.fold(case, rows) for case, rows in portion))
        tick(len(portion))
    return facts


@contextmanager
def unswept() -> Iterator[None]:
    """Without the cycle collector: records have no cycles, and it would walk all of them again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def counted(facts: Iterable[Fact], settings: Settings, scope: Scope, week: Week, made_at: datetime,
            dead: Iterable[Dead] = ()) -> Made:
    """The figures of a scope's week. Pure; the ledger of burden holds cases only until `burdened`."""
    order = {lounge: place for place, lounge in enumerate(scope.lounges)}
    facts = sorted(sorted(facts, key=attrgetter("id")), key=attrgetter("opened_at"))
    facts.sort(key=lambda fact: order.get(fact.lounge, len(order)))
    lots = cells(facts)
    groups, tallies = Groups(lots, settings), [(lot[0], count.tally(lot)) for lot in lots]
    total = count.merged(("", one) for _, one in tallies).get("", {})
    by_category = count.merged((groups.category(fact), one) for fact, one in tallies)
    by_building = count.merged((groups.building(fact), one) for fact, one in tallies)
    by_cell = count.merged(((groups.building(fact), groups.category(fact)), one) for fact, one in tallies)
    categories, buildings = count.lines(by_category), count.lines(by_building)
    end, figures, before = week.end.astimezone(UTC), count.counts(total), count.counts(total, KEPT - 1)
    rates, spots = count.rates(figures), count.spots(lots, groups)
    agenda, hot = count.agenda(facts, groups, settings, end), count.hot_spots(spots, groups, settings)
    weeks = tuple(map(str, span(week).weeks))
    digest = Digest(
        scope=scope, week=str(week), start=week.start, end=week.end, made_at=made_at, counts=figures, before=before,
        mean=count.mean(total), rates=rates, agenda=agenda, by_category=categories, by_building=buildings,
        heat=count.heat(by_cell, tuple(buildings)), weeks=weeks, trend=count.trend(by_category, tuple(categories)),
        ages=count.ages(facts, end), responses=count.responses(facts), hot_spots=hot, causes=count.causes(facts, week),
        gaps=gaps(settings, scope, end), loads=_cases_only(total, weeks), lead=lead(figures, before, rates, agenda, hot),
        quality=quality(settings, scope, week.start, end, counts=figures, new=_news(tallies), dead=dead))
    return Made(digest, facts, groups, spots)


def _news(tallies: Iterable[tuple[Fact, Mapping[int, int]]]) -> dict[str, tuple[int, float]]:
    """Lounge -> new cases of the week, and the mean of the four before."""
    by_lounge = count.merged((fact.lounge, one) for fact, one in tallies)
    return {lounge: (count.counts(one)["new"], count.mean(one)["new"]) for lounge, one in by_lounge.items()}


def _cases_only(found: Mapping[int, int], weeks: Sequence[str]) -> tuple[Load, ...]:
    low = NUMBER["active"] * STEP
    return tuple(Load(week=week, cases=found.get(low + place, 0)) for place, week in enumerate(weeks, 1))


async def burdened(made: Made, reading: Reading, settings: Settings) -> Digest:
    """The digest with the ledger's lines, read from the homes of groups, staff and who spoke. Raises Lost."""
    digest = made.digest
    homes = homes_of(digest.scope.lounges, settings.people, chain.from_iterable(map(VOICES, made.facts)))
    fields = await reading.ledgers(homes)
    told = loads(zip(homes, fields, strict=True), settings.people, digest.scope.lounges, digest.weeks,
                 {load.week: load.cases for load in digest.loads})
    return replace(digest, loads=told)


async def make(reading: Reading, settings: Settings, scope: Scope, week: Week, now: datetime,
               tick: Callable[[int], None] = lambda _: None) -> Made:
    """The whole of it. `now` says how far back the store has to be read, and when the digest was made. Raises Lost."""
    with unswept():
        facts = await gather(reading, settings, scope, week, now, tick)
        dead = await reading.buried(week.start, week.end)
        made = counted(facts, settings, scope, week, now, dead)
        return replace(made, digest=await burdened(made, reading, settings))
