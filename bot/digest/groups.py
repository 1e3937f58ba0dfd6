"""Under which name a case is shown: small groups are folded into one, so that nobody can be picked out of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import TypeVar

from bot.digest.facts import Fact
from bot.digest.names import ELSE, NOWHERE, SMALL
from bot.domain.settings import Settings

VOICES = attrgetter("voices")

K = TypeVar("K")


def cells(facts: Iterable[Fact]) -> list[list[Fact]]:
    """The records that agree in lounge, building, category and in being private, each lot in the order given."""
    found: dict[tuple[str, str, str, bool], list[Fact]] = {}
    for fact in facts:
        key = (fact.lounge, fact.building, fact.intent, fact.private)
        if key in found:
            found[key].append(fact)
        else:
            found[key] = [fact]
    return list(found.values())


class Groups:
    """The names of categories and buildings in one digest, the same in every table, chart and file of it.

    A category or a building of which fewer than SMALL different people spoke in the eight weeks is shown as ELSE, and
    a private matter never at its building. The sums stay what they are. `cells` are what `cells` answers.
    """

    def __init__(self, cells: Iterable[Sequence[Fact]], settings: Settings) -> None:
        self._settings = settings
        categories: dict[str, set[str]] = {}
        places: dict[tuple[str, str], set[str]] = {}
        for facts in cells:
            fact, people = facts[0], set(chain.from_iterable(map(VOICES, facts)))
            categories.setdefault(fact.intent, set()).update(people)
            if not fact.private:
                places.setdefault((fact.lounge, fact.building), set()).update(people)
        self._categories = {intent: self._category(intent) for intent in _large(categories)}
        self._places = {place: self._place(*place) for place in _large(places)}

    def category(self, fact: Fact) -> str:
        """The category as it is shown."""
        return self._categories.get(fact.intent, ELSE)

    def building(self, fact: Fact) -> str:
        """"客厅名 楼栋名" as it is shown."""
        return ELSE if fact.private else self._places.get((fact.lounge, fact.building), ELSE)

    def lounge(self, fact: Fact) -> str:
        """The lounge's name."""
        return lounge_name(fact.lounge, self._settings)

    def _category(self, intent: str) -> str:
        known = self._settings.intents.get(intent)
        return known.name if known else intent

    def _place(self, lounge: str, building: str) -> str:
        return f"{lounge_name(lounge, self._settings)} {building or NOWHERE}"


def lounge_name(lounge: str, settings: Settings) -> str:
    """The name of a lounge; its id where it is gone from config."""
    known = settings.lounges.get(lounge)
    return known.name if known else lounge


def _large(groups: dict[K, set[str]]) -> list[K]:
    return [name for name, people in groups.items() if len(people) >= SMALL]


def folded(people: dict[str, set[str]], shown: Callable[[str], str] = str) -> dict[str, str]:
    """Group -> name under which it is shown, for a listing of its own."""
    return {name: shown(name) if len(who) >= SMALL else ELSE for name, who in people.items()}
