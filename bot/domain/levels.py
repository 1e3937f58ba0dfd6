"""Which level a matter is of (A district, B street, C community), where it enters the ladder, and what lies under whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain import assignment
from bot.domain.assignment import Seat
from bot.domain.case import Case, Rung
from bot.domain.settings import Settings, Station

# Whose power a category usually is, by the level that its own file names; the words of an appeal may name another.
USUAL = {"C": "community", "B": "street", "A": "district"}
DIRECT = {"A": Rung.DISTRICT}  # 直通: these skip the ladder; the community is informed and not asked


@dataclass(frozen=True, slots=True)
class Triage:
    """The authority (事权) that a matter needs, and the level; "" where the table has no such pair."""

    authority: str
    level: str


def triage(intent_id: str, text: str, settings: Settings) -> Triage:
    """The level of a category under the authority that the words name, else under its usual one.

    Without a table, and where lives are at stake, each category has its own level. A pair that is missing has none: somebody must say.
    """
    intent = settings.intents.get(intent_id)
    usual = USUAL.get(intent.level, "community") if intent else "community"
    table = settings.levels.table
    if not table or intent is not None and intent.kind == "emergency":
        return Triage(usual, intent.level if intent else "")
    named = next((a for a, words in settings.levels.words.items() if any(word in text for word in words)), usual)
    return Triage(named, table.get(intent_id, {}).get(named, ""))


def entry(case: Case, at: datetime, settings: Settings, full: frozenset[str] = frozenset()) -> Seat:
    """Who gets a new case first: by the direct lane its desk, without a level the host, else who answers for the place.

    `at` is when it was said; `full` are the people who can take no more, which an urgent matter does not ask.
    """
    lane = None if case.urgent else Rung.HOST if not case.level else DIRECT.get(case.level)
    direct = assignment.rung_seat(case.lounge, lane, at, settings) if lane else None
    if direct is not None:
        why = "事权表里没有这一类，请客厅房东定级分派" if not case.level else f"属区级事权，直通办理，{direct.why}"
        return Seat(direct.rung, direct.person, why)
    if not case.building and not case.station and rides(case.gist, settings):
        host = assignment.rung_seat(case.lounge, Rung.HOST, at, settings)
        if host is not None:
            return Seat(host.rung, host.person, "没有固定楼栋，也还不知道在哪个驿站，先由客厅房东接手")
    what = assignment.matter_of(case, frozenset() if case.urgent else full)
    return assignment.choose(case.lounge, case.building, at, settings, case.station, what)


def rides(text: str, settings: Settings) -> bool:
    """Whether the words are those of somebody who has no building: a rider, a driver."""
    return any(word in text for word in settings.levels.riders)


def station_of(text: str, lounge: str, settings: Settings) -> Station | None:
    """The station of a lounge that the words name; of several the longest name."""
    named = [(len(said), station) for station in settings.levels.stations.values() if station.lounge == lounge
             for said in (station.name, *station.aliases) if said in text]
    return max(named, key=lambda found: found[0])[1] if named else None


def under(area: str, settings: Settings) -> frozenset[str]:
    """The lounges that lie under an area, at whatever height: the scope of its rights and of its digest."""
    below = {area, *_below(area, settings)}
    return frozenset(lounge.id for lounge in settings.lounges.values() if lounge.community in below)


def _below(area: str, settings: Settings) -> Iterator[str]:
    for other in settings.areas.values():
        if other.parent == area:
            yield other.id
            yield from _below(other.id, settings)
