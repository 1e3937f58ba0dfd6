"""What WeCom checks in a body before it takes it, as (errcode, what is wrong); 0 where nothing is. Pure.

Source: platforms.md 1.6, 1.7, 2.2, 3.4. Where the real code of a mistake is not known, 40058 (a parameter) stands in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Found = tuple[int, str]
OK: Found = (0, "ok")
TASK = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
ROBOT_TEXT, ROBOT_MARKDOWN, APP_TEXT, AIBOT_TEXT = 2048, 4096, 2048, 20_480
SHOWS, ASKS = ("text_notice", "news_notice"), ("button_interaction", "vote_interaction", "multiple_interaction")


def size(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode())


def words(body: Mapping[str, Any], kind: str, most: int) -> Found:
    """A body of `kind` with a content of at most `most` bytes."""
    part = body.get(kind)
    if not isinstance(part, dict) or not isinstance(part.get("content"), str):
        return 40058, f"{kind}.content"
    if not part["content"]:
        return 44004, "empty content"
    return OK if size(part["content"]) <= most else (45002, f"{kind}.content exceed max length")


def card(shape: Any, kinds: tuple[str, ...], typed_buttons: bool = False) -> Found:
    """A template card of one of the kinds that this door takes."""
    if not isinstance(shape, dict):
        return 40058, "template_card"
    kind = shape.get("card_type")
    if kind not in kinds:
        return 40058, "card_type"
    title = shape.get("main_title", {}).get("title") or shape.get("sub_title_text")
    if not title:
        return 40058, "main_title.title"
    if kind in SHOWS and not shape.get("card_action", {}).get("url"):
        return 40058, "card_action.url"
    if kind == "news_notice" and not (shape.get("card_image") or shape.get("image_text_area")):
        return 40058, "card_image"
    return _buttons(shape, typed_buttons) if kind == "button_interaction" else OK


def _buttons(shape: Mapping[str, Any], typed: bool) -> Found:
    if not TASK.fullmatch(str(shape.get("task_id", ""))):
        return 40058, "task_id"
    buttons = shape.get("button_list")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 6:
        return 40058, "button_list"
    for button in buttons:
        key = button.get("key", "")
        if not 1 <= len(button.get("text", "")) <= 10 or not 1 <= size(key) <= 1024:
            return 40058, "button"
        if button.get("style", 1) not in (1, 2, 3, 4) or typed and button.get("type", 0) not in (0, 1):
            return 40058, "button.style"
    return OK if len({button["key"] for button in buttons}) == len(buttons) else (40058, "button.key repeated")


def robot(body: Mapping[str, Any]) -> Found:
    """webhook/send: display cards only, and limits in bytes."""
    kind = body.get("msgtype")
    if kind == "text":
        return words(body, "text", ROBOT_TEXT)
    if kind in ("markdown", "markdown_v2"):
        return words(body, str(kind), ROBOT_MARKDOWN)
    return card(body.get("template_card"), SHOWS) if kind == "template_card" else (40008, "invalid message type")


def app(body: Mapping[str, Any], agent: int) -> Found:
    """message/send, all but its receivers."""
    if body.get("agentid") != agent:
        return 40056, "invalid agentid"
    if not 0 <= body.get("duplicate_check_interval", 1800) <= 14_400:
        return 40058, "duplicate_check_interval"
    kind = body.get("msgtype")
    if kind in ("text", "markdown"):
        return words(body, str(kind), APP_TEXT)
    return card(body.get("template_card"), SHOWS + ASKS, True) if kind == "template_card" else (40008, "message type")


def update(body: Mapping[str, Any], agent: int) -> Found:
    """message/update_template_card, all but its code."""
    if body.get("agentid") != agent:
        return 40056, "invalid agentid"
    if not (body.get("userids") or body.get("atall")):
        return 82001, "receivers empty"
    if "button" in body:
        return OK if body["button"].get("replace_name") else (40058, "replace_name")
    return card(body.get("template_card"), SHOWS + ASKS, True)


def late(body: Mapping[str, Any], chattype: str) -> Found:
    """A post to a response_url: a card only where the callback came from one person's own chat."""
    if body.get("msgtype") == "markdown":
        return words(body, "markdown", AIBOT_TEXT)
    if body.get("msgtype") == "template_card" and chattype == "single":
        return card(body.get("template_card"), SHOWS + ASKS)
    return 40008, "invalid message type"


def passive(clear: Mapping[str, Any], asked: str) -> Found:
    """The clear text of a passive answer to a message, refresh, press or entering."""
    kind = clear.get("response_type") or clear.get("msgtype")
    allowed = {"message": ("stream", "template_card", "stream_with_template_card"), "refresh": ("stream",),
               "press": ("update_template_card",), "enter": ("text", "template_card")}[asked]
    if kind not in allowed:
        return 40008, f"{kind} is no answer to {asked}"
    if kind == "text":
        return words(clear, "text", AIBOT_TEXT)
    if kind == "stream":
        part = clear.get("stream", {})
        if not part.get("id") or not isinstance(part.get("finish"), bool):
            return 40058, "stream"
        return OK if size(part.get("content", "")) <= AIBOT_TEXT else (45002, "stream.content")
    return card(clear.get("template_card"), SHOWS + ASKS)
