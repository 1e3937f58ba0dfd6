"""What must hold in the words and numbers: lexicon, texts, paces, hours and channels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from string import Formatter
from zoneinfo import ZoneInfo

from bot.config_facts import FACT_BLANKS
from bot.config_model import CardEntry
from bot.config_pace import PaceFile, presets_are_like_something
from bot.config_rules import Rule, World, Wrong
from bot.domain.calendars import BadCalendar
from bot.domain.cards import CASE_FACTS, MUST
from bot.domain.case import TIERS, State
from bot.domain.commands import CAUSES, TYPED
from bot.domain.hours import WorkCalendar, calendar_from
from bot.domain.tables import AT_LAST
from bot.holidays import official

PACE, TEXTS, CHANNELS = "pace.yaml", "texts.zh.yaml", "channels.yaml"
VERBS = frozenset(CAUSES) | {verb for verb, _ in TYPED.values()}
GRADES = ("good", "fair", "bad")
CHOICES = {"rate": GRADES, "mediate": ("first", "second"), "visit": ("yes", "no"), "agree": ("yes", "no")}  # after the colon of a button
PARTS = ("reporter", "responsible", "mediator", "liaison", "coordinator", "host", "desk", "supporter", "checker")
# Paces that code names (Settings.pace_of), and whose they are.
FALL_BACK = {"normal": "cases of an intent that is gone", "emergency": "all urgent cases"}
WORDS = (
    *(f"state.{state}" for state in State), *(f"grade.{grade}" for grade in GRADES), *(f"level.{x}" for x in "CBA"),
    *(f"part.{part}" for part in PARTS), "place.unknown", "private.reporter", *(f"tier.{tier}" for tier in TIERS),
    *(f"deadline.{name}" for name in AT_LAST),
    *(f"letter.{part}" for part in ("version", "date", "lounge", "host")), *(f"fact.{part}" for part in FACT_BLANKS),
)
# channel kind -> the secrets without which it cannot verify or speak; a new channel adds its line.
KINDS: dict[str, frozenset[str]] = {
    "plain": frozenset({"secret"}), "wecom_aibot": frozenset({"token", "aes_key"}),
    "wecom_robot": frozenset(), "wecom_app": frozenset({"token", "aes_key", "secret"}),
}
# channel kind -> the options without which it cannot work where it is on.
NEEDED: dict[str, frozenset[str]] = {"wecom_app": frozenset({"corp", "agent"})}


def intent_file(stem: str) -> str:
    """The file of an intent, relative to the folder."""
    return f"intents/{stem}.yaml"


def intents_fit(world: World) -> Iterator[Wrong]:
    """Id and file agree; pace and partners exist."""
    scopes = {scope for partner in world.people.partners.values() for scope in partner.scope}
    complete = len(world.people.partners) == len(world.ids.get("partners", ())) and "partners" in world.ids
    for stem, intent in world.intents.items():
        file = intent_file(stem)
        if intent.id != stem:
            yield file, ("id",), f"the id is {intent.id} but the file is {stem}.yaml; make them equal"
        if world.unknown("paces", intent.pace) and world.unknown("presets", intent.pace):
            yield file, ("pace",), f"there is no pace {intent.pace} in pace.yaml"
        for index, partner in enumerate(intent.partners):
            if complete and partner not in scopes:
                yield file, ("partners", index), f"no partner of people.yaml has {partner} in its scope"


def phrases_differ(world: World) -> Iterator[Wrong]:
    """A phrase stands once in the whole lexicon, and is long enough to mean something."""
    taken: dict[str, str] = {}
    for stem, intent in world.intents.items():
        file = intent_file(stem)
        for part in ("phrases", "cues"):
            seen: set[str] = set()
            for index, words in enumerate(getattr(intent, part)):
                if len(words.strip()) < 2:
                    yield file, (part, index), f"{words} is one character; it would match everywhere"
                elif words in seen:
                    yield file, (part, index), f"{words} is listed twice here"
                elif part == "phrases" and taken.setdefault(words, stem) != stem:
                    yield file, (part, index), f"{words} is a phrase of {taken[words]} too; keep it in one"
                seen.add(words)
        for index, words in enumerate(intent.near):
            if words in intent.lines:
                yield file, ("near", index), "the same line stands under lines; it cannot be both"


def cards_hold_their_facts(world: World) -> Iterator[Wrong]:
    """Every card has a text, shows what it must, names only facts it has, and its buttons do something."""
    for name in MUST:
        if world.unknown("cards", name):
            yield TEXTS, ("cards",), f"there is no text for card {name}"
    for name, card in world.texts.cards.items():
        where = ("cards", name)
        if name not in MUST:
            yield TEXTS, where, "unknown card; bot/domain/cards.py lists them"
            continue
        blanks = _blanks(card)
        if blanks is None:
            yield TEXTS, (*where, "text"), "a brace is open or empty; blanks are written like {number}"
            continue
        for blank in sorted(MUST[name] - blanks):
            yield TEXTS, (*where, "text"), f"the text lacks its blank {{{blank}}}"
        for blank in sorted(blanks - CASE_FACTS):
            yield TEXTS, (*where, "text"), f"unknown blank {{{blank}}}; a card may use {', '.join(sorted(CASE_FACTS))}"
        for index, (verb, _) in enumerate(card.buttons):
            what, _, grade = verb.partition(":")
            if what not in VERBS or grade and grade not in CHOICES.get(what, ()):
                yield TEXTS, (*where, "buttons", index), f"unknown verb {verb}"
    for word in WORDS:
        if "words" in world.ids and world.unknown("words", word):
            yield TEXTS, ("words",), f"there is no word for {word}"


def fact_words_fit(world: World) -> Iterator[Wrong]:
    """The sentences of facts.yaml's answers name only what they are given."""
    for name, may in FACT_BLANKS.items():
        text = world.texts.words.get(f"fact.{name}")
        blanks = None if text is None else _blanks(CardEntry(text=text))
        for blank in sorted((blanks or frozenset()) - may):
            why = f"unknown blank {{{blank}}}; this word may use {', '.join(sorted(may)) or 'none'}"
            yield TEXTS, ("words", f"fact.{name}"), why
        if text is not None and blanks is None:
            yield TEXTS, ("words", f"fact.{name}"), "a brace is open or empty; blanks are written like {name}"


