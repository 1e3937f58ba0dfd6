"""The Reader that handlers hold: answers from memory for shards that this process holds, else from Redis."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from redis.asyncio import Redis

from bot.domain.case import Case, Row
from bot.messages import ChatLine
from bot.shards import shard_of
from bot.store.keys import Homes, shard_of_home
from bot.store.port import Change, Entry, PersonState
from bot.store.remembered import Remembered, opening, set_field
from bot.store.stored import Stored
from bot.store.writes import is_talk

LOUNGES = 512  # remembered at once, over all shards
CASES = 2_000_000  # about a kilobyte each until somebody speaks of it
PERSONS = 20_000


class Memory:
    """port.Reader. Nothing is remembered of a shard until `own`; `applied` keeps it true, `drop` gives it up.

    Remembered are open cases, overlays, talk and numbers of lounges and the fields of persons. Only the loop that
    holds the shard may tell it what was decided; everybody else uses a Memory that owns nothing.
    """

    def __init__(self, client: Redis, homes: Homes, lounges: int = LOUNGES, cases: int = CASES) -> None:
        self._stored, self._homes = Stored(client, homes), homes
        self._most_lounges, self._most_cases = lounges, cases
        self._owned: set[int] = set()
        self._lounges: OrderedDict[str, Remembered] = OrderedDict()
        self._persons: OrderedDict[str, dict[str, str]] = OrderedDict()
        self._unsettled: dict[int, list[tuple[Entry, Change]]] = {}  # applied, perhaps not committed yet
        self._turn: dict[int, int] = {}  # shard -> how often it changed: a load that was overtaken starts again

    def own(self, shard: int) -> None:
        """From now on this process alone decides in the shard."""
        self._owned.add(shard)

    def disown(self, shard: int) -> None:
        """The shard is somebody else's now."""
        self.drop(shard)
        self._owned.discard(shard)

    def drop(self, shard: int) -> None:
        """Forgets all of the shard: after a conflict, a lost connection, or a commit that turned out settled before."""
        self._turn[shard] = self._turn.get(shard, 0) + 1
        self._unsettled.pop(shard, None)
        for name in [name for name in self._lounges if shard_of(name) == shard]:
            del self._lounges[name]
        for name in [name for name in self._persons if shard_of_home(name) == shard]:
            del self._persons[name]

    def applied(self, entry: Entry, change: Change) -> None:
        """Takes over what was decided, committed or about to be; cases count as stored with version + 1."""
        shard = entry.shard
        if shard not in self._owned:
            return
        self._turn[shard] = self._turn.get(shard, 0) + 1
        self._unsettled.setdefault(shard, []).append((entry, change))
        if isinstance(entry.what, ChatLine) and is_talk(entry.what) and entry.what.lounge in self._lounges:
            self._lounges[entry.what.lounge].heard(entry.what)
        if change.empty:
            return
        for lounge in {case.lounge for case in change.cases} | {one[0] for one in change.overlay}:
            if lounge in self._lounges:
                self._lounges[lounge].apply(lounge, change, _stored_as)
        for person in {one[0] for one in change.person} | set(change.erase):
            if person in self._persons:
                _apply_person(self._persons[person], person, change)

    def settled(self, shard: int) -> None:
        """What was applied so far is in Redis now; RedisInbox says so after each commit."""
        self._turn[shard] = self._turn.get(shard, 0) + 1
        self._unsettled.pop(shard, None)

    def counted(self, shard: int, counters: Mapping[str, str]) -> None:
        """Takes over counters that the outbox has raised, see RedisOutbox.sent."""
        self._turn[shard] = self._turn.get(shard, 0) + 1
        for name, by in counters.items():
            home, _, counter = name.rpartition("|")
            fields = self._persons.get(home)
            if fields is not None:
                set_field(fields, counter, str(int(fields.get(counter, "0")) + int(by)) if by else None)

    async def _lounge(self, lounge: str) -> Remembered | None:
        shard = shard_of(lounge)
        if shard not in self._owned:
            return None
        found = self._lounges.get(lounge)
        while found is None:
            turn = self._turn.get(shard, 0)
            fresh = Remembered(*await self._stored.lounge(lounge))
            found = self._lounges.get(lounge)
            if found is None and self._turn.get(shard, 0) == turn:
                found = self._lounges[lounge] = self._caught_up(lounge, fresh)
                self._shrink()
        self._lounges.move_to_end(lounge)
        return found

    def _caught_up(self, lounge: str, fresh: Remembered) -> Remembered:
        for entry, change in self._unsettled.get(shard_of(lounge), ()):
            fresh.apply(lounge, change, _stored_as)
            if isinstance(entry.what, ChatLine) and is_talk(entry.what) and entry.what.lounge == lounge:
                fresh.heard(entry.what)
        return fresh

    def _shrink(self) -> None:
        held = sum(len(one.open) for one in self._lounges.values())
        while len(self._lounges) > 1 and (len(self._lounges) > self._most_lounges or held > self._most_cases):
            held -= len(self._lounges.popitem(last=False)[1].open)

    async def case(self, case_id: str) -> Case | None:
        """The case, open or ended; None for a number nobody has. Raises Lost."""
        lounge = self._homes.lounge_of(case_id)
        held = await self._lounge(lounge) if lounge else None
        if held is not None:
            found = held.get(case_id)
            if found is not None:
                return found
        return await self._stored.case(case_id)

    async def open_cases(self, lounge: str) -> Sequence[Case]:
        """By opening instant. Raises Lost."""
        held = await self._lounge(lounge)
        return held.open.all() if held else await self._stored.open_cases(lounge)

    async def _all(self, lounge: str) -> Remembered:
        return await self._lounge(lounge) or Remembered(await self._stored.open_packed(lounge), {}, (), 0)

    async def case_of_message(self, lounge: str, message_id: str) -> Case | None:
        """The open case that the message opened or joined. Raises Lost."""
        return next(iter((await self._all(lounge)).open.find("message", message_id)), None)

    async def cases_of(self, lounge: str, sender: str) -> Sequence[Case]:
        """Open cases in which the sender is reporter or supporter. Raises Lost."""
        return (await self._all(lounge)).open.find("sender", sender)

    async def held_by(self, lounge: str, person: str) -> Sequence[Case]:
        """Open cases for which the person is responsible, was asked, or mediates. Raises Lost."""
        return (await self._all(lounge)).open.find("holder", person)

    async def lately(self, lounge: str, since: datetime) -> Sequence[Case]:
        """Open cases touched at that instant or after it, by opening. Raises Lost."""
        return (await self._all(lounge)).open.lately(since)

    async def alike(self, lounge: str, intent: str | None = None, building: str | None = None) -> Sequence[Case]:
        """Open cases of that intent, at that building (None: any). Raises Lost."""
        return [case for case in (await self._all(lounge)).open.all()
                if intent in (None, case.intent) and building in (None, case.building)]

    async def recent_cases(self, lounge: str, sender: str) -> Sequence[Case]:
        """As cases_of, and those ended within about fourteen days (compare `ended_at`), by opening. Raises Lost."""
        held = await self._all(lounge)
        if not held.ended_complete:
            held.add_ended(await self._stored.ended_packed(lounge))
        found = [*held.open.find("sender", sender), *held.ended.find("sender", sender)]
        return found if len(found) < 2 else sorted(found, key=opening)

    async def journal(self, case_id: str) -> Sequence[Row]:
        """The rows that were committed, oldest first; never remembered. Raises Lost."""
        return await self._stored.journal(case_id)

    async def person(self, person_id: str) -> PersonState:
        """A person's home, or a group's under `chat:<lounge>`. Raises Lost."""
        shard = shard_of_home(person_id)
        if shard not in self._owned:
            return PersonState(id=person_id, fields=await self._stored.person(person_id))
        fields = self._persons.get(person_id)
        while fields is None:
            turn = self._turn.get(shard, 0)
            fresh = await self._stored.person(person_id)
            fields = self._persons.get(person_id)
            if fields is None and self._turn.get(shard, 0) == turn:
                for _, change in self._unsettled.get(shard, ()):
                    _apply_person(fresh, person_id, change)
                fields = self._persons[person_id] = fresh
                if len(self._persons) > PERSONS:
                    self._persons.popitem(last=False)
        self._persons.move_to_end(person_id)
        return PersonState(id=person_id, fields=dict(fields))

    async def overlay(self, lounge: str) -> Mapping[str, str]:
        """The running state laid over the lounge's config. Raises Lost."""
        held = await self._lounge(lounge)
        return MappingProxyType(held.overlay) if held else await self._stored.overlay(lounge)

    async def next_number(self, lounge: str) -> int:
        """The number a new case of the lounge takes; the same until one is applied or committed. Raises Lost."""
        held = await self._lounge(lounge)
        if held is not None:
            return held.number + 1
        highest = await self._stored.number(lounge)
        return highest + 1

    async def talk(self, lounge: str) -> Sequence[ChatLine]:
        """The group's last lines, oldest first, at most 40; the caller compares their instants. Raises Lost."""
        held = await self._lounge(lounge)
        return tuple(held.talk) if held else await self._stored.talk(lounge)

    async def week_cases(self, lounge: str, week: str) -> Sequence[Case]:
        """Every case touched in an ISO week (`2026-W45`), as committed. Raises Lost."""
        return await self._stored.week_cases(lounge, week)


def _stored_as(case: Case) -> Case:
    return replace(case, version=case.version + 1)


def _apply_person(fields: dict[str, str], person: str, change: Change) -> None:
    for one, name, value in change.person:
        if one == person:
            set_field(fields, name, value)
    if person in change.erase:
        fields.clear()
