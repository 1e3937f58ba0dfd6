"""What an answer of WeCom's API means, as one table: delivered, later, never, a new access token, or call somebody.

Errors come as HTTP 200 with an errcode. Source: platforms.md 2.3 and 3.6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from bot.messages import Delivered, Receipt, Refused, TryLater, Unknown

ALARM_WAIT = 600.0  # seconds; what a person must put right is tried again now and then, and nothing is lost
_FROM_IP = re.compile(r"from ip: ?([0-9A-Fa-f.:]{3,45})")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """The access token is no longer good: fetch a new one once and send once more."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Nothing will go until a person changes something: in /healthz and one log line, never in a loop."""

    why: str


Verdict = Receipt | RefreshToken | Alarm


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and for how many seconds it is good; every worker shares it."""

    value: str
    seconds: int


# errcode -> waits in seconds, by how often it was tried; the last one goes on.
LATER: dict[int, tuple[tuple[float, ...], str]] = {
    -1: ((2.0, 10.0, 30.0, 120.0), "the platform is busy"),
    45009: ((60.0, 60.0, 3600.0), "too many calls"),  # a minute's limit first; if that was not it, the hour's
    45033: ((2.0, 5.0, 15.0), "too many calls at once"),
}
REFRESH: dict[int, str] = {40014: "access token invalid", 42001: "access token expired"}
ALARMS: dict[int, str] = {
    40001: "wrong secret", 40091: "wrong secret", 40013: "wrong corp id", 48002: "the app may not use this interface",
    60011: "the app has no right to do this", 60020: "our address is not among the app's trusted IPs",
    93000: "the robot's key is wrong or the robot was removed",
}
NEVER: dict[int, str] = {
    40003: "no such account", 40008: "message type", 40056: "agent id", 40058: "a parameter", 41001: "no access token",
    44004: "empty text", 45002: "too long", 81013: "no receiver is valid", 82001: "no receiver", 86001: "no such chat",
    86003: "no such chat", 86008: "not a chat of this app", 93005: "the robot may not write to one person",
}


class _Answer(msgspec.Struct):
    """What every answer has; the rest is read where it is needed."""

    errcode: int
    errmsg: str = ""
    invaliduser: str = ""
    unlicenseduser: str = ""


class _TokenAnswer(msgspec.Struct):
    access_token: Annotated[str, Meta(min_length=1, max_length=2048)]
    expires_in: Annotated[int, Meta(ge=1)]


_READ = msgspec.json.Decoder(_Answer, strict=False)
_READ_TOKEN = msgspec.json.Decoder(_TokenAnswer, strict=False)


def by_code(errcode: int, errmsg: str = "", attempts: int = 0) -> Verdict:
    """The table applied; `attempts` is how often this was tried before. A code nobody knows is a refusal."""
    if errcode == 0:
        return Delivered()
    if errcode in LATER:
        waits, why = LATER[errcode]
        return TryLater(seconds=waits[min(max(attempts, 0), len(waits) - 1)], why=f"{errcode}: {why}")
    if errcode in REFRESH:
        return RefreshToken(why=f"{errcode}: {REFRESH[errcode]}")
    if errcode in ALARMS:
        seen = _FROM_IP.search(errmsg) if errcode == 60020 else None
        return Alarm(why=f"{errcode}: {ALARMS[errcode]}" + (f" ({seen.group(1)})" if seen else ""))
    return Refused(why=f"{errcode}: {NEVER.get(errcode, 'unknown error')}")


def verdict(code: int, body: bytes, *, repeatable: bool = False, attempts: int = 0) -> Verdict:
    """What became of a call, from its HTTP code (0: no answer came) and body; never raises.

    `repeatable` says that the platform drops a second copy by itself, so that doubt may be settled by sending again.
    """
    if code == 200:
        try:
            answer = _READ.decode(body)
        except (msgspec.DecodeError, RecursionError):
            return _doubt("an answer that is not the platform's", repeatable)
        if answer.errcode == 0 and (answer.invaliduser or answer.unlicenseduser):
            return Refused(why="81013: the receiver is not valid" if answer.invaliduser else "the receiver has no licence")
        return by_code(answer.errcode, answer.errmsg, attempts)
    if code in (429, 503):  # nothing was taken: turned away, or never reached
        return TryLater(seconds=60.0 if code == 429 else 5.0, why=f"HTTP {code}")
    if code == 0 or code >= 500 or code < 300:
        return _doubt("no answer" if code == 0 else f"HTTP {code}", repeatable)
    return Refused(why=f"HTTP {code}")


def _doubt(why: str, repeatable: bool) -> Receipt:
    return TryLater(seconds=15.0, why=why) if repeatable else Unknown(why=why)


def as_receipt(found: Verdict) -> Receipt:
    """For who does not look after tokens and alarms himself: both are "later"."""
    if isinstance(found, RefreshToken):
        return TryLater(seconds=1.0, why=found.why)
    if isinstance(found, Alarm):
        return TryLater(seconds=ALARM_WAIT, why=found.why)
    return found


def read_token(code: int, body: bytes) -> Token | Verdict:
    """The answer of gettoken: a token, or why there is none. Asking again does no harm; never raises."""
    found = verdict(code, body, repeatable=True)
    if not isinstance(found, Delivered):
        return found
    try:
        answer = _READ_TOKEN.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return TryLater(seconds=15.0, why="an answer without a token")
    return Token(answer.access_token, answer.expires_in)
