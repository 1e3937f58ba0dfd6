"""Tells which building and which door a line means, exactly or not at all: 3栋, 13栋 and 30栋 never meet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.domain.settings import Building, Lounge, Shop
from bot.intents import place_forms as forms
from bot.intents.numerals import fold
from bot.intents.place_forms import BLOCK, HALL, Written
from bot.intents.place_index import PlaceIndex

SAID, NICKNAME, ONLY, UNKNOWN = "said", "nickname", "only", "unknown"
_NAMED, _LOST, _OWN, _UNIT = "named", "lost", "own", "unit"
_KEPT_LINES = 1_024  # a batch is placed ahead
_KEPT_NAMES = 8192  # nicknames remembered; far more than the members of all groups

# After these 三栋 is a number of buildings; figures (3栋) give way only to the first row.
_COUNTS = ("共", "这", "整", "每", "另外", "其他", "其它", "剩下", "哪", "某", "任何", "几")
_COUNTS_HAN = (*_COUNTS, "有", "那", "建", "盖", "拆", "同", "另", "买")
_BEFORE_ONE = re.compile(r"(?:^|[\s,。.!?、;:~()\[\]\-和跟与在住到去从给我咱们及第])$")
_AFTER_ONE = re.compile(r"[老旧新破高大小别]")  # 一栋老楼, 一栋别墅
_ESTATE = re.compile(  # 隔壁小区3栋, 春风花园3栋: somebody else's building 3
    r"(?:(?:隔壁|对面|旁边|附近|别的|其他|人家|另一个|别个)(?:那个|的)?[\u4e00-\u9fff]{0,4}"
    r"(?:小区|花园|园区|广场|楼盘|村|公寓|大厦|市场|工业园|中心)"
    r"|(?!住在|我们|咱们|你们|他们|这个|那个|就是|还是)[\u4e00-\u9fff]{2}"
    r"(?:花园|家园|雅苑|名苑|豪庭|华府|公寓|新村|大厦))[的\s-]?$"
)
_ZONES = re.compile(r"库|车场|停车|车位|充电|负[一二三]|B[1-3]|快递|园|展")  # 地库B区, B区车位: a zone of something else
_DENIED = re.compile(r"(?<!是)(?:不是|并非)$|(?<!在)不在$")
_TOGETHER = re.compile(r"[和跟与比及]|对面|隔壁")


@dataclass(frozen=True, slots=True)
class Spot:
    """One place named in a text, with its span and word as given; `unit` as in Placed or a floor (2楼)."""

    building: str | None
    lounge: str | None
    unit: str | None
    span: tuple[int, int]
    word: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a line belongs; `source` is said | nickname | only | unknown, `others` are more buildings named.

    `unit` is a stairway or a door (2单元502, 2楼215, 3楼B203, 2F-115, 1203); a floor alone is too little to
    knock at and stays in the text.
    """

    building: str | None
    unit: str | None
    source: str
    others: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class _Hit:
    state: str  # named; lost (a building was meant, but which?); own (我们这栋); unit (no building)
    start: int
    end: int
    buildings: tuple[str, ...] = ()
    unit: str | None = None
    exact: bool = False
    denied: bool = False


