"""What is said in a mediation, and of a quarrel instead of what is said of other matters: the rest of the page of conduct."""

from __future__ import annotations

from bot.domain import mediated, visits
from bot.domain.case import Case, State
from bot.domain.events import BOT, Event, Happened
from bot.domain.mediation import B
from bot.domain.tables import REMINDS, Show, To
from bot.domain.walls import MARK as MARK
from bot.domain.walls import marked, side_of

# What is said in a mediation, by what happens; what a side says goes to nobody but who is in charge, and across only
# where it is marked 可转告.
SAYS_MEDIATION: dict[str, tuple[Show, ...]] = {
    "declined": (Show(To.SPEAKER, "invite_declined", ping=False), Show(To.RESPONSIBLE, "mediator_declined")),
    "opened": (Show(To.MEDIATOR, "invited"), Show(To.SPEAKER, "mediate_ok", ping=False), Show(To.REPORTER, "mediating_told")),
    "again": (Show(To.MEDIATOR, "invited"), Show(To.SPEAKER, "mediate_ok", ping=False)),
    "visit": (Show(To.SPEAKER, "visit_wait", ping=False), Show(To.RESPONSIBLE, "visit_ask"), Show(To.MEDIATOR, "visit_ask")),
    "unvisit": (Show(To.SPEAKER, "visit_other", ping=False), Show(To.RESPONSIBLE, "visit_off"), Show(To.MEDIATOR, "visit_off")),
    "yes": (Show(To.SPEAKER, "visit_yes", ping=False),),
    "agreed": (
        Show(To.SPEAKER, "visit_set", ping=False), Show(To.RESPONSIBLE, "visit_set"), Show(To.MEDIATOR, "visit_set"),
        Show(To.REPORTER, "visit_told"), Show(To.OTHER, "visit_told_other"),
    ),
    "plain": (Show(To.SPEAKER, "visit_ok", ping=False), Show(To.REPORTER, "visit_coming"), Show(To.RESPONSIBLE, "visit_wished")),
    "step": (Show(To.SPEAKER, "step_ok", ping=False),),
    "check": (Show(To.SPEAKER, "steps_done", ping=False),),
    "agree": (Show(To.SPEAKER, "agree_sent", ping=False), Show(To.REPORTER, "agreement_ask"), Show(To.OTHER, "agreement_ask")),
    "paper": (Show(To.SPEAKER, "step_ok", ping=False),),
    "sign": (Show(To.SPEAKER, "signed_ok", ping=False),),
    "unsign": (Show(To.SPEAKER, "unsigned_ok", ping=False), Show(To.MEDIATOR, "unsigned")),
    "fail": (
        Show(To.SPEAKER, "fail_ok", ping=False), Show(To.RESPONSIBLE, "fail_ok"), Show(To.REPORTER, "failed"),
        Show(To.OTHER, "failed"),
    ),
    "answer": (Show(To.SPEAKER, "kept_ok", ping=False), Show(To.MEDIATOR, "side_said")),
    "": (),
}
SAYS_SHARED = (Show(To.ACROSS, "passed_on"),)
SAYS_SIDE = (Show(To.MEDIATOR, "side_said"),)  # a side spoke: for who mediates, else for who handles it
SAYS_SIDE_EARLY = (Show(To.RESPONSIBLE, "side_said"),)
SAYS_NOTE_INSIDE = (Show(To.SPEAKER, "noted_inside", ping=False), Show(To.PASSED, "passed"))
SAYS_NOTE_SHARED = (
    Show(To.REPORTER, "noted"), Show(To.OTHER, "noted"), Show(To.SPEAKER, "noted_ok", ping=False), Show(To.PASSED, "passed"),
)
# Who is reminded beside that in a mediation, or instead (`fulfil`: nobody is asked about an agreement but who made it).
REMINDS_TOO: dict[str, tuple[Show, ...]] = {
    "mediate": (Show(To.MEDIATOR, "remind_mediate"),), "soon": (Show(To.MEDIATOR, "visit_soon"),),
}
REMINDS_FULFIL = (Show(To.MEDIATOR, "fulfil_check"), Show(To.REPORTER, "fulfil_ask"), Show(To.OTHER, "fulfil_ask"))
ITS_OWN = frozenset({Event.MEDIATOR_SUGGESTED, Event.MEDIATION_OPENED, Event.MEDIATION_STEP, Event.VISIT_AGREED})
BY_A_SIDE = frozenset({Event.DETAILED, Event.SUPPLIED})


def shows(before: Case, after: Case, event: Happened) -> tuple[Show, ...] | None:
    """What is said of a move in a quarrel; None where it is what is said of any matter."""
    if event.event in ITS_OWN:
        return SAYS_MEDIATION[_row(before, after, event)]
    if after.mediation is None:
        return None
    if event.event is Event.NOTED:
        return SAYS_NOTE_SHARED if marked(event.note) else SAYS_NOTE_INSIDE
    if event.event in BY_A_SIDE and (side := side_of(after, event.by)) and "party" not in event.args:
        return _of_a_side(after, event, side)
    return None


def _of_a_side(case: Case, event: Happened, side: str) -> tuple[Show, ...]:
    """Marked words go across; all others to one of those in charge, who is also asked to carry what cannot go by itself."""
    known = side == B or case.mediation is not None and bool(case.mediation.b_sender)
    if marked(event.note) and known:
        return SAYS_SHARED
    if case.mediator:
        return SAYS_SIDE if side == B or case.state is State.MEDIATING else ()
    return SAYS_SIDE_EARLY if side == B or event.event is Event.SUPPLIED or marked(event.note) else ()


def _row(before: Case, after: Case, event: Happened) -> str:
    if event.event is Event.MEDIATOR_SUGGESTED:
        return "declined" if event.args.get("declined") else ""
    if event.event is Event.MEDIATION_OPENED:
        first = after.mediation is not None and after.mediation.mediator_at == event.at
        return ("opened" if first else "again") if after.mediator else ""
    if event.event is Event.VISIT_AGREED:
        if after.state is not State.MEDIATING:
            return "plain"
        return "agreed" if visits.agreed(after) else "yes"
    return mediated.part(event)


def reminders(name: str, case: Case) -> tuple[Show, ...]:
    """Who is reminded when an alarm of a case rings."""
    if name == "fulfil" and case.mediation is not None:
        return REMINDS_FULFIL
    if name == "visit" and case.mediator and case.state is State.MEDIATING:
        return (Show(To.MEDIATOR, "visit_record"),)
    beside = REMINDS_TOO.get(name, ()) if case.mediator and case.state is State.MEDIATING else ()
    return (REMINDS[name], *beside)


def signed_now(before: Case, after: Case, event: Happened) -> bool:
    """Whether this very move brought the second signature."""
    return event.by != BOT and mediated.complete(after) and not mediated.complete(before)
