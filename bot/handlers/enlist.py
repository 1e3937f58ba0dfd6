"""双报到: a serving member says once which grid he can help in, what he can do and when; saying it again replaces it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bot.domain.settings import Grid
from bot.handlers import cards
from bot.handlers.context import Here
from bot.messages import ChatLine, Decision
from bot.store.port import Change, PersonState

ENLISTED = "enlisted"  # a field of his home: one record, no days, no counts
MOST = 60  # characters of what he says he can do


def asked(line: ChatLine, words: str, state: PersonState, here: Here) -> Change:
    """报到 第一网格 会修电器 周末有空. The grid's liaison hears of it where it is new or has changed."""
    grid = _grid(words, here)
    if grid is None:
        items = "、".join(g.name for g in here.settings.grids.values())
        return _say(line, "enlist_where", here, {"people": items}, "没说到哪个网格")
    can = words.replace(grid.name, " ").replace(_short(grid), " ")
    record = {"grid": grid.id, "can": cards.clip(" ".join(can.split()), MOST)}
    before = state.fields.get(ENLISTED)
    extra = {"place": _short(grid), "note": record["can"] or "什么都愿意搭把手", "by": cards.name_of(grid.liaison, here.settings),
             "reporter": line.name or "一位在职党员"}
    lines = [cards.plain("enlist_again" if before else "enlist_ok", f"person:{line.sender}", here, line.id, extra=extra)]
    if before is None or json.loads(before) != record:
        lines.append(cards.plain("enlisted", f"person:{grid.liaison}", here, line.id, extra=extra, ping=True))
    say, forward = cards.send(lines)
    return Change(say=say, forward=forward, person=((line.sender, ENLISTED, json.dumps(record, ensure_ascii=False)),),
                  decision=Decision(id=line.id, decision="act", why="报到"))


def _short(grid: Grid) -> str:
    return grid.name.partition("（")[0]


def _grid(words: str, here: Here) -> Grid | None:
    """The grid that is named, by its name or its short one; where two are, none."""
    found = [g for g in here.settings.grids.values() if g.id in words.split() or _short(g) in words]
    return found[0] if len(found) == 1 else None


def _say(line: ChatLine, card: str, here: Here, extra: Mapping[str, str], why: str) -> Change:
    say, forward = cards.send([cards.plain(card, f"person:{line.sender}", here, line.id, extra=extra)])
    return Change(say=say, forward=forward, decision=Decision(id=line.id, decision="act", why=why))
