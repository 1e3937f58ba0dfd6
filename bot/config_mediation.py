"""The shape of mediation.yaml: classes of disputes, words, periods and the ways that the law offers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from bot.config_model import Id, PeopleFile, Strict, Words
from bot.config_source import Where
from bot.domain.mediation import Kind, Rules

MEDIATION = "mediation.yaml"
Sort = Literal["resident", "firm", "body"]
Days = Annotated[int, Field(ge=1, le=365)]


class KindEntry(Strict):
    name: Words
    sides: Annotated[list[Sort], Field(min_length=2, max_length=2)]
    partners: list[Words] = []
    by_matter: dict[Id, list[Words]] = {}


class MediationFile(Strict):
    classes: dict[Id, KindEntry] = {}
    neighbours: list[Words] = []
    retorts: list[Words] = []
    sorts: dict[Sort, list[Words]] = {}
    across: dict[Id, Sort] = {}
    turned: list[Id] = []
    wage: list[Id] = []
    beyond: list[Id] = []
    crime: list[Words] = []
    days: Days = 30
    fulfil_days: Days = 7
    routes: dict[Id, Words] = {}


def rules_of(file: MediationFile) -> Rules:
    """The rules as settings; the way `else` is kept under ""."""
    kinds = {name: Kind(name=one.name, sides=(one.sides[0], one.sides[1]), partners=tuple(one.partners),
                        by_matter={intent: tuple(words) for intent, words in one.by_matter.items()})
             for name, one in file.classes.items()}
    return Rules(
        classes=kinds, neighbours=tuple(file.neighbours), retorts=tuple(file.retorts), across={k: str(v) for k, v in file.across.items()},
        sorts={str(sort): tuple(words) for sort, words in file.sorts.items()}, turned=tuple(file.turned),
        wage=tuple(file.wage), beyond=tuple(file.beyond), crime=tuple(file.crime), days=file.days,
        fulfil_days=file.fulfil_days,
        routes={"" if name == "else" else name: text for name, text in file.routes.items()},
    )


def mistakes(file: MediationFile, people: PeopleFile, known: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Where, str]]:
    """Every intent and partner it names is there, and what fails has a way: nobody finds that out at 2 a.m."""
    scopes = {scope for partner in people.partners.values() for scope in partner.scope}
    complete = "partners" in known and len(people.partners) == len(known["partners"])
    for name, kind in file.classes.items():
        asked: list[tuple[Where, str]] = [(("classes", name, "partners", i), word) for i, word in enumerate(kind.partners)]
        asked += [(("classes", name, "by_matter", intent, i), word)
                  for intent, words in kind.by_matter.items() for i, word in enumerate(words)]
        for where, word in asked:
            if complete and word not in scopes:
                yield MEDIATION, where, f"no partner of people.yaml has {word} in its scope"
        yield from _intents(known, [(("classes", name, "by_matter", x), x) for x in kind.by_matter])
    lists = (("across", file.across), ("turned", file.turned), ("wage", file.wage), ("beyond", file.beyond))
    yield from _intents(known, [((section, x), x) for section, named in lists for x in named])
    yield from _intents(known, [(("routes", x), x) for x in file.routes if x != "else"])
    if file.classes and "else" not in file.routes:
        yield MEDIATION, ("routes",), "say under `else` which ways the law offers where no agreement is found"


def _intents(known: Mapping[str, frozenset[str]], named: list[tuple[tuple[str, ...], str]]) -> Iterator[tuple[str, Where, str]]:
    for where, intent in named:
        if "intents" in known and intent not in known["intents"]:
            yield MEDIATION, where, f"there is no intent {intent}"
