"""Carries what the bot says to the platforms: picks the channel, sends over HTTP, reads what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp

from bot.channels.base import Channel, Wire
from bot.channels.plain import Plain
from bot.domain.settings import Settings
from bot.messages import Delivered, Outgoing, Receipt

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=3)


class HttpMouth:
    """Speaks through each lounge's mouth and each person's address."""

    def __init__(self, settings: Settings, channels: Mapping[str, Channel], http: aiohttp.ClientSession) -> None:
        self._settings, self._channels, self._http = settings, channels, http

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt:
        """Send one line; without anybody listening on the plain channel there is nothing to send and nothing lost."""
        channel = self._channel(line)
        wire = channel.encode(replace(line, at=self._settings.local(now)))
        if isinstance(channel, Plain):
            if not wire.url:
                return Delivered()
            wire = channel.seal(wire, datetime.now(UTC))
        code, body = await self._post(wire)
        return channel.read_receipt(code, body)

    def _channel(self, line: Outgoing) -> Channel:
        if line.to.startswith("chat:"):
            lounge = self._settings.lounges.get(line.to.removeprefix("chat:"))
            wanted = lounge.mouth.channel if lounge else "plain"
        else:
            person = self._settings.people.get(line.to.removeprefix("person:"))
            wanted = next(iter(person.addresses), "plain") if person else "plain"
        return self._channels.get(wanted) or next(iter(self._channels.values()))

    async def _post(self, wire: Wire) -> tuple[int, bytes]:
        try:
            async with self._http.post(wire.url, data=wire.body, headers=dict(wire.headers), timeout=TIMEOUT) as answer:
                return answer.status, await answer.content.read(65_536)
        except aiohttp.ClientConnectorError:
            return 503, b""  # never reached anybody: safe to try again
        except (aiohttp.ClientError, TimeoutError):
            return 0, b""
