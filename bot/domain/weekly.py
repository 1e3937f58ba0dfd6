"""What comes again by the calendar: the monthly visit day; the weekly digest, to whom, and how long its link opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Literal

DESK, HOSTS, CHAT = "desk", "hosts", "chat:"  # receivers besides a person's id: who answers there, hosts, a lounge's group
CITY = "city"  # the scope of everything


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDay:
    """The day of the month on which members visit (联企日), and where it goes when it is no working day."""

    day: int
    policy: Literal["before", "after"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """Every Monday `at` (local time) each scope of `to` gets its digest of the week before."""

    at: time
    to: Mapping[str, tuple[str, ...]]  # `community:ID` and the like -> receivers
    days: int = 14  # after which the link opens no more
