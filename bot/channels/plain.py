"""JSON over HTTP, signed with HMAC: for the demo, tests, bridges and archives; one line of the chat-log format each."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from bot.channels.base import Capability, Malformed, Rejected, Wire
from bot.channels.masking import mask
from bot.messages import (
    ButtonPress,
    ChatLine,
    Delivered,
    Incoming,
    Outgoing,
    Receipt,
    Refused,
    TryLater,
    Unknown,
)

MAX_AGE = 300  # seconds that a signed request may be off, either way
TEXT_MOST = 2000  # characters kept of one line
NAME_MOST, KEY_MOST, ARGS_MOST = 64, 40, 20
MEDIA = frozenset({"image", "voice", "video", "file"})
Id = Annotated[str, Meta(min_length=1, max_length=200)]
Ref = Annotated[str, Meta(max_length=200)]
Word = Annotated[str, Meta(max_length=40)]
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # no platform's XML can carry them back
_LAST_NUMBER = re.compile(r"(?<![\W\d〇零幺一二三四五六七八九])[\W\d〇零幺一二三四五六七八九]+$")


class _Line(msgspec.Struct, kw_only=True):
    """One line of the log as it comes in; unknown fields (gold among them) are never read."""

    id: Id
    at: datetime
    sender: Id
    type: str = "line"
    lounge: str = ""
    name: str | None = ""
    text: str | None = None
    reply_to: Ref | None = None
    at_bot: bool | None = False
    media: str | None = None
    private: bool = False
    press: Word | None = None
    case: Word | None = None
    message: Ref | None = None
    note: str | None = ""
    args: Annotated[dict[str, str], Meta(max_length=ARGS_MOST)] = {}


_DECODE = msgspec.json.Decoder(list[msgspec.Raw])
_ONE = msgspec.json.Decoder(_Line)


class Plain:
    """The plain channel of one installation. Source: the project's own format (README, "plain")."""

    name = "plain"
    able = Capability(hears_all=True, posts_freely=True, private=True, buttons=True, text_bytes=20_000, per_minute=0)

    def __init__(self, secret: bytes, lounges: Collection[str], out: str = "") -> None:
        if not secret:
            raise ValueError("the plain channel needs a secret")
        self._secret, self._lounges, self._out = secret, frozenset(lounges), out

    @property
    def out(self) -> str:
        """Where what the bot says is POSTed; "" where nobody asked for it."""
        return self._out

    def sign(self, timestamp: str, body: bytes) -> str:
        """The value of X-Lounge-Signature for a body at a timestamp (unix seconds)."""
        return "sha256=" + hmac.new(self._secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()

    def verify(self, request: Wire, now: datetime) -> bytes:
        """The raw body, once its signature and age hold. Raises Rejected."""
        stamp = request.headers.get("x-lounge-timestamp", "")
        given = request.headers.get("x-lounge-signature", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            raise Rejected("no timestamp")
        if not hmac.compare_digest(self.sign(stamp, request.body).encode(), given.encode("utf-8", "replace")):
            raise Rejected("signature does not fit")
        if abs(now.timestamp() - int(stamp)) > MAX_AGE:
            raise Rejected("stale or early")
        return request.body

    def parse(self, body: bytes) -> list[Incoming]:
        """One line or a list of them, all or nothing. Raises Malformed naming the index."""
        try:
            body.decode("utf-8")
            rows = _DECODE.decode(body) if body.lstrip()[:1] == b"[" else [msgspec.Raw(body)]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as why:
            raise Malformed(f"not JSON: {_short(why)}", 0) from None
        found: list[Incoming] = []
        for index, raw in enumerate(rows):
            item = self._item(raw, index)
            if item is not None:
                found.append(item)
        return found

    def _item(self, raw: msgspec.Raw, index: int) -> Incoming | None:
        try:
            line = _ONE.decode(raw)
        except (msgspec.DecodeError, RecursionError) as why:
            if _unknown_type(raw):
                return None
            raise Malformed(_short(why), index) from None
        if line.at.tzinfo is None:
            raise Malformed("at: has no time zone", index)
        if not 2000 <= line.at.year <= 2100:
            raise Malformed("at: is not a plausible time", index)
        if line.type not in ("line", "text", "message", "press") or line.media is not None and line.media not in MEDIA:
            return None
        return self._press(line, index) if line.press is not None else self._line(line, index)

    def _line(self, line: _Line, index: int) -> ChatLine:
        if line.text is None:
            raise Malformed("text: missing", index)
        if line.lounge not in self._lounges and not (line.private and not line.lounge):
            raise Malformed("lounge: unknown", index)
        return ChatLine(
            id=line.id, at=line.at, sender=line.sender, name=_kept(line.name, NAME_MOST), text=_kept(line.text, TEXT_MOST),
            lounge="" if line.private else line.lounge, channel=self.name, chat=line.lounge, reply_to=line.reply_to or None,
            at_bot=bool(line.at_bot), media=line.media, private=line.private,
        )

    def _press(self, line: _Line, index: int) -> ButtonPress:
        if not line.press or not (line.case or line.message):
            raise Malformed("press: needs a verb and a case (or the doubtful message)", index)
        if line.lounge and line.lounge not in self._lounges:
            raise Malformed("lounge: unknown", index)
        args = {_kept(key, KEY_MOST): _kept(value, TEXT_MOST) for key, value in line.args.items()}
        return ButtonPress(
            id=line.id, at=line.at, sender=line.sender, verb=line.press, case=line.case, message=line.message,
            lounge=line.lounge, channel=self.name, note=_kept(line.note, TEXT_MOST), args=args,
        )

    def greet(self, request: Wire) -> bytes | None:
        """The plain channel has no handshake."""
        return None

    def answer(self, request: Wire, said: Sequence[Outgoing]) -> Wire:
        """The plain channel answers nothing in the response; its counts are the webhook's."""
        return Wire(code=200, body=b"{}")

    def encode(self, message: Outgoing) -> Wire:
        """One line of outbox.jsonl, signed when it is sent (`seal`), for whoever listens at `out`."""
        return Wire(url=self._out, headers={"content-type": "application/json; charset=utf-8"}, body=outbox_row(message))

    def seal(self, wire: Wire, wall: datetime) -> Wire:
        """Add the signature of the moment of sending."""
        stamp = str(int(wall.timestamp()))
        more = {"x-lounge-timestamp": stamp, "x-lounge-signature": self.sign(stamp, wire.body)}
        return Wire(url=wire.url, headers={**wire.headers, **more}, body=wire.body)

    def read_receipt(self, code: int, body: bytes) -> Receipt:
        """2xx is delivered; 429 and 5xx later; anything else never; 0 means that no answer came."""
        if 200 <= code < 300:
            return Delivered()
        if code == 0:
            return Unknown(why="no answer")
        if code == 429 or code >= 500:
            return TryLater(seconds=5, why=f"HTTP {code}")
        return Refused(why=f"HTTP {code}")


def outbox_row(line: Outgoing) -> bytes:
    """What the bot said, as one line of a replay's outbox.jsonl."""
    row = {"at": line.at.isoformat(), "to": line.to, "card": line.card, "text": line.text, "case": line.case}
    return msgspec.json.encode(row)


def _kept(text: str | None, most: int) -> str:
    """What is kept of somebody's words: no control characters, no personal numbers, not too long.

    A number that the cut goes through would no longer be known as one, so it goes whole.
    """
    text = text or ""
    return mask(_CONTROL.sub("", text if len(text) <= most else _LAST_NUMBER.sub("", text[:most])))


def _unknown_type(raw: Any) -> bool:
    """Whether this is an object that says itself that it is of a kind we do not read."""
    try:
        kind = msgspec.json.decode(raw, type=dict[str, Any]).get("type", "line")
    except (msgspec.DecodeError, RecursionError):
        return False
    return kind not in ("line", "text", "message", "press")


def _short(why: Exception) -> str:
    return str(why).split(" - at ")[0][:120] if isinstance(why, msgspec.DecodeError) else "broken text"
