"""Turns characters into syllables, one private character each, so that homophones look alike to a matcher."""

from __future__ import annotations

import unicodedata
from functools import cache

from pypinyin.constants import PINYIN_DICT

# Slips of voice input and southern speech: these beginnings and ends are one sound here.
_MERGED_HEADS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_MERGED_TAILS = (("ing", "in"), ("eng", "en"))
_BASE = 0xE000  # private use area: 6,400 places for some 350 syllables


def _syllable(readings: str) -> str:
    first = unicodedata.normalize("NFD", readings.split(",")[0].replace("ü", "v"))
    plain = "".join(c for c in first if c.isascii())
    for head, same in _MERGED_HEADS:
        if plain.startswith(head):
            plain = same + plain[len(head) :]
            break
    for tail, same in _MERGED_TAILS:
        if plain.endswith(tail):
            plain = plain[: -len(tail)] + same
    return plain


@cache
def sound_table() -> dict[int, str]:
    """Code point of a character -> the private character of its syllable (toneless, first reading)."""
    places: dict[str, str] = {}
    table: dict[int, str] = {}
    for code, readings in PINYIN_DICT.items():
        if 0x4E00 <= code <= 0x9FFF:
            syllable = _syllable(readings)
            table[code] = places.setdefault(syllable, chr(_BASE + len(places)))
    return table


def sound(text: str) -> str:
    """The text with each Chinese character replaced by its syllable; same length."""
    return text.translate(sound_table())
