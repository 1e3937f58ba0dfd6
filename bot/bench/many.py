"""An installation of so many lounges that are alike to the last name: what must not mix is as easy to mix as can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from bot.domain.posts import Post
from bot.domain.settings import Area, Building, Ear, Lounge, Person, Settings, Shop, Station

IN_COMMUNITY = 10
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Roster = TypeVar("Roster", Lounge, Station)


def code_of(nth: int) -> str:
    """The code of the nth lounge: KAAA, KAAB, ..."""
    high, low = divmod(nth, len(LETTERS))
    return "K" + LETTERS[high // len(LETTERS)] + LETTERS[high % len(LETTERS)] + LETTERS[low]


def many(base: Settings, count: int, models: tuple[str, ...] = ("hehua", "xj-home")) -> Settings:
    """`count` copies of the models in turn, each in a community's share of ten, with people and places of its own.

    Names of people, shops and stations, aliases of buildings and door numbers are the same in all copies; a building's
    canonical name, which an installation has once, has the lounge's code in front of what everybody calls it.
    Senders who speak for a shop are the same account everywhere.
    """
    whole = replace(base, lounges={}, people={p.id: p for p in base.people.values() if "desk" in p.roles}, buildings={}, grids={},
                    shops={}, teams={}, partners={}, weekly=None, levels=replace(base.levels, stations={}))
    parts: dict[str, dict[str, object]] = {name: {} for name in ("lounges", "people", "buildings", "grids", "shops", "partners", "areas")}
    stations: dict[str, Station] = {}
    street = next(a.id for a in base.areas.values() if a.kind == "street")
    parts["areas"].update(base.areas)
    parts["people"].update(whole.people)
    for nth in range(count):
        community = Area(id=f"c-{nth // IN_COMMUNITY:02d}", name=f"{nth // IN_COMMUNITY}号社区", kind="community", parent=street, desk=None)
        parts["areas"][community.id] = community
        copy = _copy(base, base.lounges[models[nth % len(models)]], code_of(nth), community.id)
        for name, more in copy.items():
            (stations if name == "stations" else parts[name]).update(more)  # type: ignore[arg-type]
    return replace(whole, levels=replace(whole.levels, stations=stations), **parts)  # type: ignore[arg-type]


def _copy(base: Settings, model: Lounge, code: str, community: str) -> dict[str, Mapping[str, object]]:
    """One lounge with everybody and everything that is its own."""
    mark = code.lower()
    own = {p: f"{p}.{mark}" for p in base.people}
    buildings = {b.name: replace(b, name=code + b.name, lounge=mark, grid=f"{b.grid}.{mark}", aliases=(b.name, *b.aliases))
                 for b in base.buildings_of(model.id)}
    shops = {f"{s.id}.{mark}": replace(s, id=f"{s.id}.{mark}", building=code + s.building) for s in base.shops.values() if s.building in buildings}
    grids = {f"{g.id}.{mark}": replace(g, id=f"{g.id}.{mark}", community=community, liaison=own[g.liaison])
             for g in base.grids.values() if any(b.grid == f"{g.id}.{mark}" for b in buildings.values())}
    lounge = replace(_rostered(model, own), id=mark, code=code, name=f"{model.name}{code}", community=community, host=own[model.host],
                     ears=(Ear(channel="plain", chat=mark), Ear(channel="wecom_aibot", chat=f"wr-{mark}")),
                     mouth=Ear(channel="plain", chat=mark))
    people = {own[p.id]: _person(p, own, buildings, shops, mark) for p in base.people.values() if "desk" not in p.roles}
    partners = {f"{p.id}.{mark}": replace(p, id=f"{p.id}.{mark}", contact=own[p.contact], reach=(mark,)) for p in base.partners.values()}
    stations = {f"{s.id}.{mark}": replace(_rostered(s, own), id=f"{s.id}.{mark}", lounge=mark)
                for s in base.levels.stations.values() if s.lounge == model.id}
    return {"lounges": {mark: lounge}, "people": people, "buildings": {b.name: b for b in buildings.values()}, "grids": grids,
            "shops": shops, "partners": partners, "stations": stations}


def _rostered(one: Roster, own: Mapping[str, str]) -> Roster:
    return replace(one, duty={day: tuple(own[p] for p in people) for day, people in one.duty.items()}, shifts={})


def _person(person: Person, own: Mapping[str, str], buildings: Mapping[str, Building], shops: Mapping[str, Shop], mark: str) -> Person:
    code = mark.upper()
    posts = tuple(_post(p, code, mark) for p in person.posts if p.building in buildings or f"{p.shop}.{mark}" in shops)
    return replace(person, id=own[person.id], buildings=tuple(code + b for b in person.buildings if b in buildings), posts=posts,
                   substitute=own[person.substitute] if person.substitute else None, reach=(mark,),
                   addresses={channel: f"{account}.{mark}" for channel, account in person.addresses.items()})


def _post(post: Post, code: str, mark: str) -> Post:
    return replace(post, building=code + post.building if post.building else "", shop=f"{post.shop}.{mark}" if post.shop else "")


__all__ = ["code_of", "many"]