class PlaceParser:
    """Knows every building and shop of an installation; compiles once, keeps nothing but nicknames read."""

    def __init__(
        self, buildings: Mapping[str, Building], shops: Mapping[str, Shop], lounges: Mapping[str, Lounge]
    ) -> None:
        self._index = PlaceIndex(buildings, shops, lounges)
        self._homes: dict[tuple[str, str], _Hit | None] = {}
        self._placed_once = lru_cache(_KEPT_LINES)(self._place)

    def spots(self, text: str, lounge: str) -> tuple[Spot, ...]:
        """All places named in `text` as heard in `lounge`, in order; a range or list gives one a building."""
        if not self._index.hint.search(text):
            return ()
        found: list[Spot] = []
        folded, where = fold(text)
        for hit in self._hits(folded, lounge):
            start, end = _span(hit, where)
            for name in hit.buildings or ((None,) if hit.state == _UNIT else ()):
                at = self._index.lounge_of[name] if name else None
                found.append(Spot(name, at, hit.unit, (start, end), text[start:end]))
        return tuple(found)

    def place(self, text: str, *, name: str, lounge: str) -> Placed:
        """The building and door that a line by `name` (nickname in the group) in `lounge` is about."""
        return self._placed_once(text, name, lounge)

    def _place(self, text: str, name: str, lounge: str) -> Placed:
        home = self._home(name, lounge)
        if not self._index.hint.search(text):
            return self._unsaid(home, name, lounge, None)
        folded, where = fold(text)
        hits = list(self._hits(folded, lounge))
        meant = _meant(hits, folded, home is not None)
        door = next((h.unit for h in hits if h.state == _UNIT and h.exact), None)
        named = tuple(dict.fromkeys(b for h in hits if not h.denied for b in h.buildings))
        if meant is None or meant.state == _OWN or (meant.state == _LOST and self._index.only(lounge)):
            placed = self._unsaid(home, name, lounge, door)
            others = tuple(b for b in named if b != placed.building)
            return replace(placed, others=others) if others else placed
        start, end = _span(meant, where)
        said = f'提到"{text[start:end].strip()}"'
        if meant.state == _LOST:
            return Placed(None, door, UNKNOWN, (), said + ",认不出是哪一栋")
        building = meant.buildings[0]
        others = tuple(b for b in dict.fromkeys((*meant.buildings, *named)) if b != building)
        unit = meant.unit if meant.exact else None if others else door
        if home is not None and home.buildings[0] == building:
            unit = _closer(unit, home)
        return Placed(building, unit, SAID, others, said)

    def _hits(self, text: str, lounge: str, *, in_name: bool = False) -> Iterator[_Hit]:
        """Places in folded text, in order: names known by heart, and written forms in the gaps between."""
        at = 0
        for match in self._index.literal.finditer(text):
            known = self._index.known(match, lounge)
            if known is None or (not in_name and _in_mention(text, *match.span())):
                continue
            yield from self._written(text, at, match.start(), lounge, in_name)
            building, unit = known
            denied = _denied(text, match.start())
            yield _Hit(_NAMED, *match.span(), (building,), unit, unit is not None, denied)
            at = match.end()
        yield from self._written(text, at, len(text), lounge, in_name)

    def _written(self, text: str, at: int, until: int, lounge: str, in_name: bool) -> Iterator[_Hit]:
        for match in self._index.pattern.finditer(text, at, until):
            written = forms.read(match)
            if in_name or not _in_mention(text, written.start, written.end):
                hit = self._resolve(written, text, lounge, in_name)
                if hit is not None:
                    yield hit

    def _resolve(self, w: Written, text: str, lounge: str, in_name: bool) -> _Hit | None:
        if w.form == "self":
            return _Hit(_OWN, w.start, w.end)
        if w.form == "unit":
            return _Hit(_UNIT, w.start, w.end, unit=w.unit, exact=w.exact) if w.unit else None
        if w.form in ("parts", "stairs"):
            return self._without_kind(w, lounge)
        if not w.stem:
            before = self._index.stem_before.search(text, max(0, w.start - 16), w.start)
            if before:
                w = replace(w, stem=before[1], start=before.start())
            elif _is_elsewhere(w, text) or (not in_name and _is_count(w, text)) or (w.kind == "区" and _is_zone(w, text)):
                return None
        buildings = tuple(b for key in w.keys if (b := self._index.building(w, key, lounge)))
        if buildings:
            return _Hit(_NAMED, w.start, w.end, buildings, w.unit, w.exact, _denied(text, w.start))
        if w.form == "keyed" and w.kind == "号":
            return None if w.unit is None else _Hit(_UNIT, w.start, w.end, unit=w.unit, exact=w.exact)
        return _Hit(_LOST, w.start, w.end) if _means_one(w) else None

    def _without_kind(self, w: Written, lounge: str) -> _Hit | None:
        """3-2-502, 2-1406, D1105: own buildings only; B203 is a shop where nothing is called B."""
        key, unit = w.keys[0], w.unit or ""
        building = self._index.inside(lounge, key, BLOCK)
        if w.form == "stairs":
            known = building is not None and self._index.has_stairs(lounge)
            return _Hit(_NAMED, w.start, w.end, (building,), unit, True) if building and known else None
        dashed = w.end - w.start > len(key) + len(unit)
        if not _is_door(unit, dashed):
            return None
        if building:
            return _Hit(_NAMED, w.start, w.end, (building,), unit, True)
        if key.isalpha() and not dashed and self._index.only(lounge):
            return _Hit(_UNIT, w.start, w.end, unit=key + unit, exact=True)
        return None

    def _home(self, name: str, lounge: str) -> _Hit | None:
        """What a nickname tells: the building it names, or a door in the only building (state unit)."""
        known = (lounge, name)
        if known not in self._homes:
            if len(self._homes) >= _KEPT_NAMES:
                self._homes.clear()
            self._homes[known] = self._read_name(name, lounge)
        return self._homes[known]

    def _read_name(self, name: str, lounge: str) -> _Hit | None:
        hits = list(self._hits(fold(name)[0], lounge, in_name=True))
        named = next((h for h in hits if h.state == _NAMED), None)
        door = next((h for h in hits if h.state == _UNIT and h.exact), None)
        if named is not None:
            return named if door is None or named.exact else replace(named, unit=door.unit, exact=True)
        only = self._index.only(lounge)
        short = forms.SHORT_HOME.match(fold(name)[0]) if only is None else None
        if short and (block := self._index.inside(lounge, short["a"] or short["n"], forms.DORM if short["n"] else BLOCK)):
            return _Hit(_NAMED, *short.span(), (block,), f"{short['f']}楼" if short["f"] else None)
        if door is None:
            return None
        if only is not None:
            return replace(door, buildings=(only,))
        building = self._index.by_number(lounge, door.unit or "")
        return replace(door, state=_NAMED, buildings=(building,)) if building else None

    def _unsaid(self, home: _Hit | None, name: str, lounge: str, door: str | None) -> Placed:
        """A line that names no building: the speaker's, else the lounge's only one, else a shop's number."""
        only = self._index.only(lounge)
        if home is not None and home.state == _NAMED:
            return Placed(home.buildings[0], _closer(door, home), NICKNAME, (), f'昵称"{name}"')
        if only is not None:
            return Placed(only, _closer(door, home), ONLY, (), "客厅只有一栋")
        shop = self._index.by_number(lounge, door) if door else None
        if shop is not None:
            return Placed(shop, door, SAID, (), f'提到铺位"{door}"')
        return Placed(None, door, UNKNOWN, (), "没说是哪一栋")


