"""How places are written: one pattern for every form of building, stairway, floor and door, and its reading.

Everything here expects text that went through numerals.fold (half width, upper case, simplified place words).
Which building a form means is not decided here: place.py knows the registry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.intents.numerals import HAN, HAN_ROOM, number, spelled

BLOCK, DORM, PLANT, HALL = "block", "dorm", "plant", "hall"
# The word after the key tells the family; the first that fits decides, the rest (栋, 座, 号楼) are blocks.
_FAMILIES = (("舍", DORM), ("宿", DORM), ("厂", PLANT), ("馆", HALL))

# A canonical name or alias that is a stem, a key and perhaps a kind: 禾花花园|3|栋, 香江|A|.
SPLIT = re.compile(
    r"^(?P<stem>.*?)(?P<key>(?<!\d)[1-9]\d?|(?<![A-Z])[A-Z])(?P<kind>号?宿舍楼?|号?厂房|号楼|号?馆|栋|座|幢|区)?$"
)
# One of these must stand in a line before it is worth scanning (raw text: every width, both scripts).
HINT = (
    r"[0-9A-Ha-h\uff10-\uff19\uff21-\uff28\uff41-\uff48\u2460-\u2468#\uff03"
    r"栋棟幢座楼樓馆館舍宿厂廠铺鋪舖室单單]"
)

_KEY = rf"(?:[1-9]\d?(?!\d)|[{HAN}]{{1,3}}|[A-H]{{2,4}}(?=两?[栋座幢]|(?:两个)?厂房)|[A-Z](?![A-Z]))"
_NUM = rf"(?:[1-9]\d?|[{HAN}]{{1,3}})"
_TO = r"\s?[到至~-]\s?"
# 3、5、6栋; 3号、5号楼 (never a comma after 号: that is a date); 3栋到5栋 (only ranges repeat the kind).
_NEXT = (
    r"(?:\s?(?:[、,/.&+和与跟及或到至~-]|还有|以及)\s?|号\s?[、/和与跟及到至~-]\s?"
    rf"|(?:[栋座幢]|号楼|号?宿舍){_TO})"
)
_KEYS = rf"{_KEY}(?:{_NEXT}{_KEY}){{0,7}}"

# What follows a figure that counts, costs or dates something, so that the figure is no door.
_NOT_COUNT = (
    r"(?!\d|[.:~]\d|[%℃°¥元块户人个位名条点平米度万千百次分秒斤吨件辆兆月日KMWVGLT]|年(?!轻)|天(?![天花台])"
    r"|家(?=[商店企公])|多|来[个人户]|几[个十]|左右|小时|号线|车位|路(?!口)|公[斤里交])"
)
_ROOM = (
    rf"(?:(?!(?:110|119|120|122|114)(?![\d室房号]))(?:[A-H]-?)?\d{{3,4}}(?!\d)"
    rf"|[{HAN_ROOM}]{{3,4}}(?![{HAN}楼层个栋座单位户]))"
)
_DOOR = r"(?:号?室|号?房(?![租产价东贷源子])|号?(?:铺|档口?)(?!面?租))"
_GAP = r"[\s\-的,]{0,2}"
# The form does not begin inside another number or code; a Latin name may stand right before it: Barry2栋.
_FREE = r"(?:(?<![\dA-Z¥$])|(?<=[A-Z]{3})(?=[1-9]\d?[栋座幢号#]))(?<!\d[.:/])"


def _tail(tag: str) -> str:
    """Stairway, floor and door after a building: 2单元502, 1楼117, 的1203."""
    return (
        rf"(?:{_GAP}(?P<u{tag}>{_NUM})(?:[、,和/-]{_NUM})?单元)?"
        rf"(?:{_GAP}(?P<f{tag}>负?{_NUM})(?P<s{tag}>楼|层|F)(?![盘市]))?"
        rf"(?:{_GAP}(?P<r{tag}>{_ROOM})(?:{_DOOR}|号(?![线码])|{_NOT_COUNT}))?"
    )


# 栋楼 is a building before what belongs to one (楼下, 楼道), else a count (三栋楼都…, 3栋楼那么高).
_OF_IT = r"(?=$|[\s\d,.。!?、;:()\[\]~的下上道梯顶里内底长间栋前后电旁对外边]|大[堂门厅]|门口)"
_KINDS = (
    rf"两?[栋幢](?:宿舍楼?|厂房|楼{_OF_IT}|(?!楼|[那这]么))"
    r"|(?:号楼?|座)?宿舍楼?|(?:[座号]|两个)?厂房|(?<=[A-H])厂(?![家商区牌长])"
    rf"|号舍|(?<=\d)舍(?![得不])|(?<=\d)宿(?!没[睡合]|[不未都才醉营])|(?<=[{HAN}])宿(?=$|[-_\d楼门这那边栋])"  # 3号舍, 2宿, 二宿楼梯; 一宿 is a night
    r"|两?座(?![位椅谈垫套标]|便(?!利)|机(?!房)|的?车(?![库位场道流])|电动车|商务|面包车|以[上下内]|SUV|MPV)"
    r"|号楼(?![梯层])|(?<=\d)#楼?(?![线色钢桥])|号?馆(?!子)|区"
    rf"|号(?=的?{_NUM}[楼层]|\d{{3,4}}(?!\d){_NOT_COUNT})"  # 1号五楼, 3号415: as they say among dormitories
)
_KEYED = (
    rf"(?!(?<=\+)1(?!\d))(?:(?=[\dA-Z])|(?<![{HAN}百零几两]))"  # +1,3栋 is a second voice and building 3
    rf"(?P<k1>{_KEYS})\s?(?P<w1>{_KINDS}){_tail('1')}"
)
_KIND_FIRST = (
    rf"(?P<w2>宿舍楼?|厂房)(?P<k2>{_KEYS})"
    r"(?:(?<=[A-H])[区栋座]?|号楼|[栋座幢#]|号(?!\s?(?:[早晚线起之前后到至]|上午|下午|中午|凌晨|开始)))"
    rf"{_tail('2')}"
)
# How a nickname begins with its home: A1-灯饰, A1灯饰 (building, floor), 5号-小韦 among dormitories.
SHORT_HOME = re.compile(
    r"(?P<a>[A-H])(?:(?P<f>[1-9]\d?)(?=[-_~·]|(?![号楼层单座栋年月级])[\u4e00-\u9fff])|(?=[-_~·]))|(?P<n>[1-9]\d?)号(?=[-_~·])"
)
# 3-2-502; 2-1406, C-1604, D1105: forms without a kind.
_PARTS = (
    rf"(?<!-)(?P<k3>[1-9]\d?|[A-H])-(?P<u3>[1-9])-(?P<r3>\d{{3,4}})(?![\d-]){_NOT_COUNT}"
    rf"|(?<!-)(?P<k4>[1-9]\d?(?=-)|[A-H])(?P<d4>-?)(?P<r4>\d{{3,4}})(?!-\d){_NOT_COUNT}(?![车型款纸码])"
)
_SELF = (
    r"(?P<self>(?:(?:我们|咱们?|俺们?|我)(?:住?的|住)?(?:[这那]一?)?|本|这一?)[栋幢座楼](?![梯层市盘位桥城山])楼?)"
)
_UNITS = (
    rf"(?<![第几{HAN}])(?:"
    rf"(?P<u5>{_NUM})(?:[、,和/-]{_NUM})?单元(?:{_GAP}(?P<f5>{_NUM})(?P<s5>楼|层|F))?"
    rf"(?:{_GAP}(?P<r5>{_ROOM})(?:{_DOOR}|{_NOT_COUNT}))?"
    rf"|(?P<f6>负?{_NUM})(?P<s6>楼(?![盘市])|层(?![楼高灰皮厚次面级层油土])|F(?![A-Z](?!\d)))"
    rf"(?:{_GAP}(?P<r6>{_ROOM})(?:{_DOOR}|号(?![线码])|{_NOT_COUNT}))?"
    rf"|(?P<r7>{_ROOM}){_DOOR}"
    rf"|(?:(?<=楼[上下])|(?<=隔壁)|(?<=对门)|(?<=[我他]家)|(?<=住))(?P<r9>[1-9]\d?(?!00)\d\d)(?!\d){_NOT_COUNT}"
    rf"|(?P<r8>[1-9]\d{{0,2}}号?铺)(?!面?租))"
)


def pattern(bare_stems: Iterable[str]) -> re.Pattern[str]:
    """The one pattern of an installation; `bare_stems` may carry a key without a kind (香江A, E1)."""
    stems = "|".join(sorted(map(re.escape, bare_stems), key=len, reverse=True)) or r"(?!)"
    bare = (
        rf"(?P<stem>{stems})[-\s]?(?P<kb>[1-9]\d?|[A-H])(?:(?<=[A-Z]\d)[栋座幢])?"
        rf"(?![\dA-Z#]|[号月年点元块个路线期栋座幢馆区层厂宿]|楼(?![上下道顶])){_tail('b')}"
    )
    return re.compile(rf"{_FREE}(?:{bare}|{_PARTS}|{_KEYED}|{_KIND_FIRST}|{_UNITS})|{_SELF}")


@dataclass(frozen=True, slots=True)
class Written:
    """What one match says, before the registry is asked.

    `form` is keyed | bare | stairs | parts | unit | self; `keys` are "3", "A" as written, ranges filled in;
    `exact` tells that the unit names a stairway or a door, not only a floor.
    """

    form: str
    start: int
    end: int
    keys: tuple[str, ...] = ()
    raw: str = ""
    kind: str = ""
    stem: str = ""
    unit: str | None = None
    exact: bool = False

    @property
    def family(self) -> str:
        """BLOCK, DORM, PLANT or HALL, by the word after the key."""
        return next((family for word, family in _FAMILIES if word in self.kind), BLOCK)


_FORMS = {"b": "bare", "3": "stairs", "4": "parts", "1": "keyed", "2": "keyed"}


def read(match: re.Match[str]) -> Written:
    """One match of `pattern` as a value."""
    found = match.groupdict()
    start, end = match.span()
    if found["self"]:
        return Written("self", start, end)
    for tag, form in _FORMS.items():
        raw = found["k" + tag]
        if raw is not None:
            keys = _keys(raw)
            unit, exact = _unit(found, tag, keys[0] if len(keys) == 1 else "")
            kind = (found.get("w" + tag) or "").removeprefix("两")
            return Written(form, start, end, keys, raw, kind, found["stem"] or "", unit, exact)
    for tag in "56789":
        unit, exact = _unit(found, tag, "")
        if unit:
            return Written("unit", start, end, unit=unit, exact=exact)
    return Written("unit", start, end)


def _unit(found: dict[str, str | None], tag: str, key: str) -> tuple[str | None, bool]:
    """A unit in the log's spelling (2单元502, 2楼215, 2F-115, 1203), and whether it is more than a floor."""
    stair, floor, door = (found.get(part + tag) for part in "ufr")
    if door:
        door = spelled(door).replace("-", "")
        door = door[1:] if key.isalpha() and door.startswith(key) else door
    at = _floor(floor)
    stairs = number(stair) if stair else None
    if stairs is not None:
        return f"{stairs}单元{door or at or ''}", True
    if at and door:
        return (f"{at[:-1]}F-{door}" if found["s" + tag] == "F" else at + door), True
    return door or at, bool(door)


