"""Which group is which lounge and which account which person, now: config with the running state laid over it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TypeVar

import structlog

from bot.channels.wecom_names import Names, names_of
from bot.domain.settings import Settings
from bot.handlers.binding import ACCOUNT, BINDINGS, CHAT
from bot.store.port import Change, Entry, Lost, Reader

OFFICIAL = ("wecom_aibot", "wecom_robot", "wecom_app")  # kinds of channels that know people by one company's accounts
LOOK_S = 2.0  # seconds after which what another process has bound is known here

K = TypeVar("K")
log = structlog.get_logger("bindings")


class Bindings:
    """Live views for the channels; changed at once by what this process decides, within seconds by others."""

    def __init__(self, settings: Settings) -> None:
        self.mine = frozenset(name for name, one in settings.channels.items() if one.kind in OFFICIAL)
        self._apps = frozenset(name for name, one in settings.channels.items() if one.kind == "wecom_app")
        self._settings, self._base = settings, names_of(settings, self.mine)
        self._lounges: dict[tuple[str, str], str] = dict(self._base.lounges)
        self._people: dict[str, str] = dict(self._base.people)
        self._accounts: dict[str, str] = dict(self._base.accounts)
        self._fields: dict[str, str] = {}
        self.names = Names(realm=self._base.realm, lounges=self._lounges, people=self._people, accounts=self._accounts)

    def use(self, settings: Settings) -> None:
        """New settings are in force: the running state is laid over what they say."""
        self.mine = frozenset(name for name, one in settings.channels.items() if one.kind in OFFICIAL)
        self._apps = frozenset(name for name, one in settings.channels.items() if one.kind == "wecom_app")
        self._settings, self._base = settings, names_of(settings, self.mine)
        self.names = Names(realm=self._base.realm, lounges=self._lounges, people=self._people, accounts=self._accounts)
        self.lay(self._fields)

    def lay(self, fields: Mapping[str, str]) -> None:
        """Take over the whole running state. Whoever is bound by hand is no longer who config says."""
        self._fields = dict(fields)
        lounges, people, accounts = dict(self._base.lounges), dict(self._base.people), dict(self._base.accounts)
        for name, value in sorted(fields.items()):
            if name.startswith(CHAT) and value in self._settings.lounges:
                channel, _, chat = name.removeprefix(CHAT).partition("/")
                lounges[channel, chat] = value
            elif name.startswith(ACCOUNT):
                self._account(name.removeprefix(ACCOUNT), value, people, accounts)
        _become(self._lounges, lounges)
        _become(self._people, people)
        _become(self._accounts, accounts)

    def _account(self, sender: str, value: str, people: dict[str, str], accounts: dict[str, str]) -> None:
        """An AI bot may know people by ids of its own, so the account an app knows is the one to write to."""
        realm, _, account = sender.partition(":")
        person, channel = json.loads(value)
        if realm != self._base.realm or person not in self._settings.people:
            return
        people[account] = person
        if channel in self._apps or person not in accounts:
            accounts[person] = account

    def decided(self, entry: Entry, change: Change) -> None:
        """An observer of what is committed: a binding is in force with the next line."""
        fresh = {name: value for lounge, name, value in change.overlay if lounge == BINDINGS}
        if fresh:
            merged = {**self._fields, **fresh}
            self.lay({name: value for name, value in merged.items() if value is not None})

    async def refresh(self, reader: Reader) -> None:
        """Read the running state. Raises Lost."""
        fields = await reader.overlay(BINDINGS)
        if dict(fields) != self._fields:
            self.lay(fields)

    async def keep(self, reader: Reader) -> None:
        """Keep up with other processes until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.refresh(reader)
            except Lost:
                log.debug("the store is away")


def _become(view: dict[K, str], now: Mapping[K, str]) -> None:
    """The same mapping, which the channels hold, with what stands now."""
    view.clear()
    view.update(now)
