"""Reads the JSON of an AI bot's callback into fixed shapes, and the words out of it; the platform's names end here.

Source: platforms.md 1.3 and 1.4.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta

from bot.channels.base import Malformed

TEXT_MOST = 2000  # characters kept of one line, cut off after masking: half a number would not be known as one
QUOTE_MOST = 500
ITEMS_MOST = 50  # parts of a mixed message that are read
YEARS = (datetime(2000, 1, 1, tzinfo=UTC).timestamp(), datetime(2100, 1, 1, tzinfo=UTC).timestamp())
SHOWN = {"image": "[图片]", "voice": "[语音]", "file": "[文件]", "video": "[视频]"}
Id = Annotated[str, Meta(min_length=1, max_length=200)]


class From(msgspec.Struct):
    userid: Id


class Content(msgspec.Struct):
    content: str = ""


class Place(msgspec.Struct):
    url: str = ""


class Item(msgspec.Struct):
    msgtype: str
    text: Content | None = None
    image: Place | None = None


class Mixed(msgspec.Struct):
    msg_item: list[Item]


class Quote(msgspec.Struct):
    """What was quoted: words are kept, other things only named."""

    msgtype: str
    text: Content | None = None
    voice: Content | None = None
    mixed: Mixed | None = None


class Stream(msgspec.Struct):
    id: Id


class CardEvent(msgspec.Struct):
    event_key: str
    task_id: str = ""


class FeedbackEvent(msgspec.Struct):
    id: str
    type: int
    content: str = ""
    inaccurate_reason_list: list[int] = []


class Happened(msgspec.Struct):
    eventtype: str
    template_card_event: CardEvent | None = None
    feedback_event: FeedbackEvent | None = None


class Call(msgspec.Struct, kw_only=True):
    """A callback in clear; fields nobody names here are never read."""

    msgid: Id
    from_: From = msgspec.field(name="from")
    msgtype: Annotated[str, Meta(min_length=1, max_length=40)]
    chattype: str = "single"
    chatid: Annotated[str, Meta(max_length=200)] = ""
    aibotid: str = ""
    response_url: str = ""
    create_time: int | None = None
    text: Content | None = None
    mixed: Mixed | None = None
    image: Place | None = None
    voice: Content | None = None
    file: Place | None = None
    video: Place | None = None
    quote: Quote | None = None
    stream: Stream | None = None
    event: Happened | None = None


KEPT = 512  # callbacks under way: each is read for what it says, for what it asks, and for its answer
_CALL = msgspec.json.Decoder(Call)
_CARRIED = frozenset({"text", "mixed", "image", "voice", "file", "video", "stream", "event"})  # in a field of that name
# eventtype -> the object that must come with it
_NEEDS = {"template_card_event": "template_card_event", "feedback_event": "feedback_event"}


@lru_cache(KEPT)
def read(body: bytes, bot: str = "") -> tuple[datetime, Call]:
    """When it happened (aware, UTC) and what, from `<timestamp> <clear JSON>`. Raises Malformed."""
    stamp, mark, clear = body.partition(b" ")
    if not mark or not stamp.isdigit() or len(stamp) > 12:
        raise Malformed("no timestamp before the message")
    try:
        call = _CALL.decode(clear)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as why:
        raise Malformed(_short(why)) from None
    if call.chattype not in ("single", "group") or call.chattype == "group" and not call.chatid:
        raise Malformed("chattype: neither one person's chat nor a group with its id")
    if bot and call.aibotid != bot:
        raise Malformed("aibotid: another bot's")
    _whole(call)
    instant = int(stamp) if call.create_time is None else call.create_time
    if not YEARS[0] <= instant < YEARS[1]:
        raise Malformed("create_time: not a plausible time")
    return datetime.fromtimestamp(instant, UTC), call


def _whole(call: Call) -> None:
    """What a kind needs is there. Raises Malformed."""
    if call.msgtype in _CARRIED and getattr(call, call.msgtype) is None:
        raise Malformed(f"{call.msgtype}: missing")
    if call.event is not None:
        needed = _NEEDS.get(call.event.eventtype)
        if needed is not None and getattr(call.event, needed) is None:
            raise Malformed(f"{needed}: missing")


def placed(call: Call) -> tuple[str, str | None, list[str]]:
    """(words, kind of media or None, where the media is). A voice message comes as the words it was heard as."""
    if call.mixed is not None and call.msgtype == "mixed":
        words, urls = _mixed(call.mixed)
        return words or SHOWN["image"], "image" if urls else None, urls
    if call.msgtype == "text" and call.text is not None:
        return call.text.content, None, []
    if call.msgtype == "voice" and call.voice is not None:
        return call.voice.content or SHOWN["voice"], "voice", []
    place: Place | None = getattr(call, call.msgtype)
    return SHOWN[call.msgtype], call.msgtype, [place.url] if place is not None and place.url else []


def _mixed(mixed: Mixed) -> tuple[str, list[str]]:
    items = mixed.msg_item[:ITEMS_MOST]
    words = [item.text.content for item in items if item.msgtype == "text" and item.text is not None]
    urls = [item.image.url for item in items if item.msgtype == "image" and item.image is not None and item.image.url]
    return "\n".join(words), urls


def quoted(call: Call) -> str:
    """The words of what was quoted; there is no id to find the message by."""
    quote = call.quote
    if quote is None:
        return ""
    if quote.mixed is not None:
        return _mixed(quote.mixed)[0]
    content = quote.text or quote.voice
    return content.content if content is not None else ""


def without_mention(text: str, called: Sequence[str]) -> str:
    """The text without the bot's name; `called` longest first. Names may hold spaces, so nothing is guessed.

    A name counts where it ends as a mention does: 小客 must not be cut out of @小客厅. Where none does, the one that
    opens the text was written without a space behind it: the platform only hands on what mentions the bot.
    """
    bare = text
    for name in called:
        bare = re.sub(rf"@{re.escape(name)}(?!\w)[ \u2005\u00a0]?", "", bare)
    if bare != text:
        return bare.strip()
    bare = text.strip()
    return next((bare.removeprefix(f"@{name}").strip() for name in called if bare.startswith(f"@{name}")), bare)


def _short(why: Exception) -> str:
    """Where it is wrong and never what it says."""
    if isinstance(why, msgspec.ValidationError):
        return f"not what it must be: {str(why).partition(' - at ')[2][:80] or 'the whole'}"
    return "not JSON"
