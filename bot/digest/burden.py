"""The ledger of burden (减负账本), week by week: what residents heard beside what members were called for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bot.digest.shape import Load
from bot.domain.ledger import Outcome, Sort, read

CHAT = "chat:"
CALLS = (Sort.PING, Sort.URGENT)
HELD, FOLDED, DROPPED = Outcome.HELD, Outcome.FOLDED, Outcome.DROPPED


def loads(homes: Iterable[tuple[str, Mapping[str, str]]], staff: Iterable[str], lounges: Iterable[str],
          weeks: Sequence[str], cases: Mapping[str, int]) -> tuple[Load, ...]:
    """A Load a week. `homes` are (person id, sender id or `chat:<lounge>`, its counters), `cases` those open in each week.

    A line to a group or to somebody who is not of the staff is heard; a call to one of the staff is a ping, the answer
    to what he just said is neither.
    """
    ours, here = frozenset(staff), frozenset(lounges)
    found: Counter[tuple[str, str]] = Counter()
    for home, fields in homes:
        if not fields:
            continue
        member = home in ours
        for count in read(fields):
            if count.lounge in here:
                for name in _names(count.outcome, count.reason, member):
                    found[count.week, name] += count.times
    return tuple(Load(week=week, heard=found[week, "heard"], pings=found[week, "pings"], held=found[week, HELD],
                      folded=found[week, FOLDED], dropped=found[week, DROPPED], cases=cases.get(week, 0)) for week in weeks)


def _names(outcome: Outcome, reason: str, member: bool) -> tuple[str, ...]:
    if outcome is Outcome.SENT:
        return ("pings",) if member and reason in CALLS else () if member else ("heard",)
    return (outcome.value,)


def homes_of(lounges: Iterable[str], staff: Iterable[str], voices: Iterable[str]) -> list[str]:
    """Every home whose counters a digest needs: groups, staff, and who spoke in its cases."""
    return list(dict.fromkeys((*(CHAT + one for one in lounges), *staff, *sorted({*voices} - {""}))))
