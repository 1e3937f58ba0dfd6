"""Speaks WeCom's ways, in the order in which they cost least: the answer being fetched, the one-shot address, robot, app.

Limits a minute and access tokens are shared by all workers; what a person must put right rings an alarm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import aiohttp

from bot.alarms import Alarms
from bot.channels.base import Channel, Malformed, Wire
from bot.channels.limits import MEMBER, ROBOT, Sliding
from bot.channels.wecom_aibot import WeComAibot
from bot.channels.wecom_aibot_reply import STREAM_LIVES, url_lives
from bot.channels.wecom_app import WeComApp
from bot.channels.wecom_codes import Alarm, RefreshToken, Token, Verdict, as_receipt, read_token
from bot.channels.wecom_names import Names
from bot.channels.wecom_robot import WeComRobot
from bot.domain.settings import Settings
from bot.messages import Delivered, Outgoing, Receipt, Refused, TryLater, Unknown
from bot.store.replies import Replies
from bot.store.tokens import Tokens, Windows
from bot.web.calls import call
from bot.web.media import Fetching

FETCHED_WITHIN = 3.0  # seconds in which a platform that waits for an answer comes to fetch it; then another way is used
ALARM_PAUSE = timedelta(seconds=60)  # nobody is asked again sooner where a person has to put something right first
OFFICIAL = (WeComAibot, WeComRobot, WeComApp)


@dataclass
class WeComMouth:
    """All that is said through the channels of one company. `alarms` are this process's."""

    settings: Settings
    channels: Mapping[str, Channel]
    names: Names
    http: aiohttp.ClientSession
    replies: Replies
    tokens: Tokens
    windows: Windows
    fetching: Fetching
    alarms: Alarms
    _paused: dict[str, tuple[datetime, str]] = field(default_factory=dict)  # channel or robot -> until when, why

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt | None:
        """What became of a line; None where it is for none of these channels. Raises Lost."""
        if line.to.startswith("media:"):
            return await self._media(line, now)
        if line.reply or line.reply_url:
            receipt = await self._back(line, now)
            if receipt is not None:
                return receipt
        if line.card in ("heard", "heard_done"):  # only for whoever waits for the answer itself
            return Delivered()
        channel = self._channel(line)
        if channel is None:
            return self._nobody(line)
        try:
            if isinstance(channel, WeComRobot):
                return await self._robot(channel, line)
            return await self._member(channel, line) if isinstance(channel, WeComApp) else Refused(why="no way to speak first")
        except Malformed as why:
            return Refused(why=str(why))

    def _channel(self, line: Outgoing) -> Channel | None:
        """The robot of a lounge, or the app for whoever has an account."""
        kind, _, name = line.to.partition(":")
        if kind == "chat":
            lounge = self.settings.lounges.get(name)
            channel = self.channels.get(lounge.mouth.channel) if lounge is not None else None
            return channel if isinstance(channel, OFFICIAL) else None
        if self.names.account(name) is None:
            return None
        return next((one for one in self.channels.values() if isinstance(one, WeComApp)), None)

    def _nobody(self, line: Outgoing) -> Receipt | None:
        """Whom only this company could reach is not to be looked for elsewhere; None where another channel may."""
        kind, _, name = line.to.partition(":")
        if kind == "person" and name.startswith(f"{self.names.realm}:"):
            return Refused(why="no app reaches this account")
        person = self.settings.people.get(name)
        ways = person.addresses if person is not None else ("plain",)
        elsewhere = any(way in self.channels and not isinstance(self.channels[way], OFFICIAL) for way in ways)
        if kind == "person" and not elsewhere:
            return Refused(why="no account is known here; bind one with a code (lounge code)")
        return None

    async def _back(self, line: Outgoing, now: datetime) -> Receipt | None:
        """The ways that the question itself left open; None where they are closed."""
        if line.reply and now - line.at < STREAM_LIVES and await self.replies.put(line.reply, line) \
                and await self.replies.given(line.reply, FETCHED_WITHIN):
            return Delivered()
        bot = self.channels.get(line.reply.partition("/")[0])
        bot = bot or next((one for one in self.channels.values() if isinstance(one, WeComAibot)), None)
        if not line.reply_url or not isinstance(bot, WeComAibot) or not url_lives(line.at, now):
            return None
        try:
            wire = bot.encode(line)
        except Malformed:  # it leads to another chat than the line is for
            return None
        if not await self.replies.spend(line.reply_url):
            return None
        code, body = await call(self.http, wire)
        if code == 503:  # nobody was reached: it is still good
            await self.replies.unspend(line.reply_url)
            return TryLater(seconds=5.0, why="HTTP 503")
        found = as_receipt(bot.read_verdict(code, body, line.attempts))
        return found if isinstance(found, Delivered | Unknown) else None

    async def _robot(self, robot: WeComRobot, line: Outgoing) -> Receipt:
        name = f"{robot.name}/{line.to.removeprefix('chat:')}"
        wire = robot.encode(line)
        waits = self._waits(name) or await self._room(name, ROBOT)
        if waits is not None:
            return waits
        return self._judged(name, robot.read_verdict(*await call(self.http, wire), line.attempts))

    async def _member(self, app: WeComApp, line: Outgoing) -> Receipt:
        """A card's code is good once: where it is gone, the line is said as a new one."""
        receipt = await self._with_token(app, line)
        if isinstance(receipt, Refused) and line.card_code:
            return await self._with_token(app, replace(line, card_code=""))
        return receipt

    async def _with_token(self, app: WeComApp, line: Outgoing) -> Receipt:
        wire = app.encode(line)
        waits = self._waits(app.name) or await self._room(f"{app.name}/{self.names.reached(line.to)}", MEMBER)
        if waits is not None:
            return waits
        found: Verdict = RefreshToken(why="no access token")
        stale = ""
        for _ in range(2):  # a token that went bad early is renewed once, and the call made once more
            token = await self._token(app, stale)
            if not isinstance(token, str):
                return token
            found = app.read_verdict(*await call(self.http, app.with_token(wire, token)), line.attempts)
            if not isinstance(found, RefreshToken):
                break
            stale = token
        return self._judged(app.name, found)

    async def _token(self, app: WeComApp, stale: str = "") -> str | Receipt:
        """An access token, or what to do without one."""
        failed: list[Verdict] = []

        async def fetch() -> tuple[str, int] | None:
            found = read_token(*await call(self.http, app.token_request()))
            if isinstance(found, Token):
                return found.value, found.seconds
            failed.append(found)
            return None

        token = await self.tokens.good(app.name, fetch, datetime.now(UTC), stale)
        if token is not None:
            return token
        if failed:
            return self._judged(app.name, failed[0])
        return self._waits(app.name) or TryLater(seconds=5.0, why="no access token yet")

    def _judged(self, name: str, found: Verdict) -> Receipt:
        """The verdict as a receipt; a full channel and one that somebody must mend are left alone for a while."""
        wall = datetime.now(UTC)
        if isinstance(found, Alarm):
            self.alarms.ring(name, found.why)
            self._paused[name] = wall + ALARM_PAUSE, found.why
        elif isinstance(found, TryLater) and found.why.startswith("45009"):
            self._paused[name] = wall + timedelta(seconds=found.seconds), found.why
        elif isinstance(found, Delivered):
            self.alarms.still(name)
            self._paused.pop(name, None)
        return as_receipt(found)

    def _waits(self, name: str) -> Receipt | None:
        until, why = self._paused.get(name, (datetime.min.replace(tzinfo=UTC), ""))
        left = (until - datetime.now(UTC)).total_seconds()
        return TryLater(seconds=max(left, 0.1), why=why) if left > 0 else None

    async def _room(self, name: str, limit: Sliding) -> Receipt | None:
        wait = await self.windows.room(name, limit.most, limit.span, datetime.now(UTC))
        return TryLater(seconds=wait.total_seconds(), why="the minute is full") if wait else None

    async def _media(self, line: Outgoing, now: datetime) -> Receipt:
        if line.card == "forget":
            return await self.fetching.forget(line)
        source = self.channels.get(line.to.removeprefix("media:").partition("/")[0])
        if not isinstance(source, WeComAibot | WeComApp):
            return Refused(why="media: the channel is gone")
        wire = Wire(method="GET", url=line.reply_url)
        if isinstance(source, WeComApp):
            token = await self._token(source)
            if not isinstance(token, str):
                return token
            wire = source.with_token(wire, token)
        return await self.fetching.fetch(line, source, wire, now)
