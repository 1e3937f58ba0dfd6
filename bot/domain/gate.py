"""The one gate on the only way out: whether a line may be said now, must wait, or has become untrue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from zlib import crc32

from bot.domain import walls
from bot.domain.case import ENDED, Case, State
from bot.domain.feedback import untold
from bot.domain.ledger import worn
from bot.domain.settings import Settings

WORKED_WITHIN = 10  # minutes: a reminder goes out only where these held working time (peers.md Q14)
CARD_FIRST = timedelta(minutes=15)  # a reminder looks again this much later whether its card has arrived
DAY = timedelta(days=1)

# card -> the states in which it is still worth saying; cards not named here are always true.
STILL_TRUE: dict[str, frozenset[State]] = {
    "remind": frozenset({State.ASSIGNED}),
    "remind_progress": frozenset({State.HANDLING, State.MEDIATING}),
    "remind_review": frozenset({State.ASSIGNED, State.HANDLING, State.MEDIATING}),
    "remind_deliver": frozenset({State.RESOLVED}),
    "triage": frozenset({State.REPORTED}),
    "remind_dispatch": frozenset({State.REPORTED}),
    "remind_handle": frozenset({State.ASSIGNED, State.HANDLING}),
    "remind_reply": frozenset({State.ASSIGNED, State.HANDLING}),
    "remind_visit": frozenset({State.ASSIGNED, State.HANDLING, State.MEDIATING}),
    **dict.fromkeys(("remind_mediate", "invited", "visit_ask", "visit_soon", "visit_record", "agreement_ask"), frozenset({State.MEDIATING})),
    **dict.fromkeys(("fulfil_ask", "fulfil_check"), frozenset({State.RESOLVED, State.CLOSED})),
    "remind_risk": frozenset(State) - ENDED,
    "remind_after": frozenset({State.CLOSED}),
    "remind_rating": frozenset({State.RESOLVED}),
    "ask_rating": frozenset({State.RESOLVED}),
    "ask_rating_group": frozenset({State.RESOLVED}),
    "assigned": frozenset({State.ASSIGNED, State.REPORTED}),
    "reopened": frozenset({State.ASSIGNED}),
    "asked": frozenset({State.WAITING, State.MEDIATING}),
    "said_fixed": frozenset({State.ASSIGNED, State.HANDLING, State.WAITING, State.MEDIATING}),
    "moved": frozenset({State.ASSIGNED, State.HANDLING, State.WAITING, State.MEDIATING}),
    "accepted": frozenset({State.HANDLING, State.WAITING, State.MEDIATING}),
}
TO_WHO_HAS_IT = frozenset({
    "assigned", "reopened", "remind", "remind_progress", "remind_review", "remind_deliver", "emergency_card",
    "remind_handle", "remind_reply", "remind_visit",
})


class Reason(StrEnum):
    """Why a line is not said now, as the ledger counts it."""

    UNTRUE = "untrue"
    AGAIN = "again"
    QUIET = "quiet"
    HOURS = "hours"
    BUDGET = "budget"
    CARD = "card"
    PLATFORM = "platform"
    CHANNEL = "channel"
    TRIAL = "trial"
    WALL = "wall"


SPELLED: dict[Reason, str] = {
    Reason.UNTRUE: "已经不是这样了", Reason.AGAIN: "同样的话刚说过", Reason.QUIET: "安静时段", Reason.HOURS: "不在工作时间",
    Reason.BUDGET: "今天的次数用完了", Reason.CARD: "要提醒的那张卡还没送到", Reason.PLATFORM: "平台这会儿不收",
    Reason.CHANNEL: "这个渠道说不出去", Reason.TRIAL: "试运行，群里不说话",
    Reason.WALL: "这句话不该到那里",
}


@dataclass(frozen=True, slots=True)
class Send:
    """Say it now."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Say it at `until`."""

    until: datetime
    reason: Reason

    @property
    def why(self) -> str:
        """The reason in words."""
        return SPELLED[self.reason]


@dataclass(frozen=True, slots=True)
class Drop:
    """Never say it: it is no longer true, or was just said."""

    reason: Reason
    detail: str = ""

    @property
    def why(self) -> str:
        """The reason in words."""
        return self.detail or SPELLED[self.reason]


@dataclass(frozen=True, slots=True)
class Refuse:
    """It can never be said on this channel: buried, so that somebody sees it."""

    why: str


Verdict = Send | Hold | Drop | Refuse


