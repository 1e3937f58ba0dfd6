"""A case is our record of one appeal: everything that must survive, and nothing that can be derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from bot.domain.mediation import Mediation


class State(StrEnum):
    """Where a case stands; the values are the outside words of a replay's cases.jsonl."""

    REPORTED = "reported"
    ASSIGNED = "assigned"
    HANDLING = "handling"
    WAITING = "waiting"
    MEDIATING = "mediating"
    RESOLVED = "resolved"
    CLOSED = "closed"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    NOT_ACCEPTED = "not_accepted"


ENDED = frozenset(
    {State.CLOSED, State.ANSWERED, State.WITHDRAWN, State.MERGED, State.NOT_ACCEPTED}
)


class Rung(StrEnum):
    """Who is asked, in this order, when the one before is silent."""

    ATTENDANT = "attendant"
    SUBSTITUTE = "substitute"
    LIAISON = "liaison"
    HOST = "host"
    STREET = "street"
    DISTRICT = "district"


LADDER = tuple(Rung)
LEVEL_OF = {Rung.STREET: "B", Rung.DISTRICT: "A"}  # every other rung is level C
TIERS = ("low", "mid", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Supporter:
    """Another person who said the same (附议人), and when."""

    sender: str
    at: datetime
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the journal (办理记录): what happened, when, by whom, in whose words."""

    at: datetime
    event: str
    by: str
    note: str = ""
    mark: str = ""  # what it came to, in one word: the grade of a rating, the outcome of a call-back
    led: str = ""  # the state it led to, where the table of moves names another
    recorded: datetime | None = None  # when it was written down, where that was on a later local day than `at`


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One appeal under way. Instants are aware and UTC; `deadlines` are named instants, `due` their earliest."""

    id: str
    lounge: str
    version: int = 0
    intent: str
    building: str | None = None
    unit: str | None = None
    urgent: bool = False
    heated: int = 0
    private: bool = False
    state: State = State.REPORTED
    level: str = "C"  # A district, B street, C community; "" until the host has said which
    rung: Rung = Rung.ATTENDANT
    attendant: str = ""
    why_attendant: str = ""  # one sentence for 为何派给我
    asked: tuple[str, ...] = ()  # everyone whose rung was passed; any of them may still take it
    partners: tuple[str, ...] = ()
    mediator: str | None = None
    reporter: str = ""
    reporter_name: str = ""
    opened_by: str = ""
    opened_at: datetime
    touched_at: datetime  # the last line or event that concerned it
    gist: str = ""  # the opener's words, masked
    messages: tuple[str, ...] = ()
    supporters: tuple[Supporter, ...] = ()
    rounds: int = 1
    declines: int = 0
    reminders: int = 0  # on this rung and stage
    responded_at: datetime | None = None  # first line by a responsible human
    resolved_at: datetime | None = None
    delivered_at: datetime | None = None
    ended_at: datetime | None = None
    result: str = ""
    grade: str | None = None  # good | fair | bad
    merged_into: str | None = None
    deadlines: Mapping[str, datetime] = field(default_factory=dict)
    # -- who answers for what (收集, 办理, 反馈); `attendant` handles
    organisation: str = ""  # the accountable organisation of who handles it
    collector: str = ""
    feedback: str = ""
    told: tuple[str, ...] = ()  # voices whom this round's result has reached
    # -- clocks
    wound_at: datetime | None = None  # when the stage's alarm was wound
    held_at: datetime | None = None  # since when who has it has it
    moved_at: datetime | None = None  # the last time a person, not the clock or the bot, moved it
    round_at: datetime | None = None  # when this round began
    handle_by: datetime | None = None  # when this round must be done; a pause alone moves it
    overdue_at: datetime | None = None  # when that passed in silence
    paused_at: datetime | None = None  # since when the handling clock stands still
    paused_until: datetime | None = None  # when it runs on at the latest
    paused: int = 0  # working minutes of this round that it has stood still
    # -- place without a building, risk
    station: str = ""
    tier: str = ""  # low | mid | high, where somebody has judged the risk
    risk_owner: str = ""
    risk_by: datetime | None = None
    heat: float = 0.0  # what its lines come to, 0..1; `heated` is what that means
    # -- who else has to do with it
    shop: str = ""  # id of the shop or firm that it is about
    helpers: tuple[str, ...] = ()  # who stands beside who handles it (协办); no clock waits for them
    offered: str = ""  # to whom who handles it hands it over; it stays his until the other takes it
    mediation: Mediation | None = None  # where two parties quarrel
    # -- its talk
    left: str = ""  # how its last line left it: over, unfixed, or "" for anything else
    said_at: datetime | None = None  # when something was last said of it that moved it

    def but(self, **changes: Any) -> Case:
        """A copy with some fields changed: `dataclasses.replace` at a third of its price. KeyError: no such field."""
        made: Case = object.__new__(Case)
        for put, value in zip(_PUTS, _ALL(self)):  # noqa: B905  both are the fields
            put(made, value)
        return made.finished(changes)

    def finished(self, changes: Mapping[str, Any]) -> Case:
        """This very case with some fields changed: only for a copy that nobody else has seen yet."""
        for name, value in changes.items():
            _PUT[name](self, value)
        return self

    @property
    def due(self) -> datetime | None:
        """The one alarm: the earliest named deadline, None for an ended case."""
        return min(self.deadlines.values(), default=None)

    @property
    def spoken_at(self) -> datetime:
        """When it was last spoken of; unlike `touched_at`, no alarm and no tap moves it."""
        return self.said_at or self.opened_at

    @property
    def open(self) -> bool:
        """True until the case has ended."""
        return self.state not in ENDED

    def role_of(self, person: str) -> str | None:
        """What `person` (a person or sender id) is to this case: reporter, supporter, responsible, mediator."""
        if person == self.attendant or person in self.asked:
            return "responsible"
        if person == self.feedback and self.state is State.RESOLVED:  # bringing the result is what is left to do
            return "responsible"
        if person == self.mediator:
            return "mediator"
        if person in self.helpers:
            return "helper"
        if person == self.reporter:
            return "reporter"
        if self.mediation is not None and person == self.mediation.b_sender:
            return "other"
        return "supporter" if any(s.sender == person for s in self.supporters) else None


_PUT = {one.name: Case.__dict__[one.name].__set__ for one in fields(Case)}
_PUTS = tuple(_PUT.values())
_ALL = attrgetter(*_PUT)
