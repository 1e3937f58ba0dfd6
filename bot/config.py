"""The configuration folder becomes frozen settings, or fails once with every mistake, file, line and key."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from hashlib import sha256
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import config_facts, config_mediation, config_rules, config_wording
from bot.config_facts import FACTS, FactsFile, facts_of
from bot.config_mediation import MEDIATION, MediationFile, rules_of
from bot.config_model import (
    ChannelsFile,
    ChatterFile,
    IntentFile,
    LoungeEntry,
    LoungesFile,
    Model,
    PeopleFile,
    PersonEntry,
    PlacesFile,
    TalkFile,
    TextsFile,
    checked,
)
from bot.config_pace import LEVELS, LevelsFile, PaceFile, levels_of, paces_of
from bot.config_rules import CHATTER, LOUNGES, PEOPLE, PLACES, TALK, World, Wrong
from bot.config_source import Mistake, Source, read
from bot.config_staff import post_of, shifts_of, teams_of
from bot.config_weekly import digests_are_for_somebody, weekly_of
from bot.config_wording import CHANNELS, PACE, TEXTS, calendar_of, intent_file, secrets_are_set
from bot.domain.settings import (
    Absence,
    Area,
    Budgets,
    Building,
    ChannelSettings,
    Ear,
    Grid,
    Intent,
    Lounge,
    Partner,
    Person,
    Quiet,
    Settings,
    Shop,
    Text,
    Thresholds,
    VisitDay,
)

__all__ = ["BadConfig", "Mistake", "NoConfig", "find", "load"]

VARIABLE = "LOUNGE_CONFIG"
# file -> the sections of it whose keys other files refer to
_NAMED = {PLACES: ("areas", "grids", "buildings", "shops"), PEOPLE: ("people", "partners"), LOUNGES: ("lounges",),
          PACE: ("paces", "presets"), TEXTS: ("cards", "words"), CHANNELS: ("channels",)}


class BadConfig(Exception):
    """The configuration cannot be used; `mistakes` holds all that is wrong, in the order of the files."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


class NoConfig(BadConfig):
    """There is no such folder."""