class Able(Protocol):
    """What the gate asks of a channel's capability."""

    @property
    def posts_freely(self) -> bool: ...
    @property
    def private(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the gate has to know about something to be said."""

    to: str
    card: str
    text: str
    ping: bool
    urgent: bool
    part: str
    rounds: int
    case: str = ""
    carries: tuple[str, ...] = ()


def judge(line: Line, case: Case | None, home: Mapping[str, str], settings: Settings, now: datetime,
          able: Able | None = None) -> Verdict:
    """The first rule that holds. `home` is the receiver's own fields: how many and which lines he was sent today.

    `able` is what the channel can do that would carry the line; None where only the mouth knows.
    """
    if on_trial(line, settings):
        return Drop(Reason.TRIAL)
    if walls.stopped(line.to, line.carries, case, settings):
        return Drop(Reason.WALL)
    if stale := untrue(line, case):
        return Drop(Reason.UNTRUE, stale)
    if not line.ping and not line.urgent:
        return Send()
    if line.ping and able is not None and (impossible := _beyond(line, able)):
        return Refuse(impossible)
    if line.urgent:
        return Send()
    staff = line.to.removeprefix("person:") in settings.people
    if quiet(now, settings):
        return Hold(end_of_quiet(now, settings, staff), Reason.QUIET)
    working = settings.calendar.is_open(now) or settings.calendar.worked_within(now, WORKED_WITHIN)
    if reminds(line) and staff and not working:
        return Hold(settings.calendar.next_open(now), Reason.HOURS)
    if said_field(line, now, settings) in home:
        return Drop(Reason.AGAIN)
    if reminds(line) and int(home.get(waits_field(line.case), "0")) > 0:
        return Hold(now + CARD_FIRST, Reason.CARD)
    group = line.to.startswith("chat:")  # budgets spare members and groups; a resident hears all of his own matter
    most = settings.budgets.group_per_day if group else settings.budgets.person_per_day
    if (group or staff) and int(home.get(sent_field(now, settings), "0")) >= most:
        return Hold(tomorrow(now, settings, staff), Reason.BUDGET)
    return Send()


def on_trial(line: Line, settings: Settings) -> bool:
    """Whether a line is for the group of a lounge that is on trial: nothing is ever said there."""
    lounge = settings.lounges.get(line.to.removeprefix("chat:")) if line.to.startswith("chat:") else None
    return lounge is not None and lounge.shadow


def reminds(line: Line) -> bool:
    """Whether a line only reminds of another that was to come before it."""
    return line.card.startswith("remind")


def _beyond(line: Line, able: Able) -> str:
    """What the channel forbids; "" where it can carry the line."""
    if line.to.startswith("chat:"):
        return "" if able.posts_freely else "这个群里只能有人问了才答"
    return "" if able.private else "这个渠道不能私下找人"


def untrue(line: Line, case: Case | None) -> str:
    """Why a line is no longer true of its case; "" while it is."""
    if case is None:
        return ""
    states = STILL_TRUE.get(line.card)
    if states is not None and case.state not in states:
        return f"已经是{case.state.value}"
    if line.rounds and line.rounds < case.rounds and states is not None:
        return "已经是下一轮"
    if line.card == "remind_deliver" and not untold(case):
        return "结果已经送到"
    who = line.to.removeprefix("person:")
    if line.card in TO_WHO_HAS_IT and line.part == "responsible" and case.attendant != who:
        return "已经换人"
    return ""


def quiet(now: datetime, settings: Settings) -> bool:
    """Whether nobody is to be pinged now."""
    local, hours = settings.local(now).time(), settings.quiet
    if hours.start <= hours.end:
        return hours.start <= local < hours.end
    return local >= hours.start or local < hours.end


def end_of_quiet(now: datetime, settings: Settings, staff: bool) -> datetime:
    """When the quiet ends: for residents at its hour, for staff at the next opening after it."""
    local = settings.local(now)
    end = local.replace(hour=settings.quiet.end.hour, minute=settings.quiet.end.minute, second=0, microsecond=0)
    if end <= local:
        end += DAY
    return settings.calendar.next_open(end) if staff else end


def tomorrow(now: datetime, settings: Settings, staff: bool) -> datetime:
    """When the next local day's budget may be drawn on: past its quiet hours, for staff in working time."""
    midnight = settings.local(now).replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    if quiet(midnight, settings):
        return end_of_quiet(midnight, settings, staff)
    return settings.calendar.next_open(midnight) if staff else midnight


def sent_field(now: datetime, settings: Settings) -> str:
    """The field of a home that counts what was sent on the local day."""
    return f"sent/{settings.local(now).date().isoformat()}"


def said_field(line: Line, now: datetime, settings: Settings) -> str:
    """The field of a home that remembers these words to it on the local day."""
    words = crc32(f"{line.card}|{line.text}".encode())
    return f"said/{settings.local(now).date().isoformat()}/{words:08x}"


def waits_field(case: str) -> str:
    """The field of a home that counts the cards of a case which are held back for it."""
    return f"waits/{case}"


def counted(line: Line, now: datetime, settings: Settings) -> tuple[str, str]:
    """What a line said to a home adds one to."""
    return sent_field(now, settings), said_field(line, now, settings)


def outdated(fields: Iterable[str], now: datetime, settings: Settings) -> tuple[str, ...]:
    """Fields of a home that count for days gone by or for weeks that are no longer kept."""
    today = settings.local(now).date().isoformat()
    return tuple(f for f in fields if f.startswith(("sent/", "said/")) and f.split("/")[1] < today or worn(f, now, settings))