def _floor(word: str | None) -> str | None:
    if not word:
        return None
    value = number(word.removeprefix("负"))
    return None if value is None else f"{'负' if word[0] == '负' else ''}{value}楼"


_TOKEN = re.compile(rf"(?P<n>[1-9]\d?|[{HAN}]+)|(?P<a>[A-Z]+)|(?P<to>[到至~-])")


def _keys(raw: str) -> tuple[str, ...]:
    """Every key of a list or range: "3、5" -> 3 5; "3-6" -> 3 4 5 6; "A到C" -> A B C; "AB" -> A B."""
    keys: list[str] = []
    ranged = False
    for token in _TOKEN.finditer(raw):
        if token["to"]:
            ranged = True
            continue
        value = number(token["n"]) if token["n"] else None
        new = list(token["a"]) if token["a"] else [] if value is None else [str(value)]
        if ranged and keys and new:
            keys += _between(keys[-1], new[0])
        keys += new
        ranged = False
    return tuple(dict.fromkeys(keys))


def _between(first: str, last: str) -> list[str]:
    if first.isdecimal() and last.isdecimal():
        return [str(n) for n in range(int(first) + 1, int(last))]
    if first.isalpha() and last.isalpha():
        return [chr(n) for n in range(ord(first) + 1, ord(last))]
    return []
