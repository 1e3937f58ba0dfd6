"""What is remembered of one lounge: its cases with their indexes, its overlay, its recent talk."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.case import Case
from bot.messages import ChatLine
from bot.store.codec import peek_case, unpack_case
from bot.store.keys import number_of
from bot.store.port import TALK_AGE, Change
from bot.store.writes import RECENT, TALK_LINES

STALE_MOST = 1_000  # outdated entries kept by when a case was touched, besides one a case
LATELY_MOST = 8
PRUNE_AT = 2_000  # ended cases remembered before the old ones are first looked through

Index = dict[str, str | dict[str, None]]  # what is looked for -> the id of a case; several where there are several

# How a case is found; read from a Case or from its stored fields alike.
_INDEXED: Mapping[str, Callable[[Any], Iterable[str]]] = {
    "message": lambda case: case.messages,
    "sender": lambda case: (case.reporter, *(one.sender for one in case.supporters)),
    "holder": lambda case: filter(None, (case.attendant, *case.asked, case.mediator, *case.helpers, case.offered)),
}


def opening(case: Case) -> tuple[datetime, str]:
    """Sorts cases by when they were opened."""
    return case.opened_at, case.id


def ending(case: Case) -> datetime:
    """When an ended case ended."""
    return case.ended_at or case.touched_at


class Cases:
    """Cases by id, found by whatever they are indexed by, handed out by when they were opened.

    What was loaded stays packed until it is asked for: most open cases are only waiting.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._held: dict[str, Case | bytes] = {}
        self._index: dict[str, Index] = {name: {} for name in names}
        self._all: tuple[Case, ...] | None = None
        self._touched: list[tuple[datetime, str]] = []  # by when last touched; what is no longer so is skipped
        self._lately: dict[datetime, tuple[Case, ...]] = {}  # a batch asks with one or two instants, line after line

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, case_id: str) -> bool:
        return case_id in self._held

    def __iter__(self) -> Iterator[Case]:
        return (self._case(case_id) for case_id in tuple(self._held))

    def get(self, case_id: str) -> Case | None:
        """The case as it is held."""
        return self._case(case_id) if case_id in self._held else None

    def _case(self, case_id: str) -> Case:
        found = self._held[case_id]
        if isinstance(found, bytes):
            found = self._held[case_id] = unpack_case(found)
        return found

    def all(self) -> tuple[Case, ...]:
        """All of them by opening; the same tuple until one changes."""
        if self._all is None:
            self._all = tuple(sorted(self, key=opening))
        return self._all

    def load(self, stored: Iterable[bytes]) -> None:
        """Holds cases as they are stored. Raises Unreadable."""
        self._changed()
        for data in stored:
            case = peek_case(data)
            self._held[case.id] = data
            self._touched.append((case.touched_at, case.id))
            for name, index in self._index.items():
                for value in _INDEXED[name](case):
                    _put(index, value, case.id)
        self._touched.sort()

    def put(self, case: Case) -> None:
        """Holds the case as it is now."""
        before = self.get(case.id)
        self._held[case.id] = case
        self._changed()
        if before is None or before.touched_at != case.touched_at:
            insort(self._touched, (case.touched_at, case.id))
            self._forget_stale()
        for name, index in self._index.items():
            now = dict.fromkeys(_INDEXED[name](case))
            if before is not None:
                for old in _INDEXED[name](before):
                    if old not in now:
                        _take_off(index, old, case.id)
            for value in now:
                _put(index, value, case.id)

    def _changed(self) -> None:
        self._all = None
        self._lately.clear()

    def _forget_stale(self) -> None:
        if len(self._touched) > 2 * len(self._held) + STALE_MOST:
            self._touched = sorted({(at, id_) for at, id_ in self._touched if self._is_so(id_, at)})

    def _is_so(self, case_id: str, touched: datetime) -> bool:
        """Whether the case was last touched at that instant; one still packed has not changed since it was loaded."""
        held = self._held.get(case_id)
        return isinstance(held, bytes) or held is not None and held.touched_at == touched

    def lately(self, since: datetime) -> Sequence[Case]:
        """Those touched at that instant or after it, by opening."""
        if since not in self._lately:
            recent = self._touched[bisect_left(self._touched, (since, "")) :]
            found = {id_: self._case(id_) for at, id_ in recent if self._is_so(id_, at)}
            if len(self._lately) >= LATELY_MOST:
                self._lately.clear()
            self._lately[since] = tuple(sorted(found.values(), key=opening))
        return self._lately[since]

    def remove(self, case_id: str) -> None:
        """Lets go of the case where it is held."""
        before = self.get(case_id)
        if before is None:
            return
        del self._held[case_id]
        self._changed()
        for name, index in self._index.items():
            for value in _INDEXED[name](before):
                _take_off(index, value, case_id)

    def find(self, name: str, value: str) -> Sequence[Case]:
        """Those of that message, sender or holder, by opening."""
        ids = self._index[name].get(value, ())
        found = [self._case(ids)] if isinstance(ids, str) else [self._case(id_) for id_ in ids]
        return found if len(found) < 2 else sorted(found, key=opening)


def _put(index: Index, value: str, case_id: str) -> None:
    """Most values lead to one case only: a set for each would cost more than the case."""
    ids = index.setdefault(value, case_id)
    if isinstance(ids, dict):
        ids[case_id] = None
    elif ids != case_id:
        index[value] = {ids: None, case_id: None}


def _take_off(index: Index, value: str, case_id: str) -> None:
    ids = index.get(value)
    if isinstance(ids, dict):
        ids.pop(case_id, None)
        if not ids:
            del index[value]
    elif ids == case_id:
        del index[value]


class Remembered:
    """One lounge in memory; changed only by what its own loop has decided."""

    def __init__(self, cases: Iterable[bytes], overlay: Mapping[str, str], talk: Iterable[ChatLine],
                 number: int) -> None:
        self.open = Cases(tuple(_INDEXED))
        self.ended = Cases(("sender",))
        self.ended_complete = False  # whether `ended` holds all of the last fourteen days
        self.overlay = dict(overlay)
        self.talk = deque(talk, TALK_LINES)
        self.number = number
        self._prune_at = PRUNE_AT
        self.open.load(cases)

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

    def add_ended(self, stored: Iterable[bytes]) -> None:
        """The stored ended cases; what was decided since is newer and stays."""
        self.ended.load(data for data in stored if (known := peek_case(data).id) not in self.open and known not in self.ended)
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
