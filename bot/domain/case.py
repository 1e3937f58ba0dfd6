"""A case is our record of one appeal: everything that must survive, and nothing that can be derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


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
    level: str = "C"
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

    @property
    def due(self) -> datetime | None:
        """The one alarm: the earliest named deadline, None for an ended case."""
        return min(self.deadlines.values(), default=None)

    @property
    def open(self) -> bool:
        """True until the case has ended."""
        return self.state not in ENDED

    def role_of(self, person: str) -> str | None:
        """What `person` (a person or sender id) is to this case: reporter, supporter, responsible, mediator."""
        if person == self.attendant or person in self.asked:
            return "responsible"
        if person == self.mediator:
            return "mediator"
        if person == self.reporter:
            return "reporter"
        return "supporter" if any(s.sender == person for s in self.supporters) else None
