"""WeCom's AI bot (智能机器人) by URL callback: hears when it is mentioned, answers in the response or once to a URL.

Source: platforms.md 1.2 to 1.6 (pages 100719, 101027, 101031, 101033, 101138). Messages carry no time of their own, so
`verify` hands the callback's on: its bytes are `<timestamp> <clear JSON>`, which `parse`, `asked` and `notice` read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from bot.channels import wecom_aibot_reply as reply
from bot.channels.base import Capability, Malformed, Rejected, Wire
from bot.channels.masking import mask
from bot.channels.wecom_aibot_words import QUOTE_MOST, TEXT_MOST, Call, placed, quoted, read, without_mention
from bot.channels.wecom_cards import pressed
from bot.channels.wecom_codes import Verdict, as_receipt, verdict
from bot.channels.wecom_crypto import Crypt, Opened
from bot.channels.wecom_media import API, MEDIA_ORIGINS, Media, accepted, allowed
from bot.channels.wecom_names import Names
from bot.messages import ButtonPress, ChatLine, Entered, Feedback, Incoming, Notice, Outgoing, Receipt

MEDIA = frozenset({"image", "voice", "file", "video"})
LINES = MEDIA | {"text", "mixed"}
ALONE = "#alone"  # put behind a reply_url that leads to one person's own chat; never sent
_VERDICTS = {1: "good", 2: "bad", 3: "taken_back"}
_REASONS = {1: "irrelevant", 2: "incomplete", 3: "wrong", 4: "miscounted"}


class _Envelope(msgspec.Struct):
    encrypt: str


_ENVELOPE = msgspec.json.Decoder(_Envelope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a callback wants for an answer: kind is message, refresh, press, enter, feedback or other.

    Only what is meant for `to` may be said in the answer: the asker's own chat, or the group he asked in.
    """

    kind: str
    to: str
    stream: str = ""  # of a message and its refreshes: the id under which the answer waits
    task: str = ""  # of a press: the card's
    asker: str = ""  # person:<who asked>
    account: str = ""  # his on the platform
    callback: str = ""  # the callback's own id: a message's or event's; a refresh has one of its own


