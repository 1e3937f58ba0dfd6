"""Numbers and characters as people write them, brought to one written form without moving anything.

`fold` is one character for one character, so a position in the folded text is a position in the text given;
only invisible characters go, and then a map says where everything came from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_FIGURES = ("零〇", "一壹", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_DIGITS = {c: n for n, chars in enumerate(_FIGURES) for c in chars}
_SPOKEN = {**_DIGITS, "幺": 1}
HAN = "一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾"
HAN_ROOM = "零〇一二三四五六七八九幺"

# Traditional forms that occur in the words of a place; the whole script is normalize.py's business.
_TRADITIONAL = dict(
    zip(
        "棟號樓單層鋪舖廠館廣場園時業與們這間檔對邊貳叄陸嘅",
        "栋号楼单层铺铺厂馆广场园时业与们这间档对边贰叁陆的",
        strict=True,
    )
)
_DASHES = dict.fromkeys("‐‑‒–—―−﹣➖", "-") | dict.fromkeys("〜∼∽", "~") | dict.fromkeys("﹟♯", "#")
# Blocks that hold compatibility forms of letters, digits and ideographs (full width, circled, radicals, ...).
_COMPATIBLE = (
    (0x2460, 0x2473), (0x2E80, 0x2FDF), (0x3000, 0x3001), (0xF900, 0xFAFF), (0xFF01, 0xFFEF),
    (0x1D7CE, 0x1D800),
)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufe0f\ufeff\u20e3\u00ad]")


def _folding() -> dict[int, str]:
    table: dict[int, str] = {ord(c): c.upper() for c in "abcdefghijklmnopqrstuvwxyz"}
    for start, end in _COMPATIBLE:
        for point in range(start, end):
            plain = unicodedata.normalize("NFKC", chr(point))
            if len(plain) == 1 and plain != chr(point):
                table[point] = plain.upper() if plain.isascii() else plain
    table.update({ord(a): b for a, b in (_TRADITIONAL | _DASHES).items()})
    return table


_FOLD = _folding()


def fold(text: str) -> tuple[str, Sequence[int] | None]:
    """The text in half width, upper case and simplified place words, with a map of positions back to `text`.

    The map is None where nothing moved, which is the ordinary case; else it has one more entry than the text.
    """
    if text.isascii() or not _INVISIBLE.search(text):
        return text.translate(_FOLD), None
    kept = [i for i, c in enumerate(text) if not _INVISIBLE.match(c)]
    return "".join(text[i] for i in kept).translate(_FOLD), [*kept, len(text)]


def number(word: str) -> int | None:
    """1..99 from "13", "十三", "二十一" or "三"; None for anything else ("两" counts, it names nothing)."""
    if word.isascii():
        return int(word) if word.isdecimal() and len(word) <= 2 else None
    tens, ten, ones = word.replace("拾", "十").partition("十")
    if any(x and (len(x) > 1 or x not in _DIGITS) for x in (tens, ones)):
        return None
    if not ten:
        return _DIGITS[tens] if tens else None
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def spelled(word: str) -> str:
    """A room's digits as read aloud ("五零二", "幺〇三") in figures; figures and letters stay as they are."""
    return "".join(str(_SPOKEN.get(c, c)) for c in word)


_CHINESE = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")


def chinese(n: int) -> str:
    """1..99 in Chinese: 3 is 三, 13 is 十三, 30 is 三十.

    Raises ValueError outside that range.
    """
    if not 1 <= n <= 99:
        raise ValueError(f"no spelling for {n}")
    tens, ones = divmod(n, 10)
    return ("" if tens < 2 else _CHINESE[tens]) + ("十" if tens else "") + _CHINESE[ones]


_RUN = re.compile(rf"[{HAN}]+")


def arabic(word: str) -> str:
    """A name with its Chinese numerals in figures ("五号馆" and "5号馆" are one key)."""

    def figure(match: re.Match[str]) -> str:
        value = number(match.group())
        return match.group() if value is None else str(value)

    return _RUN.sub(figure, word)
