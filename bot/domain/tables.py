"""The conduct of the bot on one page: legal moves, whose move it is, who may do what, and who hears of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.case import ENDED, State
from bot.domain.events import Event

S, E = State, Event

# Events that may come at any time while a case is open and leave it where it stands.
STAYS = (
    E.DETAILED, E.SECONDED, E.REMINDED, E.LINKED, E.MEDIATOR_SUGGESTED, E.VISIT_AGREED, E.SPLIT, E.SETTINGS_CHANGED,
)
# Ways out that are open from every open state.
ENDS = {E.WITHDRAWN: S.WITHDRAWN, E.MERGED: S.MERGED, E.NOT_ACCEPTED: S.NOT_ACCEPTED}


def _open(state: State, **moves: State) -> dict[Event, State]:
    return {**dict.fromkeys(STAYS, state), **ENDS, **{E[name]: to for name, to in moves.items()}}


# State -> {Event -> State}: the only legal moves.
NEXT: dict[State, dict[Event, State]] = {
    S.REPORTED: _open(S.REPORTED, ASSIGNED=S.ASSIGNED, ANSWERED=S.ANSWERED),
    S.ASSIGNED: _open(
        S.ASSIGNED, ASSIGNED=S.ASSIGNED, ACCEPTED=S.HANDLING, NOTED=S.HANDLING, DECLINED=S.ASSIGNED,
        TRANSFERRED=S.ASSIGNED, HANDED_OVER=S.ASSIGNED, ESCALATED=S.ASSIGNED, ASKED=S.WAITING,
        MEDIATION_OPENED=S.MEDIATING, RESOLVED=S.RESOLVED, ANSWERED=S.ANSWERED,
    ),
    S.HANDLING: _open(
        S.HANDLING, NOTED=S.HANDLING, ACCEPTED=S.HANDLING, DECLINED=S.ASSIGNED, TRANSFERRED=S.ASSIGNED,
        HANDED_OVER=S.ASSIGNED, ESCALATED=S.ASSIGNED, ASKED=S.WAITING, SUPPLIED=S.HANDLING,
        MEDIATION_OPENED=S.MEDIATING, RESOLVED=S.RESOLVED,
    ),
    S.WAITING: _open(
        S.WAITING, NOTED=S.WAITING, SUPPLIED=S.HANDLING, ASKED=S.WAITING, TRANSFERRED=S.ASSIGNED,
        HANDED_OVER=S.ASSIGNED, ESCALATED=S.ASSIGNED, MEDIATION_OPENED=S.MEDIATING, RESOLVED=S.RESOLVED,
    ),
    S.MEDIATING: _open(
        S.MEDIATING, NOTED=S.MEDIATING, MEDIATION_STEP=S.MEDIATING, ASKED=S.MEDIATING, SUPPLIED=S.MEDIATING,
        TRANSFERRED=S.ASSIGNED, HANDED_OVER=S.ASSIGNED, ESCALATED=S.ASSIGNED, RESOLVED=S.RESOLVED,
    ),
    S.RESOLVED: {
        E.DELIVERED: S.RESOLVED, E.RATED: S.CLOSED, E.DISPUTED: S.ASSIGNED, E.REMINDED: S.RESOLVED,
        E.CLOSED: S.CLOSED, E.DETAILED: S.RESOLVED, E.SECONDED: S.RESOLVED, E.NOTED: S.RESOLVED,
        E.WITHDRAWN: S.WITHDRAWN, E.MERGED: S.MERGED, E.SPLIT: S.RESOLVED, E.CALLBACK_DONE: S.RESOLVED,
        E.HANDED_OVER: S.RESOLVED, E.SETTINGS_CHANGED: S.RESOLVED,
    },
    S.CLOSED: {E.REOPENED: S.ASSIGNED, E.RATED: S.CLOSED, E.CALLBACK_DONE: S.CLOSED, E.DELIVERED: S.CLOSED},
    S.ANSWERED: {E.REOPENED: S.ASSIGNED, E.RATED: S.ANSWERED, E.DELIVERED: S.ANSWERED},
    S.WITHDRAWN: {E.REOPENED: S.ASSIGNED},
    S.MERGED: {E.SPLIT: S.ASSIGNED},
    S.NOT_ACCEPTED: {},
}
# 不满意 is the one happening that goes elsewhere than NEXT says: it opens a new round.
UNSATISFIED = S.ASSIGNED

# Whose move it is.
WAITS_FOR: dict[State, str | None] = {
    S.REPORTED: "host", S.ASSIGNED: "responsible", S.HANDLING: "responsible", S.WAITING: "reporter",
    S.MEDIATING: "responsible", S.RESOLVED: "reporter", S.CLOSED: None, S.ANSWERED: None, S.WITHDRAWN: None,
    S.MERGED: None, S.NOT_ACCEPTED: None,
}

# The named deadline that each state lives under, and what its silence means when reminders are used up.
DEADLINE: dict[State, str] = {
    S.REPORTED: "accept", S.ASSIGNED: "accept", S.HANDLING: "progress", S.WAITING: "supply",
    S.MEDIATING: "mediate", S.RESOLVED: "deliver",
}
AT_LAST: dict[str, Event] = {
    "accept": E.ESCALATED, "progress": E.ESCALATED, "mediate": E.ESCALATED, "review": E.REMINDED,
    "supply": E.SUPPLIED, "deliver": E.REMINDED, "rate": E.CLOSED,
}
REMINDS_FIRST = frozenset({"accept", "progress", "mediate", "deliver", "rate"})
# What winds the alarm of a stage that waits for the responsible, although the stage stays the same.
SIGNS_OF_WORK = frozenset({E.NOTED, E.MEDIATION_STEP})

# Event -> the parts that may cause it. Parts: responsible, mediator, liaison, host, desk, coordinator, reporter,
# supporter, checker, and `bot` / `clock`, which may do what no person is named for.
STAFF_ON_CASE = frozenset({"responsible", "host"})
MAY: dict[Event, frozenset[str]] = {
    E.ACCEPTED: frozenset({"responsible"}),
    E.DECLINED: frozenset({"responsible"}),
    E.TRANSFERRED: STAFF_ON_CASE,
    E.NOTED: frozenset({"responsible", "mediator", "liaison"}),
    E.ASKED: frozenset({"responsible"}),
    E.ESCALATED: frozenset({"responsible", "liaison", "host", "desk"}),
    E.LINKED: frozenset({"coordinator", "host"}),
    E.MEDIATION_OPENED: STAFF_ON_CASE,
    E.MEDIATION_STEP: frozenset({"mediator"}),
    E.VISIT_AGREED: frozenset({"mediator", "responsible", "reporter"}),
    E.RESOLVED: frozenset({"responsible", "desk"}),
    E.RATED: frozenset({"reporter"}),
    E.DISPUTED: frozenset({"reporter", "supporter"}),
    E.REOPENED: frozenset({"reporter", "supporter"}),
    E.WITHDRAWN: frozenset({"reporter"}),
    E.CALLBACK_DONE: frozenset({"checker"}),
    E.MERGED: frozenset({"host"}),
    E.SPLIT: frozenset({"host", "reporter", "supporter"}),
    E.NOT_ACCEPTED: frozenset({"host", "desk"}),
    E.HANDED_OVER: frozenset({"responsible", "host"}),
}


class To(StrEnum):
    """Whom a line is for."""

    GROUP = "group"
    REPORTER = "reporter"
    SUPPORTERS = "supporters"
    RESPONSIBLE = "responsible"
    PASSED = "passed"  # who was responsible until this moment
    HOST = "host"
    DUTY = "duty"
    SPEAKER = "speaker"  # who just spoke or pressed


@dataclass(frozen=True, slots=True)
class Show:
    """One line or card: for whom, which text, and whether it calls somebody who did not just speak.

    `public` lines are dropped where the matter is private or two named parties quarrel.
    """

    to: To
    card: str
    ping: bool = True

    @property
    def public(self) -> bool:
        """True for what the whole group would see."""
        return self.to is To.GROUP


# Event -> what is said of it. The bot's answer to a resident is not a ping; a call to a member is.
SAYS: dict[Event, tuple[Show, ...]] = {
    E.REPORTED: (),
    E.ASSIGNED: (Show(To.RESPONSIBLE, "assigned"),),
    E.ACCEPTED: (
        Show(To.GROUP, "accepted"), Show(To.SPEAKER, "accepted_ok", ping=False), Show(To.PASSED, "passed"),
    ),
    E.DECLINED: (Show(To.RESPONSIBLE, "assigned"), Show(To.SPEAKER, "declined_ok", ping=False)),
    E.TRANSFERRED: (
        Show(To.RESPONSIBLE, "assigned"), Show(To.PASSED, "passed"), Show(To.REPORTER, "moved"),
        Show(To.SPEAKER, "declined_ok", ping=False),
    ),
    E.HANDED_OVER: (Show(To.RESPONSIBLE, "assigned"), Show(To.REPORTER, "moved")),
    E.NOTED: (
        Show(To.REPORTER, "noted"), Show(To.SPEAKER, "noted_ok", ping=False), Show(To.PASSED, "passed"),
    ),
    E.ASKED: (Show(To.REPORTER, "asked"), Show(To.SPEAKER, "asked_ok", ping=False)),
    E.SUPPLIED: (Show(To.RESPONSIBLE, "supplied"),),
    E.SECONDED: (Show(To.SPEAKER, "seconded", ping=False),),
    E.REMINDED: (Show(To.RESPONSIBLE, "remind"),),
    E.ESCALATED: (
        Show(To.RESPONSIBLE, "assigned"), Show(To.PASSED, "passed"), Show(To.REPORTER, "moved"),
        Show(To.SPEAKER, "declined_ok", ping=False),
    ),
    E.LINKED: (Show(To.SPEAKER, "linked_ok", ping=False), Show(To.REPORTER, "linked")),
    E.RESOLVED: (
        Show(To.REPORTER, "ask_rating"), Show(To.SUPPORTERS, "result"), Show(To.GROUP, "resolved"),
        Show(To.SPEAKER, "resolved_ok", ping=False),
    ),
    E.RATED: (Show(To.SPEAKER, "rated_ok", ping=False), Show(To.RESPONSIBLE, "rated")),
    E.DISPUTED: (
        Show(To.SPEAKER, "disputed_ok", ping=False), Show(To.RESPONSIBLE, "reopened"), Show(To.PASSED, "passed"),
    ),
    E.REOPENED: (
        Show(To.SPEAKER, "disputed_ok", ping=False), Show(To.RESPONSIBLE, "reopened"), Show(To.PASSED, "passed"),
    ),
    E.WITHDRAWN: (Show(To.SPEAKER, "withdrawn_ok", ping=False), Show(To.RESPONSIBLE, "withdrawn")),
    E.MERGED: (
        Show(To.SPEAKER, "merged_ok", ping=False), Show(To.REPORTER, "merged"), Show(To.SUPPORTERS, "merged"),
    ),
    E.SPLIT: (Show(To.SPEAKER, "split_ok", ping=False),),
    E.NOT_ACCEPTED: (
        Show(To.REPORTER, "not_accepted"), Show(To.SUPPORTERS, "not_accepted"),
        Show(To.SPEAKER, "not_accepted_ok", ping=False),
    ),
    E.CLOSED: (),
}
# 不满意: who handled it hears the grade, another begins anew.
SAYS_UNSATISFIED = (
    Show(To.SPEAKER, "disputed_ok", ping=False), Show(To.RESPONSIBLE, "reopened"), Show(To.PASSED, "rated"),
)
# What the clock's reminder says depends on whom the case waits for.
REMINDS: dict[str, Show] = {
    "accept": Show(To.RESPONSIBLE, "remind"), "progress": Show(To.RESPONSIBLE, "remind_progress"),
    "mediate": Show(To.RESPONSIBLE, "remind_progress"), "review": Show(To.RESPONSIBLE, "remind_review"),
    "deliver": Show(To.RESPONSIBLE, "remind_deliver"), "rate": Show(To.REPORTER, "remind_rating"),
}


def diagram() -> str:
    """The state diagram as Mermaid text, drawn from NEXT; README holds the same and a test compares them."""
    lines = ["stateDiagram-v2", "    [*] --> reported: Reported"]
    for state, moves in NEXT.items():
        by_target: dict[State, list[str]] = {}
        for event, target in moves.items():
            if target is not state:
                by_target.setdefault(target, []).append(event.value)
        if E.RATED in moves:
            by_target.setdefault(UNSATISFIED, []).append("Rated 不满意")
        lines += [f"    {state} --> {target}: {', '.join(names)}" for target, names in by_target.items()]
        if state in ENDED:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines)
