"""What an app sends to one member as JSON: text, markdown, cards with buttons, and the change of a pressed card; pure.

Source: platforms.md 3.4 (pages 90236, 94888).
"""

from __future__ import annotations

from typing import Any

from bot.channels.limits import cut
from bot.channels.wecom_aibot_reply import changed
from bot.channels.wecom_cards import Card, button_card, task_id
from bot.messages import Outgoing

TEXT_MOST = 2048  # bytes, of text and of markdown
SAME_WITHIN = 600  # seconds in which the platform drops a second copy; long enough for our own repeats
ASKED_WITHIN = 20  # the same for an answer: whoever asks again, or notes a second thing, must hear the same words again


def message(line: Outgoing, account: str, agent: int, form: str = "text") -> dict[str, Any]:
    """The body of message/send: a card where there are buttons, else text or markdown."""
    body = _card(line) if line.buttons else _words(line.text, form)
    return {"touser": account, "agentid": agent, **body, "enable_duplicate_check": 1,
            "duplicate_check_interval": SAME_WITHIN if line.ping else ASKED_WITHIN}


def _words(text: str, form: str) -> dict[str, Any]:
    return {"msgtype": form, form: {"content": cut(text, TEXT_MOST)}}


def _card(line: Outgoing) -> dict[str, Any]:
    return {"msgtype": "template_card", "template_card": _callbacks(button_card(line, task_id(line)))}


def _callbacks(card: Card) -> Card:
    """The app's buttons say of what type they are: 0 calls back."""
    if "button_list" in card:
        card["button_list"] = [{"type": 0, **button} for button in card["button_list"]]
    return card


def update(line: Outgoing, account: str, agent: int, page: str = "", progress: str = "看进展") -> dict[str, Any]:
    """The body of message/update_template_card: the card of `card_code` says what came of the press."""
    card = _callbacks(changed(line, task_id(line), page, progress))
    return {"userids": [account], "agentid": agent, "response_code": line.card_code, "template_card": card}
