"""What an installation is made of, as frozen values; config.py builds them, everything else only reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.domain.facts import Facts
from bot.domain.hours import WorkCalendar
from bot.domain.mediation import Rules
from bot.domain.posts import Absence as Absence
from bot.domain.posts import Post, Shift, Team
from bot.domain.weekly import VisitDay as VisitDay
from bot.domain.weekly import Weekly

# Roles of people, in the words of design.md.
ATTENDANT, HOST, MEDIATOR = "attendant", "host", "mediator"
GRID_WORKER, LIAISON, LISTENER, DESK = "grid_worker", "liaison", "listener", "desk"
ROLES = (ATTENDANT, HOST, MEDIATOR, GRID_WORKER, LIAISON, LISTENER, DESK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A district, street or community; `desk` is the person who answers at that height."""

    id: str
    name: str
    kind: str  # district | street | community
    parent: str | None
    desk: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A grid of a community; its liaison is the second line for every building in it."""

    id: str
    name: str
    community: str
    kind: str  # residential | enterprise
    liaison: str
    seats: Mapping[str, str | None] = field(default_factory=dict)  # a micro-grid's five: staff, … -> person; None: 空缺


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """One building under its canonical name, with everything people call it inside its lounge."""

    name: str
    lounge: str
    grid: str
    aliases: tuple[str, ...] = ()
    floors: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A shop or firm: where it is and whose business it is."""

    id: str
    name: str
    building: str
    number: str
    trade: str
    kind: str = "shop"  # shop | firm
    aliases: tuple[str, ...] = ()
    contact: str | None = None  # the sender id of who speaks for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who works for the lounge; `addresses` maps a channel to the account there."""

    id: str
    name: str
    roles: tuple[str, ...]
    organisation: str
    buildings: tuple[str, ...] = ()
    substitute: str | None = None
    absences: tuple[Absence, ...] = ()
    skills: tuple[str, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    posts: tuple[Post, ...] = ()  # what is bounded by place, topic or time; `buildings` are his whole and always
    most: int = 0  # open cases at once in one lounge (a lounge never counts another's: its own record decides alone); 0: any number
    also: tuple[str, ...] = ()  # more organisations he belongs to
    handed: tuple[tuple[datetime, str], ...] = ()  # whom he left his posts to, and since when
    ties: tuple[str, ...] = ()  # people, accounts, shops, buildings he is too near to for mediating
    reach: tuple[str, ...] = ()  # lounges and areas in which a mediator is called; (): in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A unit outside the lounge (物业, 司法所, ...) and the person who answers there."""

    id: str
    name: str
    scope: tuple[str, ...]
    contact: str
    reach: tuple[str, ...] = ()  # lounges and areas that it serves; (): all


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """One group in which a lounge hears: the channel and the chat's id on that platform."""

    channel: str
    chat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lounge:
    """One 客厅: its groups, its host, its code for case numbers. `duty` maps weekday (1 = Monday) to person ids."""

    id: str
    code: str
    name: str
    kinds: tuple[str, ...]  # merchant, resident
    community: str
    host: str
    ears: tuple[Ear, ...]
    mouth: Ear
    duty: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)  # answers that config can give: key -> text
    shadow: bool = False
    shifts: Mapping[int, tuple[Shift, ...]] = field(default_factory=dict)  # go before `duty` in the hours they cover


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One kind of matter: how people say it and how it is treated."""

    id: str
    name: str
    kind: str  # appeal | question | wish | emergency | suggestion
    level: str  # C | B | A
    pace: str
    risk: str | None
    private: bool
    two_sided: bool
    partners: tuple[str, ...]
    phrases: tuple[str, ...]
    cues: tuple[str, ...]
    lines: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long each stage may take, in working minutes, and how often silence is answered on one rung."""

    name: str
    accept: int  # card out -> 接单
    remind_every: int  # between a reminder and the next rung
    progress: int  # 接单 -> a sign of work
    supply: int  # waiting for the reporter at most
    rate: int  # result delivered -> reminder to rate; the same again -> closed unrated
    deliver: int  # resolved -> the result must have reached the reporter
    mediate: int  # a mediation may last
    review: int  # at the top of the ladder: how often it is laid before the last person again
    patience: int = 1
    always: bool = False  # runs day and night (emergencies), in plain minutes
    dispatch: int = 120  # who collects has decided where it goes
    handle: int = 0  # the whole handling, from the first word to the result; 0: no such clock
    handle_plain: bool = False  # the handling clock counts nights and holidays too, in plain minutes
    pause: int = 1260  # all pauses of the handling clock in one round together, in working minutes
    monthly: bool = False  # a suggestion: answered by the month's end, and nothing else is ever late
    callback: int = 0  # closed unrated -> the host is reminded once to call and ask (回访); 0: no call-back


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Where people without a building belong (riders, drivers): its names, its lounge, its own roster by weekday."""

    id: str
    name: str
    lounge: str
    aliases: tuple[str, ...] = ()
    duty: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    shifts: Mapping[int, tuple[Shift, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Who has the power over what (事权): the A/B/C table, who collects and feeds back, what counts as stuck.

    `table`: intent -> authority -> level; `words`: authority -> the words of an appeal that name it; `duties`:
    level -> (collects, feeds back), each `host`, `liaison` or `handler`.
    """

    table: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    duties: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    risk_desk: str = "street"  # the rung that takes over a high risk
    stuck_days: int = 3  # working days without a move
    stations: Mapping[str, Station] = field(default_factory=dict)
    riders: tuple[str, ...] = ()  # words by which somebody without a building is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours in which nobody is pinged (local time; may span midnight)."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """How many non-urgent messages may reach one group or one of our own people in one local day."""

    group_per_day: int
    person_per_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One card's words: `text` with {blanks}, and the presses under it as (verb, label)."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Where recognition opens, asks or is silent; `margin` is the least lead over the second intent (0..100)."""

    open: float
    ask: float
    margin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """One channel that is on; `secrets` maps a purpose to the NAME of an environment variable."""

    name: str
    kind: str
    on: bool
    secrets: Mapping[str, str]
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole installation."""

    version: str  # digest of the files it was read from
    timezone: str
    areas: Mapping[str, Area]
    grids: Mapping[str, Grid]
    buildings: Mapping[str, Building]  # by canonical name; unique within an installation
    shops: Mapping[str, Shop]
    lounges: Mapping[str, Lounge]
    people: Mapping[str, Person]
    partners: Mapping[str, Partner]
    intents: Mapping[str, Intent]
    paces: Mapping[str, Pace]
    calendar: WorkCalendar
    quiet: Quiet
    budgets: Budgets
    texts: Mapping[str, Text]
    words: Mapping[str, str]  # names of states, events, levels, commands for people
    thresholds: Thresholds
    channels: Mapping[str, ChannelSettings]
    chatter: tuple[str, ...] = ()  # talk that wants nothing, for the recogniser to tell from appeals
    talk: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what is said around a known matter, and in which tone
    bot_names: tuple[str, ...]  # what the bot is called in groups, to strip mentions and to know itself
    levels: Levels = field(default_factory=Levels)
    facts: Facts = field(default_factory=Facts)  # what can be answered at once
    visit_day: VisitDay | None = None
    teams: Mapping[str, Team] = field(default_factory=dict)
    mediation: Rules = field(default_factory=Rules)
    weekly: Weekly | None = None  # None: no digest is posted by itself

    def buildings_of(self, lounge: str) -> tuple[Building, ...]:
        """The buildings of one lounge, in config order."""
        return tuple(b for b in self.buildings.values() if b.lounge == lounge)

    def local(self, at: datetime) -> datetime:
        """An instant on the wall clock of the installation."""
        return at.astimezone(ZoneInfo(self.timezone))

    def pace_of(self, intent: str, urgent: bool = False) -> Pace:
        """The pace of an intent ('emergency' for what is urgent); an intent no longer in config gets 'normal'."""
        if urgent:
            return self.paces["emergency"]
        known = self.intents.get(intent)
        return self.paces.get(known.pace if known else "normal") or self.paces["normal"]

    def by_code(self, code: str) -> Lounge | None:
        """The lounge whose case numbers begin with `code`."""
        return next((x for x in self.lounges.values() if x.code == code), None)
