"""Brings a chat line to the one form in which it is compared, and remembers where each character stood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import opencc


@dataclass(frozen=True, slots=True)
class Normal:
    """A line in comparable form: NFKC, simplified, lower case, without stickers, mentions, quotes and headers.

    `origin[i]` is the index in the raw text of the character `text[i]` came from.
    """

    text: str
    origin: tuple[int, ...]
    mentions_bot: bool = False
    forwarded: bool = False
    sticker_only: bool = False
    quoted: bool = False


# 著 and 乾 have readings of their own; one-character conversion is right for what people write in groups.
_CJK = (0x3400, 0x9FFF)
_WIDE = ((0xFF01, 0xFF9F), (0xFFE0, 0xFFE6), (0x3000, 0x3002), (0x2000, 0x206F), (0x2460, 0x24FF), (0x3200, 0x33FF))
_DROP = "\u200b\u200c\u200d\u2060\ufeff\ufe0f\u20e3\u00ad"
# NFKC leaves these apart, people use them for one another.
_SAME = {"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "～": "~", "〜": "~", "、": ",", "\r": " ",
         "\t": " ", "\u3000": " ", "\u00a0": " ", "\u2005": " ", "…": "…", "妳": "你", "祂": "他", "汙": "污"}


@cache
def _table() -> dict[int, str]:
    """Character -> what it becomes; built once (a few milliseconds)."""
    cjk = [chr(c) for c in range(_CJK[0], _CJK[1] + 1)]
    simple = opencc.OpenCC("t2s").convert("\n".join(cjk)).split("\n")
    table = {ord(a): b for a, b in zip(cjk, simple, strict=True) if a != b and len(b) == 1}
    for low, high in _WIDE:
        for code in range(low, high + 1):
            folded = unicodedata.normalize("NFKC", chr(code)).lower()
            if folded != chr(code):
                table[code] = folded
    for code in range(ord("A"), ord("Z") + 1):
        table[code] = chr(code + 32)
    table |= {ord(k): v for k, v in _SAME.items()} | {ord(c): "" for c in _DROP}
    return table


@cache
def _uneven() -> frozenset[str]:
    """The characters that become none or several, so that positions shift."""
    return frozenset(chr(code) for code, folded in _table().items() if len(folded) != 1)


# What is taken out, by name; the name decides which flag it raises.
_PIECES = re.compile(
    r"(?P<quote>^「[^」]{0,400}」\s*(?:\n|-)[\s\-]*|^>[^\n]*\n+)"
    r"|(?P<forward>^\s*(?:\[聊天记录\]|【转发】|\[转发\]|转发[:]|转自[:]?|\(转\)|【转】|-{4,}\s*转发[^\n]*|fwd?:)\s*)"
    r"|(?P<mention>@[^\s@,:。!?]{1,20}[ ]?)"
    r"|(?P<sticker>\[[\u4e00-\u9fffa-z]{1,6}\])"
    r"|(?P<emoji>[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff]+)"
    r"|(?P<marks>(?P<m>[!?。,~.…\-])(?P=m)+)"
    r"|(?P<many>(?P<c>[^\s\d])(?P=c){3,})"
    r"|(?P<space>\s{2,}|\n)"
)
_TRIGGER = re.compile(
    r"[「>@\[\n\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff]|^\s*(?:转|\(转|【转|-{4}|fwd?:)|([^\d])\1|  "
)
MEDIA = frozenset(("[图片]", "[语音]", "[视频]", "[文件]", "[照片]", "[链接]"))
_KEEP = {"marks": 1, "many": 2, "space": 1}  # how many characters of a piece stay
_RANGES = tuple(tuple(range(n)) for n in range(513))


def normalize(raw: str, bot_names: Sequence[str] = ()) -> Normal:
    """Bring a line to comparable form; `bot_names` are what the bot is called in groups."""
    table = _table()
    text = raw.translate(table)
    if _uneven().isdisjoint(raw):
        origin = _RANGES[len(raw)] if len(raw) < 513 else tuple(range(len(raw)))
    else:
        text, origin = _folded(raw, table)
    if not _TRIGGER.search(text):
        return Normal(text, origin) if text[:1] not in " " and text[-1:] not in " " else _trimmed(text, origin)
    return _cut(text, origin, bot_names)


def _folded(raw: str, table: dict[int, str]) -> tuple[str, tuple[int, ...]]:
    pieces = [table.get(ord(c), c) for c in raw]
    origin = tuple(i for i, piece in enumerate(pieces) for _ in piece)
    return "".join(pieces), origin


def _trimmed(text: str, origin: tuple[int, ...]) -> Normal:
    body = text.lstrip()
    start = len(text) - len(body)
    body = body.rstrip()
    return Normal(body, origin[start : start + len(body)])


def _cut(text: str, origin: tuple[int, ...], bot_names: Sequence[str]) -> Normal:
    out: list[str] = []
    kept: list[int] = []
    seen: set[str] = set()
    bot = False
    at = 0
    for match in _PIECES.finditer(text):
        kind = match.lastgroup or ""
        kind = {"m": "marks", "c": "many"}.get(kind, kind)
        start, end = match.span()
        stay = end - start if match.group() in MEDIA else _KEEP.get(kind, 0)
        if kind == "mention":
            bot = bot or any(match.group().strip("@ ").startswith(n.lower()) for n in bot_names)
        if match.group() not in MEDIA:
            seen.add(kind)
        out.append(text[at : start + stay] if match.group() != "\n" else text[at:start] + " ")
        kept.extend(range(at, start + stay))
        at = end
    out.append(text[at:])
    kept.extend(range(at, len(text)))
    plain = _trimmed("".join(out).replace("\n", " "), tuple(origin[i] for i in kept))
    return Normal(
        plain.text, plain.origin, mentions_bot=bot, forwarded="forward" in seen,
        sticker_only=not plain.text and bool(seen & {"sticker", "emoji"}), quoted="quote" in seen,
    )
