"""What can happen to a case, in the journal's own words, the value that carries it, and the answer where it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Event(StrEnum):
    """Journal events; the values are the outside words of a replay's cases.jsonl."""

    REPORTED = "Reported"
    DETAILED = "Detailed"
    SECONDED = "Seconded"
    ASSIGNED = "Assigned"
    ACCEPTED = "Accepted"
    DECLINED = "Declined"
    TRANSFERRED = "Transferred"
    NOTED = "Noted"
    ASKED = "Asked"
    SUPPLIED = "Supplied"
    REMINDED = "Reminded"
    ESCALATED = "Escalated"
    LINKED = "Linked"
    MEDIATOR_SUGGESTED = "MediatorSuggested"
    MEDIATION_OPENED = "MediationOpened"
    MEDIATION_STEP = "MediationStep"
    VISIT_AGREED = "VisitAgreed"
    RESOLVED = "Resolved"
    DELIVERED = "Delivered"
    RATED = "Rated"
    DISPUTED = "Disputed"
    REOPENED = "Reopened"
    CALLBACK_DONE = "CallbackDone"
    ANSWERED = "Answered"
    CLOSED = "Closed"
    WITHDRAWN = "Withdrawn"
    MERGED = "Merged"
    SPLIT = "Split"
    NOT_ACCEPTED = "NotAccepted"
    HANDED_OVER = "HandedOver"
    SETTINGS_CHANGED = "SettingsChanged"


CLOCK = "clock"
BOT = "bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One happening: what, when (aware), by whom (person id, sender id, `clock` or `bot`), in whose words.

    `args` holds what the event needs: to, rung, why (who it goes to), grade, building, unit, message, into, deadline, at,
    who, first, tier, owner, day.
    """

    event: Event
    at: datetime
    by: str
    note: str = ""
    args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A move that is not made, and the text (with facts) that says what can be done instead."""

    text: str
    facts: tuple[tuple[str, str], ...] = ()
