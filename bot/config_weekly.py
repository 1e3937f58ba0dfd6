"""The shape of pace.yaml's `digest`: when the weekly digest is posted, and to whom each scope's goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from bot.config_pace import PACE, DigestEntry
from bot.config_rules import World, Wrong, reachable
from bot.domain.weekly import CHAT, CITY, DESK, HOSTS, Weekly


def weekly_of(entry: DigestEntry | None) -> Weekly | None:
    """As settings; None where no digest is posted."""
    if entry is None:
        return None
    return Weekly(at=time.fromisoformat(entry.at), to={scope: tuple(who) for scope, who in entry.to.items()}, days=entry.days)


def digests_are_for_somebody(world: World) -> Iterator[Wrong]:
    """Every scope is there and has lounges, everybody who is to get its digest is there and can be reached."""
    entry = world.pace.digest if world.pace else None
    for scope, receivers in (entry.to if entry else {}).items():
        where = ("digest", "to", scope)
        why = _scope(scope, world)
        if why:
            yield PACE, where, why
            continue
        for index, who in enumerate(receivers):
            why = _receiver(scope, who, world)
            if why:
                yield PACE, (*where, index), why


def _scope(scope: str, world: World) -> str:
    kind, _, name = scope.partition(":")
    if scope == CITY:
        return ""
    if kind == "lounge":
        return f"there is no lounge {name} in lounges.yaml" if world.unknown("lounges", name) else ""
    if kind not in ("community", "street", "district") or not name:
        return "write it like community:ID, street:ID, district:ID or lounge:ID, or city for everything"
    area = world.places.areas.get(name)
    if world.unknown("areas", name) or area is not None and area.kind != kind:
        return f"there is no {kind} {name} in places.yaml"
    return ""


def _receiver(scope: str, who: str, world: World) -> str:
    kind = scope.partition(":")[0]
    if who == HOSTS:
        return ""
    if who == DESK:
        return f"{scope} has no desk; name a person" if kind in ("lounge", CITY) else ""
    if who.startswith(CHAT):
        return f"there is no lounge {who.removeprefix(CHAT)} in lounges.yaml" if world.unknown("lounges", who.removeprefix(CHAT)) else ""
    if world.unknown("people", who):
        return f"there is no person {who}; it is a person's id, desk, hosts, or chat:LOUNGE"
    person = world.people.people.get(who)
    return "" if person is None or reachable(person, world) else f"{who} has no address on a channel that is on"
