"""Whose digest it is: a lounge, a community, a street, a district, or the whole installation, and what parts it has."""

from __future__ import annotations

from bot.digest.shape import Scope
from bot.domain.levels import under
from bot.domain.settings import Lounge, Settings

LOUNGE, CITY = "lounge", "city"
KINDS = (LOUNGE, "community", "street", "district")
EVERYWHERE = "全部客厅"


class BadScope(ValueError):
    """No such scope; the message says what is wrong."""


def parse(text: str, settings: Settings) -> Scope:
    """`community:ID`, `lounge:ID`, `street:ID`, `district:ID`, or "" for the whole installation. Raises BadScope."""
    if text in ("", CITY):
        return city(settings)
    kind, _, name = text.partition(":")
    if kind not in KINDS or not name:
        raise BadScope(f"--scope {text}: write it like community:ID, with one of {', '.join(KINDS)}")
    if kind == LOUNGE and name in settings.lounges:
        return of_lounge(settings.lounges[name])
    area = settings.areas.get(name)
    if area is None or area.kind != kind:
        known = list(settings.lounges) if kind == LOUNGE else [a.id for a in settings.areas.values() if a.kind == kind]
        raise BadScope(f"--scope {text}: no such {kind}; there is {', '.join(known) or 'none'}")
    return of_area(name, settings)


def of_lounge(lounge: Lounge) -> Scope:
    """One lounge."""
    return Scope(kind=LOUNGE, id=lounge.id, name=lounge.name, lounges=(lounge.id,))


def of_area(name: str, settings: Settings) -> Scope:
    """An area and every lounge below it, in config order. KeyError: no such area."""
    area, below = settings.areas[name], under(name, settings)
    return Scope(kind=area.kind, id=area.id, name=area.name, lounges=tuple(x for x in settings.lounges if x in below))


def city(settings: Settings) -> Scope:
    """Everything there is; where it all lies in one area, that area gives the name."""
    tops = [area for area in settings.areas.values() if area.parent is None]
    return Scope(kind=CITY, id=CITY, name=tops[0].name if len(tops) == 1 else EVERYWHERE, lounges=tuple(settings.lounges))


def parts(scope: Scope, settings: Settings) -> tuple[Scope, ...]:
    """The scopes one height lower, whose figures add up to this one's: areas below it, then lounges of its own."""
    if scope.kind == LOUNGE:
        return ()
    parent = None if scope.kind == CITY else scope.id
    areas = tuple(of_area(area.id, settings) for area in settings.areas.values() if area.parent == parent)
    own = tuple(of_lounge(x) for x in settings.lounges.values() if x.community == scope.id)
    return areas + own


def area_of(lounge: Lounge, kind: str, settings: Settings) -> str:
    """The name of the area of a kind that a lounge lies in; "" where there is none."""
    area = settings.areas.get(lounge.community)
    while area is not None and area.kind != kind:
        area = settings.areas.get(area.parent or "")
    return area.name if area else ""
