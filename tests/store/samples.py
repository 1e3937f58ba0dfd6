"""Cases, lines and promises for the tests of the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.case import Case, Row, State
from bot.messages import ChatLine, Outgoing
from bot.shards import shard_of
from bot.store.port import Change

CODES = {"HH": "hehua", "ES": "etime", "XJ": "xj-home"}
LOUNGE = "hehua"
SHARD = shard_of(LOUNGE)
NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def line(number: int, lounge: str = LOUNGE, **other: Any) -> ChatLine:
    """The n-th line of a group, a second after the one before."""
    return ChatLine(id=f"m{number}", at=NOW + timedelta(seconds=number), sender=f"u{number % 7}", name="三栋",
                    text=f"第{number}句", lounge=lounge, **other)


def items(*lines: ChatLine) -> list[tuple[int, str, ChatLine]]:
    """Lines as they are ingested."""
    return [(shard_of(one.lounge), f"plain:{one.lounge}:{one.id}", one) for one in lines]


def case(number: int = 1, **other: Any) -> Case:
    """A fresh case with an alarm in half an hour."""
    wanted: dict[str, Any] = {
        "id": f"HH-{number:04d}", "lounge": LOUNGE, "intent": "noise", "building": "禾花花园3栋",
        "state": State.ASSIGNED, "attendant": "attendant-3", "reporter": "u1", "opened_by": f"m{number}",
        "opened_at": NOW + timedelta(seconds=number), "touched_at": NOW, "gist": "楼上太吵", "messages": (f"m{number}",),
        "deadlines": {"first": NOW + timedelta(minutes=30)},
    }
    return Case(**(wanted | other))


def ended(one: Case, at: datetime = NOW) -> Case:
    """The case as it is when it has closed."""
    return replace(one, state=State.CLOSED, ended_at=at, deadlines={})


def opens(one: Case, *say: Outgoing) -> Change:
    """The change that writes a case with one row."""
    return Change(cases=(one,), journal=((one.id, Row(at=NOW, event="Reported", by="u1", note="楼上太吵")),), say=say)


def promise(number: int, **other: Any) -> Outgoing:
    """The n-th thing to say."""
    return Outgoing(key=f"k{number}", at=NOW, to=f"chat:{LOUNGE}", card="opened", text=f"第{number}条", lounge=LOUNGE,
                    **other)