class WeComAibot:
    """One AI bot. Its name is the channel's: an installation may have several."""

    able = Capability(hears_all=False, posts_freely=False, private=False, buttons=True, text_bytes=reply.TEXT_MOST,
                      per_minute=0)

    def __init__(self, crypt: Crypt, names: Names, called: Collection[str], *, name: str = "wecom_aibot", bot: str = "",
                 origins: Sequence[str] = (API,), media: Sequence[str] = MEDIA_ORIGINS, page: str = "") -> None:
        """`called`: what the bot is called, to strip mentions. `bot`: its aibotid, checked where given.

        `page` is the https address that a touched card opens ({case} stands for the number).
        """
        self.name, self._crypt, self._names, self._bot = name, crypt, names, bot
        self._called = tuple(sorted(called, key=len, reverse=True))
        self._origins, self._media, self._page = tuple(origins), tuple(media), page

    def verify(self, request: Wire, now: datetime) -> bytes:
        """`<timestamp> <clear JSON>` once signature, age and envelope hold. Raises Rejected."""
        opened = self._crypt.open(request.query, _encrypted(request.body), now)
        return _framed(request, opened)

    def replay_key(self, request: Wire) -> str | None:
        """Under which a verified callback is remembered once it is durable: its nonce is unique for two hours."""
        nonce = request.query.get("nonce", "")
        return f"{self.name}/{nonce}" if request.method == "POST" and nonce else None

    def greet(self, request: Wire) -> bytes | None:
        """The clear echostr of the console page's check. Raises Rejected."""
        return self._crypt.greeting(request.query)

    def parse(self, body: bytes) -> list[Incoming]:
        """A line or a press; nothing for a refresh, a notice or a kind nobody reads. Raises Malformed."""
        at, call = read(body, self._bot)
        if call.msgtype in LINES:
            return [self._line(call, at)]
        happened = call.event
        if call.msgtype == "event" and happened is not None and happened.template_card_event is not None:
            return [self._press(call, at)]
        return []

    def notice(self, body: bytes) -> Notice | None:
        """Somebody entered, or judged an answer; None for everything else. Raises Malformed."""
        at, call = read(body, self._bot)
        kind = call.event.eventtype if call.msgtype == "event" and call.event is not None else ""
        sender, chat = self._names.person(call.from_.userid), call.chatid
        if kind == "enter_chat":
            return Entered(id=call.msgid, at=at, sender=sender, channel=self.name, chat=chat,
                           lounge=self._names.lounge(self.name, chat) if chat else "")
        judged = call.event.feedback_event if call.event is not None else None
        if kind != "feedback_event" or judged is None or judged.type not in _VERDICTS:
            return None
        reasons = tuple(_REASONS[n] for n in judged.inaccurate_reason_list[:10] if n in _REASONS)
        return Feedback(id=call.msgid, at=at, sender=sender, channel=self.name, about=judged.id[:256],
                        lounge=self._names.lounge(self.name, chat) if chat else "",
                        verdict=_VERDICTS[judged.type], reasons=reasons, text=mask(judged.content)[:QUOTE_MOST])

    def asked(self, body: bytes) -> Asked:
        """What kind of answer a verified callback wants. Raises Malformed."""
        _, call = read(body, self._bot)
        account = call.from_.userid
        asker = f"person:{self._names.person(account)}"
        to = asker if call.chattype == "single" else f"chat:{self._lounge(call.chatid)}"
        kind, stream, task = _wanted(call)
        return Asked(kind=kind, to=to, asker=asker, account=account, callback=call.msgid, stream=stream, task=task)

    def answer(self, request: Wire, said: Sequence[Outgoing], *, more: bool | None = None, stream: str = "") -> Wire:
        """The passive reply to a verified callback, sealed under the pair it came under. Raises Rejected, Malformed.

        A message that has no answer yet gets an open stream; `more` says otherwise, `stream` names another id for it.
        What is not meant for this chat is left out: nobody's private answer is read by a group.
        """
        opened = self._crypt.reopen(request.query, _encrypted(request.body))
        asked = self.asked(_framed(request, opened))
        said = [line for line in said if line.to == asked.to or asked.kind == "press" and line.to == asked.asker]
        clear = self._clear(asked, said, not said if more is None else more, stream or asked.stream)
        if clear is None:
            return Wire(code=200)
        sealed = self._crypt.seal(clear, request.query["timestamp"], request.query["nonce"], opened.keys)
        body = {"encrypt": sealed.encrypt, "msgsignature": sealed.signature, "timestamp": int(sealed.timestamp),
                "nonce": sealed.nonce}
        return Wire(headers={"content-type": "application/json"}, body=msgspec.json.encode(body))

    def encode(self, message: Outgoing) -> Wire:
        """A late answer to the line's own `reply_url`; the bot cannot speak first.

        Raises Malformed without one, or where it leads to a group and the line is for one person.
        """
        url, mark, _ = message.reply_url.partition(ALONE)
        single = bool(mark)
        if not allowed(url, self._origins):
            raise Malformed("reply url: none, or not the platform's")
        if single != message.to.startswith("person:"):
            raise Malformed("reply url: leads to another chat than the line is for")
        return Wire(url=url, headers={"content-type": "application/json"}, body=reply.late(message, single))

    def fetchable(self, url: str) -> bool:
        """Whether a file may be asked for there."""
        return allowed(url, self._media)

    def media(self, data: bytes) -> Media:
        """A fetched file in clear. Raises Malformed where it does not decrypt or is of a kind that is not kept."""
        return accepted(data, self._crypt)

    def read_verdict(self, code: int, body: bytes, attempts: int = 0) -> Verdict:
        """What became of a late answer. A URL is good once, so doubt stays doubt."""
        return verdict(code, body, attempts=attempts)

    def read_receipt(self, code: int, body: bytes) -> Receipt:
        """As `read_verdict`, for who asks only whether it arrived."""
        return as_receipt(self.read_verdict(code, body))

    def _clear(self, asked: Asked, said: Sequence[Outgoing], more: bool, stream: str) -> bytes | None:
        """The reply in clear; None where an empty packet is the answer."""
        if asked.kind == "message" and len(said) == 1 and said[0].buttons and not more:
            return reply.card(said[0])
        if asked.kind in ("message", "refresh"):
            return reply.stream(stream, reply.words(said), finish=not more, feedback=reply.feedback_id(said))
        if asked.kind == "press" and said:
            alone = () if said[-1].to == asked.to else (asked.account,)
            return reply.update(said[-1], asked.task, self._page, alone)
        return reply.welcome(said) if asked.kind == "enter" and said else None

    def _line(self, call: Call, at: datetime) -> ChatLine:
        words, media, urls = placed(call)
        single = call.chattype == "single"
        return ChatLine(
            id=call.msgid, at=at, sender=self._names.person(call.from_.userid),
            text=mask(without_mention(words, self._called))[:TEXT_MOST], lounge="" if single else self._lounge(call.chatid),
            channel=self.name, chat=call.chatid, at_bot=True, media=media, private=single, reply_url=self._url(call),
            media_urls=tuple(url for url in urls if allowed(url, self._media)), quote=mask(quoted(call))[:QUOTE_MOST] if call.quote is not None else "",
        )

    def _press(self, call: Call, at: datetime) -> ButtonPress:
        event = call.event.template_card_event if call.event is not None else None
        assert event is not None
        what = pressed(event.event_key)
        return ButtonPress(
            id=call.msgid, at=at, sender=self._names.person(call.from_.userid), verb=what.verb, case=what.case,
            message=what.message, lounge=what.lounge, channel=self.name, args=what.args, reply_url=self._url(call),
        )

    def _lounge(self, chat: str) -> str:
        return self._names.lounge(self.name, chat)

    def _url(self, call: Call) -> str:
        """Only an address of the platform is kept: whatever is there gets what residents are told."""
        if "#" in call.response_url or not allowed(call.response_url, self._origins):
            return ""
        return call.response_url + (ALONE if call.chattype == "single" else "")


def _wanted(call: Call) -> tuple[str, str, str]:
    """(kind, stream, task) of an Asked."""
    if call.msgtype == "stream" and call.stream is not None:
        return "refresh", call.stream.id, ""
    if call.msgtype in LINES:
        return "message", reply.stream_id(call.chatid, call.from_.userid, call.msgid), ""
    happened = call.event if call.msgtype == "event" else None
    if happened is not None and happened.template_card_event is not None:
        return "press", "", happened.template_card_event.task_id
    kinds = {"enter_chat": "enter", "feedback_event": "feedback"}
    return kinds.get(happened.eventtype, "other") if happened is not None else "other", "", ""


def _encrypted(body: bytes) -> str:
    try:
        return _ENVELOPE.decode(body).encrypt
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Rejected("not an envelope") from None


def _framed(request: Wire, opened: Opened) -> bytes:
    return request.query["timestamp"].encode() + b" " + opened.clear

