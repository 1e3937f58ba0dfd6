"""Masks identity, bank and phone numbers before anything is stored, logged or repeated.

Patterns after platforms.md 9.4; the check digits of GB 11643 and Luhn keep ordinary numbers readable.
"""

from __future__ import annotations

import re

_WIDE = str.maketrans("０１２３４５６７８９Ｘｘ－　", "0123456789Xx- ")
_HIDDEN = re.compile("[\u200b-\u200f\u2060\ufeff]")
_LONG = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){12,18}[Xx]?(?![0-9A-Za-z])")
_ID = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]$")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})[- ]?\d{3,4}(\d{4})(?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def mask(text: str) -> str:
    """The text with personal numbers starred; a text without six digits in a row costs one search."""
    if not _DIGITS.search(text):
        return text
    plain = _HIDDEN.sub("", text).translate(_WIDE)
    plain = _LONG.sub(_long, plain)
    plain = _MOBILE.sub(r"\1****\2", plain)
    return _LANDLINE.sub(r"\1****\2", plain)


_DIGITS = re.compile("(?:[0-9０-９][ \\-－\u200b-\u200f]{0,2}){7}")


def _long(found: re.Match[str]) -> str:
    written = found.group()
    digits = re.sub(r"[ -]", "", written)
    if _is_identity(digits) or len(digits) == 15 and digits.isdigit() and digits[6:8] < "99" and _date(digits[8:12]):
        return digits[:3] + "*" * (len(digits) - 5) + digits[-2:]
    if 16 <= len(digits) <= 19 and digits.isdigit() and _luhn(digits):
        return "*" * (len(digits) - 4) + digits[-4:]
    return written


def _date(month_day: str) -> bool:
    return "01" <= month_day[:2] <= "12" and "01" <= month_day[2:] <= "31"


def _is_identity(digits: str) -> bool:
    if len(digits) != 18 or not _ID.match(digits):
        return False
    total = sum(int(d) * w for d, w in zip(digits[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == digits[17].upper()


def _luhn(digits: str) -> bool:
    total = 0
    for index, char in enumerate(reversed(digits)):
        value = int(char) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
