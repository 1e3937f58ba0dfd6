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
    S.REPORTED: _open(
        S.REPORTED, REPORTED=S.REPORTED, ASSIGNED=S.ASSIGNED, ACCEPTED=S.HANDLING, TRANSFERRED=S.ASSIGNED,
        ESCALATED=S.ASSIGNED, HANDED_OVER=S.ASSIGNED, ANSWERED=S.ANSWERED,
    ),
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
        S.MEDIATING, NOTED=S.MEDIATING, MEDIATION_STEP=S.MEDIATING, MEDIATION_OPENED=S.MEDIATING, ASKED=S.MEDIATING, SUPPLIED=S.MEDIATING,
        TRANSFERRED=S.ASSIGNED, HANDED_OVER=S.ASSIGNED, ESCALATED=S.ASSIGNED, RESOLVED=S.RESOLVED,
    ),
    S.RESOLVED: {
        E.DELIVERED: S.RESOLVED, E.RATED: S.CLOSED, E.DISPUTED: S.ASSIGNED, E.REMINDED: S.RESOLVED,
        E.CLOSED: S.CLOSED, E.DETAILED: S.RESOLVED, E.SECONDED: S.RESOLVED, E.NOTED: S.RESOLVED,
        E.WITHDRAWN: S.WITHDRAWN, E.MERGED: S.MERGED, E.SPLIT: S.RESOLVED, E.CALLBACK_DONE: S.RESOLVED,
        E.HANDED_OVER: S.RESOLVED, E.SETTINGS_CHANGED: S.RESOLVED, E.MEDIATION_STEP: S.RESOLVED,
    },
    S.CLOSED: {
        E.REOPENED: S.ASSIGNED, E.RATED: S.CLOSED, E.CALLBACK_DONE: S.CLOSED, E.DELIVERED: S.CLOSED,
        E.REMINDED: S.CLOSED, E.MEDIATION_STEP: S.CLOSED,
    },
    S.ANSWERED: {E.REOPENED: S.ASSIGNED, E.RATED: S.ANSWERED, E.DELIVERED: S.ANSWERED},
    S.WITHDRAWN: {E.REOPENED: S.ASSIGNED},
    S.MERGED: {E.SPLIT: S.ASSIGNED},
    S.NOT_ACCEPTED: {},
}
# What goes elsewhere than NEXT says: 不满意 opens a new round; a rating does not close while a voice has not been told
# the result; the last voice that is told closes what has been rated; a mediation that fails is handled on.
UNSATISFIED = S.ASSIGNED
RATED_EARLY = S.RESOLVED
TOLD_LATE = S.CLOSED
NO_AGREEMENT = S.HANDLING  # a mediation that fails goes back to who handles it

# Whose move it is.
WAITS_FOR: dict[State, str | None] = {
    S.REPORTED: "host", S.ASSIGNED: "responsible", S.HANDLING: "responsible", S.WAITING: "reporter",
    S.MEDIATING: "responsible", S.RESOLVED: "reporter", S.CLOSED: None, S.ANSWERED: None, S.WITHDRAWN: None,
    S.MERGED: None, S.NOT_ACCEPTED: None,
}

# The named deadline that each state lives under, and what its silence means when reminders are used up.
DEADLINE: dict[State, str] = {
    S.REPORTED: "dispatch", S.ASSIGNED: "accept", S.HANDLING: "progress", S.WAITING: "supply",
    S.MEDIATING: "mediate", S.RESOLVED: "deliver",
}
# Where the clock of the whole handling runs beside it. It stands still in `waiting` and until an agreed visit, nowhere
# else; a mediation has its own month, in which the handling clock runs on unheard.
BESIDE: dict[State, str] = {S.ASSIGNED: "handle", S.HANDLING: "handle"}
# Deadlines that may outlive the end: after-care, call-back, fulfilment of an agreement.
AFTER = frozenset({"care", "callback", "fulfil"})
AT_LAST: dict[str, Event] = {
    "dispatch": E.ESCALATED, "accept": E.ESCALATED, "progress": E.ESCALATED, "mediate": E.ESCALATED,
    "handle": E.ESCALATED, "reply": E.ESCALATED, "review": E.REMINDED, "supply": E.SUPPLIED, "deliver": E.REMINDED,
    "rate": E.CLOSED, "visit": E.REMINDED, "soon": E.REMINDED,
    "risk": E.REMINDED, **dict.fromkeys(sorted(AFTER), E.REMINDED),
}
REMINDS_FIRST = frozenset({"dispatch", "accept", "progress", "mediate", "handle", "reply", "deliver", "rate"})
# Rung once and then done with: they say that a moment has come, not that somebody is late.
RINGS_ONCE = AFTER | {"visit", "soon", "risk"}
# What winds the alarm of a stage that waits for the responsible, although the stage stays the same.
SIGNS_OF_WORK = frozenset({E.NOTED, E.MEDIATION_STEP, E.VISIT_AGREED})

