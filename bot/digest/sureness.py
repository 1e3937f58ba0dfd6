"""What is missing: who nobody answers for, and what makes the figures of a week less sure; never a person's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.digest.shape import Scope
from bot.domain.coverage import (
    GAPS,
    NO_ATTENDANT,
    NO_BUILDING,
    NO_DUTY,
    NO_LIAISON,
    NO_SUBSTITUTE,
    OVERLAP,
    Gap,
    audit,
)
from bot.domain.settings import ATTENDANT, Settings
from bot.store.port import Dead

CHAT = "chat:"
SURE = 1.0  # new cases a week that a lounge must have had before its silence means anything


def gaps(settings: Settings, scope: Scope, end: datetime) -> tuple[str, ...]:
    """The coverage audit for a scope, in sentences; each names the place, never the person."""
    lounges = frozenset(scope.lounges)
    places = {b.name for b in settings.buildings.values() if b.lounge in lounges}
    grids = {settings.grids[b.grid].name for b in settings.buildings.values() if b.lounge in lounges and b.grid in settings.grids}
    names = {settings.lounges[one].name for one in scope.lounges}
    found = [_sentence(gap, places, grids, names, scope.kind == "city") for gap in audit(settings, end).gaps]
    lonely = (f"{'、'.join(x for x in person.buildings if x in places)}：{GAPS[NO_SUBSTITUTE]}，请假时直接转网格联络人。"
              for person in settings.people.values() if _lonely(person.id, settings) and places.intersection(person.buildings))
    return tuple(dict.fromkeys((*filter(None, found), *lonely)))


def _sentence(gap: Gap, places: set[str], grids: set[str], names: set[str], everywhere: bool) -> str:
    within = {NO_ATTENDANT: gap.what in places, OVERLAP: gap.what in places, NO_LIAISON: gap.what in grids,
              NO_DUTY: gap.what in names, NO_BUILDING: everywhere}
    if not within.get(gap.kind):
        return ""
    why = f"，{gap.why}" if gap.kind in (NO_LIAISON, NO_DUTY, NO_BUILDING) else ""
    return f"{gap.what}：{GAPS[gap.kind]}{why}。"


def _lonely(who: str, settings: Settings) -> bool:
    person = settings.people[who]
    known = person.substitute is not None and person.substitute in settings.people
    return ATTENDANT in person.roles and bool(person.buildings) and not known


def quality(settings: Settings, scope: Scope, start: datetime, end: datetime, *, counts: Mapping[str, int],
            new: Mapping[str, tuple[int, float]], dead: Iterable[Dead]) -> tuple[str, ...]:
    """Sentences on holiday data, lounges fallen silent, late entries and buried lines.

    `new` is lounge id -> (new cases this week, mean of the four weeks before).
    """
    said = [f"{year}年的法定节假日和调休还没有数据，时限先按平常的星期计算。"
            for year in settings.calendar.unknown_years(start, end - timedelta(seconds=1))]
    for one in scope.lounges:
        here, usual = new.get(one, (0, 0.0))
        if not here and usual >= SURE:
            said.append(f"{settings.lounges[one].name}本周一件都没有登记，前四周平均每周{usual:.1f}件，请看看群消息还接得通吗。")
    if counts.get("late"):
        said.append(f"有{counts['late']}件是本周才补登的，话是更早一周说的。")
    lost = len(buried(dead, scope, settings))
    if lost:
        said.append(f"有{lost}条消息没有送到或没有处理成，已留存待查，相关的数字可能偏少。")
    return tuple(said)


def buried(dead: Iterable[Dead], scope: Scope, settings: Settings) -> Sequence[Dead]:
    """Those of a scope: by case, by group; what names neither belongs to the whole installation alone."""
    codes = {lounge.code: lounge.id for lounge in settings.lounges.values()}
    here = frozenset(scope.lounges)
    found = []
    for one in dead:
        lounge = codes.get((one.case or "").rpartition("-")[0]) or one.to.removeprefix(CHAT)
        if lounge in here or scope.kind == "city":
            found.append(one)
    return found
