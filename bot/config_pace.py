"""The shape of pace.yaml and levels.yaml: how fast things go, and whose power reaches how far."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from bot.config_model import Clock, Id, Minutes, Percent, Strict, Words
from bot.config_source import Where
from bot.config_staff import Shifts, shifts_of
from bot.domain.settings import Levels, Pace, Station

LEVELS, PACE = "levels.yaml", "pace.yaml"
Authority = Literal["community", "street", "district"]
Duty = Literal["host", "liaison", "handler"]


class PaceEntry(Strict):
    accept: Minutes
    remind_every: Minutes
    progress: Minutes
    supply: Minutes
    rate: Minutes
    deliver: Minutes
    mediate: Minutes
    review: Minutes
    patience: Annotated[int, Field(ge=1)] = 1
    always: bool = False
    dispatch: Minutes = 120
    handle: Annotated[int, Field(ge=0)] = 0
    handle_plain: bool = False
    pause: Annotated[int, Field(ge=0)] = 1260
    monthly: bool = False
    callback: Annotated[int, Field(ge=0)] = 0


class PresetEntry(Strict):
    """A pace that differs from another in some times only."""

    like: Id
    accept: Minutes | None = None
    progress: Minutes | None = None
    deliver: Minutes | None = None
    dispatch: Minutes | None = None
    handle: Annotated[int, Field(ge=0)] | None = None
    handle_plain: bool | None = None
    pause: Annotated[int, Field(ge=0)] | None = None
    monthly: bool | None = None
    callback: Annotated[int, Field(ge=0)] | None = None


class QuietEntry(Strict):
    start: Clock
    end: Clock


class VisitDayEntry(Strict):
    day: Annotated[int, Field(ge=1, le=31)]
    policy: Literal["before", "after"]


class BudgetsEntry(Strict):
    group_per_day: Annotated[int, Field(ge=1)]
    person_per_day: Annotated[int, Field(ge=1)]


class ThresholdsEntry(Strict):
    open: Percent
    ask: Percent
    margin: Percent


class DigestEntry(Strict):
    at: Clock
    to: dict[Words, Annotated[list[Words], Field(min_length=1)]] = {}
    days: Annotated[int, Field(ge=1, le=60)] = 14


class PaceFile(Strict):
    timezone: Words
    calendar: dict[str, Any]
    paces: dict[Id, PaceEntry]
    presets: dict[Id, PresetEntry] = {}
    quiet: QuietEntry
    budgets: BudgetsEntry
    thresholds: ThresholdsEntry
    bot_names: Annotated[list[Words], Field(min_length=1)]
    visit_day: VisitDayEntry | None = None
    digest: DigestEntry | None = None


class DutiesEntry(Strict):
    collect: Duty
    feedback: Duty


class StationEntry(Strict):
    name: Words
    lounge: Id
    aliases: list[Words] = []
    duty: dict[Annotated[int, Field(ge=1, le=7)], list[Id]] = {}
    shifts: Shifts = {}


class LevelsFile(Strict):
    table: dict[Id, dict[Authority, Literal["A", "B", "C"]]] = {}
    words: dict[Authority, list[Words]] = {}
    duties: dict[Literal["A", "B", "C"], DutiesEntry] = {}
    risk_desk: Literal["host", "street", "district"] = "street"
    stuck_days: Annotated[int, Field(ge=1)] = 3
    stations: dict[Id, StationEntry] = {}
    riders: list[Words] = []


def paces_of(file: PaceFile) -> dict[str, Pace]:
    """Every pace, the presets with what they take over from another already in."""
    known = {name: Pace(name=name, **entry.model_dump()) for name, entry in file.paces.items()}
    for name, preset in file.presets.items():
        own = {key: value for key, value in preset.model_dump().items() if value is not None and key != "like"}
        if preset.like in file.paces:
            known[name] = Pace(name=name, **{**file.paces[preset.like].model_dump(), **own})
    return known


def presets_are_like_something(file: PaceFile, named: Collection[str]) -> Iterator[tuple[str, Where, str]]:
    """A preset takes over from a pace that is there (`named`: sound or not), and has a name of its own."""
    for name, preset in file.presets.items():
        if preset.like not in named:
            yield PACE, ("presets", name, "like"), f"there is no pace {preset.like} under paces"
        if name in file.paces:
            yield PACE, ("presets", name), f"{name} stands under paces too; give it another name"


def levels_of(file: LevelsFile) -> Levels:
    """The table of powers as settings."""
    stations = {name: Station(id=name, name=one.name, lounge=one.lounge, aliases=tuple(one.aliases),
                              duty={day: tuple(who) for day, who in one.duty.items()}, shifts=shifts_of(one.shifts))
                for name, one in file.stations.items()}
    return Levels(
        table={intent: {str(k): str(level) for k, level in row.items()} for intent, row in file.table.items()},
        words={authority: tuple(words) for authority, words in file.words.items()},
        duties={level: (entry.collect, entry.feedback) for level, entry in file.duties.items()},
        risk_desk=file.risk_desk, stuck_days=file.stuck_days, stations=stations, riders=tuple(file.riders),
    )


def levels_fit(file: LevelsFile, known: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Where, str]]:
    """Every name in levels.yaml is one of another file. A category without a row is no mistake: the host is asked."""
    named: list[tuple[str, Where, str, str]] = [("intents", ("table", x), x, "intent") for x in file.table]
    for name, station in file.stations.items():
        named.append(("lounges", ("stations", name, "lounge"), station.lounge, "lounge"))
        named += [("people", ("stations", name, "duty", str(day), index), person, "person")
                  for day, people in station.duty.items() for index, person in enumerate(people)]
    for section, where, wanted, kind in named:
        if section in known and wanted not in known[section]:
            yield LEVELS, where, f"there is no {kind} {wanted}"
