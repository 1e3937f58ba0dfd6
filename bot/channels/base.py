"""What every channel is: pure translation between a platform's bytes and the bot's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.messages import Incoming, Outgoing, Receipt


class Rejected(Exception):
    """Forged, stale or not for us; the message names the reason and never the content."""


class Malformed(Exception):
    """Genuine bytes that do not say what they must; `index` is the offending member of a list."""

    def __init__(self, why: str, index: int | None = None) -> None:
        super().__init__(why if index is None else f"item {index}: {why}")
        self.index = index


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """Bytes on their way in or out, with nothing trusted yet: headers are lower-case."""

    method: str = "POST"
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    code: int = 200  # of an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a channel can do; the planner never emits what this forbids."""

    hears_all: bool  # False: only when mentioned
    posts_freely: bool  # may speak in a group without being spoken to
    private: bool  # can reach one person alone
    buttons: bool
    text_bytes: int  # the longest text, in bytes of UTF-8
    per_minute: int  # messages a minute and destination; 0 = no limit


class Channel(Protocol):
    """Sans-IO: values <-> bytes."""

    name: str
    able: Capability

    def verify(self, request: Wire, now: datetime) -> bytes: ...
    def parse(self, body: bytes) -> list[Incoming]: ...
    def greet(self, request: Wire) -> bytes | None: ...
    def answer(self, request: Wire, said: Sequence[Outgoing]) -> Wire: ...
    def encode(self, message: Outgoing) -> Wire: ...
    def read_receipt(self, code: int, body: bytes) -> Receipt: ...