def _meant(hits: Sequence[_Hit], text: str, at_home: bool) -> _Hit | None:
    """The hit that decides: the first building named; 我们这栋 counts as one where the speaker's is known."""
    told = [h for h in hits if h.state in (_NAMED, _OWN)]
    told = [h for h in told if not h.denied] or told
    if not told:
        return next((h for h in hits if h.state == _LOST), None)
    if told[0].state == _OWN and not at_home and len(told) > 1:
        # 我们这栋,3栋 says its own name; 我们这栋和3栋 says another's.
        return told[0] if _TOGETHER.search(text, told[0].end, told[1].start) else told[1]
    return told[0]


def _closer(said: str | None, home: _Hit | None) -> str | None:
    """The unit said, unless the nickname names a door on the very stairway that was said."""
    mine = home.unit if home is not None and home.exact else None
    if said is None or (mine is not None and said.endswith("单元") and mine.startswith(said)):
        return mine
    return said


def _means_one(w: Written) -> bool:
    """Whether an unknown key still means a building (30栋, A座 elsewhere) and not seats, halls or zones."""
    if w.form != "keyed" or not w.keys or w.family == HALL or w.kind == "区":
        return False
    return w.raw.isalpha() or "座" not in w.kind


def _is_elsewhere(w: Written, text: str) -> bool:
    return _ESTATE.search(text, max(0, w.start - 14), w.start) is not None


def _is_zone(w: Written, text: str) -> bool:
    """Whether B区 is a zone of a garage or the like, by the words beside it."""
    return _ZONES.search(text, max(0, w.start - 6), w.end + 3) is not None


def _is_count(w: Written, text: str) -> bool:
    """Whether 三栋 is a number of buildings here: 这三栋, 一栋老楼, 有三栋."""
    if w.unit or len(w.keys) != 1 or w.kind[:1] in ("号", "#"):
        return False
    before = text[max(0, w.start - 4):w.start]
    if w.raw.isascii():
        return before.endswith(_COUNTS)
    if "座" in w.kind or before.endswith(_COUNTS_HAN):
        return True
    alone = _BEFORE_ONE.search(before) is not None and (not before or "楼" not in w.kind)
    return w.keys == ("1",) and (not alone or _AFTER_ONE.match(text, w.end) is not None)


def _is_door(unit: str, dashed: bool) -> bool:
    """Whether figures can be a door: floor 1..60 and door 01..99, without a dash 01..40 (A8888 is none)."""
    floor, door = int(unit[:-2]), int(unit[-2:])
    return 1 <= floor <= 60 and 1 <= door <= (99 if dashed else 40)


def _denied(text: str, start: int) -> bool:
    return _DENIED.search(text, max(0, start - 3), start) is not None


def _in_mention(text: str, start: int, end: int) -> bool:
    """Whether the place is part of @somebody's nickname, which says whom one talks to and not of what."""
    at = text.rfind("@", max(0, start - 12), start)
    if at < 0 or any(c.isspace() for c in text[at:start]):
        return False
    return at == start - 1 or (end < len(text) and text[end].isspace())


def _span(hit: _Hit, where: Sequence[int] | None) -> tuple[int, int]:
    """Where a hit lies in the text that was given, before folding."""
    return (hit.start, hit.end) if where is None else (where[hit.start], where[hit.end - 1] + 1)
