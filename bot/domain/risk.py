"""How high the risks of a building and of a case are: five kinds, three tiers; a high one has an owner and a day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.case import TIERS, Case
from bot.domain.events import Happened, Refusal
from bot.domain.settings import Settings

KINDS = ("安全生产", "装修工程", "劳资纠纷", "欠薪维权", "理财投资")
LOW, MID, HIGH = TIERS
TIER_SAID = {"高": HIGH, "中": MID, "低": LOW, "红": HIGH, "黄": MID, "绿": LOW}
SAID_TIER = {LOW: "低", MID: "中", HIGH: "高"}
DAY_ENDS = time(18)
_DAY = re.compile(r"(?:(\d{4})[-年/.])?(\d{1,2})[-月/.](\d{1,2})[日号]?(?!\d)")
_NEAR = {"今天": 0, "明天": 1, "后天": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the inspection list (排查表): a kind of risk at a building, how high, whose, until when."""

    building: str
    kind: str
    tier: str = ""  # "" until somebody has looked
    owner: str = ""
    day: date | None = None
    note: str = ""


def worksheet(lounge: str, settings: Settings, known: Iterable[Finding] = ()) -> list[Finding]:
    """Every kind at every building of a lounge, what is known already filled in."""
    found = {(one.building, one.kind): one for one in known}
    return [found.get((building.name, kind)) or Finding(building=building.name, kind=kind)
            for building in settings.buildings_of(lounge) for kind in KINDS]


def checked(finding: Finding, settings: Settings) -> Finding | Refusal:
    """The finding, fit to be saved; a high tier without a named owner and a day is not."""
    if finding.kind not in KINDS or finding.tier not in TIERS:
        return Refusal(text="refuse_tier")
    if finding.tier == HIGH and (finding.owner not in settings.people or finding.day is None):
        return Refusal(text="refuse_high")
    return finding


def judged(case: Case, event: Happened, settings: Settings) -> Case | Refusal:
    """The case with its risk judged (`tier`, `owner`, `day`). A high one leaves the group and has an alarm on its day."""
    tier, owner, day = event.args["tier"], event.args.get("owner", ""), day_of(event.args.get("day", ""))
    kind = kind_of(case, settings)
    wrong = checked(Finding(building=case.building or "", kind=kind, tier=tier, owner=owner, day=day), settings)
    if isinstance(wrong, Refusal):
        return wrong
    if tier != HIGH or day is None:
        return case.but(tier=tier)
    by = datetime.combine(day, DAY_ENDS, ZoneInfo(settings.timezone))
    if by <= event.at:
        return Refusal(text="refuse_high")
    return case.but(tier=tier, risk_owner=owner, risk_by=by, private=True, deadlines={**case.deadlines, "risk": by})


def kind_of(case: Case, settings: Settings) -> str:
    """The kind of risk of a case's matter; 安全生产 where its category names none."""
    intent = settings.intents.get(case.intent)
    return (intent.risk if intent else None) or KINDS[0]


def day_of(text: str) -> date | None:
    """An ISO date, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_day(text: str, today: date) -> date | None:
    """The first day that plain words name: 12月1日, 12-1, 2026-12-01, 明天. Without a year the next such day."""
    for word, days in _NEAR.items():
        if word in text:
            return today + timedelta(days=days)
    for year, month, day in _DAY.findall(text):
        for wanted in ([int(year)] if year else [today.year, today.year + 1]):
            try:
                found = date(wanted, int(month), int(day))
            except ValueError:
                continue
            if year or found >= today:
                return found
    return None
