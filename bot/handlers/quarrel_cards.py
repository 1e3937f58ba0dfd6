"""What the cards of a quarrel may show, and who hears them beside the people of any case."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain import disputes, playbook, visits
from bot.domain.case import Case
from bot.domain.events import Event, Happened
from bot.domain.settings import Settings
from bot.domain.tables import To
from bot.domain.walls import side_of
from bot.handlers.context import Here

WEEKDAYS = "一二三四五六日"
SIDE_SAID = {"a": "诉求人", "b": "对方"}
_NONE = dict.fromkeys(("other", "kind", "when", "step", "then", "agreement", "routes", "one", "two", "mediator", "until", "wait", "speaker", "free", "picks", "promise"), "")


def quarrel_facts(case: Case, here: Here) -> dict[str, str]:
    """The facts of a quarrel as cards show them; all empty where there is none."""
    found, settings = case.mediation, here.settings
    if found is None:
        return {**_NONE, "mediator": name(case.mediator, settings)}
    names = [settings.people[p].name for p in found.offered if p in settings.people]
    one, two = (*names, "", "")[:2]
    step = playbook.behind(found)
    then = playbook.STEPS.get(step, "都走完了")
    if step == playbook.HEAR and found.heard:
        then += "·" + SIDE_SAID["b" if "a" in found.heard else "a"]
    fulfil = settings.local(found.fulfil_at) - timedelta(days=1) if found.fulfil_at else None
    until = f"{fulfil.month}月{fulfil.day}日" if fulfil else ""
    return {
        "free": "、".join(filter(None, (one, two))), "promise": f"，{until}前办到" if until and until not in found.agreement else "",
        "picks": "，".join(f"回“调解 {n}”请{who}" for n, who in ((1, one), (2, two)) if who),
        "other": disputes.other_said(case, settings), "kind": disputes.class_said(case, settings),
        "when": spelled(found.visit_at, settings), "agreement": found.agreement, "one": one, "two": two,
        "step": "", "then": then, "mediator": name(case.mediator, settings),
        "routes": playbook.route(case.intent, settings), "until": until,
        "speaker": case.reporter_name or "街坊", "wait": "、".join(name(p, settings) for p in visits.waiting(case)),
    }


def name(person: str | None, settings: Settings) -> str:
    """What people call one of our own; 调解员 for nobody yet."""
    known = settings.people.get(person or "")
    return known.name if known else "调解员"


def spelled(at: datetime | None, settings: Settings) -> str:
    """An appointment as people say it, with its date, so that nobody comes on another day: 11月6日周五 下午3:00."""
    if at is None:
        return ""
    local = settings.local(at)
    part = next(said for until, said in ((9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上")) if local.hour < until)
    hour = local.hour if local.hour <= 12 else local.hour - 12
    return f"{local.month}月{local.day}日周{WEEKDAYS[local.weekday()]}{part}{hour}:{local.minute:02d}"


def quarrel_receivers(to: To, case: Case, event: Happened, here: Here) -> list[tuple[str, str]] | None:
    """(destination, part) of what is for a mediator, another side or a partner; None for whom any case knows."""
    found = case.mediation
    other = (found.b_sender, "other") if found else ("", "")
    if to is To.ACROSS:
        people = [other if side_of(case, event.by) == "a" else (case.reporter, "reporter")]
    elif to is To.MEDIATOR:
        people = [(case.mediator or "", "mediator")]
    elif to is To.OTHER:
        people = [other]
    elif to is To.PARTNER:
        partner = here.settings.partners.get(event.args.get("partner", "")) if event.event is Event.LINKED else None
        people = [(partner.contact if partner else "", "partner")]
    else:
        return None
    return [(f"person:{who}", part) for who, part in people if who and who != event.by]
