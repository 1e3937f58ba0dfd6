"""Masks identity, bank and phone numbers before anything is stored, logged or repeated.

Patterns after platforms.md 9.4; the check digits of GB 11643 and Luhn keep ordinary numbers readable. Plates and
addresses stay: an appeal about a car or a flat is about them.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

# Copied contacts carry direction marks, pasted cards carry wide spaces and every kind of dash.
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0e\ufe0f]")
_WIDE = str.maketrans("Ｘｘ－＋（）‐‑‒–—−\u00a0\u2002\u2003\u2009\u3000", "Xx-+()------     ")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_ENOUGH = re.compile(r"(?:\d[ -]{0,2}){7}")  # a text without seven digits close together costs one search
_SPOKEN = re.compile("[幺一][三四五六七八九3-9](?:[ -]?[〇零一幺二两三四五六七八九0-9]){9}(?![〇零一幺二两三四五六七八九十百千万0-9])")

_RUN = re.compile(r"\d(?:[ -]{0,2}\d){12,}[Xx]?")
_PIECE = re.compile(r"\d+[Xx]?")
_ID = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]$")
_OLD_ID = re.compile(r"[1-8]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}$")
_MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)?86\)?[ -]{0,2})?(1(?:[ -]{0,2}\d){10})(?!\d)")
_LANDLINE = re.compile(
    r"(?<!\d)((?:010|02\d|0[3-9]\d\d)\)?)(?:[ -]{0,2}\d{3,4}(\d{4})|([ -])\d{3,4}\3(\d{4}))(?!\d|[ -]\d{4})")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LONGEST = 19  # digits of a bank card


def mask(text: str) -> str:
    """The text with personal numbers starred; where there is none, the very text that was given."""
    plain = _HIDDEN.sub("", text).translate(_WIDE) if not text.isascii() else text
    plain = _OTHER_DIGIT.sub(lambda d: str(unicodedata.decimal(d.group())), plain) if not text.isascii() else text
    starred = _SPOKEN.sub(lambda found: f"{found.group()[:3]}****{found.group()[-4:]}", plain)
    if _ENOUGH.search(starred):
        starred = _RUN.sub(_run, starred)
        starred = _MOBILE.sub(_mobile, starred)
        starred = _LANDLINE.sub(lambda found: f"{found[1]}****{found[2] or found[4]}", starred)
    return text if starred == plain else starred


def _run(found: re.Match[str]) -> str:
    """Stars every group of digits, or neighbours that belong together, that is an identity or a bank number."""
    written = found.group()
    pieces = list(_PIECE.finditer(written))
    before = found.string[found.start() - 1 : found.start()]
    out, last, start = [], 0, 0
    while start < len(pieces):
        lengths = accumulate(len(piece.group()) for piece in pieces[start : start + _LONGEST])
        for taken in reversed([n for n, long in enumerate(lengths, 1) if long <= _LONGEST]):
            digits = "".join(piece.group() for piece in pieces[start : start + taken])
            lettered = start == 0 and before.isascii() and before.isalpha()  # a parcel's number, not a card's
            if (stars := _starred(digits, lettered)) is not None:
                out += [written[last : pieces[start].start()], stars]
                last, start = pieces[start + taken - 1].end(), start + taken - 1
                break
        start += 1
    return "".join([*out, written[last:]])


def _starred(digits: str, lettered: bool) -> str | None:
    if _is_identity(digits) or _OLD_ID.match(digits):
        return digits[:3] + "*" * (len(digits) - 5) + digits[-2:]
    if 16 <= len(digits) <= _LONGEST and digits.isdigit() and not lettered and _luhn(digits):
        return "*" * (len(digits) - 4) + digits[-4:]
    return None


def _mobile(found: re.Match[str]) -> str:
    """Written in one, in groups of three or more, or digit by digit; "13 14 15 …" are buildings."""
    groups = re.split("[ -]+", found[1])
    digits = "".join(groups)
    if digits[1] in "012" or not (all(len(g) >= 3 for g in groups) or all(len(g) == 1 for g in groups)):
        return found.group()
    return f"{digits[:3]}****{digits[-4:]}"


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
