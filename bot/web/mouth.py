"""Carries what the bot says to the platforms: picks the channel, sends over HTTP, reads what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

import aiohttp

from bot.alarms import Alarms
from bot.channels.base import Channel, Malformed
from bot.channels.plain import Plain
from bot.domain.settings import Settings
from bot.messages import Delivered, Outgoing, Receipt, Refused
from bot.web.calls import call


class Official(Protocol):
    """A platform with ways of its own; None for a line that is not for it."""

    @property
    def alarms(self) -> Alarms: ...

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt | None: ...


class HttpMouth:
    """Speaks through each lounge's mouth and each person's address."""

    def __init__(self, settings: Settings, channels: Mapping[str, Channel], http: aiohttp.ClientSession,
                 official: Official | None = None) -> None:
        self._settings, self._channels, self._http, self._official = settings, channels, http, official
        self.alarms = official.alarms if official is not None else Alarms()

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt:
        """Send one line; without anybody listening on the plain channel there is nothing to send and nothing lost."""
        if self._official is not None:
            receipt = await self._official.deliver(line, now)
            if receipt is not None:
                return receipt
        channel = self._channel(line)
        try:
            wire = channel.encode(replace(line, at=self._settings.local(now)))
        except Malformed as why:
            return Refused(why=str(why))
        if isinstance(channel, Plain):
            if not wire.url:
                return Delivered()
            wire = channel.seal(wire, datetime.now(UTC))
        return channel.read_receipt(*await call(self._http, wire))

    def _channel(self, line: Outgoing) -> Channel:
        if line.to.startswith("chat:"):
            lounge = self._settings.lounges.get(line.to.removeprefix("chat:"))
            wanted = lounge.mouth.channel if lounge else "plain"
        else:
            person = self._settings.people.get(line.to.removeprefix("person:"))
            wanted = next(iter(person.addresses), "plain") if person else "plain"
        return self._channels.get(wanted) or next(iter(self._channels.values()))
