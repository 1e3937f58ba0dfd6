"""What is missing: who nobody answers for, and what makes the figures of a week less sure; never a person's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.digest.shape import Scope
from bot.domain.assignment import posts_of
from bot.domain.coverage import (
    AWAY,
    GAPS,
    NO_ATTENDANT,
    NO_BUILDING,
    NO_DUTY,
    NO_FLOOR,
    NO_LIAISON,
    NO_SEAT,
    NO_SHIFT,
    NO_SUBSTITUTE,
    NO_TEAM,
    OVERLAP,
    TWO_TEAMS,
    Gap,
    audit,
)
from bot.domain.settings import Settings
from bot.store.port import Dead

CHAT = "chat:"
CITY = "city"
# Kind of gap -> what it names, and whether its reason is told (one that names people never is).
ABOUT = {
    NO_ATTENDANT: ("building", False), OVERLAP: ("building", False), NO_FLOOR: ("building", False), NO_LIAISON: ("grid", True),
    NO_SEAT: ("grid", True), NO_DUTY: ("lounge", True), NO_SHIFT: ("lounge", True), NO_TEAM: ("shop", False),
    TWO_TEAMS: ("shop", True), NO_BUILDING: (CITY, True),
}
PEOPLES = {AWAY: "现在直接转网格联络人", NO_SUBSTITUTE: "请假时直接转网格联络人"}  # these name a person: told by his places
_FLOOR = re.compile(r"\d+楼$")
SURE = 1.0  # new cases a week that a lounge must have had before its silence means anything


def gaps(settings: Settings, scope: Scope, end: datetime) -> tuple[str, ...]:
    """The coverage audit for a scope, in sentences; each names the place, never the person."""
    lounges = frozenset(scope.lounges)
    mine = [b for b in settings.buildings.values() if b.lounge in lounges]
    places = {b.name for b in mine}
    of_scope = {
        "building": places, "lounge": set(lounges), "grid": {b.grid for b in mine},
        "shop": {shop.id for shop in settings.shops.values() if shop.building in places},
    }
    found = (_of_people(gap, settings, places, end) if gap.kind in PEOPLES else _of_places(gap, of_scope, scope.kind == CITY)
             for gap in audit(settings, end).gaps)
    return tuple(dict.fromkeys(filter(None, found)))


def _of_places(gap: Gap, of_scope: Mapping[str, set[str]], everywhere: bool) -> str:
    about, tell = ABOUT[gap.kind]
    name = _FLOOR.sub("", gap.what) if gap.kind == NO_FLOOR else gap.id or gap.what
    if not (everywhere if about == CITY else name in of_scope[about]):
        return ""
    return f"{gap.what}：{GAPS[gap.kind]}{f'，{gap.why}' if tell else ''}。"


def _of_people(gap: Gap, settings: Settings, places: set[str], at: datetime) -> str:
    """A gap of somebody's, by the places in the scope that he answers for."""
    people = filter(None, (settings.people.get(gap.id),))
    posts = (post for person in people for post in posts_of(person) if post.holds(at) and not post.helper)
    held = (settings.shops[post.shop].building if post.shop in settings.shops else post.building for post in posts)
    found = "、".join(dict.fromkeys(place for place in held if place in places))
    return f"{found}：{GAPS[gap.kind]}，{PEOPLES[gap.kind]}。" if found else ""


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
        said.append(f"有{counts['late']}件是补登的：话是上周或更早说的，本周才登记，件数算在本周，已过天数从说的那天起。")
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
        if lounge in here or scope.kind == CITY:
            found.append(one)
    return found
