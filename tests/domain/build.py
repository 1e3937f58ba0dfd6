"""A tiny installation and cases in it, made by hand: one lounge, three buildings, one ladder of named people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from bot.domain.case import Case, Rung, State
from bot.domain.events import Event, Happened
from bot.domain.hours import WorkCalendar
from bot.domain.settings import (
    ATTENDANT,
    DESK,
    HOST,
    LIAISON,
    MEDIATOR,
    Absence,
    Area,
    Budgets,
    Building,
    Ear,
    Grid,
    Intent,
    Levels,
    Lounge,
    Pace,
    Partner,
    Person,
    Quiet,
    Settings,
    Station,
    Thresholds,
)
from bot.domain.transitions import Step, step

ZONE = ZoneInfo("Asia/Shanghai")
MEMBER, OTHER, SUBSTITUTE = "p-member", "p-other", "p-substitute"
LIAISON_1, HOST_1, STREET, DISTRICT = "p-liaison", "p-host", "p-street", "p-district"
COMMUNITY, MEDIATOR_1, PROPERTY = "p-community", "p-mediator", "p-property"
REPORTER, SUPPORTER, STRANGER = "u-1", "u-2", "u-9"
LADDER_PEOPLE = {
    Rung.ATTENDANT: MEMBER, Rung.SUBSTITUTE: SUBSTITUTE, Rung.LIAISON: LIAISON_1, Rung.HOST: HOST_1,
    Rung.STREET: STREET, Rung.DISTRICT: DISTRICT,
}


def at(text: str) -> datetime:
    """An instant from local time: at("2026-03-02 10:00") is a Monday morning in Shenzhen, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


MONDAY = at("2026-03-02 10:00")
_DAY = ((9 * 3600, 12 * 3600), (14 * 3600, 18 * 3600))
CALENDAR = WorkCalendar("Asia/Shanghai", dict.fromkeys((1, 2, 3, 4, 5, 7), _DAY))


def _person(id_: str, name: str, *roles: str, buildings: tuple[str, ...] = (), substitute: str | None = None) -> Person:
    return Person(id=id_, name=name, roles=roles, organisation="甲支部", buildings=buildings, substitute=substitute)


_PEOPLE = (
    _person(MEMBER, "甲一", ATTENDANT, buildings=("一号楼", "二号楼"), substitute=SUBSTITUTE),
    _person(OTHER, "乙二", ATTENDANT, buildings=("三号楼",), substitute=SUBSTITUTE),
    _person(SUBSTITUTE, "丙三", ATTENDANT),
    _person(LIAISON_1, "丁四", LIAISON), _person(HOST_1, "戊五", HOST), _person(COMMUNITY, "己六", DESK),
    _person(STREET, "庚七", DESK), _person(DISTRICT, "辛八", DESK), _person(MEDIATOR_1, "壬九", MEDIATOR),
    _person(PROPERTY, "癸十"),
)
_NORMAL = Pace(name="normal", accept=120, remind_every=60, progress=840, supply=1260, rate=420, deliver=60,
               mediate=12600, review=2100, handle=2940)


def _intent(id_: str, name: str, pace: str = "normal", private: bool = False) -> Intent:
    return Intent(id=id_, name=name, kind="appeal", level="C", pace=pace, risk=None, private=private, two_sided=False,
                  partners=(), phrases=(), cues=(), lines=(), near=())


LEVELS = Levels(
    table={"noise": {"community": "C", "street": "B"}, "transport": {"district": "A"}, "suggestion": {"community": "C"}},
    words={"district": ("市政工地",), "street": ("街道工地",)},
    duties={"C": ("host", "handler"), "B": ("host", "liaison"), "A": ("host", "host")},
    stations={"st-1": Station(id="st-1", name="某驿站", lounge="yuan", aliases=("歇脚点",), duty={1: (OTHER,)})},
    riders=("我是骑手",),
)


