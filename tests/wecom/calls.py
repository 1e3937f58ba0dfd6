"""The callbacks that WeCom would send, sealed and signed, and a reader of the answers by another hand (wechatpy)."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from wechatpy.enterprise.crypto import PrpCrypto

from bot.channels.base import Wire
from bot.channels.wecom_crypto import Crypt, Keys
from tests.wecom import checks

TOKEN, AES = "smolbot-token", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
CORP, AGENT, SECRET = "ww1436e0e65a779aee", 1000002, "app-secret"


def keys(token: str = TOKEN, aes: str = AES) -> Keys:
    """A pair as a console page shows it."""
    return Keys.read(token, aes)


@dataclass
class Caller:
    """WeCom's side of one bot (receiveid "") or app (receiveid the corp id); nonces count up."""

    receiveid: str = ""
    token: str = TOKEN
    aes: str = AES
    bot: str = "AIBOT-1"
    count: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.crypt = Crypt(self.receiveid, keys(self.token, self.aes), random=lambda n: b"0123456789abcdef"[:n])

    def post(self, clear: str, at: datetime, nonce: str | None = None) -> Wire:
        """A sealed callback."""
        stamp = str(int(at.timestamp()))
        sealed = self.crypt.seal(clear.encode(), stamp, nonce or f"nonce-{next(self.count)}")
        query = {"msg_signature": sealed.signature, "timestamp": stamp, "nonce": sealed.nonce}
        if not self.receiveid:
            return Wire(query=query, body=json.dumps({"encrypt": sealed.encrypt}, separators=(",", ":")).encode(),
                        headers={"content-type": "application/json"})
        body = (f"<xml><ToUserName><![CDATA[{self.receiveid}]]></ToUserName><AgentID><![CDATA[{AGENT}]]></AgentID>"
                f"<Encrypt><![CDATA[{sealed.encrypt}]]></Encrypt></xml>")
        return Wire(query=query, body=body.encode(), headers={"content-type": "text/xml"})

    def greeting(self, at: datetime, word: str = "6875309241") -> Wire:
        """The console page's check of a URL."""
        stamp = str(int(at.timestamp()))
        sealed = self.crypt.seal(word.encode(), stamp, f"nonce-{next(self.count)}")
        query = {"msg_signature": sealed.signature, "timestamp": stamp, "nonce": sealed.nonce, "echostr": sealed.encrypt}
        return Wire(method="GET", query=query)

    def aibot(self, at: datetime, sender: str, chat: str = "", *, message: str = "", url: str = "", **more: Any) -> Wire:
        """Any callback to an AI bot; `more` are its own fields (msgtype, text, event, ...)."""
        number = next(self.count)
        clear: dict[str, Any] = {"msgid": message or f"MSGID-{number}", "aibotid": self.bot}
        clear |= {"chatid": chat, "chattype": "group"} if chat else {"chattype": "single"}
        clear |= {"from": {"userid": sender}} | ({"response_url": url} if url else {}) | more
        return self.post(json.dumps(clear, ensure_ascii=False, separators=(",", ":")), at)

    def line(self, at: datetime, sender: str, text: str, chat: str = "", **more: Any) -> Wire:
        """A text to an AI bot, in a group or its own chat."""
        return self.aibot(at, sender, chat, msgtype="text", text={"content": text}, **more)

    def refresh(self, at: datetime, sender: str, stream: str, chat: str = "") -> Wire:
        """The question how an open stream goes on."""
        return self.aibot(at, sender, chat, msgtype="stream", stream={"id": stream})

    def event(self, at: datetime, sender: str, kind: str, what: dict[str, Any], chat: str = "", **more: Any) -> Wire:
        """An event of an AI bot."""
        return self.aibot(at, sender, chat, create_time=int(at.timestamp()), msgtype="event",
                          event={"eventtype": kind, kind: what}, **more)

    def press(self, at: datetime, sender: str, key: str, task: str, chat: str = "", **more: Any) -> Wire:
        """A pressed button on an AI bot's card."""
        what = {"card_type": "button_interaction", "event_key": key, "task_id": task}
        return self.event(at, sender, "template_card_event", what, chat, **more)

    def app(self, at: datetime, sender: str, kind: str, **fields: str | int) -> Wire:
        """A message or event to an app."""
        rows: dict[str, str | int] = {"ToUserName": self.receiveid, "FromUserName": sender,
                                      "CreateTime": int(at.timestamp()), "MsgType": kind, **fields, "AgentID": AGENT}
        inner = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in rows.items())
        return self.post(f"<xml>{inner}</xml>", at)

    def app_line(self, at: datetime, sender: str, text: str) -> Wire:
        """A text to an app."""
        return self.app(at, sender, "text", Content=text, MsgId=1_000_000 + next(self.count))

    def app_press(self, at: datetime, sender: str, key: str, task: str, code: str) -> Wire:
        """A pressed button on an app's card."""
        return self.app(at, sender, "event", Event="template_card_event", EventKey=key, TaskId=task, ResponseCode=code,
                        CardType="button_interaction")

    def media(self, data: bytes) -> bytes:
        """A file as an AI bot gets it: padded to 32 and encrypted, nothing around it."""
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        key = base64.b64decode(self.aes + "=")
        missing = 32 - len(data) % 32
        step = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        return step.update(data + bytes([missing]) * missing) + step.finalize()

    def read(self, answer: Wire, call: Wire, asked: str) -> dict[str, Any] | None:
        """A passive answer as WeCom reads it; None for an empty one. An AssertionError says what it would not take."""
        assert answer.code == 200
        if not answer.body:
            return None
        body = json.loads(answer.body)
        assert set(body) == {"encrypt", "msgsignature", "timestamp", "nonce"}
        assert isinstance(body["timestamp"], int) and body["nonce"] == call.query["nonce"]
        parts = sorted([self.token, str(body["timestamp"]), body["nonce"], body["encrypt"]])
        assert hashlib.sha1("".join(parts).encode()).hexdigest() == body["msgsignature"]
        # the library asserts nothing about an empty receiver, so its reading is checked by comparing the tail
        clear = PrpCrypto(base64.b64decode(self.aes + "=")).decrypt(body["encrypt"], self.receiveid)
        found: dict[str, Any] = json.loads(clear)
        code, why = checks.passive(found, asked)
        assert code == 0, why
        return found