def find(option: str | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The folder to read: the option, else $LOUNGE_CONFIG, else ./config, else the sample world.

    A folder that was named is returned as it is, there or not: `load` says so.
    """
    named = option or environ.get(VARIABLE)
    if named:
        return Path(named)
    package = Path(__file__).resolve().parent
    places = (Path("config"), package / "sample", package.parent / "config")
    return next((place for place in places if (place / LOUNGES).is_file()), places[-1])


def load(folder: Path, environ: Mapping[str, str] = os.environ, *, secrets: bool = False) -> Settings:
    """Read, check and freeze a whole folder. With `secrets`, the variables of channels that are on must be set.

    Raises BadConfig with every mistake of every file; NoConfig where the folder is not there. Nothing of a folder
    with a mistake is used: whoever reloads keeps the settings in force.
    """
    if not folder.is_dir():
        raise NoConfig([Mistake(str(folder), "", "there is no such configuration folder")])
    reading = _Reading(folder)
    world = _world(reading)
    facts = reading.model(FACTS, FactsFile) if (folder / FACTS).exists() else FactsFile()
    quarrels = reading.model(MEDIATION, MediationFile) if (folder / MEDIATION).exists() else None
    quarrels = quarrels or MediationFile()
    wrong = chain(*(rule(world) for rule in (*config_rules.RULES, *config_wording.RULES)),
                  config_facts.mistakes(facts or FactsFile(), world.ids["intents"]),
                  config_mediation.mistakes(quarrels, world.people, world.ids), digests_are_for_somebody(world))
    reading.wrong(chain(wrong, secrets_are_set(world, environ) if secrets else ()))
    if reading.mistakes or world.pace is None:
        raise BadConfig(sorted(set(reading.mistakes), key=lambda m: (m.file, m.line or 0, m.key, m.why)))
    settings = _settings(world, world.pace, sha256(b"".join(reading.bytes_read)).hexdigest()[:12])
    own = {name: entry.facts for name, entry in world.lounges.lounges.items()}
    return replace(settings, facts=facts_of(facts or FactsFile(), world.lounges.facts, own), mediation=rules_of(quarrels))


@dataclass(slots=True)
class _Reading:
    """One pass over a folder: the sources that could be parsed, all mistakes so far, the digest of all bytes."""

    folder: Path
    sources: dict[str, Source] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    bytes_read: list[bytes] = field(default_factory=list)

    def model(self, name: str, shape: type[Model]) -> Model | None:
        """One file as its model, as far as it is sound."""
        try:
            raw: bytes | None = (self.folder / name).read_bytes()
        except FileNotFoundError:
            raw = None
        except OSError as bad:
            self.mistakes.append(Mistake(name, "", f"cannot be read: {bad.strerror}"))
            return None
        self.bytes_read.append(f"{name}\0{len(raw or b'')}\0".encode() + (raw or b""))
        source, mistakes = read(self.folder, name, raw)
        self.mistakes += mistakes
        if source is None:
            return None
        self.sources[name] = source
        found, mistakes = checked(shape, source)
        self.mistakes += mistakes
        return found

    def wrong(self, found: Iterable[Wrong]) -> None:
        self.mistakes += [self.sources[file].mistake(where, why) for file, where, why in found]

    def ids(self) -> dict[str, frozenset[str]]:
        """What the files that could be parsed name, sound or not."""
        return {section: frozenset(self.sources[name].ids(section))
                for name, sections in _NAMED.items() if name in self.sources for section in sections}


def _world(reading: _Reading) -> World:
    """All files of the folder, as far as each is sound; a file that is not there counts as empty and a mistake."""
    intents: dict[str, IntentFile] = {}
    stems = sorted(path.stem for path in (reading.folder / "intents").glob("*.yaml"))
    if not stems:
        reading.mistakes.append(Mistake("intents", "", "there is no intent; add a file for each, e.g. noise.yaml"))
    elif "emergency" not in stems:
        why = "this file is missing; whatever is urgent and nothing else opens a case of this intent"
        reading.mistakes.append(Mistake(intent_file("emergency"), "", why))
    places = reading.model(PLACES, PlacesFile)
    people = reading.model(PEOPLE, PeopleFile)
    lounges = reading.model(LOUNGES, LoungesFile)
    pace = reading.model(PACE, PaceFile)
    texts = reading.model(TEXTS, TextsFile)
    channels = reading.model(CHANNELS, ChannelsFile)
    for stem in stems:
        found = reading.model(intent_file(stem), IntentFile)
        if found is not None:
            intents[stem] = found
    return World(
        places=places or PlacesFile(areas={}, grids={}, buildings={}),
        people=people or PeopleFile(people={}),
        lounges=lounges or LoungesFile(lounges={}),
        texts=texts or TextsFile(cards={}, words={}),
        channels=channels or ChannelsFile(channels={}),
        pace=pace, intents=intents, chatter=_chatter(reading), talk=_talk(reading), levels=_levels(reading),
        ids={**reading.ids(), "intents": frozenset(stems)},
    )


def _chatter(reading: _Reading) -> ChatterFile:
    """Talk that wants nothing; an installation may do without."""
    found = reading.model(CHATTER, ChatterFile) if (reading.folder / CHATTER).exists() else None
    return found or ChatterFile()


def _talk(reading: _Reading) -> TalkFile:
    """What people say around a matter; an installation may do without."""
    found = reading.model(TALK, TalkFile) if (reading.folder / TALK).exists() else None
    return found or TalkFile()


def _levels(reading: _Reading) -> LevelsFile:
    """The table of powers; without the file every category has its own level and nobody is asked."""
    found = reading.model(LEVELS, LevelsFile) if (reading.folder / LEVELS).exists() else None
    return found or LevelsFile()


def _settings(world: World, pace: PaceFile, version: str) -> Settings:
    """A sound world as settings."""
    zone = ZoneInfo(pace.timezone)
    places, folk, cards = world.places, world.people, world.texts.cards
    return Settings(
        version=version, timezone=pace.timezone, calendar=calendar_of(pace),
        areas={k: Area(id=k, name=a.name, kind=a.kind, parent=a.parent, desk=a.desk) for k, a in places.areas.items()},
        grids={k: Grid(id=k, name=g.name, community=g.community, kind=g.kind, liaison=g.liaison, seats={str(x): who for x, who in g.seats.items()})
               for k, g in places.grids.items()},
        buildings=_buildings(world),
        shops={k: Shop(id=k, **{**s.model_dump(), "aliases": tuple(s.aliases)}) for k, s in places.shops.items()},
        lounges={k: _lounge(k, entry, world.lounges.facts) for k, entry in world.lounges.lounges.items()},
        people={k: _person(k, entry, zone) for k, entry in folk.people.items()},
        teams=teams_of(folk.teams),
        partners={k: Partner(id=k, name=p.name, scope=tuple(p.scope), contact=p.contact, reach=tuple(p.reach))
                  for k, p in folk.partners.items()},
        intents={k: _intent(entry) for k, entry in world.intents.items()},
        paces=paces_of(pace), levels=levels_of(world.levels),
        quiet=Quiet(start=time.fromisoformat(pace.quiet.start), end=time.fromisoformat(pace.quiet.end)),
        visit_day=VisitDay(**pace.visit_day.model_dump()) if pace.visit_day else None,
        weekly=weekly_of(pace.digest), budgets=Budgets(**pace.budgets.model_dump()), thresholds=Thresholds(**pace.thresholds.model_dump()),
        texts={k: Text(text=c.text, buttons=tuple((verb, label) for verb, label in c.buttons))
               for k, c in cards.items()},
        words=dict(world.texts.words), bot_names=tuple(pace.bot_names),
        chatter=tuple(dict.fromkeys((*world.chatter.easy, *world.chatter.words, *world.chatter.staff))),
        talk={name: tuple(dict.fromkeys(lines)) for name, lines in world.talk.model_dump().items()},
        channels={k: ChannelSettings(name=k, **c.model_dump()) for k, c in world.channels.channels.items()},
    )


def _buildings(world: World) -> dict[str, Building]:
    """The buildings in the order of places.yaml, each with its lounge and grid."""
    grid_of = {name: grid for grid, entry in world.places.grids.items() for name in entry.buildings}
    lounge_of = {name: lounge for lounge, entry in world.lounges.lounges.items() for name in entry.buildings}
    return {k: Building(name=k, lounge=lounge_of[k], grid=grid_of[k], aliases=tuple(b.aliases), floors=b.floors)
            for k, b in world.places.buildings.items()}


def _lounge(name: str, entry: LoungeEntry, shared: Mapping[str, str]) -> Lounge:
    """A lounge with its own facts before the shared ones."""
    return Lounge(
        id=name, code=entry.code, name=entry.name, kinds=tuple(entry.kinds), community=entry.community, host=entry.host,
        ears=tuple(Ear(channel=ear.channel, chat=ear.chat) for ear in entry.ears),
        mouth=Ear(channel=entry.mouth.channel, chat=entry.mouth.chat),
        duty={day: tuple(people) for day, people in entry.duty.items()},
        facts={**entry.facts, **{k: text for k, text in shared.items() if k not in entry.facts}}, shadow=entry.shadow,
        shifts=shifts_of(entry.shifts),
    )


def _person(name: str, entry: PersonEntry, zone: ZoneInfo) -> Person:
    """A person; absences become instants, from the first local midnight to the one after the last day."""
    day = timedelta(days=1)
    absences = (Absence(start=datetime.combine(days.first, time.min, zone),
                        until=datetime.combine(days.last + day, time.min, zone)) for days in entry.absences)
    return Person(
        id=name, name=entry.name, roles=tuple(entry.roles), organisation=entry.organisation, absences=tuple(absences),
        buildings=tuple(entry.buildings), substitute=entry.substitute, skills=tuple(entry.skills),
        addresses=dict(entry.addresses), ties=tuple(entry.ties), reach=tuple(entry.reach),
        posts=tuple(post_of(post, zone) for post in entry.posts), most=entry.most, also=tuple(entry.also),
    )


def _intent(entry: IntentFile) -> Intent:
    lists = {name: tuple(getattr(entry, name)) for name in ("partners", "phrases", "cues", "lines", "near")}
    return Intent(**{**entry.model_dump(), **lists})