def settings(*, people: Mapping[str, Person] | None = None, person_per_day: int = 3, group_per_day: int = 5,
             quiet: tuple[str, str] = ("21:30", "08:00"), pace: Mapping[str, object] | None = None,
             levels: Levels | None = None) -> Settings:
    """The installation; every value that a test turns is a parameter."""
    known = {p.id: p for p in _PEOPLE} | dict(people or {})
    mouth = Ear(channel="plain", chat="g-1")
    return Settings(
        version="1", timezone="Asia/Shanghai",
        areas={
            "qu": Area(id="qu", name="某区", kind="district", parent=None, desk=DISTRICT),
            "jie": Area(id="jie", name="某街道", kind="street", parent="qu", desk=STREET),
            "she": Area(id="she", name="某社区", kind="community", parent="jie", desk=COMMUNITY),
        },
        grids={"g1": Grid(id="g1", name="第一网格", community="she", kind="residential", liaison=LIAISON_1)},
        buildings={n: Building(name=n, lounge="yuan", grid="g1") for n in ("一号楼", "二号楼", "三号楼")},
        shops={}, people=known,
        lounges={"yuan": Lounge(
            id="yuan", code="YU", name="某某客厅", kinds=("resident",), community="she", host=HOST_1, ears=(mouth,),
            mouth=mouth, duty={1: (MEMBER, OTHER), 2: (OTHER,)},
        )},
        partners={"wuye": Partner(id="wuye", name="某物业", scope=("物业",), contact=PROPERTY)},
        intents={i.id: i for i in (
            _intent("noise", "噪声"), _intent("mental_health", "心理疏导", private=True),
            _intent("suggestion", "建议", pace="suggestion"), replace(_intent("transport", "公交出行"), level="A"),
        )},
        paces={
            "normal": replace(_NORMAL, **dict(pace or {})),  # type: ignore[arg-type]
            "suggestion": replace(_NORMAL, name="suggestion", monthly=True),
            "emergency": Pace(name="emergency", always=True, accept=10, remind_every=10, progress=30, supply=60,
                              rate=1440, deliver=30, mediate=43200, review=120),
        },
        calendar=CALENDAR, quiet=Quiet(start=time.fromisoformat(quiet[0]), end=time.fromisoformat(quiet[1])),
        budgets=Budgets(group_per_day=group_per_day, person_per_day=person_per_day), texts={},
        words={f"part.{part}": part for part in (
            "responsible", "mediator", "liaison", "host", "desk", "coordinator", "reporter", "supporter", "checker")},
        thresholds=Thresholds(open=70, ask=55, margin=6), channels={}, bot_names=("小客厅",),
        levels=levels or Levels(duties=LEVELS.duties),
    )


SETTINGS = settings()


_EVER, _NEVER = at("2020-01-01 00:00"), at("2100-01-01 00:00")


def away(*who: str, start: datetime = _EVER, until: datetime = _NEVER) -> Settings:
    """The installation with some people absent."""
    gone = Absence(start=start, until=until)
    return settings(people={p.id: replace(p, absences=(gone,)) for p in _PEOPLE if p.id in who})


def did(event: Event, when: datetime, by: str, note: str = "", **args: str) -> Happened:
    """One happening."""
    return Happened(event=event, at=when, by=by, note=note, args=args)


def reported(when: datetime = MONDAY, *, building: str | None = "一号楼", urgent: bool = False,
             private: bool = False) -> Case:
    """A case nobody has yet."""
    return Case(id="YU-0001", lounge="yuan", intent="mental_health" if private else "noise", building=building,
                urgent=urgent, private=private, reporter=REPORTER, reporter_name="某姨", opened_by="m1", opened_at=when,
                touched_at=when, gist="楼上半夜装修", messages=("m1",))


def moved(case: Case, *events: Happened, conf: Settings = SETTINGS) -> Case:
    """The case after legal happenings."""
    for event in events:
        done = step(case, event, conf)
        assert isinstance(done, Step), f"{event.event} in {case.state}: {done}"
        case = done.case
    return case


def assigned(when: datetime = MONDAY, *, rung: Rung = Rung.ATTENDANT, building: str | None = "一号楼",
             urgent: bool = False, private: bool = False) -> Case:
    """A case whose card is out, on any rung."""
    case = reported(when, building=building, urgent=urgent, private=private)
    return moved(case, did(Event.ASSIGNED, when, "bot", to=LADDER_PEOPLE[rung], rung=rung.value, why="由本人负责"))


RESULT = "物业已经处理，今晚再看一次"
_WAYS: Mapping[State, Iterable[tuple[Event, str, str, dict[str, str]]]] = {
    State.ASSIGNED: (),
    State.HANDLING: ((Event.ACCEPTED, "", "", {}),),
    State.WAITING: ((Event.ASKED, "", "是哪一户？", {}),),
    State.MEDIATING: ((Event.MEDIATION_OPENED, "", "", {}),),
    State.RESOLVED: ((Event.RESOLVED, "", RESULT, {}),),
    State.CLOSED: ((Event.RESOLVED, "", RESULT, {}), (Event.RATED, REPORTER, "", {"grade": "good"})),
    State.ANSWERED: ((Event.ANSWERED, "bot", "九点开门", {}),),
    State.WITHDRAWN: ((Event.WITHDRAWN, REPORTER, "", {}),),
    State.MERGED: ((Event.MERGED, HOST_1, "", {"into": "YU-0002"}),),
    State.NOT_ACCEPTED: ((Event.NOT_ACCEPTED, HOST_1, "不属于受理范围", {"first": "p-street"}),),
}


def in_state(state: State, when: datetime = MONDAY, *, rung: Rung = Rung.ATTENDANT, urgent: bool = False,
             private: bool = False) -> Case:
    """A case brought to a state by legal happenings of who has it; REPORTED waits with the host to be dispatched."""
    if state is State.REPORTED:
        fresh = reported(when, urgent=urgent, private=private)
        return moved(fresh, did(Event.REPORTED, when, REPORTER, to=HOST_1, rung="host", why="事权表里没有这一类"))
    case = assigned(when, rung=rung, urgent=urgent, private=private)
    events = [did(e, when, by or case.attendant, note, **args) for e, by, note, args in _WAYS[state]]
    return moved(case, *events)
