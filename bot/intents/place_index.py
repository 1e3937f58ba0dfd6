"""The buildings and shops of an installation, filed under all words people use for them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from bot.domain.settings import Building, Lounge, Shop
from bot.intents import place_forms as forms
from bot.intents.numerals import HAN, arabic, chinese, fold
from bot.intents.place_forms import BLOCK, HALL, Written

_LEAST = 3  # characters a word must have to name a building of another lounge, or to be a shop's name
_NUMERAL = HAN + "0123456789"


class PlaceIndex:
    """Answers which building a written form is in a lounge. Built once and only read afterwards."""

    def __init__(
        self, buildings: Mapping[str, Building], shops: Mapping[str, Shop], lounges: Mapping[str, Lounge]
    ) -> None:
        self.lounge_of = {name: b.lounge for name, b in buildings.items()}
        self._of: dict[str, list[str]] = defaultdict(list)  # lounge -> its buildings
        self._whole: dict[str, set[str]] = defaultdict(set)  # whole word, in figures -> buildings
        self._keyed: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)  # lounge, key
        self._family: dict[tuple[str, str], set[str]] = defaultdict(set)  # family, key -> buildings
        self._families: dict[str, set[str]] = defaultdict(set)  # lounge -> families it has
        self._stems: dict[str, set[str]] = defaultdict(set)  # stem -> lounges that use it
        self._literals: dict[str, set[tuple[str, str | None]]] = defaultdict(set)  # word -> (building, unit)
        self._numbers: dict[tuple[str, str], set[str]] = defaultdict(set)  # lounge, shop number -> buildings
        self._resident = {x.id for x in lounges.values() if "resident" in x.kinds}
        bare: set[str] = set()
        for building in buildings.values():
            bare |= self._learn(building)
        for shop in shops.values():
            self._learn_shop(shop)
        self.pattern = forms.pattern(bare)
        self.stem_before = re.compile(rf"({_any_of(self._stems)})(?:小区|园区|那边|里面?)?[-\s的]?$")
        literals = _any_of(self._literals, any_numerals=True)
        self.literal = re.compile(literals)
        self.hint = re.compile(f"{forms.HINT}|{literals}")

    def only(self, lounge: str) -> str | None:
        """The lounge's building, where it has one only."""
        mine = self._of.get(lounge, [])
        return mine[0] if len(mine) == 1 else None

    def building(self, written: Written, key: str, lounge: str) -> str | None:
        """The building of one key of a keyed or bare form, heard in `lounge`; None where not certain."""
        kind = written.kind if written.kind == "号楼" else written.kind.removesuffix("楼")
        word = written.stem + key + kind
        whole = self._whole.get(word, set())
        own = {b for b in whole if self.lounge_of[b] == lounge}
        if own or (len(whole) == 1 and len(word) >= _LEAST):
            return _single(own or whole)
        if written.stem:
            owners = self._stems.get(written.stem, set())
            homes = {lounge} if lounge in owners else owners if len(word) >= _LEAST else set()
            return _single({b for home in homes if (b := self.inside(home, key, written.family))})
        if kind == "区" or written.family == HALL and HALL not in self._families.get(lounge, ()):  # C区 or C馆 of a mall is its C栋
            return _single({b for family, b in self._keyed.get((lounge, key), ()) if family == BLOCK and key.isalpha()})
        if kind == "号" and BLOCK in self._families.get(lounge, ()):
            return None
        if written.family == BLOCK or written.family in self._families.get(lounge, ()):
            return self.inside(lounge, key, written.family)
        return _single(self._family.get((written.family, key), set())) if len(word) >= _LEAST else None

    def inside(self, lounge: str, key: str, family: str) -> str | None:
        """The lounge's building of that key: of that family, or for 栋/座/号楼 the only one with the key."""
        pairs = self._keyed.get((lounge, key), set())
        fit = {b for f, b in pairs if f == family} or ({b for _, b in pairs} if family == BLOCK else set())
        return _single(fit)

    def has_stairs(self, lounge: str) -> bool:
        """Whether 3-2-502 is said there: people live in it, and in blocks."""
        return lounge in self._resident and BLOCK in self._families.get(lounge, ())

    def known(self, match: re.Match[str], lounge: str) -> tuple[str, str | None] | None:
        """Building and unit of a match of `literal` (五号馆, a shop's name); None where two could be meant."""
        text, start = match.string, match.start()
        if start and text[start] in _NUMERAL and text[start - 1] in _NUMERAL:
            return None  # 15号馆 is not 5号馆
        word = arabic(match.group())
        entries = self._literals.get(word, set())
        own = {e for e in entries if self.lounge_of[e[0]] == lounge}
        chosen = own or (entries if len(word) >= _LEAST else set())
        building = _single({b for b, _ in chosen})
        return None if building is None else (building, _single({u for _, u in chosen if u}))

    def by_number(self, lounge: str, unit: str) -> str | None:
        """The building in which the lounge's only shop of that number is."""
        return _single(self._numbers.get((lounge, unit), set()))

    def _learn(self, building: Building) -> set[str]:
        """Files a building under all its words; gives the stems that may carry its key without a kind."""
        lounge, bare, own = building.lounge, set[str](), forms.SPLIT.match(_plain(building.name))
        self._of[lounge].append(building.name)
        for word in map(_plain, (building.name, *building.aliases)):
            self._whole[word].add(building.name)
            split = forms.SPLIT.match(word)
            if split is None or own is None or split["key"] != own["key"]:
                self._literals[word].add((building.name, None))
                continue
            stem = split["stem"]
            letters = re.findall(r"(?<![A-Z])[A-Z](?![A-Z])", stem)  # E时代 is also called E: E1, E2
            for known in (*letters, *(stem[:end] for end in range(2, len(stem) + 1))):
                self._stems[known].add(lounge)
            if stem and split["kind"] != "区":
                bare |= {stem, *letters}
        if own is not None:
            family = Written("keyed", 0, 0, kind=own["kind"] or "").family
            self._keyed[lounge, own["key"]].add((family, building.name))
            self._family[family, own["key"]].add(building.name)
            self._families[lounge].add(family)
        return bare

    def _learn_shop(self, shop: Shop) -> None:
        lounge = self.lounge_of.get(shop.building)
        if lounge is None:
            return
        for word in map(_plain, (shop.name, *shop.aliases)):
            if len(word) >= _LEAST:
                self._literals[word].add((shop.building, _unit_of(shop)))
        if re.search("[A-Za-z]", shop.number):  # bare figures say too little to name a building
            self._numbers[lounge, fold(shop.number)[0]].add(shop.building)


def _unit_of(shop: Shop) -> str | None:
    """A shop's number as a unit: without the building's own letter (A108 in A栋 is 108), None if it is no more."""
    number, own = fold(shop.number)[0], forms.SPLIT.match(_plain(shop.building))
    if not number or number in fold(shop.building)[0]:
        return None
    door = number.removeprefix(own["key"]).removeprefix("-") if own and own["key"].isalpha() else ""
    return door if door.isdecimal() else number


def _plain(word: str) -> str:
    return arabic(fold(word)[0].strip())


def _single(found: Iterable[str]) -> str | None:
    different = set(found)
    return different.pop() if len(different) == 1 else None


def _any_of(words: Iterable[str], *, any_numerals: bool = False) -> str:
    """A pattern for any of the words, longest first; one that never matches where there are none."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(_numerals(w) if any_numerals else re.escape(w) for w in ordered) or r"(?!)"


def _numerals(word: str) -> str:
    """A pattern for a word in figures that also takes its numbers in Chinese: 5号馆, 五号馆."""

    def both(match: re.Match[str]) -> str:
        value = int(match.group())
        return f"(?:{value}|{chinese(value)})"

    return re.sub(r"(?<!\d)[1-9]\d?(?!\d)", both, re.escape(word))