def _blanks(card: CardEntry) -> frozenset[str] | None:
    """The blanks of a text; None where it cannot be filled. `{a.b}` and `{a!r}` count as unknown blanks."""
    try:
        parts = list(Formatter().parse(card.text))
    except ValueError:
        return None
    if any(field is not None and (not field or spec or conversion) for _, field, spec, conversion in parts):
        return None
    return frozenset(field for _, field, _, _ in parts if field)


def paces_are_sound(world: World) -> Iterator[Wrong]:
    """The paces that code falls back on exist, thresholds are in order, time zone and calendar can be used."""
    for name, who in FALL_BACK.items():
        if world.unknown("paces", name):
            yield PACE, ("paces",), f"the pace {name} is missing; {who} run on it"
    if world.pace is None:
        return
    yield from presets_are_like_something(world.pace, world.ids.get("paces", world.pace.paces))
    if world.pace.thresholds.ask > world.pace.thresholds.open:
        yield PACE, ("thresholds", "ask"), "ask lies above open; a doubtful line is one below open"
    zone = _zone(world.pace.timezone)
    if zone is None:
        yield PACE, ("timezone",), f"there is no time zone {world.pace.timezone}; write it like Asia/Shanghai"
        return
    try:
        calendar = calendar_of(world.pace)
    except BadCalendar as bad:
        for key, what in bad.mistakes:
            yield PACE, ("calendar", *re.sub(r"\[\d+\]", "", key).split(".")), what
        return
    if not _speaks(calendar, world.pace):
        yield PACE, ("quiet",), "quiet hours cover all working hours: nobody would ever be reminded"


def calendar_of(pace: PaceFile) -> WorkCalendar:
    """The working calendar, in the installation's time zone. Raises BadCalendar."""
    return calendar_from({"tz": pace.timezone, **pace.calendar}, official=official)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # unknown, malformed, or a folder of the zone database
        return None


def _speaks(calendar: WorkCalendar, pace: PaceFile) -> bool:
    """Whether some minute of the usual week or of an override is working time and not quiet."""
    start, end = (_second(x) for x in (pace.quiet.start, pace.quiet.end))
    spans = [span for spans in (*calendar.week.values(), *calendar.overrides.values()) for span in spans]
    loud = [(end, start)] if start >= end else [(0, start), (end, 86_400)]
    if start == end:
        loud = [(0, 86_400)]
    return any(max(a, b) < min(c, d) for a, c in spans for b, d in loud)


def _second(clock: str) -> int:
    at = datetime.strptime(clock, "%H:%M")
    return at.hour * 3600 + at.minute * 60


def channels_are_known(world: World) -> Iterator[Wrong]:
    for name, channel in world.channels.channels.items():
        if channel.kind not in KINDS:
            yield CHANNELS, ("channels", name, "kind"), f"unknown channel {channel.kind}; known: {', '.join(KINDS)}"
            continue
        for purpose in sorted(KINDS[channel.kind] - channel.secrets.keys()):
            yield CHANNELS, ("channels", name, "secrets"), f"names no environment variable for {purpose}"
        for option in sorted(NEEDED.get(channel.kind, frozenset())) if channel.on else ():
            if not channel.options.get(option):
                yield CHANNELS, ("channels", name, "options"), f"{option} is not given; the console page shows it"


def robots_belong_to_lounges(world: World) -> Iterator[Wrong]:
    """A group robot has a key for each lounge that speaks through it, and for no other."""
    for name, channel in world.channels.channels.items():
        if channel.kind != "wecom_robot":
            continue
        for lounge in sorted(channel.secrets):
            if world.unknown("lounges", lounge):
                yield CHANNELS, ("channels", name, "secrets", lounge), f"there is no lounge {lounge} in lounges.yaml"
        for lounge, entry in world.lounges.lounges.items() if channel.on else ():
            if entry.mouth.channel == name and lounge not in channel.secrets:
                yield CHANNELS, ("channels", name, "secrets"), f"names no environment variable for lounge {lounge}"


def secrets_are_set(world: World, environ: Mapping[str, str]) -> Iterator[Wrong]:
    """Every variable of a channel that is on holds something."""
    for name, channel in world.channels.channels.items():
        for purpose, variable in channel.secrets.items() if channel.on else ():
            speaks = world.lounges.lounges.get(purpose) if channel.kind == "wecom_robot" else None
            if speaks is not None and speaks.mouth.channel != name:
                continue  # this lounge speaks another way
            if not environ.get(variable):
                where = ("channels", name, "secrets", purpose)
                yield CHANNELS, where, f"environment variable {variable} is not set; set it or turn the channel off"


RULES: tuple[Rule, ...] = (intents_fit, phrases_differ, cards_hold_their_facts, fact_words_fit, paces_are_sound,
                           channels_are_known, robots_belong_to_lounges)
