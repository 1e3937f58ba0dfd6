"""Counts a digest from records of cases: pure, the same records in any order give the same figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from operator import attrgetter
from typing import TypeVar

from bot.digest.facts import Fact
from bot.digest.groups import VOICES, Groups, folded
from bot.digest.hints import hint
from bot.digest.journal import OVER, STEP
from bot.digest.names import AGES, ELSE, FIGURES, NUMBER, RATES, RESPONSES, SMALL, bucket
from bot.digest.shape import HotSpot, Line, Point, Rate
from bot.digest.week import BEFORE, KEPT, Week
from bot.domain.settings import Settings

DAY = timedelta(days=1)
AGAIN = 2  # cases; one alone, however many say so, is on the agenda or not, but not again and again
NOW, LAST = KEPT, KEPT - 1  # the places of this week and the one before
FOUR = range(KEPT - BEFORE, KEPT)  # the four weeks before
LATELY = range(KEPT - BEFORE + 1, KEPT + 1)  # the last four, this one among them
_N = {name: number * STEP for name, number in NUMBER.items()}
NEW, OPEN = _N["new"], _N["open"]
_STANDING, _ANSWERED = OPEN + NOW, _N["first_responses"] + NOW
_LATELY = frozenset(NEW + place for place in LATELY)
_FRESH = frozenset(NEW + place for place in (NOW, LAST))

MARKS = attrgetter("marks")

Tally = Mapping[int, int]
K = TypeVar("K")


def tally(facts: Sequence[Fact]) -> Counter[int]:
    """How often each mark occurs; minutes of mediations are summed under a mark of their own."""
    found = Counter(chain.from_iterable(map(MARKS, facts)))
    for fact in filter(attrgetter("waits"), facts):
        for place, minutes in fact.waits:
            found[_N["mediation_minutes"] + place] += minutes
    return found


def merged(tallies: Iterable[tuple[K, Tally]]) -> dict[K, dict[int, int]]:
    """The tallies that go with the same key, added up."""
    found: dict[K, dict[int, int]] = {}
    for key, one in tallies:
        mine = found.setdefault(key, {})
        for mark, times in one.items():
            mine[mark] = mine.get(mark, 0) + times
    return found


def counts(found: Tally, place: int = NOW) -> dict[str, int]:
    """Every figure of one week by name."""
    return {name: found.get(_N[name] + place, 0) for name in FIGURES}


def mean(found: Tally) -> dict[str, float]:
    """Every figure by name, mean of the four weeks before."""
    return {name: _mean(found, _N[name]) for name in FIGURES}


def _mean(found: Tally, low: int) -> float:
    return sum(found.get(low + place, 0) for place in FOUR) / BEFORE


def rates(figures: Mapping[str, int]) -> dict[str, Rate]:
    """Every rate with its parts."""
    return {name: Rate(sum(figures[x] for x in formula.above), sum(figures[x] for x in formula.below))
            for name, formula in RATES.items()}


def lines(tallies: Mapping[str, Tally]) -> dict[str, Line]:
    """A line for each group that has anything to show, the most new ones first, ELSE last."""
    made = {name: _line(found) for name, found in tallies.items()}
    shown = [name for name, line in made.items() if line != Line()]
    return {name: made[name] for name in sorted(shown, key=lambda n: (n == ELSE, -made[n].new, -made[n].open, n))}


def _line(found: Tally) -> Line:
    return Line(
        new=found.get(NEW + NOW, 0), closed=found.get(_N["closed"] + NOW, 0), open=found.get(OPEN + NOW, 0),
        new_before=found.get(NEW + LAST, 0), new_mean=_mean(found, NEW), people=found.get(_N["people"] + NOW, 0),
    )


def heat(tallies: Mapping[tuple[str, str], Tally], order: Sequence[str]) -> dict[str, dict[str, int]]:
    """Building -> category -> new cases of the week, of tallies by (building, category); buildings in the order given."""
    cells = sorted((key, one[NEW + NOW]) for key, one in tallies.items() if one.get(NEW + NOW))
    found: dict[str, dict[str, int]] = {name: {} for name in order}
    for (building, category), times in cells:
        found[building][category] = times
    return {name: row for name, row in found.items() if row}


def trend(tallies: Mapping[str, Tally], order: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Category -> new cases of each of the eight weeks, oldest first; those that have none are left out."""
    names = (*order, *sorted(set(tallies) - set(order)))
    rows = {name: tuple(tallies[name].get(NEW + place, 0) for place in range(1, KEPT + 1)) for name in names}
    return {name: row for name, row in rows.items() if any(row)}


