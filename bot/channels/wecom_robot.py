"""WeCom's group robot (群机器人, 消息推送) as a lounge's mouth: says text, markdown and cards that show; hears nothing.

Source: platforms.md 2.1 to 2.5 (pages 99110, 91770). Its address is its secret: it is never logged. A post that got no
answer may have been seen by the whole group, so it is `Unknown` and never said again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from bot.channels.base import Capability, Malformed, Rejected, Wire
from bot.channels.limits import ROBOT, cut, size
from bot.channels.wecom_cards import shown_card, typed
from bot.channels.wecom_codes import Verdict, as_receipt, verdict
from bot.channels.wecom_media import API
from bot.channels.wecom_names import Names
from bot.messages import Incoming, Outgoing, Receipt

TEXT_MOST, MARKDOWN_MOST = 2048, 4096  # bytes
_LINK = re.compile(r"\]\s*\(")


class WeComRobot:
    """The robots of an installation's groups, one key a lounge. Buttons become words to send."""

    able = Capability(hears_all=False, posts_freely=True, private=False, buttons=False, text_bytes=TEXT_MOST,
                      per_minute=ROBOT.most)

    def __init__(self, keys: Mapping[str, str], names: Names, *, name: str = "wecom_robot", base: str = API, page: str = "",
                 image: str = "", forms: Mapping[str, str] | None = None) -> None:
        """`keys`: lounge id -> the robot's key. `forms`: card -> text, markdown, text_notice or news_notice.

        A card that shows needs `page` (what opens when it is touched), and a news_notice an `image`; else it is text.
        """
        unknown = set((forms or {}).values()) - set(_FORMS)
        if unknown:
            raise ValueError(f"forms: unknown {sorted(unknown)}")
        self.name, self._keys, self._names, self._base = name, keys, names, base
        self._page, self._image, self._forms = page, image, forms or {}

    def verify(self, request: Wire, now: datetime) -> bytes:
        """A robot hears nothing. Raises Rejected."""
        raise Rejected("a group robot hears nothing")

    def parse(self, body: bytes) -> list[Incoming]:
        """A robot hears nothing. Raises Malformed."""
        raise Malformed("a group robot hears nothing")

    def greet(self, request: Wire) -> bytes | None:
        """A robot has no handshake."""
        return None

    def answer(self, request: Wire, said: Sequence[Outgoing]) -> Wire:
        """A robot is never asked."""
        return Wire(code=404)

    def encode(self, message: Outgoing) -> Wire:
        """The POST for a line to a lounge's group. Raises Malformed where the lounge has no robot."""
        kind, _, lounge = message.to.partition(":")
        key = self._keys.get(lounge, "") if kind == "chat" else ""
        if not key:
            raise Malformed("to: no robot speaks there")
        form = self._form(message)
        body = _FORMS[form](self, message)
        return self._post(key, {"msgtype": form if form in ("text", "markdown") else "template_card", **body})

    def probe(self, lounge: str) -> Wire:
        """A post that is refused for being empty: nobody sees it, and a wrong key shows. Its address is a secret."""
        return self._post(self._keys.get(lounge, ""), {"msgtype": "text", "text": {"content": ""}})

    def _post(self, key: str, body: dict[str, Any]) -> Wire:
        return Wire(url=f"{self._base}/cgi-bin/webhook/send?key={quote(key, safe='')}",
                    headers={"content-type": "application/json"}, body=msgspec.json.encode(body))

    def read_verdict(self, code: int, body: bytes, attempts: int = 0) -> Verdict:
        """What became of a post; errors come with HTTP 200."""
        return verdict(code, body, attempts=attempts)

    def read_receipt(self, code: int, body: bytes) -> Receipt:
        """As `read_verdict`, for who asks only whether it arrived."""
        return as_receipt(self.read_verdict(code, body))

    def _form(self, message: Outgoing) -> str:
        """The form of a card, or the nearest that can be: a card that shows mentions nobody and needs what it opens."""
        form = self._forms.get(message.card, "text")
        if form == "news_notice" and not self._image:
            form = "text_notice"
        if form.endswith("_notice") and (not self._page or self._accounts(message)):
            form = "text"
        return "markdown" if form == "text" and size(typed(message)) > TEXT_MOST else form

    def _accounts(self, message: Outgoing) -> list[str]:
        """Whom to mention; who has no account here is not, and nobody is ever called by @all."""
        found = (self._names.account(person) for person in message.mention)
        return list(dict.fromkeys(account for account in found if account and account != "@all"))

    def _text(self, message: Outgoing) -> dict[str, Any]:
        body: dict[str, Any] = {"content": cut(typed(message), TEXT_MOST)}
        accounts = self._accounts(message)
        return {"text": {**body, "mentioned_list": accounts} if accounts else body}

    def _markdown(self, message: Outgoing) -> dict[str, Any]:
        mentions = "".join(f"<@{account}>" for account in self._accounts(message))
        tail = "\n" + mentions if mentions else ""
        return {"markdown": {"content": cut(plain(typed(message)), MARKDOWN_MOST - size(tail)) + tail}}

    def _notice(self, message: Outgoing) -> dict[str, Any]:
        return {"template_card": shown_card(message, self._page)}

    def _news(self, message: Outgoing) -> dict[str, Any]:
        return {"template_card": shown_card(message, self._page, self._image)}


_FORMS = {"text": WeComRobot._text, "markdown": WeComRobot._markdown, "text_notice": WeComRobot._notice,
          "news_notice": WeComRobot._news}


def plain(text: str) -> str:
    """A resident's words within markdown: they mention nobody, colour nothing and link nowhere."""
    return _LINK.sub("]（", text.replace("<", "＜"))
