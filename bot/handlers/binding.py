"""Binds groups to lounges and accounts to people: by whoever runs the machine, or by a code that was given by hand.

All bindings are one running state, so that a code is used once whoever types it first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.settings import Settings
from bot.handlers import cards
from bot.handlers.context import Here
from bot.messages import Arranged, ButtonPress, ChatLine, Decision, Entered
from bot.shards import shard_of
from bot.store.port import Change

BINDINGS = ".bindings"  # where they stand, like a lounge's running state; no lounge can be called so
CHAT, CODE, ACCOUNT, TRIES = "chat/", "code/", "account/", "tries/"
CODE_LIVES = timedelta(minutes=10)
TRIES_MOST = 5
WAIT = timedelta(minutes=10)  # after too many wrong codes
Field = tuple[str, str, str | None]


def code_field(code: str) -> str:
    """Under which a code is kept: never as it is typed."""
    return CODE + hashlib.sha256(code.strip().upper().encode("utf-8", "replace")).hexdigest()[:32]


def chat_field(channel: str, chat: str) -> str:
    """Under which a group's lounge is kept."""
    return f"{CHAT}{channel}/{chat}"


def lent(person: str, until: datetime) -> str:
    """What is kept under a code: whose it is and how long it holds."""
    return json.dumps([person, until.isoformat()])


def asked(line: ChatLine, words: str, here: Here) -> Change:
    """绑定 CODE, typed in private: goes to where the codes are. An account that needs no binding is told so."""
    if ":" not in line.sender:
        return _say(line.sender, "bind_known", line.id, here, "不用绑定")
    press = ButtonPress(id=line.id, at=line.at, sender=line.sender, verb="bind", lounge=BINDINGS, channel=line.channel,
                        note=words[:40], reply=line.reply, reply_url=line.reply_url)
    return Change(forward=((shard_of(BINDINGS), f"bind/{line.channel}/{line.sender}/{line.id}", press),))


async def claim(press: ButtonPress, here: Here) -> Change:
    """A code that fits binds the account to its person and is gone; a wrong one is counted."""
    if press.lounge != BINDINGS:
        return Change(decision=Decision(id=press.id, decision="ignore", why="绑定码要在私聊里发"))
    fields = await here.reader.overlay(BINDINGS)
    tries, until = _tried(fields, press.sender, here.now)
    if tries >= TRIES_MOST:
        return _say(press.sender, "bind_locked", press.id, here, "绑定试得太多")
    name = code_field(press.note)
    person = _owner(fields.get(name), here.settings, here.now)
    if person is None:
        left = TRIES_MOST - tries - 1
        kept = json.dumps([str(tries + 1), (until or here.now + WAIT).isoformat()])
        return _say(press.sender, "bind_wrong" if left else "bind_locked", press.id, here, "绑定码不对", {"count": str(left)},
                    ((BINDINGS, TRIES + press.sender, kept),))
    bound: tuple[Field, ...] = ((BINDINGS, name, None), (BINDINGS, TRIES + press.sender, None),
                                (BINDINGS, ACCOUNT + press.sender, json.dumps([person, press.channel])))
    return _say(press.sender, "bind_done", press.id, here, f"绑定为{person}",
                {"attendant": cards.name_of(person, here.settings)}, bound)


async def arranged(what: Arranged, here: Here) -> Change:
    """A binding or a code set by hand; a group that got a lounge gets the letter. Old codes go by the way."""
    fields = await here.reader.overlay(BINDINGS)
    worn: tuple[Field, ...] = tuple((BINDINGS, name, None) for name, kept in fields.items() if _worn(name, kept, here.now))
    change = Change(overlay=(*worn, (BINDINGS, what.name, what.value)))
    lounge = what.value or ""
    if not what.name.startswith(CHAT) or lounge not in here.settings.lounges:
        return change
    channel, _, chat = what.name.removeprefix(CHAT).partition("/")
    came = Entered(id=what.id, at=what.at, sender="", channel=channel, chat=chat, lounge=lounge)
    return Change(overlay=change.overlay, forward=((shard_of(lounge), f"entered/{what.id}", came),))


def _owner(kept: str | None, settings: Settings, now: datetime) -> str | None:
    """Whose code this is, while it holds."""
    parts = _parts(kept)
    alive = len(parts) == 2 and datetime.fromisoformat(parts[1]) >= now
    return parts[0] if alive and parts[0] in settings.people else None


def _tried(fields: Mapping[str, str], sender: str, now: datetime) -> tuple[int, datetime | None]:
    """How many wrong codes this account has sent, and until when they count."""
    parts = _parts(fields.get(TRIES + sender))
    until = datetime.fromisoformat(parts[1]) if len(parts) == 2 else None
    return (int(parts[0]), until) if until is not None and until >= now else (0, None)


def _parts(kept: str | None) -> list[str]:
    return [str(part) for part in json.loads(kept)] if kept else []


def _worn(name: str, kept: str, now: datetime) -> bool:
    """Whether a field only says what no longer counts."""
    return name.startswith((CODE, TRIES)) and datetime.fromisoformat(_parts(kept)[1]) < now


def _say(sender: str, card: str, key: str, here: Here, why: str, extra: Mapping[str, str] | None = None,
         overlay: tuple[Field, ...] = ()) -> Change:
    """One sentence to the account that asked, and what is written."""
    say, forward = cards.send([cards.plain(card, f"person:{sender}", here, key, extra=extra)])
    return Change(say=say, forward=forward, overlay=overlay, decision=Decision(id=key, decision="act", why=why))
