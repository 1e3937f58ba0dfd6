"""Whose account and which group of WeCom is meant: looked up in mappings that the caller owns, never guessed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.channels.base import Malformed
from bot.domain.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Bindings as they stand when they are asked; the mappings may be live views of the running state.

    An account nobody is bound to is called `<realm>:<account>`, so that it can never pass for a person of config.
    `realm` is one company: its robots, bots and apps know a member by the same account.
    """

    realm: str = "wecom"
    lounges: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (channel, chat) -> lounge id
    people: Mapping[str, str] = field(default_factory=dict)  # account -> person id
    accounts: Mapping[str, str] = field(default_factory=dict)  # person id -> account

    def lounge(self, channel: str, chat: str) -> str:
        """The lounge that hears in this chat; "" where nobody has bound it."""
        return self.lounges.get((channel, chat), "")

    def person(self, account: str) -> str:
        """Who speaks from this account."""
        return self.people.get(account) or f"{self.realm}:{account}"

    def account(self, person: str) -> str | None:
        """The account under which a person or sender is reached here."""
        known = self.accounts.get(person)
        if known:
            return known
        realm, mark, account = person.partition(":")
        return account if mark and realm == self.realm and account else None

    def reached(self, to: str) -> str:
        """The account of an Outgoing's `to`. Raises Malformed where it names nobody who can be reached here."""
        kind, _, person = to.partition(":")
        account = self.account(person) if kind == "person" else None
        if account is None:
            raise Malformed("to: has no account here")
        return account


def names_of(settings: Settings, channels: Collection[str], realm: str = "wecom") -> Names:
    """The bindings that config states, for the channels of one company."""
    lounges = {(ear.channel, ear.chat): lounge.id
               for lounge in settings.lounges.values() for ear in lounge.ears if ear.channel in channels}
    pairs = [(account, person.id) for person in settings.people.values()
             for channel, account in person.addresses.items() if channel in channels]
    return Names(realm=realm, lounges=lounges, people=dict(pairs), accounts={person: account for account, person in pairs})
