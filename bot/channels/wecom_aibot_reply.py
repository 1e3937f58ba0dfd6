"""What an AI bot answers in the HTTP response or to a response_url, as JSON in clear; pure, no ciphers.

Source: platforms.md 1.5 to 1.7 (pages 101031, 101033, 101138).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bot.channels.limits import cut
from bot.channels.wecom_cards import Card, button_card, buttons, key_of, shown_card, task_id, typed
from bot.messages import Outgoing

TEXT_MOST = 20_480  # bytes of a stream's or markdown's content
FEEDBACK_MOST = 256  # bytes
STREAM_LIVES = timedelta(minutes=6)  # after the person's message; then nothing asks any more
URL_LIVES = timedelta(minutes=58)  # of a response_url, one hour less a margin
ANY_PAGE = "https://work.weixin.qq.com"  # a card that only shows must open something
PRESS_WAITS = timedelta(seconds=4)  # an answer to a press later than 5 s is lost


def stream_id(chat: str, sender: str, message: str) -> str:
    """The id under which the answer to one message is streamed; any worker finds it again from a refresh."""
    return hashlib.sha256("\x00".join((chat, sender, message)).encode("utf-8", "replace")).hexdigest()[:32]


def url_lives(given: datetime, now: datetime) -> bool:
    """Whether a response_url may still be used; that it was not used before is the store's to know."""
    return timedelta(0) <= now - given < URL_LIVES


def stream(stream: str, text: str, finish: bool, feedback: str = "") -> bytes:
    """A part of a streamed answer; each replaces the one before. The last one may be judged by the reader."""
    body: dict[str, Any] = {"id": stream, "finish": finish, "content": cut(text, TEXT_MOST)}
    if feedback and finish:
        body["feedback"] = {"id": cut(feedback, FEEDBACK_MOST, "")}
    return _json({"msgtype": "stream", "stream": body})


def words(said: Sequence[Outgoing]) -> str:
    """Everything that is to be said in one answer, buttons as words."""
    return "\n\n".join(typed(line) for line in said)


def feedback_id(said: Sequence[Outgoing]) -> str:
    """By which a judgement finds its way back to what was said: the case's number, or the line's key."""
    return next((line.case for line in said if line.case), said[0].key) if said else ""


def card(line: Outgoing) -> bytes:
    """A card with buttons as the first answer to a message."""
    shape = button_card(line, task_id(line))
    shape["feedback"] = {"id": cut(feedback_id([line]), FEEDBACK_MOST, "")}
    return _json({"msgtype": "template_card", "template_card": shape})


def update(line: Outgoing, task: str, page: str = "", alone: Sequence[str] = (), progress: str = "看进展") -> bytes:
    """The pressed card, changed for everybody who sees it (or for the accounts `alone`); `task` must be the event's.

    A card needs a page to open or a button. Where what is said has neither, it gets one that asks how far the case is.
    """
    whom: dict[str, Any] = {"userids": list(alone)} if alone else {}
    return _json({"response_type": "update_template_card", **whom, "template_card": changed(line, task, page, progress)})


def changed(line: Outgoing, task: str, page: str, progress: str) -> Card:
    """The card that takes the place of a pressed one."""
    shape = button_card(line, task)
    if line.buttons:
        return shape
    if page or not line.case:
        return {**shown_card(line, page or ANY_PAGE), "task_id": task}
    return {**shape, "button_list": [{"text": progress, "style": 2, "key": key_of("progress", line)}]}


def welcome(said: Sequence[Outgoing]) -> bytes:
    """The answer to entering the bot's own chat: the only place where plain text is a valid answer."""
    if len(said) == 1 and buttons(said[0]):
        return card(said[0])
    return _json({"msgtype": "text", "text": {"content": cut(words(said), TEXT_MOST)}})


def late(line: Outgoing, single: bool) -> bytes:
    """What is POSTed in clear to a response_url: markdown, or a card in somebody's own chat."""
    if single and line.buttons:
        return card(line)
    return _json({"msgtype": "markdown", "markdown": {
        "content": cut(typed(line), TEXT_MOST), "feedback": {"id": cut(feedback_id([line]), FEEDBACK_MOST, "")}}})


def _json(what: dict[str, Any]) -> bytes:
    return msgspec.json.encode(what)
