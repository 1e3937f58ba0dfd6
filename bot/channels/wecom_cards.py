"""Lays a line out as one of WeCom's template cards, and writes and reads what its buttons carry; pure.

Limits of platforms.md 1.7 and 2.2: six buttons of ten characters, a key of 1024 bytes, a task id of 128.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from bot.channels.base import Malformed
from bot.channels.limits import cut
from bot.domain.commands import LABEL, TYPED
from bot.messages import Outgoing

TITLE_MOST, SUB_MOST, QUOTE_MOST = 26, 112, 2048  # characters, characters, bytes
BUTTONS_MOST, LABEL_MOST, KEY_MOST = 6, 10, 1024
_BREAK = re.compile(r"[ ·，。、；：】）\u3000]")
_STOP = re.compile(r"[。！？；：](?=[^”’」』）】。！？；：])")  # where a sentence is over, and not inside what is quoted
_KEY = re.compile(r"press/([a-z_]{1,20})(?::([a-z]{1,20}))?/([^/]*)/([^/]*)/([^/]*)", re.ASCII)
_COLOURS = {"accept": 1, "resolve": 1, "open": 1, "rate": 1}  # button colours: 1 stands out, 2 is plain
Card = dict[str, Any]  # JSON on its way out; nothing is ever read from one


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button of ours carries."""

    verb: str
    args: Mapping[str, str]
    case: str | None
    message: str | None
    lounge: str


def key_of(verb: str, line: Outgoing) -> str:
    """The key of a button under `line`: verb (`rate:good` with its grade), case, doubtful message, lounge."""
    parts = (quote(part, safe=":") for part in (line.case or "", line.message or "", line.lounge))
    key = f"press/{verb}/" + "/".join(parts)
    if len(key) > KEY_MOST:
        raise Malformed("button: its key is too long")
    return key


def pressed(key: str) -> Pressed:
    """What was pressed. Raises Malformed where the key was not written by `key_of`."""
    found = _KEY.fullmatch(key)
    if found is None or len(key) > KEY_MOST:
        raise Malformed("event key: not one of ours")
    verb, grade, *rest = found.groups()
    case, message, lounge = (unquote(part, errors="replace")[:200] for part in rest)
    if not (case or message):
        raise Malformed("event key: about nothing")
    return Pressed(verb, {"grade": grade} if grade else {}, case or None, message or None, lounge)


def task_id(line: Outgoing) -> str:
    """An id of [0-9A-Za-z_-@], the same each time the same line is sent, another for another line."""
    case = re.sub(r"[^0-9A-Za-z_-]", "", line.case or "")[:40]
    return f"{case or 'line'}@{hashlib.sha256(line.key.encode('utf-8', 'replace')).hexdigest()[:32]}"


def blocks(text: str) -> Card:
    """The words of a card: a title, below it what it says, and in a quote what is too long for that."""
    first, _, rest = text.strip().partition("\n")
    title, over = _split(first.strip(), TITLE_MOST)
    body = "\n".join(part for part in (over, rest.strip()) if part)
    sub, over = _split(body, SUB_MOST)
    card: Card = {"main_title": {"title": title}}
    if sub:
        card["sub_title_text"] = sub
    if over:
        card["quote_area"] = {"type": 0, "quote_text": cut(over, QUOTE_MOST)}
    return card


def _split(text: str, most: int) -> tuple[str, str]:
    """The first `most` characters, ended where a sentence ends, else at a natural break in the second half; and the rest.

    Neither cuts through a quotation where there is another place, nor leaves a lone full stop below.
    """
    if len(text) <= most:
        return text, ""
    if len(text) == most + 1 and text[-1] in "。；，":
        return text[:-1], ""
    stops = [found.end() for found in _STOP.finditer(text, most // 3, most) if _whole(text[:found.end()])]
    breaks = [found.end() for found in _BREAK.finditer(text, most // 2, most)]
    outside = [end for end in breaks if _whole(text[:end])]
    opened = text.rfind("“", 4, most)  # else the quotation begins the next part
    end = (stops or outside or ([opened] if opened > 0 else breaks) or [most])[-1]
    return text[:end].rstrip(), text[end:].lstrip()


def _whole(text: str) -> bool:
    """Whether every quotation that begins in a text ends in it."""
    return text.count("“") == text.count("”")


def buttons(line: Outgoing) -> list[Card]:
    """At most six buttons; the first that matters stands out."""
    return [{"text": label[:LABEL_MOST], "style": _COLOURS.get(verb.partition(":")[0], 2), "key": key_of(verb, line)}
            for verb, label in line.buttons[:BUTTONS_MOST]]


def button_card(line: Outgoing, task: str) -> Card:
    """A card with buttons, for the AI bot and the app."""
    return {"card_type": "button_interaction", **blocks(line.text), "button_list": buttons(line), "task_id": task}


def shown_card(line: Outgoing, page: str, image: str = "") -> Card:
    """A card that only shows: text_notice, or news_notice where there is an image. `page` opens when it is touched."""
    url = page.replace("{case}", quote(line.case or "", safe=""))
    words = blocks(line.text)
    card: Card = {"card_type": "news_notice" if image else "text_notice", **words,
                  "card_action": {"type": 1, "url": url}}
    if image:  # a news_notice has no sub title: its words are the title's description
        sub = card.pop("sub_title_text", "")
        card["main_title"] = {**words["main_title"], **({"desc": sub} if sub else {})}
        card["card_image"] = {"url": image}
    return card


def typed(line: Outgoing) -> str:
    """The text with its buttons as words to send, for where no button can be shown."""
    words = [word for word in (_word(verb) for verb, _ in line.buttons) if word]
    if not words or not line.case:
        return line.text
    return line.text + "\n回：" + "｜".join(f"{word} {line.case}" for word in words)


def _word(verb: str) -> str:
    """The typed word of a verb; of a rating the one for its grade."""
    what, _, grade = verb.partition(":")
    if not grade:
        return LABEL.get(what, "")
    return next((word for word, (known, args) in TYPED.items() if known == what and args.get("grade") == grade), "")
