"""Turns a move of a case into the lines and cards it promises: texts from config, facts from the case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.domain.assignment import on_duty
from bot.domain.case import Case
from bot.domain.events import Event, Happened
from bot.domain.gate import quiet
from bot.domain.mediated import remembered
from bot.domain.parts import partners_of
from bot.domain.settings import Settings
from bot.domain.tables import Show, To
from bot.domain.transitions import Step
from bot.domain.walls import Sort, blanks_of, carried, side_of, sort_of_note, unmarked
from bot.handlers.context import Here, Speaker
from bot.handlers.quarrel_cards import SIDE_SAID, quarrel_facts, quarrel_receivers
from bot.messages import Outgoing, Told
from bot.shards import shard_of
from bot.store.port import Change

GIST = 40  # characters of the opener's words that a card repeats
WEEKDAYS = "一二三四五六日"
STOPPED_TWICE = re.compile(r"([。！？!?…；])。")
Said = tuple[tuple[Outgoing, ...], tuple[tuple[int, str, Told], ...]]


def when(at: datetime | None, settings: Settings, now: datetime, urgent: bool = False) -> str:
    """An instant as people say it: 今天15:00, 明天9:30, 周三10:00, 12月3日9:00."""
    if at is None:
        return ""
    local, today = settings.local(at), settings.local(now).date()
    days = (local.date() - today).days
    held = quiet(now, settings) and not urgent  # a line held overnight must still be true
    day = None if held else {0: "今天", 1: "明天"}.get(days)
    if day is None:
        day = f"周{WEEKDAYS[local.weekday()]}" if 0 <= days < 7 else f"{local.month}月{local.day}日"
    return f"{day}{local.hour}:{local.minute:02d}"


def name_of(person: str, settings: Settings) -> str:
    """What people call a person of the config; somebody else is 对方."""
    known = settings.people.get(person)
    return known.name if known else "对方"


def place_of(case: Case, settings: Settings) -> str:
    """Building and unit, as a card shows them."""
    if not case.building:
        station = settings.levels.stations.get(case.station)
        return station.name if station else case.unit or settings.words["place.unknown"]
    return f"{case.building}{case.unit or ''}"


def intent_of(intent: str, settings: Settings) -> str:
    """What a kind of matter is called on a card."""
    known = settings.intents.get(intent)
    return settings.words.get(f"intent.{intent}") or (known.name if known else intent)


def facts(case: Case, here: Here, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Everything a card about a case may show."""
    settings, lounge = here.settings, here.settings.lounges[case.lounge]
    return {
        "number": case.id, "intent": intent_of(case.intent, settings), "place": place_of(case, settings),
        "attendant": name_of(case.attendant, settings), "gist": clip(case.gist), "state": settings.words[f"state.{case.state}"],
        "reporter": settings.words["private.reporter"] if case.private else (case.reporter_name or "街坊"),
        "result": case.result, "due": when(case.due, settings, here.now, case.urgent), "rounds": str(case.rounds),
        "lounge": lounge.name, "why": case.why_attendant, "host": name_of(lounge.host, settings), "note": "", "by": "",
        "grade": settings.words.get(f"grade.{case.grade}", ""), "last": "", "command": "", "who": "", "hotline": "120",
        "into": case.merged_into or "", "partner": "", "partners": "", "people": "", "items": "",
        "count": "", "answer": "", "examples": "", "tier": settings.words.get(f"tier.{case.tier}", ""),
        "owner": name_of(case.risk_owner, settings), "day": _day(case.risk_by, settings),
        **quarrel_facts(case, here), **(extra or {}),
    }


def _day(at: datetime | None, settings: Settings) -> str:
    """The day of an instant: 12月1日."""
    local = settings.local(at) if at else None
    return f"{local.month}月{local.day}日" if local else ""


def clip(text: str, most: int = GIST) -> str:
    """The beginning of a text, marked where it was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"


def partners_said(lounge: str, settings: Settings) -> str:
    """The units that a lounge may call in, as a card names them; only cards that ask for one do."""
    return "、".join(p.name for p in partners_of(lounge, settings))


def render(card: str, values: Mapping[str, str], settings: Settings) -> str:
    """A card's words with its blanks filled; words that bring their own full stop or question mark get no second one."""
    return STOPPED_TWICE.sub(r"\1", settings.texts[card].text.format_map(values))


def card_for(case: Case, card: str, to: str, here: Here, *, extra: Mapping[str, str] | None = None, ping: bool = True,
             part: str = "", key: str = "", text: str | None = None, note: Sort | None = None) -> Outgoing:
    """One card about a case to one destination. The key makes it once: case, version, card, receiver."""
    values = facts(case, here, extra)
    hides = to.startswith("chat:") or part == "supporter" or part in ("other", "partner") and case.private
    if hides:  # somebody's door number is for those who come to it
        values["place"] = case.building or here.settings.words["place.unknown"]
    shown = here.settings.texts[card]
    carries = carried(shown.text, note, door=bool(case.unit) and not hides) if case.mediation else ()
    return Outgoing(
        key=key or f"{case.id}/{case.version + 1}/{card}/{to}", at=here.now, to=to, card=card,
        text=text if text is not None else render(card, values, here.settings), case=case.id, lounge=case.lounge,
        buttons=_buttons(shown.buttons, values),
        ping=ping and not case.urgent, urgent=case.urgent, part=part, rounds=case.rounds, rung=case.rung.value, due=case.due,
        summary=_summary(card, values), carries=carries,
    )


