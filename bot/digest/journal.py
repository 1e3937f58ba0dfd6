"""Walks a case's journal up to the end of a week and remembers in which weeks what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.digest.causes import cause
from bot.digest.names import NUMBER
from bot.digest.week import KEPT, Span
from bot.domain.case import ENDED, Row
from bot.domain.events import BOT, CLOCK
from bot.domain.events import Event as E
from bot.domain.tables import NEXT

STEP = 16  # a mark is figure number × STEP + place; more than the places there are
FIRST = "reported"
PLACES = KEPT + 1
STILL = PLACES  # the place at which a spell ends that has not ended
MINUTE = timedelta(minutes=1)
PART = "部分"  # what all of PARTLY have: most results end here
PARTLY = ("部分解决", "部分办结", "部分完成", "解决了一部分")  # words of a result that say so
NOBODY = frozenset({CLOCK, BOT})
MARK = {name: number * STEP for name, number in NUMBER.items()}
MOVES = {state.value: {event.value: to.value for event, to in moves.items()} for state, moves in NEXT.items()}
ACTIVE = MARK["active"]
OVER = frozenset(state.value for state in ENDED)
# Journal events that are counted just as they come.
COUNTED = {event.value: MARK[name] for event, name in {
    E.RESOLVED: "resolved", E.DISPUTED: "unsolved", E.REOPENED: "unsolved", E.CALLBACK_DONE: "callbacks",
    E.MEDIATOR_SUGGESTED: "mediations_suggested", E.MEDIATION_OPENED: "mediations_opened",
    E.MEDIATION_STEP: "mediation_steps", E.REMINDED: "reminded", E.DECLINED: "declined", E.TRANSFERRED: "transferred",
    E.HANDED_OVER: "transferred", E.ESCALATED: "escalated", E.LINKED: "linked",
}.items()}
GRADES = {"good": "good", "fair": "fair", "bad": "dissatisfied"}
HANDS = (E.DECLINED, E.TRANSFERRED, E.HANDED_OVER, E.ESCALATED)

Grudge = tuple[datetime, Callable[[bool], str]]  # when, and the cause once it is known whether the limit had passed


class Life:
    """What the walk has gathered. `spells` are [place of opening, place of ending] of each time that it was open."""

    __slots__ = (
        "answered_in",
        "begun",
        "graded",
        "grudges",
        "hands",
        "marks",
        "moves",
        "partly",
        "rounds",
        "seconded",
        "since",
        "spells",
        "state",
        "states",
        "suggested",
        "troubles",
        "waits",
    )

    def __init__(self, place: int, since: datetime) -> None:
        self.begun, self.since, self.state = place, since, FIRST
        self.marks: list[int] = [MARK["new"] + place, MARK["people"] + place]
        self.spells: list[list[int]] = [[place, STILL]]
        self.moves: list[datetime | None] = [None] * PLACES  # the last move of a person in each week
        self.states: list[str] = [""] * PLACES  # the last state in each week
        self.states[place] = FIRST
        self.seconded: set[str] = set()
        self.grudges: list[Grudge] = []
        self.waits: list[tuple[int, int]] = []
        self.graded = self.partly = self.troubles = False
        self.rounds, self.hands = 1, 0
        self.suggested: datetime | None = None
        self.answered_in: int | None = None

    def open_at(self, first: int) -> list[int]:
        """The weeks from `first` on at whose ends it was open."""
        if len(self.spells) == 1:  # as nearly all
            begun, ended = self.spells[0]
            return list(range(max(begun, first), min(ended, PLACES)))
        return [place for begun, ended in self.spells for place in range(max(begun, first), min(ended, PLACES))]

    def state_at(self, place: int) -> str:
        """The state at the end of a week."""
        while not self.states[place]:
            place -= 1
        return self.states[place]

    def moved_by(self, place: int) -> datetime | None:
        """The last move of a person up to the end of a week."""
        while place and self.moves[place] is None:
            place -= 1
        return self.moves[place]

    def times(self, figure: str, place: int) -> int:
        """How often something was recorded up to the end of a week."""
        low = MARK[figure]
        return sum(low <= mark <= low + place for mark in self.marks) if self.troubles else 0


def walk(rows: Sequence[Row], span: Span) -> Life | None:
    """The life of a case up to the end of the span; None where it had not been recorded by then."""
    end, newest, how, moving = span.end, span.bounds[-2], HOW.get, MOVES  # the loop runs a million times in a large week
    life: Life | None = None
    state = FIRST
    for row in rows:
        at = row.recorded or row.at
        if at >= end:
            continue
        place = KEPT if at >= newest else span.place(at)
        if life is None:
            life = Life(place, row.at)
            marks, moves = life.marks, life.moves
        event = row.event
        if row.by not in NOBODY:
            moves[place] = row.at
        found = how(event)
        if found is not None:
            counted, special = found
            if counted:
                marks.append(counted + place)
            if special is not None:
                special(life, row, place)
        led = row.led or moving[state].get(event, state)
        if led != state:
            _led(life, state, led, place)
            state = led
    if life is not None:
        _active(life)
    return life


def _led(life: Life, state: str, led: str, place: int) -> None:
    life.state = life.states[place] = led
    if led in OVER:
        _over(life, led, place)
    elif state in OVER:
        life.spells.append([place, STILL])
        life.marks.append(MARK["reopened"] + place)


def _over(life: Life, led: str, place: int) -> None:
    life.marks += (MARK["ended"] + place, MARK[led] + place)
    life.spells[-1][1] = place
    if led == "answered":
        life.marks.append(MARK["closed"] + place)
    if led == "closed":
        life.marks.append(MARK["partly" if life.partly else "solved"] + place)
        if not life.graded:
            life.marks.append(MARK["unrated"] + place)


def _active(life: Life) -> None:
    """Every week in which it was open at any time, once."""
    last = 0
    for begun, ended in life.spells:
        life.marks += range(ACTIVE + max(begun, last + 1), ACTIVE + min(ended, KEPT) + 1)
        last = min(ended, KEPT)


def _seconded(life: Life, row: Row, place: int) -> None:
    """Each further voice once; who has had his name taken out (删除我的信息) stays a voice."""
    if row.by not in life.seconded:
        life.marks += (MARK["seconded"] + place, MARK["people"] + place)
    if row.by:
        life.seconded.add(row.by)


def _resolved(life: Life, row: Row, place: int) -> None:
    life.graded, life.partly = False, PART in row.note and any(word in row.note for word in PARTLY)
    if life.state == "mediating":
        life.marks.append(MARK["mediations_agreed"] + place)


def _rated(life: Life, row: Row, place: int) -> None:
    if row.mark not in GRADES:
        return
    life.graded = True
    life.marks.append(MARK[GRADES[row.mark]] + place)
    if row.mark == "bad":
        life.grudges.append((row.at, partial(_why, row.note, life.rounds, life.hands)))
        life.rounds += 1
        life.troubles = True


def _why(note: str, rounds: int, hands: int, late: bool) -> str:
    return cause(note, rounds=rounds, late=late, hands=hands)


def _again(life: Life, row: Row, place: int) -> None:
    life.rounds += 1
    life.troubles = True


def _linked(life: Life, row: Row, place: int) -> None:
    life.troubles = True


def _moved_on(life: Life, row: Row, place: int) -> None:
    life.hands += 1
    life.troubles = True


def _called_back(life: Life, row: Row, place: int) -> None:
    """A grade that is given in the call counts as one."""
    if row.mark == "unreachable":
        life.marks.append(MARK["unreached"] + place)
    _rated(life, row, place)


def _suggested(life: Life, row: Row, place: int) -> None:
    life.suggested = life.suggested or row.at


def _mediation(life: Life, row: Row, place: int) -> None:
    life.waits.append((place, max(0, int((row.at - (life.suggested or life.since)) / MINUTE))))
    life.suggested = None


SPECIAL: dict[str, Callable[[Life, Row, int], None]] = {
    E.SECONDED.value: _seconded, E.RESOLVED.value: _resolved, E.RATED.value: _rated, E.DISPUTED.value: _again,
    E.REOPENED.value: _again, E.LINKED.value: _linked, E.CALLBACK_DONE.value: _called_back, E.MEDIATOR_SUGGESTED.value: _suggested,
    E.MEDIATION_OPENED.value: _mediation, **{event.value: _moved_on for event in HANDS},
}
# Event -> its mark (0: none) and what else it does; an event that is not here is only a move.
HOW = {event: (COUNTED.get(event, 0), SPECIAL.get(event)) for event in {*COUNTED, *SPECIAL}}
