"""A digest of 100,000 cases in one week, and of one community's week beside 350 lounges and a year of history."""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import open_store_at
from bot.bench.pipeline import lay, settings_here
from bot.bench.rounds import Figures, report, side
from bot.commands.digest import write_files
from bot.digest.make import make
from bot.digest.reading import Recorded
from bot.digest.scopes import parse
from bot.digest.week import week_of
from bot.domain.case import Case, Row
from bot.domain.events import Event, Happened
from bot.domain.settings import Area, Settings
from bot.domain.transitions import Step, step
from bot.store.port import Dead
from bot.store.weeks import Weeks

CASES, LOUNGES, WEEKS = 100_000, 350, 52
HISTORY = 91_000
NOW = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)  # a Monday morning at nine in Shenzhen: the week before is complete
WEEK = week_of(NOW).plus(-1)
IN_COMMUNITY = 10
SPREAD = 5 * 3_600  # seconds between the first words of two shapes
STOPS = (5, 5, 5, 4, 5, 2, 5, 1, 5, 3, 5, 0)  # how far they got by the end: seven in twelve are closed
# What happens to a case, with minutes after it was said; each shape stops somewhere on the way.
WAY: tuple[tuple[int, Event, str, dict[str, str]], ...] = (
    (20, Event.ACCEPTED, "", {}), (200, Event.NOTED, "约好明天上门看", {}), (1_500, Event.RESOLVED, "已经修好了，请看看", {}),
    (1_510, Event.DELIVERED, "", {}), (1_700, Event.RATED, "", {"grade": "good"}),
)


def installation(lounges: int, base: Settings) -> Settings:
    """The sample, or one of so many lounges in communities of IN_COMMUNITY, each like one of the sample's."""
    if lounges == len(base.lounges):
        return base
    models = list(base.lounges.values())
    made = {}
    for nth in range(lounges):
        one = replace(models[nth % len(models)], id=f"l-{nth:03d}", code=f"L{nth:03d}", name=f"{nth}号客厅",
                      community=f"c-{nth // IN_COMMUNITY:02d}")
        made[one.id] = one
    first = {model.id: f"l-{nth:03d}" for nth, model in enumerate(models)}
    buildings = {b.name: replace(b, lounge=first[b.lounge]) for b in base.buildings.values()}
    street = next(a.id for a in base.areas.values() if a.kind == "street")
    communities = {one.community: Area(id=one.community, name=f"{one.community}社区", kind="community", parent=street, desk=None)
                   for one in made.values()}
    return replace(base, lounges=made, buildings=buildings, areas={**base.areas, **communities})


def shapes(settings: Settings, lounge: str) -> list[tuple[Case, tuple[Row, ...]]]:
    """Cases of one lounge as the rules make them, at every point of their way."""
    found: list[tuple[Case, tuple[Row, ...]]] = []
    host = settings.lounges[lounge].host
    places: list[str | None] = [None, *(b.name for b in settings.buildings_of(lounge))]
    for nth, intent in enumerate(settings.intents.values()):
        said = WEEK.start.astimezone(UTC) + timedelta(seconds=nth * SPREAD)
        case = Case(id="", lounge=lounge, intent=intent.id, private=intent.private, building=places[nth % len(places)],
                    reporter="", reporter_name="住户", opened_by="", opened_at=said, touched_at=said, gist="楼道的灯坏了没人修", level="C")
        rows: tuple[Row, ...] = (Row(at=said, event="Reported", by="u", note="楼道的灯坏了没人修"),)
        going: list[tuple[int, Event, str, dict[str, str]]] = [(0, Event.ASSIGNED, "", {"to": host, "rung": "host"}), *WAY[: STOPS[nth % len(STOPS)]]]
        for minutes, event, note, args in going:
            by = case.reporter if event is Event.RATED else host
            done = step(case, Happened(event=event, at=said + timedelta(minutes=minutes), by=by, note=note, args=args), settings)
            if isinstance(done, Step):
                case, rows = done.case, (*rows, *done.rows)
        found.append((case, rows))
    return found


