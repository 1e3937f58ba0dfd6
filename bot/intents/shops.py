"""Which shop or firm a line names: by its name and number together one, by a name that two of them bear both of these."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import lru_cache

from bot.domain.posts import Same
from bot.domain.settings import Building, Settings, Shop
from bot.intents.numerals import fold

LEAST = 3  # characters a name must have
_PLAIN = re.compile(r"[\s\-－()（）·]")


class ShopBook:
    """The registry of shops and firms, as people speak of them in their lounge."""

    def __init__(self, shops: Mapping[str, Shop], buildings: Mapping[str, Building]) -> None:
        self._of: dict[str, list[tuple[str, Shop]]] = defaultdict(list)
        for shop in shops.values():
            home = buildings.get(shop.building)
            for name in (shop.name, *shop.aliases) if home else ():
                if len(name) >= LEAST and home:
                    self._of[home.lounge].append((_flat(name), shop))
        self._same = {lounge: re.compile("|".join(sorted({re.escape(n) for n, _ in names}, key=len, reverse=True)))
                      for lounge, names in self._of.items()}

    def named(self, text: str, lounge: str, building: Callable[[], str | None]) -> tuple[Shop, ...]:
        """The shops that the line may mean, in config order: none, the one, or several that it does not tell apart.

        `building` is asked for the building that the line itself names, where that matters.
        """
        pattern = self._same.get(lounge)
        flat = _flat(text)
        said = pattern.search(flat) if pattern else None
        if said is None:
            return ()
        found = list(dict.fromkeys(shop for name, shop in self._of[lounge] if name == said.group()))
        return _exactly(found, flat, building)

    def numbered(self, text: str, shops: tuple[Shop, ...]) -> Shop | None:
        """The one of these shops whose number a short answer says; None where it says none, or fits two."""
        flat = _flat(text)
        found = [shop for shop in shops if _number(shop) in flat] or [shop for shop in shops if _digits(shop) in re.findall(r"\d+", flat)]
        return found[0] if len(found) == 1 else None


def shop_book(settings: Settings) -> ShopBook:
    """The registry of an installation, made once."""
    return _book(Same(settings.shops), Same(settings.buildings))


@lru_cache(maxsize=8)
def _book(shops: Same[Mapping[str, Shop]], buildings: Same[Mapping[str, Building]]) -> ShopBook:
    return ShopBook(shops.it, buildings.it)


def _exactly(found: list[Shop], flat: str, building: Callable[[], str | None]) -> tuple[Shop, ...]:
    """Of several shops of one name, those whose number is said, and of these those in the building that is said."""
    if len(found) < 2:
        return tuple(found)
    figures = re.findall(r"\d+", flat)
    numbered = [s for s in found if _number(s) in flat] or [s for s in found if _digits(s) in figures] or found
    here = building() if len(numbered) > 1 else None
    return tuple([s for s in numbered if s.building == here] or numbered)


def _flat(text: str) -> str:
    return _PLAIN.sub("", fold(text)[0]).upper()


def _number(shop: Shop) -> str:
    return _flat(shop.number)


def _digits(shop: Shop) -> str:
    """The last figures of a shop's number: 168 of 2F-168, 108 of A108."""
    found = re.findall(r"\d+", shop.number)
    return str(found[-1]) if found else shop.number
