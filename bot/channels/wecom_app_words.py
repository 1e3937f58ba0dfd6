"""Reads the XML of an app's callback through wechatpy under one guard; whatever it stumbles over is `Malformed`.

Source: platforms.md 3.1 to 3.3 and 5.2, which lists how the library fails.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from xml.parsers.expat import ExpatError

import xmltodict  # type: ignore[import-untyped]
from wechatpy.enterprise import parse_message
from wechatpy.exceptions import WeChatException

from bot.channels.base import Malformed
from bot.channels.wecom_aibot_words import YEARS

SHOWN = {"image": "[图片]", "voice": "[语音]", "video": "[视频]", "location": "[位置]", "link": "[链接]"}
_STUMBLES = (ExpatError, WeChatException, ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError,
             OSError, RecursionError)
T = TypeVar("T")


def _guarded(read: Callable[[], T]) -> T:
    """The one place where the library's stumbling is caught. Raises Malformed."""
    try:
        return read()
    except _STUMBLES as why:
        raise Malformed(f"not the XML it must be: {type(why).__name__}") from None


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of an <xml> element; only words are read, never what is nested or said twice."""

    raw: Mapping[str, Any]

    def get(self, name: str, most: int = 200) -> str:
        """A field's words, "" where it is missing. Raises Malformed where it is not plain words."""
        value = self.raw.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Malformed(f"{name}: not plain words")
        if len(value) > most:
            raise Malformed(f"{name}: too long")
        return value

    def must(self, name: str, most: int = 200) -> str:
        """A field that has to say something. Raises Malformed."""
        value = self.get(name, most)
        if not value:
            raise Malformed(f"{name}: missing")
        return value

    def instant(self) -> datetime:
        """CreateTime, aware, in UTC. Raises Malformed."""
        written = self.must("CreateTime", 12)
        if not (written.isascii() and written.isdigit()) or not YEARS[0] <= int(written) < YEARS[1]:
            raise Malformed("CreateTime: not a plausible time")
        return datetime.fromtimestamp(int(written), UTC)


def envelope(body: bytes) -> Fields:
    """The fields around an encrypted message. Raises Malformed."""
    return _guarded(lambda: Fields(_mapping(xmltodict.parse(body.decode("utf-8"))["xml"])))


def call(body: bytes) -> Fields:
    """The fields of a message in clear. Raises Malformed."""
    return _guarded(lambda: Fields(_mapping(parse_message(body.decode("utf-8"))._data)))


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not an element with fields")
    return value


def words(fields: Fields, kind: str) -> str:
    """What a message says; of what has no words, what it is."""
    if kind == "text":
        return fields.get("Content", 1 << 20)
    more = {"location": "Label", "link": "Title"}.get(kind)
    said = fields.get(more, 1 << 16) if more else ""
    return f"{SHOWN[kind]} {said}".strip()


def event_id(fields: Fields) -> str:
    """Events have no id and a clock of whole seconds: two presses in one second differ by key and card."""
    parts = (fields.get("Event"), fields.get("EventKey", 2048), fields.get("TaskId"))
    return f"{fields.must('CreateTime', 12)}/{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'replace')).hexdigest()[:24]}"