def _buttons(buttons: tuple[tuple[str, str], ...], values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The buttons with the names in their labels; one whose name is missing is left out."""
    return tuple((verb, label.format_map(values)) for verb, label in buttons if all(values.get(x) for x in blanks_of(label)))


def _summary(card: str, values: Mapping[str, str]) -> str:
    return f"{values['number']} {values['place']}·{values['intent']}（{values['due'] or values['state']}）"


MEANT = frozenset({Event.ASKED, Event.NOT_ACCEPTED})  # words that are meant for who hears them
SILENT = "registered"  # a card that is never said: it only tells a home that a case is this person's


def known_to(case: Case, who: str, part: str, here: Here) -> Outgoing:
    """Lets a person's home know of a case, so that 进度 or 撤回 in private means it; nothing is said."""
    return Outgoing(key=f"{case.id}/{case.version + 1}/{SILENT}/{who}", at=here.now, to=f"person:{who}", card=SILENT, text="",
                    case=case.id, lounge=case.lounge, ping=False, part=part)


def plain(card: str, to: str, here: Here, key: str, *, extra: Mapping[str, str] | None = None,
          ping: bool = False, lounge: str = "", case: str | None = None) -> Outgoing:
    """A card that is about no single case."""
    return Outgoing(
        key=f"{key}/{card}/{to}", at=here.now, to=to, card=card, lounge=lounge, case=case, ping=ping,
        text=render(card, dict(extra or {}), here.settings), buttons=here.settings.texts[card].buttons,
        summary="",
    )


def send(lines: Iterable[Outgoing], open_after: bool = True) -> Said:
    """Sort lines by where they are said from: a group's by its lounge's shard, a person's by his home."""
    say: list[Outgoing] = []
    forward: list[tuple[int, str, Told]] = []
    for line in lines:
        if line.to.startswith("person:"):
            home = line.to.removeprefix("person:")  # ids repeat across people and groups: two lines that share one both arrive
            forward.append((shard_of(home), f"told/{line.lounge}/{line.case or ''}/{home}/{line.key}", Told(say=line, open=open_after)))
        else:
            say.append(line)
    return tuple(say), tuple(forward)


def change_for(case: Case, step_rows: Iterable[tuple[str, object]], lines: Iterable[Outgoing], **more: object) -> Change:
    """A Change of one case with everything it says."""
    say, forward = send(lines, open_after=remembered(case))
    return Change(cases=(case,), journal=tuple(step_rows), say=say, forward=forward, **more)  # type: ignore[arg-type]


def lines_of(step: Step, event: Happened, here: Here, speaker: Speaker | None,
             extra: Mapping[str, str] | None = None) -> list[Outgoing]:
    """Every line that a step promises, for each receiver once; nobody hears the same move twice."""
    case, told = step.case, set[str]()
    values = {"note": unmarked(event.note), "by": _actor(case, event, here), **(extra or {})}
    sort = sort_of_note(case, event.by, event.note) if event.event not in MEANT else Sort.SHARED
    out: list[Outgoing] = []
    for show in _as_one(step, here):
        for to, part in _receivers(show, step, event, here, speaker):
            if to in told and show.to is not To.GROUP:
                continue
            told.add(to)
            out.append(card_for(case, show.card, to, here, extra=values, ping=show.ping, part=part, note=sort))
    return out


def _as_one(step: Step, here: Here) -> tuple[Show, ...]:
    """What is said of a step; where nobody can be reached alone, the group's one line brings a result to every voice."""
    alone = step.case.private or here.able(step.case.lounge).private
    if alone or all(show.card != "ask_rating" for show in step.shows):
        return step.shows
    return tuple(Show(To.GROUP, "ask_rating_group") if show.card == "ask_rating" else show for show in step.shows
                 if show.to not in (To.GROUP, To.SUPPORTERS))


def _actor(case: Case, event: Happened, here: Here) -> str:
    if event.by in here.settings.people:
        return name_of(event.by, here.settings)
    return SIDE_SAID.get(side_of(case, event.by), "经办人") if case.mediation else "经办人"


def _receivers(show: Show, step: Step, event: Happened, here: Here,
               speaker: Speaker | None) -> list[tuple[str, str]]:
    """(destination, part) of one Show; a member is not told what he just did himself."""
    case = step.case
    if show.to is To.GROUP:
        return [(f"chat:{case.lounge}", "")]
    if show.to is To.SPEAKER:
        if speaker is None:
            return []
        return [(answer_to(speaker, case, here), case.role_of(speaker.id) or "")]
    if (across := quarrel_receivers(show.to, case, event, here)) is not None:
        return across
    people = {
        To.REPORTER: [(case.reporter, "reporter")],
        To.SUPPORTERS: [(s.sender, "supporter") for s in case.supporters],
        To.RESPONSIBLE: [(case.attendant, "responsible")],
        To.PASSED: [(step.passed or "", "responsible")],
        To.COLLECTOR: [(case.collector or here.settings.lounges[case.lounge].host, "host")],
        To.FEEDBACK: [(case.feedback or case.attendant, "feedback")],
        To.RISK_OWNER: [(case.risk_owner, "host")],
        To.HOST: [(here.settings.lounges[case.lounge].host, "host")],
        To.DUTY: [(on_duty(here.settings.lounges[case.lounge], here.settings, here.now) or "", "responsible")],
    }[show.to]
    return [(f"person:{who}", part) for who, part in people if who and who != event.by]


def answer_to(speaker: Speaker, case: Case | None, here: Here) -> str:
    """Where an answer belongs: in private where that exists, else in the group where it was said."""
    if speaker.private or case is None or here.able(case.lounge).private:
        return f"person:{speaker.id}"
    return f"chat:{case.lounge}"