def age(fact: Fact, end: datetime) -> float:
    """Calendar days from the resident's message to the week's end; nothing ever starts it anew."""
    return max(0.0, (end - fact.opened_at) / DAY)


def ages(facts: Iterable[Fact], end: datetime) -> dict[str, int]:
    """How old the open cases are; every bucket is there."""
    return _buckets(AGES, (age(fact, end) for fact in facts if fact.state not in OVER and _STANDING in fact.marks))


def responses(facts: Iterable[Fact]) -> dict[str, int]:
    """How long the first human answer took, of those that came this week; every bucket is there."""
    return _buckets(RESPONSES, (fact.answered for fact in facts if _ANSWERED in fact.marks))


def _buckets(table: tuple[tuple[str, int], ...], values: Iterable[float]) -> dict[str, int]:
    return dict.fromkeys((label for label, _ in table), 0) | Counter(bucket(value, table) for value in values)


def on_agenda(facts: Iterable[Fact], end: datetime) -> list[Fact]:
    """What the joint meeting has to decide: by age × people who asked for it, the weightiest first, none left out."""
    found = [fact for fact in facts if fact.reasons]
    return sorted(found, key=lambda f: (-age(f, end) * (1 + f.supporters), f.opened_at, f.id))


def agenda(facts: Iterable[Fact], groups: Groups, settings: Settings, end: datetime) -> tuple[Point, ...]:
    """The same as a listing; of a private matter neither words nor building."""
    return tuple(
        Point(case=f.id, lounge=groups.lounge(f), building=f.building, category=_category(f, settings), gist=f.gist,
              state=settings.words.get(f"state.{f.state}", f.state), reasons=f.reasons, age_days=age(f, end),
              supporters=f.supporters, holder=f.holder)
        for f in on_agenda(facts, end))


def _category(fact: Fact, settings: Settings) -> str:
    known = settings.intents.get(fact.intent)
    return known.name if known else fact.intent


def spots(cells: Iterable[Sequence[Fact]], groups: Groups) -> list[list[Fact]]:
    """The cells, one category at one building, with SMALL people and AGAIN cases or more in the last four weeks, and one of late."""
    held = []
    for facts in cells:
        first = facts[0]
        if first.private or not first.building or ELSE in (groups.category(first), groups.building(first)):
            continue
        mine = [fact for fact in facts if not _LATELY.isdisjoint(fact.marks)]
        fresh = any(not _FRESH.isdisjoint(fact.marks) for fact in mine)
        if fresh and len(mine) >= AGAIN and len({*chain.from_iterable(map(VOICES, mine))}) >= SMALL:
            held.append(mine)
    return sorted(held, key=lambda mine: (-len(mine), mine[0].lounge, mine[0].building, mine[0].intent))


def hot_spots(found: Iterable[Sequence[Fact]], groups: Groups, settings: Settings) -> tuple[HotSpot, ...]:
    """The same kind of matter at one place again and again, with what could be done first."""
    return tuple(
        HotSpot(lounge=groups.lounge(mine[0]), building=mine[0].building, category=_category(mine[0], settings), cases=len(mine),
                people=sum(1 + f.supporters for f in mine), hint=hint(mine[0].intent))
        for mine in found)


def grievances(facts: Iterable[Fact], week: Week) -> list[tuple[Fact, str]]:
    """Each 不满意 of the month in which the week ends, up to its end, with its cause as it is shown."""
    month = week.sunday.isoformat()[:7]
    found = [(fact, name) for fact in facts for day, name in fact.causes if day.startswith(month)]
    people: dict[str, set[str]] = {}
    for fact, name in found:
        people.setdefault(name, set()).add(fact.voices[0])
    shown = folded(people)
    return [(fact, shown[name]) for fact, name in found]


def causes(facts: Iterable[Fact], week: Week) -> dict[str, int]:
    """Cause -> how often this month, the most frequent first, ELSE last; they add up to the 不满意 of the month."""
    found = Counter(name for _, name in grievances(facts, week))
    return {name: found[name] for name in sorted(found, key=lambda n: (n == ELSE, -found[n], n))}
