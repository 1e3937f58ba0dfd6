"""What is remembered of one lounge: its cases with their indexes, its overlay, its recent talk."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.case import Case
from bot.messages import ChatLine
from bot.store.keys import number_of
from bot.store.port import Change
from bot.store.writes import RECENT, TALK_LINES

TALK_AGE = timedelta(minutes=15)
STALE_MOST = 1_000  # outdated entries kept by when a case was touched, besides one a case
PRUNE_AT = 2_000  # ended cases remembered before the old ones are first looked through

Index = dict[str, dict[str, None]]  # what is looked for -> case ids, in the order they came

_INDEXED: Mapping[str, Callable[[Case], Iterable[str]]] = {
    "message": lambda case: case.messages,
    "sender": lambda case: (case.reporter, *(one.sender for one in case.supporters)),
    "intent": lambda case: (case.intent,),
    "building": lambda case: (case.building,) if case.building else (),
    "holder": lambda case: filter(None, (case.attendant, *case.asked, case.mediator)),
}


def opening(case: Case) -> tuple[datetime, str]:
    """Sorts cases by when they were opened."""
    return case.opened_at, case.id


def ending(case: Case) -> datetime:
    """When an ended case ended."""
    return case.ended_at or case.touched_at


class Cases:
    """Cases by id, found by whatever they are indexed by, handed out by when they were opened."""

    def __init__(self, names: Sequence[str]) -> None:
        self._held: dict[str, Case] = {}
        self._index: dict[str, Index] = {name: {} for name in names}
        self._all: tuple[Case, ...] | None = None
        self._newest: tuple[datetime, str] | None = None
        self._sorted = True  # until one comes that was opened before another: reopened, or heard late
        self._touched: list[tuple[datetime, str]] = []  # by when last touched; what is no longer so is skipped

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[Case]:
        return iter(self._held.values())

    def get(self, case_id: str) -> Case | None:
        """The case as it is held."""
        return self._held.get(case_id)

    def all(self) -> tuple[Case, ...]:
        """All of them by opening; the same tuple until one changes."""
        if self._all is None:
            self._all = tuple(self._by_opening(self._held.values()))
        return self._all

    def _by_opening(self, cases: Iterable[Case]) -> Iterable[Case]:
        return cases if self._sorted else sorted(cases, key=opening)

    def put(self, case: Case) -> None:
        """Holds the case as it is now; one already held keeps its place."""
        before, self._all = self._held.get(case.id), None
        self._held[case.id] = case
        if before is None:
            self._sorted = self._sorted and (self._newest is None or opening(case) > self._newest)
            self._newest = max(opening(case), self._newest or opening(case))
        if before is None or before.touched_at != case.touched_at:
            insort(self._touched, (case.touched_at, case.id))
            self._forget_stale()
        for name, index in self._index.items():
            now = dict.fromkeys(_INDEXED[name](case))
            if before is not None:
                self._take_off(index, case.id, (old for old in _INDEXED[name](before) if old not in now))
            for value in now:
                index.setdefault(value, {})[case.id] = None

    def _forget_stale(self) -> None:
        if len(self._touched) > 2 * len(self._held) + STALE_MOST:
            self._touched = sorted((case.touched_at, case.id) for case in self._held.values())

    def lately(self, since: datetime) -> Sequence[Case]:
        """Those touched at that instant or after it, by opening."""
        recent = self._touched[bisect_left(self._touched, (since, "")) :]
        found = {id_: case for at, id_ in recent if (case := self._held.get(id_)) is not None and case.touched_at == at}
        return sorted(found.values(), key=opening)

    def remove(self, case_id: str) -> None:
        """Lets go of the case where it is held."""
        before = self._held.pop(case_id, None)
        if before is None:
            return
        self._all = None
        for name, index in self._index.items():
            self._take_off(index, case_id, _INDEXED[name](before))

    @staticmethod
    def _take_off(index: Index, case_id: str, values: Iterable[str]) -> None:
        for value in values:
            ids = index.get(value, {})
            ids.pop(case_id, None)
            if not ids:
                index.pop(value, None)

    def find(self, **wanted: str | None) -> Sequence[Case]:
        """Those that match everything asked for (None: not asked), by opening."""
        asked = [self._index[name].get(value, {}) for name, value in wanted.items() if value is not None]
        if not asked:
            return self.all()
        asked.sort(key=len)
        found = [self._held[id_] for id_ in asked[0] if all(id_ in other for other in asked[1:])]
        return found if len(found) < 2 else sorted(found, key=opening)


class Remembered:
    """One lounge in memory; changed only by what its own loop has decided."""

    def __init__(self, cases: Iterable[Case], overlay: Mapping[str, str], talk: Iterable[ChatLine],
                 number: int) -> None:
        self.open = Cases(tuple(_INDEXED))
        self.ended = Cases(("sender",))
        self.ended_complete = False  # whether `ended` holds all of the last fourteen days
        self.overlay = dict(overlay)
        self.talk = deque(talk, TALK_LINES)
        self.number = number
        self._prune_at = PRUNE_AT
        for case in sorted(cases, key=opening):
            self.put(case)

    def put(self, case: Case) -> None:
        """Remembers the case as it is now, unless a later version is known."""
        known = self.get(case.id)
        if known is not None and known.version > case.version:
            return
        self.number = max(self.number, number_of(case.id))
        if case.open:
            self.ended.remove(case.id)
            self.open.put(case)
            return
        self.open.remove(case.id)
        self.ended.put(case)
        if len(self.ended) > self._prune_at:
            since = ending(case) - RECENT
            for old in [one for one in self.ended if ending(one) <= since]:
                self.ended.remove(old.id)
            self._prune_at = max(PRUNE_AT, 2 * len(self.ended))

    def get(self, case_id: str) -> Case | None:
        """The case where it is remembered, open or ended."""
        return self.open.get(case_id) or self.ended.get(case_id)

    def apply(self, lounge: str, change: Change, version_on: Callable[[Case], Case]) -> None:
        """Takes over what concerns this lounge."""
        for case in change.cases:
            if case.lounge == lounge:
                self.put(version_on(case))
        for one, name, value in change.overlay:
            if one == lounge:
                set_field(self.overlay, name, value)

    def add_ended(self, cases: Iterable[Case]) -> None:
        """The stored ended cases; what was decided since is newer and stays."""
        for case in cases:
            if self.get(case.id) is None:
                self.ended.put(case)
        self.ended_complete = True

    def heard(self, line: ChatLine) -> None:
        """Adds a line to the talk, once, and lets go of what is older than a quarter of an hour before it."""
        while self.talk and self.talk[0].at < line.at - TALK_AGE:
            self.talk.popleft()
        if all(one.id != line.id for one in self.talk):
            self.talk.append(line)


def set_field(fields: dict[str, str], name: str, value: str | None) -> None:
    """Writes one field, None deletes."""
    if value is None:
        fields.pop(name, None)
    else:
        fields[name] = value