# Event -> the parts that may cause it. Parts: responsible, mediator, liaison, host, desk, coordinator, reporter,
# supporter, checker, and `bot` / `clock`, which may do what no person is named for.
STAFF_ON_CASE = frozenset({"responsible", "host"})
MAY: dict[Event, frozenset[str]] = {
    E.ACCEPTED: frozenset({"responsible"}),
    E.DECLINED: frozenset({"responsible"}),
    E.TRANSFERRED: STAFF_ON_CASE,
    E.NOTED: frozenset({"responsible", "mediator", "liaison", "helper"}),
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


# Verbs that cause no event of their own, and the parts that may use them. `offered` is to whom a case is handed over.
BESIDES: dict[str, frozenset[str]] = {
    "assist": frozenset({"responsible", "coordinator", "host"}), "take": frozenset({"offered"}),
    "takeall": frozenset({"offered"}), "risk": frozenset({"responsible", "host", "desk"}),
}
JUDGES = frozenset({"responsible", "host", "desk"})  # who may say how high a risk is


class To(StrEnum):
    """Whom a line is for."""

    GROUP = "group"
    REPORTER = "reporter"
    SUPPORTERS = "supporters"
    RESPONSIBLE = "responsible"
    PASSED = "passed"  # who was responsible until this moment
    HOST = "host"
    DUTY = "duty"
    COLLECTOR = "collector"  # who sees to it that the case gets to the right place
    FEEDBACK = "feedback"  # who brings the result to those who asked
    RISK_OWNER = "risk_owner"  # who answers for a high risk
    SPEAKER = "speaker"  # who just spoke or pressed
    MEDIATOR = "mediator"
    OTHER = "other"  # the other side of a quarrel, where its account is known
    ACROSS = "across"  # the side that did not speak
    PARTNER = "partner"  # who answers at the unit that was just asked to join


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
    E.REPORTED: (Show(To.COLLECTOR, "triage"),),
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
    E.LINKED: (Show(To.SPEAKER, "linked_ok", ping=False), Show(To.REPORTER, "linked"), Show(To.PARTNER, "partner_card")),
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
# A high risk goes to who is named for it, with the whole record, and leaves the group.
SAYS_HIGH_RISK = (
    Show(To.RESPONSIBLE, "risk_handed"), Show(To.RISK_OWNER, "risk_yours"), Show(To.PASSED, "passed"),
    Show(To.SPEAKER, "risk_ok", ping=False),
)
# What the clock's reminder says depends on whom the case waits for: it goes to the silent one alone.
REMINDS: dict[str, Show] = {
    "dispatch": Show(To.COLLECTOR, "remind_dispatch"),
    "accept": Show(To.RESPONSIBLE, "remind"), "progress": Show(To.RESPONSIBLE, "remind_progress"),
    "handle": Show(To.RESPONSIBLE, "remind_handle"), "reply": Show(To.RESPONSIBLE, "remind_reply"),
    "mediate": Show(To.RESPONSIBLE, "remind_mediate"), "review": Show(To.RESPONSIBLE, "remind_review"),
    "deliver": Show(To.FEEDBACK, "remind_deliver"), "rate": Show(To.REPORTER, "remind_rating"),
    "visit": Show(To.RESPONSIBLE, "remind_visit"), "soon": Show(To.RESPONSIBLE, "visit_soon"), "risk": Show(To.RISK_OWNER, "remind_risk"),
    **dict.fromkeys(sorted(AFTER), Show(To.HOST, "remind_after")),
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
        if state is S.RESOLVED:
            by_target.setdefault(TOLD_LATE, []).append("Delivered 已评价且都已送到")
        if state is S.MEDIATING:
            by_target.setdefault(NO_AGREEMENT, []).append("MediationStep 调解不成")
        lines += [f"    {state} --> {target}: {', '.join(names)}" for target, names in by_target.items()]
        if state in ENDED:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines)
