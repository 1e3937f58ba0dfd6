"""WeCom's self-built app (自建应用): one member's own chat with the bot, cards with buttons, and their change after a press.

Source: platforms.md 3.1 to 3.6 (pages 90238, 90239, 90240, 90236, 94888, 91039). The access token is not ours: `encode`
leaves it out and `with_token` puts it in at the moment of sending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, urlencode

import msgspec

from bot.channels import wecom_app_cards as cards
from bot.channels.base import Capability, Malformed, Rejected, Wire
from bot.channels.limits import MEMBER
from bot.channels.masking import mask
from bot.channels.wecom_aibot_words import TEXT_MOST
from bot.channels.wecom_app_words import SHOWN, Fields, call, envelope, event_id, words
from bot.channels.wecom_cards import KEY_MOST, pressed
from bot.channels.wecom_codes import Verdict, as_receipt, verdict
from bot.channels.wecom_crypto import Crypt
from bot.channels.wecom_media import API, Media, accepted
from bot.channels.wecom_names import Names
from bot.messages import ButtonPress, ChatLine, Entered, Incoming, Notice, Outgoing, Receipt

MEDIA = frozenset({"image", "voice", "video"})
PRESSES = frozenset({"template_card_event", "template_card_menu_event"})
ENTERS = frozenset({"enter_agent", "subscribe"})


class WeComApp:
    """One app of one company."""

    able = Capability(hears_all=False, posts_freely=False, private=True, buttons=True, text_bytes=cards.TEXT_MOST,
                      per_minute=MEMBER.most)

    def __init__(self, crypt: Crypt, names: Names, corp: str, agent: int, secret: str, *, name: str = "wecom_app",
                 base: str = API, page: str = "", forms: Mapping[str, str] | None = None) -> None:
        """`corp` is the 企业ID, `agent` the AgentId, `secret` the app's Secret; `forms`: card -> text or markdown."""
        if not (corp and secret):
            raise ValueError("the app needs a corp id and a secret")
        if set((forms or {}).values()) - {"text", "markdown"}:
            raise ValueError("forms: text or markdown")
        self.name, self._crypt, self._names, self._corp = name, crypt, names, corp
        self._agent, self._secret, self._base, self._page = agent, secret, base, page
        self._forms = forms or {}

    def verify(self, request: Wire, now: datetime) -> bytes:
        """The clear XML, once envelope, signature and age hold and it is for this app. Raises Rejected."""
        try:
            outer = envelope(request.body)
            encrypt, corp, agent = outer.must("Encrypt", 1 << 20), outer.get("ToUserName"), outer.get("AgentID")
        except Malformed as why:
            raise Rejected(f"envelope: {why}") from None
        if corp != self._corp or agent not in ("", str(self._agent)):
            raise Rejected("envelope: for another app")
        return self._crypt.open(request.query, encrypt, now).clear

    def replay_key(self, request: Wire) -> str | None:
        """Under which a verified callback is remembered once it is durable."""
        nonce = request.query.get("nonce", "")
        return f"{self.name}/{nonce}" if request.method == "POST" and nonce else None

    def greet(self, request: Wire) -> bytes | None:
        """The clear echostr of the console page's check. Raises Rejected."""
        return self._crypt.greeting(request.query)

    def parse(self, body: bytes) -> list[Incoming]:
        """A private line or a press; nothing for other events and kinds nobody reads. Raises Malformed."""
        fields = self._call(body)
        kind = fields.must("MsgType").lower()
        if kind == "text" or kind in SHOWN:
            return [self._line(fields, kind)]
        if kind == "event" and fields.must("Event").lower() in PRESSES:
            return [self._press(fields)]
        return []

    def notice(self, body: bytes) -> Notice | None:
        """Somebody opened the app; None for everything else. Raises Malformed."""
        fields = self._call(body)
        if fields.must("MsgType").lower() != "event" or fields.must("Event").lower() not in ENTERS:
            return None
        return Entered(id=event_id(fields), at=fields.instant(), channel=self.name,
                       sender=self._names.person(fields.must("FromUserName")))

    def answer(self, request: Wire, said: Sequence[Outgoing]) -> Wire:
        """An empty 200: what is to be said goes by message/send, which may take its time."""
        return Wire(code=200)

    def encode(self, message: Outgoing) -> Wire:
        """The POST for one member, still without its access token. Raises Malformed where he has no account here."""
        account = self._names.reached(message.to)
        if message.card_code:
            path, body = "update_template_card", cards.update(message, account, self._agent, self._page)
        else:
            form = self._forms.get(message.card, "text")
            path, body = "send", cards.message(message, account, self._agent, form)
        return Wire(url=f"{self._base}/cgi-bin/message/{path}", headers={"content-type": "application/json"},
                    body=msgspec.json.encode(body))

    def fetchable(self, url: str) -> bool:
        """Whether a file may be asked for there."""
        return url.startswith(f"{self._base}/cgi-bin/media/get?")

    def media(self, data: bytes) -> Media:
        """A fetched file, which is not encrypted. Raises Malformed where it is of a kind that is not kept."""
        return accepted(data)

    def read_verdict(self, code: int, body: bytes, attempts: int = 0) -> Verdict:
        """What became of a call. A second copy of a message is dropped by the platform, so doubt means: again."""
        return verdict(code, body, repeatable=True, attempts=attempts)

    def read_receipt(self, code: int, body: bytes) -> Receipt:
        """As `read_verdict`, for who looks after tokens and alarms elsewhere: both are "later"."""
        return as_receipt(self.read_verdict(code, body))

    def token_request(self) -> Wire:
        """The GET that fetches an access token; its address holds the secret and is never logged."""
        query = urlencode({"corpid": self._corp, "corpsecret": self._secret})
        return Wire(method="GET", url=f"{self._base}/cgi-bin/gettoken?{query}")

    def with_token(self, wire: Wire, token: str) -> Wire:
        """The request with the access token of the moment; the address is never logged."""
        mark = "&" if "?" in wire.url else "?"
        return replace(wire, url=f"{wire.url}{mark}access_token={quote(token, safe='')}")

    def _call(self, body: bytes) -> Fields:
        fields = call(body)
        if fields.get("ToUserName") != self._corp or fields.get("AgentID") not in ("", str(self._agent)):
            raise Malformed("for another app")
        return fields

    def _line(self, fields: Fields, kind: str) -> ChatLine:
        media = fields.get("MediaId", 512) if kind in MEDIA else ""
        url = f"{self._base}/cgi-bin/media/get?media_id={quote(media, safe='')}" if media else ""
        return ChatLine(
            id=fields.must("MsgId"), at=fields.instant(), sender=self._names.person(fields.must("FromUserName")),
            text=mask(words(fields, kind))[:TEXT_MOST], channel=self.name, media=kind if kind in MEDIA else None, private=True,
            media_urls=(url,) if url else (),
        )

    def _press(self, fields: Fields) -> ButtonPress:
        what = pressed(fields.must("EventKey", KEY_MOST))
        return ButtonPress(
            id=event_id(fields), at=fields.instant(), sender=self._names.person(fields.must("FromUserName")),
            verb=what.verb, case=what.case, message=what.message, lounge=what.lounge, channel=self.name, args=what.args,
            card_code=fields.get("ResponseCode", 1024),
        )