def cases(settings: Settings, count: int, weeks: int, only: int = 0) -> Iterator[tuple[Case, tuple[Row, ...]]]:
    """`count` cases over all lounges and the last weeks, as evenly as can be; `only` the first so many lounges' cases."""
    ids = list(settings.lounges)
    made = {one: shapes(settings, one) for one in ids[: only or len(ids)]}
    for nth in range(count):
        lounge, number = ids[nth % len(ids)], nth // len(ids) + 1
        if lounge not in made:
            continue
        case, rows = made[lounge][number % len(made[lounge])]
        back = timedelta(weeks=weeks - 1 - (number - 1) * weeks * len(ids) // count, minutes=-(number * 7 % 1_500))
        who = f"u-{nth % 40_000}"
        moved = case.but(
            id=f"{settings.lounges[lounge].code}-{number:04d}", reporter=who, opened_by=f"m{nth}", messages=(f"m{nth}",),
            opened_at=case.opened_at - back, touched_at=case.touched_at - back,
            **{name: at - back for name in ("responded_at", "resolved_at", "ended_at", "handle_by", "moved_at") if (at := getattr(case, name))})
        yield moved, tuple(replace(row, at=row.at - back, by=who if row.by == "u" else row.by) for row in rows)


async def seed(folder: Path, lounges: int, count: int, weeks: int, only: int = 0) -> Figures:
    """Lay the cases."""
    settings = installation(lounges, settings_here())
    async with open_store_at(settings, folder, {}) as store:
        return {"laid": await lay(store, cases(settings, count, weeks, only))}


class Timed:
    """digest.reading.Reading that adds up how long the store took: what is left is the digest's own."""

    def __init__(self, weeks: Weeks) -> None:
        self._weeks, self.seconds, self.cpu = weeks, 0.0, 0.0

    async def cases(self, lounges: Sequence[str], weeks: Sequence[str]) -> AsyncIterator[list[Recorded]]:
        """As Weeks.cases."""
        begun = _clocks()
        async for portion in self._weeks.cases(lounges, weeks):
            self._add(begun)
            yield portion
            begun = _clocks()
        self._add(begun)

    async def ledgers(self, homes: Sequence[str]) -> list[Mapping[str, str]]:
        """As Weeks.ledgers."""
        begun = _clocks()
        found = await self._weeks.ledgers(homes)
        self._add(begun)
        return found

    async def buried(self, start: datetime, end: datetime) -> list[Dead]:
        """As Weeks.buried."""
        return await self._weeks.buried(start, end)

    def _add(self, begun: tuple[float, float]) -> None:
        wall, cpu = _clocks()
        self.seconds += wall - begun[0]
        self.cpu += cpu - begun[1]


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


async def whole(folder: Path, out: Path) -> Figures:
    """Everything of one week: reading, figures (folding every case with its journal, and counting), all six files."""
    settings = settings_here()
    scope, week = parse("", settings), WEEK
    async with open_store_at(settings, folder, {}) as store:
        reading, (begun, cpu) = Timed(store.weeks), _clocks()
        made = await make(reading, settings, scope, week, NOW)
        figures, worked = time.perf_counter() - begun - reading.seconds, time.process_time() - cpu - reading.cpu
    start = time.perf_counter()
    write_files(made, settings, out)
    files = time.perf_counter() - start
    return {"cases": made.digest.counts["new"], "figures_s": round(figures, 2), "files_s": round(files, 2),
            "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024), "read_s": round(reading.seconds, 2),
            "figures_cpu_s": round(worked, 2)}


async def community(folder: Path) -> Figures:
    """One community's week out of whatever lies in the store: read, folded, counted."""
    settings = installation(LOUNGES, settings_here())
    scope = parse("community:c-00", settings)
    async with open_store_at(settings, folder, {}) as store:
        await make(store.weeks, settings, scope, WEEK.plus(-1), NOW)  # what is paid once in a process
        begun = time.perf_counter()
        made = await make(store.weeks, settings, scope, WEEK, NOW)
        return {"seconds": time.perf_counter() - begun, "cases": len(made.facts)}


def bench(count: int = CASES, history: int = HISTORY) -> Figures:
    """The figures of `lounge bench digest`; `community_s` is beside a year of everybody, `community_alone_s` without the others."""
    module, sample = "bot.bench.digest", len(settings_here().lounges)
    with tempfile.TemporaryDirectory(prefix="lounge-bench-") as top:
        week, year, alone, out = (Path(top) / name for name in ("week", "year", "alone", "out"))
        out.mkdir()
        side(module, "seed", week, sample, count, 1)
        found = side(module, "whole", week, out)
        side(module, "seed", year, LOUNGES, history, WEEKS)
        side(module, "seed", alone, LOUNGES, history, WEEKS, IN_COMMUNITY)
        among, apart = side(module, "community", year), side(module, "community", alone)
    return {**found, "history_cases": history, "community_s": round(among["seconds"], 3), "community_alone_s": round(apart["seconds"], 3)}


if __name__ == "__main__":
    SIDES = {"seed": seed, "whole": whole, "community": community}
    folder, *rest = sys.argv[2:]
    given = [Path(one) if sys.argv[1] == "whole" else int(one) for one in rest]
    report(asyncio.run(SIDES[sys.argv[1]](Path(folder), *given)))  # type: ignore[operator]
