"""What of a quarrel may go where: one table of sorts of content by destination, which the gate applies to every line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from string import Formatter

from bot.domain.case import Case
from bot.domain.mediation import A, B
from bot.domain.parts import desks
from bot.domain.settings import Settings


class Sort(StrEnum):
    """A sort of content. What is none of these (number, stage, dates, names of our own people) may go anywhere."""

    WORDS_A = "words_a"  # what the one who spoke up has said
    WORDS_B = "words_b"  # what the other side has said
    INNER = "inner"  # what member or mediator wrote down
    SHARED = "shared"  # said with 可转告
    RESULT = "result"  # an agreement, a result: both sides made it
    DOOR = "door"  # the exact door
    NAME = "name"  # what the speaker calls himself
    MATTER = "matter"  # that there is a quarrel, and at which building


class Dest(StrEnum):
    """Where something may go."""

    PARTY_A = "party_a"
    PARTY_B = "party_b"
    SUPPORTER = "supporter"  # who said the same; he may sit on either side
    GROUP = "group"
    DIGEST = "digest"
    FEED = "feed"
    LOG = "log"
    PARTNER = "partner"
    MEDIATOR = "mediator"
    RESPONSIBLE = "responsible"
    HOST = "host"
    STAFF = "staff"  # one of our own people who has no part in it (any more)
    STRANGER = "stranger"


S, D = Sort, Dest
ALL = frozenset(Sort)
# Destination -> the sorts that it may be given.
MAY_GO: Mapping[Dest, frozenset[Sort]] = {
    D.PARTY_A: frozenset({S.WORDS_A, S.SHARED, S.RESULT, S.DOOR, S.NAME, S.MATTER}),
    D.PARTY_B: frozenset({S.WORDS_B, S.SHARED, S.RESULT, S.MATTER}),
    D.SUPPORTER: frozenset({S.RESULT, S.MATTER}),
    D.GROUP: frozenset(),
    D.DIGEST: frozenset({S.MATTER}),
    D.FEED: frozenset({S.MATTER}),
    D.LOG: frozenset(),
    D.PARTNER: frozenset({S.WORDS_A, S.SHARED, S.RESULT, S.MATTER}),
    D.MEDIATOR: ALL,
    D.RESPONSIBLE: ALL,
    D.HOST: ALL,
    D.STAFF: frozenset({S.MATTER}),
    D.STRANGER: frozenset(),
}
# Blank of a card -> the sort of what fills it. `note` is its writer's, see `sort_of_note`.
BLANKS: Mapping[str, Sort] = {
    "gist": S.WORDS_A, "note": S.INNER, "items": S.INNER, "result": S.RESULT, "agreement": S.RESULT, "reporter": S.NAME, "speaker": S.NAME,
    "place": S.MATTER, "last": S.SHARED, "other": S.MATTER, "number": S.MATTER, "files": S.MATTER,
}
MARK = "可转告"


@lru_cache(maxsize=512)
def blanks_of(text: str) -> frozenset[str]:
    """The blanks of a card's words."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def carried(text: str, note: Sort | None = None, *, door: bool = False) -> tuple[str, ...]:
    """The sorts that a card's words carry; `note` is the sort of its {note}, `door` whether {place} names one."""
    blanks = blanks_of(text)
    sorts = {BLANKS[name] for name in blanks if name in BLANKS}
    if "note" in blanks and note is not None:
        sorts = (sorts - {S.INNER} if "items" not in blanks else sorts) | {note}
    if door and "place" in blanks:
        sorts.add(S.DOOR)
    return tuple(sorted(sorts))


def sort_of_note(case: Case, by: str, text: str) -> Sort:
    """Whose words a note is; 可转告 at its head or in brackets lets it pass."""
    if marked(text):
        return S.SHARED
    if side_of(case, by) == A:
        return S.WORDS_A
    return S.WORDS_B if side_of(case, by) == B else S.INNER


def marked(text: str) -> bool:
    """Whether who says it wants it passed on: `可转告：…` or `（可转告）…`."""
    return text.lstrip(" （(【[").startswith(MARK)


def unmarked(text: str) -> str:
    """The words without the mark."""
    return text.lstrip(" （(【[").removeprefix(MARK).lstrip(" ）)】]:：,，、") if marked(text) else text


def side_of(case: Case, person: str) -> str:
    """a, b, or "" for somebody who is no side."""
    if person == case.reporter:
        return A
    return B if case.mediation is not None and person and person == case.mediation.b_sender else ""


def destination(to: str, case: Case, settings: Settings) -> Dest:
    """What a receiver (`chat:…`, `person:…`) is to a case; who is a side is that before anything else."""
    if to.startswith("chat:"):
        return D.GROUP
    who = to.removeprefix("person:")
    side = side_of(case, who)
    if side:
        return D.PARTY_A if side == A else D.PARTY_B
    if any(s.sender == who for s in case.supporters):
        return D.SUPPORTER
    if who == case.mediator:
        return D.MEDIATOR
    if who in (case.attendant, case.risk_owner, case.offered, *case.asked, *case.helpers):
        return D.RESPONSIBLE
    if any(settings.partners[p].contact == who for p in case.partners if p in settings.partners):
        return D.PARTNER
    if who in (settings.lounges[case.lounge].host, case.collector, case.feedback, *desks(case.lounge, settings)):
        return D.HOST
    return D.STAFF if who in settings.people else D.STRANGER


def stopped(to: str, carries: Iterable[str], case: Case | None, settings: Settings) -> str:
    """The sort that may not go there; "" where all may. Only quarrels have walls."""
    if case is None or case.mediation is None:
        return ""
    allowed = MAY_GO[destination(to, case, settings)]
    return next((one for one in carries if one not in allowed), "")


def silent(carries: Iterable[str], dest: Dest) -> bool:
    """Whether a line's words may not be shown at a destination that is nobody's: feed, log, digest."""
    return any(one not in MAY_GO[dest] for one in carries)
