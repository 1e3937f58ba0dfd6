"""Lays new settings on what is under way: alarms of open cases are wound anew, who has left hands over to the host."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.domain.case import Case, Row
from bot.domain.events import BOT, Event, Happened
from bot.domain.settings import Settings
from bot.domain.tables import NEXT
from bot.domain.transitions import Step, step
from bot.handlers import shift, visitday, weekly
from bot.handlers.cards import lines_of, send, when
from bot.handlers.context import Here
from bot.messages import ClockRang, Outgoing
from bot.shards import shard_of
from bot.store.port import Change

CHORE = "settings"
SLICE, LOOKED = 200, 2000  # cases written, and looked at, in one go: the rest follow as the lounge's next input


def announced(lounge: str, version: str, key: str, at: datetime, after: int = 0) -> tuple[int, str, ClockRang]:
    """What tells a lounge that these settings are in force, as an input for its shard; `key` makes it once."""
    rang = ClockRang(key=f"chore/{CHORE}/{lounge}/{version}/{after}", at=at)
    return shard_of(lounge), f"{CHORE}/{lounge}/{version}/{key}/{after}", rang


async def changed(rang: ClockRang, here: Here) -> Change:
    """Go through a lounge's open cases, a slice at a time. Settings that are not (or no longer) in force change nothing."""
    _, _, lounge, version, after = rang.key.split("/")
    if version != here.settings.version or lounge not in here.settings.lounges:
        return Change()
    waiting = sorted((c for c in await here.reader.open_cases(lounge) if _number(c) > int(after)), key=_number)
    cases: list[Case] = []
    journal: list[tuple[str, Row]] = []
    said: list[Outgoing] = []
    last: Case | None = None
    for case in waiting[:LOOKED]:
        last = case
        found = renewed(case, here)
        if found is not None:
            cases.append(found[0])
            journal += [(case.id, row) for row in found[1]]
            said += found[2]
        if len(cases) == SLICE:
            break
    say, told = send(said)
    more = last is not None and last is not waiting[-1]
    rest = [announced(lounge, version, rang.at.isoformat(), rang.at, _number(last))] if last is not None and more else []
    chores = () if more else (*await visitday.wound(lounge, here), *shift.wound(lounge, here), *weekly.wound(lounge, here))
    return Change(cases=tuple(cases), journal=tuple(journal), say=say, forward=(*told, *rest), chores=chores)


def _number(case: Case) -> int:
    return int(case.id.rpartition("-")[2])


def renewed(case: Case, here: Here) -> tuple[Case, Iterable[Row], list[Outgoing]] | None:
    """One open case under the settings in force, where they make a difference to it."""
    settings, before = here.settings, here.before
    if case.attendant not in settings.people:
        return _handed(case, here)
    if before is None:
        return None  # what these came after is not known here: the next happening winds the alarm by them
    event = Happened(event=Event.SETTINGS_CHANGED, at=here.now, by=BOT)
    old, new = step(case, event, before), step(case, event, settings)
    if not isinstance(old, Step) or not isinstance(new, Step) or new.case.deadlines in (old.case.deadlines, case.deadlines):
        return None
    final = new.case.but(touched_at=case.touched_at)  # nobody has said anything about it
    note = "；".join(_moves(case, final, settings, here.now))
    return final, [replace(row, note=note) for row in new.rows], []


def _moves(case: Case, final: Case, settings: Settings, now: datetime) -> Iterable[str]:
    """办理时限由11月3日10:00改为11月3日11:00."""
    for name in sorted(case.deadlines.keys() | final.deadlines.keys()):
        old, new = case.deadlines.get(name), final.deadlines.get(name)
        if old != new:
            label = settings.words.get(f"deadline.{name}", "时限")
            yield f"{label}由{when(old, settings, now) or '无'}改为{when(new, settings, now) or '无'}"


def _handed(case: Case, here: Here) -> tuple[Case, Iterable[Row], list[Outgoing]] | None:
    """Who is no longer in config leaves his cases to the host; the host and the reporter are told."""
    host = here.settings.lounges[case.lounge].host
    event = Event.HANDED_OVER if Event.HANDED_OVER in NEXT[case.state] else Event.SETTINGS_CHANGED
    args = {"to": host, "rung": "host", "why": "原来负责的同志不在名单里了，由客厅房东接手"}
    happened = Happened(event=event, at=here.now, by=BOT, args=args)
    done = step(case, happened, here.settings)
    if not isinstance(done, Step):
        return None
    gone = tuple(p for p in done.case.asked if p in here.settings.people)
    final = done.case.but(asked=gone)
    return final, done.rows, lines_of(replace(done, case=final), happened, here, None)
