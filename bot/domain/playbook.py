"""The order of a mediation: 稳情绪 → 分别听 → 讲情理 → 协议 → 履约回访; no step before the one before it is behind us."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.events import Refusal
from bot.domain.mediation import A, B, Mediation
from bot.domain.risk import read_day
from bot.domain.settings import Settings

CALM, HEAR, REASON, AGREE, CHECK = "calm", "hear", "reason", "agree", "check"
STEPS: dict[str, str] = {CALM: "稳情绪", HEAR: "分别听", REASON: "讲情理", AGREE: "协议", CHECK: "履约回访"}
NOTE_LEAST = 4  # characters; a shorter note says nothing
SIDES = ((B, ("对方", "乙方", "另一方", "被反映人")), (A, ("诉求人", "甲方", "反映人", "这一方", "本方")))
_SKIP = re.compile(r"^(?:跳过|略过|不走)[\s,，:：、]*")
_ON_PAPER = re.compile(r"^(对方|乙方|诉求人|甲方|双方)[\s,，]*(?:已经?|都)?当面(?:签|同意)")


@dataclass(frozen=True, slots=True)
class Said:
    """One step as it was typed: which, of which side, in what words; `skip` where it is left out for a reason."""

    step: str
    note: str
    side: str = ""
    skip: bool = False
    paper: str = ""  # the sides that signed before the mediator's eyes: a, b or ab


def read_step(text: str, step: str = "") -> Said | None:
    """`分别听 对方 他说样品灯是…`, `讲情理 跳过 双方已经讲和`; None where no step is named."""
    words = text.strip()
    names = {**{name: id_ for id_, name in STEPS.items()}, **{id_: id_ for id_ in STEPS}}
    if names.get(step):
        found, rest = names[step], words.removeprefix(STEPS[names[step]]).lstrip(" ,，:：")
    else:
        name = next((n for n in names if words.startswith(n)), None)
        if name is None:
            return None
        found, rest = names[name], words[len(name):].lstrip(" ,，:：、")
    if _SKIP.match(rest):
        return Said(found, _SKIP.sub("", rest), skip=True)
    if found == AGREE and (paper := _ON_PAPER.match(rest)):
        return Said(found, rest, paper={"双方": "ab", "诉求人": A, "甲方": A}.get(paper.group(1), B))
    side = next((s for s, called in SIDES if rest.startswith(called)), "") if found == HEAR else ""
    return Said(found, rest, side)


def behind(found: Mediation) -> str:
    """The step that comes next; "" where all are behind us."""
    return next((step for step in STEPS if step not in found.steps), "")


def taken(found: Mediation, said: Said, at: datetime, settings: Settings) -> Mediation | Refusal:
    """The mediation after a step, or what has to come first."""
    order = list(STEPS)
    before = [s for s in order[: order.index(said.step)] if s not in found.steps]
    if before:
        return Refusal(text="step_locked", facts=(("step", STEPS[before[0]]), ("then", STEPS[said.step])))
    if len(said.note.strip()) < NOTE_LEAST:
        return Refusal(text="step_note", facts=(("step", STEPS[said.step]),))
    if said.step == CHECK and not found.signed:
        return Refusal(text="step_locked", facts=(("step", STEPS[AGREE]), ("then", STEPS[CHECK])))
    done = replace(found, tried=True)
    if said.skip:
        return Refusal(text="step_never") if said.step in (AGREE, CHECK) else _past(done, said.step)
    if said.step == HEAR:
        return _heard(done, said)
    if said.step == AGREE:
        return _agreed(done, said, at, settings)
    return _past(done, said.step)


def _past(found: Mediation, step: str) -> Mediation:
    return replace(found, steps=tuple(dict.fromkeys((*found.steps, step))))


def _heard(found: Mediation, said: Said) -> Mediation | Refusal:
    """Each side has a note of its own; then the step is behind us."""
    if not said.side:
        return Refusal(text="step_side")
    heard = tuple(s for s in (A, B) if s in (*found.heard, said.side))
    done = replace(found, heard=heard)
    return _past(done, HEAR) if len(heard) == 2 else done


def _agreed(found: Mediation, said: Said, at: datetime, settings: Settings) -> Mediation | Refusal:
    """What both are asked to agree to, and until when it is done; a new wording asks both anew."""
    if said.paper:
        if not found.agreement:
            return Refusal(text="step_locked", facts=(("step", "协议内容"), ("then", "签字")))
        return signing(found, *said.paper)
    local = settings.local(at).date()
    day = read_day(said.note, local) or local + timedelta(days=settings.mediation.fulfil_days)
    return replace(found, agreement=said.note.strip(), signed=(), fulfil_at=_ten_o_clock(day, settings))


def _ten_o_clock(day: date, settings: Settings) -> datetime:
    """The agreed day is over before anybody is asked: ten o'clock of the next one."""
    return datetime.combine(day + timedelta(days=1), time(10), ZoneInfo(settings.timezone))


def signing(found: Mediation, *sides: str) -> Mediation:
    """The mediation after sides have said yes; with both the step is behind us."""
    signed = tuple(s for s in (A, B) if s in (*found.signed, *sides))
    done = replace(found, signed=signed)
    return _past(done, AGREE) if len(signed) == 2 else done


def month_by(at: datetime, settings: Settings) -> datetime:
    """Until when a mediation that begins now is to be settled: calendar days (人民调解法: 一般一个月内)."""
    return at + timedelta(days=settings.mediation.days)


def route(intent: str, settings: Settings) -> str:
    """The ways that the law offers where no agreement was found."""
    routes = settings.mediation.routes
    return routes.get(intent, routes.get("", ""))
