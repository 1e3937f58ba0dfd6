"""What WeCom posts: taken in once, and answered in the response the one way that each kind of callback allows.

A message gets an open stream at once, its refreshes what the outbox has laid there, a press waits for the changed card.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.app import Rig
from bot.channels.base import Rejected, Wire
from bot.channels.wecom_aibot import Asked, WeComAibot
from bot.channels.wecom_aibot_reply import PRESS_WAITS, stream_id
from bot.channels.wecom_app import WeComApp
from bot.handlers.welcome import WELCOMED, facts
from bot.messages import ButtonPress, ChatLine, Entered, Feedback, Incoming, Outgoing
from bot.store.replies import CLOSED

Caller = WeComAibot | WeComApp
Plausible = Callable[[list[Incoming], datetime], None]
EMPTY = Wire(code=200)


@dataclass(slots=True)
class Answered:
    """How a callback was met: what goes back, and what is counted."""

    wire: Wire
    taken: int = 0
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Callbacks:
    """The front door for the channels that have callbacks. `plausible` refuses lines of another age."""

    rig: Rig
    plausible: Plausible

    async def receive(self, channel: Caller, wire: Wire) -> Answered:
        """Verify, parse, ingest, answer. Raises Rejected, Malformed, Lost."""
        body = channel.verify(wire, datetime.now(UTC))
        items = channel.parse(body)
        self.plausible(items, self.rig.clock.now())
        if isinstance(channel, WeComApp):
            return await self._app(channel, wire, body, items)
        return await self._aibot(channel, wire, body, items)

    async def _app(self, app: WeComApp, wire: Wire, body: bytes, items: list[Incoming]) -> Answered:
        """Everything is said later, by message/send."""
        notice = app.notice(body) if not items else None
        if isinstance(notice, Entered):
            items = [notice]
        taken = await self._ingest(app, wire, items)
        return Answered(EMPTY, taken, len(items) - taken)

    async def _aibot(self, bot: WeComAibot, wire: Wire, body: bytes, items: list[Incoming]) -> Answered:
        asked = bot.asked(body)
        notice = bot.notice(body) if asked.kind == "feedback" else None
        items = [notice] if isinstance(notice, Feedback) else items
        if asked.to == "chat:":
            return Answered(await self._unbound(bot, wire, asked, items))
        name = f"{bot.name}/{asked.stream or stream_id('', asked.account, asked.callback)}"
        items = [replace(item, reply=name) if isinstance(item, ChatLine | ButtonPress) else item for item in items]
        taken = await self._ingest(bot, wire, items)
        told = Answered(EMPTY, taken, len(items) - taken)
        match asked.kind:
            case "message":
                told.wire = EMPTY if self._on_trial(asked.to) else bot.answer(wire, (), more=True)
            case "refresh":
                told.wire = await self._refreshed(bot, wire, asked, name)
            case "press":
                lines = await self.rig.store.replies.wait(name, PRESS_WAITS.total_seconds())
                told.wire = bot.answer(wire, lines)
            case "enter":
                told.wire = await self._entered(bot, wire, body, asked)
        return told

    async def _ingest(self, channel: Caller, wire: Wire, items: Sequence[Incoming]) -> int:
        """How many were fresh. A callback that was answered before is refused, one that is only repeated is not."""
        nonces, key = self.rig.store.nonces, channel.replay_key(wire)
        if key is None:
            raise Rejected("no nonce")
        if not items:
            if not await nonces.first(key):
                raise Rejected("answered before")
            return 0
        taken = sum(await self.rig.ingest(items))
        if not taken and await nonces.seen(key):
            raise Rejected("answered before")
        nonces.remember(key)
        self._note(items)
        return taken

    def _note(self, items: Sequence[Incoming]) -> None:
        """Accounts that nobody is bound to, so that `lounge chats` can list them."""
        for item in items:
            if isinstance(item, ChatLine | ButtonPress | Entered) and ":" in item.sender:
                self.rig.store.strangers.note("account", item.channel, item.sender.partition(":")[2], item.at)

    async def _unbound(self, bot: WeComAibot, wire: Wire, asked: Asked, items: Sequence[Incoming]) -> Wire:
        """A group without a lounge: nothing is kept of what was said, and whoever spoke is told why."""
        key = bot.replay_key(wire)
        if key is None or not await self.rig.store.nonces.first(key):
            raise Rejected("answered before")
        for item in items:
            if isinstance(item, ChatLine):
                self.rig.store.strangers.note("chat", bot.name, item.chat, item.at)
        if asked.kind != "message":
            return EMPTY
        return bot.answer(wire, [self._line(asked, "unbound_chat")], more=False)

    async def _refreshed(self, bot: WeComAibot, wire: Wire, asked: Asked, name: str) -> Wire:
        """What is laid there, by whichever worker; else the stream stays open."""
        state, lines = await self.rig.store.replies.fetch(name)
        if lines:
            return bot.answer(wire, lines, more=False)
        if state == CLOSED:  # it went another way meanwhile
            return bot.answer(wire, [self._line(asked, "reply_below")], more=False)
        return bot.answer(wire, (), more=True)

    async def _entered(self, bot: WeComAibot, wire: Wire, body: bytes, asked: Asked) -> Wire:
        """The letter, to whoever opens the bot's own chat for the first time."""
        notice, who = bot.notice(body), asked.asker.removeprefix("person:")
        if not isinstance(notice, Entered) or WELCOMED in (await self.rig.store.reader.person(who)).fields:
            return EMPTY
        answer = bot.answer(wire, [self._line(asked, "welcome")])
        await self.rig.ingest([replace(notice, greeted=True)])
        return answer

    def _line(self, asked: Asked, card: str) -> Outgoing:
        settings = self.rig.settings
        text = settings.texts[card].text.format_map(facts("", settings))
        return Outgoing(key=f"{asked.callback}/{card}", at=self.rig.clock.now(), to=asked.to, card=card, text=text, ping=False)

    def _on_trial(self, to: str) -> bool:
        lounge = self.rig.settings.lounges.get(to.removeprefix("chat:")) if to.startswith("chat:") else None
        return lounge is not None and lounge.shadow
