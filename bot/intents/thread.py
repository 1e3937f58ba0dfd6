"""Whether a line belongs to a case that is already known: by quote, speaker, place, matter and time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.case import Case, State
from bot.domain.events import Event
from bot.intents.place import Placed
from bot.intents.recognize import Heard
from bot.intents.speech import Act
from bot.messages import ChatLine

BURST = timedelta(minutes=4)  # one matter comes in several short lines
SAME_TALK = timedelta(minutes=30)  # the same speaker still means the same matter
ECHO = timedelta(minutes=20)  # 我也是 without further words means what was just said
SAME_MATTER = timedelta(hours=24)  # another voice about the same matter at the same place
AFTER_END = timedelta(days=7)

# Acts that are about a case already known; said by its reporter or a supporter they never open a new one.
ABOUT_OWN = {
    Act.RESOLVED, Act.UNRESOLVED, Act.THANKS, Act.SATISFIED, Act.UNSATISFIED, Act.WITHDRAW, Act.PROGRESS,
}
SILENT = {Act.GREETING, Act.JOKE, Act.ADVERT, Act.NOTICE}


@dataclass(frozen=True, slots=True)
class Belongs:
    """The case a line belongs to, and the event it is there; None: it is only remembered (thanks, progress)."""

    case: Case
    event: Event | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known around a line: the speaker's own cases, the quoted one, the lounge's open ones."""

    own: Sequence[Case]
    quoted: Case | None
    open: Iterable[Case]


def belongs(line: ChatLine, heard: Heard, placed: Placed, known: Known, now: datetime) -> Belongs | None:
    """The first rule that holds, from the surest to the loosest."""
    for rule in (_by_quote, _by_act, _by_echo, _by_burst, _by_matter):
        found = rule(line, heard, placed, known, now)
        if found is not None:
            return found
    return None


def _by_quote(line: ChatLine, heard: Heard, placed: Placed, known: Known, now: datetime) -> Belongs | None:
    case = known.quoted
    if case is None:
        return None
    if case.role_of(line.sender) in ("reporter", "supporter"):
        return Belongs(case, event_for(heard.act, case, line.sender), "引用了这件事的话")
    alike = heard.intent == case.intent and heard.decision != "ignore"
    if heard.act in (Act.SECOND, Act.UNRESOLVED, Act.PROGRESS) or alike:
        return Belongs(case, Event.SECONDED, "引用后说了同样的事")
    return None


def _by_act(line: ChatLine, heard: Heard, placed: Placed, known: Known, now: datetime) -> Belongs | None:
    if heard.act not in ABOUT_OWN or not known.own:
        return None
    fitting = [c for c in known.own if _alive(c, now) and not _elsewhere(c, placed)]
    if not fitting:
        return None
    case = max(fitting, key=lambda c: (overlap(line.text, c.gist), c.touched_at, c.id))
    if heard.decision == "open" and heard.intent != case.intent and heard.act in (Act.THANKS, Act.PROGRESS):
        return None
    return Belongs(case, event_for(heard.act, case, line.sender), f"{ACT_WORDS[heard.act]}，接着自己的这件事")


def _by_echo(line: ChatLine, heard: Heard, placed: Placed, known: Known, now: datetime) -> Belongs | None:
    if heard.act is not Act.SECOND:
        return None
    lately = [c for c in known.open if now - c.touched_at <= ECHO and c.reporter != line.sender and not c.private]
    if not lately:
        return None
    case = max(lately, key=lambda c: (c.intent == heard.intent, overlap(line.text, c.gist), c.touched_at, c.id))
    return Belongs(case, Event.SECONDED, "说自己也是")


def _by_burst(line: ChatLine, heard: Heard, placed: Placed, known: Known, now: datetime) -> Belongs | None:
    """The same speaker goes on: at once, or within half an hour about the same kind of matter."""
    if heard.act in SILENT or not known.own:
        return None
    other = heard.decision == "open"
    for case in sorted(known.own, key=lambda c: c.touched_at, reverse=True):
        if not case.open or case.reporter != line.sender:
            continue
        same = heard.intent == case.intent
        if other and not same:
            continue
        quiet_for = now - case.touched_at
        if quiet_for <= BURST and len(line.text.strip()) >= 4 or same and quiet_for <= SAME_TALK:
            return Belongs(case, event_for(Act.PLAIN, case, line.sender), "同一个人接着说")
    return None


def _by_matter(line: ChatLine, heard: Heard, placed: Placed, known: Known, now: datetime) -> Belongs | None:
    """A matter that is already a case: the same intent at a compatible place within a day."""
    if heard.decision == "ignore" or heard.intent is None:
        return None
    for case in sorted(known.open, key=lambda c: c.touched_at, reverse=True):
        if case.intent != heard.intent or now - case.touched_at > SAME_MATTER or _elsewhere(case, placed):
            continue
        if case.reporter == line.sender:
            return Belongs(case, event_for(Act.PLAIN, case, line.sender), "同一个人又说同一件事")
        near = now - case.touched_at <= SAME_TALK or placed.building is not None and placed.building == case.building
        if near and not case.private and heard.act is not Act.QUESTION:
            return Belongs(case, Event.SECONDED, "又有人说同一件事")
    return None


def event_for(act: Act, case: Case, sender: str) -> Event | None:
    """What an act by somebody of the case is, given where the case stands."""
    ended = not case.open
    settled = case.state in (State.RESOLVED, State.CLOSED)
    if act is Act.UNRESOLVED:
        return Event.REOPENED if ended else Event.DISPUTED if settled else Event.DETAILED
    if act in (Act.SATISFIED, Act.UNSATISFIED, Act.RESOLVED) and settled and sender == case.reporter:
        return Event.RATED
    if act is Act.WITHDRAW and case.open and sender == case.reporter:
        return Event.WITHDRAWN
    if act in (Act.THANKS, Act.PROGRESS, Act.SATISFIED) or ended:
        return None
    return Event.SUPPLIED if case.state is State.WAITING and sender == case.reporter else Event.DETAILED


def overlap(text: str, gist: str) -> int:
    """How many two-character runs two texts share: which of several cases is meant."""
    return len(_pairs(text) & _pairs(gist))


def _pairs(text: str) -> set[str]:
    return {text[i:i + 2] for i in range(len(text) - 1)}


def _alive(case: Case, now: datetime) -> bool:
    return case.open or now - (case.ended_at or case.touched_at) <= AFTER_END


def _elsewhere(case: Case, placed: Placed) -> bool:
    """A line that names another building is about something else."""
    return placed.source == "said" and case.building is not None and placed.building != case.building


ACT_WORDS = {
    Act.RESOLVED: "说好了", Act.UNRESOLVED: "说还没好", Act.THANKS: "道谢", Act.SATISFIED: "表示满意",
    Act.UNSATISFIED: "表示不满意", Act.WITHDRAW: "说不用了", Act.PROGRESS: "问进展",
}
