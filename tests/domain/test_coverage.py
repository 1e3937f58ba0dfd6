"""The coverage audit lists exactly what is missing, and who steps in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.config import load
from bot.domain.assignment import choose
from bot.domain.case import Rung
from bot.domain.coverage import (
    AWAY,
    GAPS,
    NO_ATTENDANT,
    NO_BUILDING,
    NO_DUTY,
    NO_FLOOR,
    NO_LIAISON,
    NO_SHIFT,
    NO_SUBSTITUTE,
    NO_TEAM,
    OVERLAP,
    TWO_TEAMS,
    Coverage,
    audit,
)
from bot.domain.posts import Absence, Post, Shift, Team
from bot.domain.settings import Building, Person, Settings

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(Path(__file__).resolve().parents[2] / "config", {})


def with_people(settings: Settings, people: Iterable[Person]) -> Settings:
    return replace(settings, people={**settings.people, **{person.id: person for person in people}})


def gaps(coverage: Coverage) -> list[tuple[str, str]]:
    return [(gap.kind, gap.what) for gap in coverage.gaps]


def test_the_shipped_world_has_no_gap_and_lists_every_building_and_shop(settings: Settings) -> None:
    coverage = audit(settings, AT)
    assert coverage.gaps == ()
    assert [c.building for c in coverage.covers if c.shop is None] == list(settings.buildings)
    assert sum(c.shop is not None for c in coverage.covers) == len(settings.shops)
    assert all(cover.seats[0].rung is Rung.ATTENDANT for cover in coverage.covers)


@pytest.mark.parametrize("building", ["禾花花园5栋", "广弘中心F座", "香江工业园A厂房"])
def test_D14_removing_one_mapping_lists_exactly_that_building(settings: Settings, building: str) -> None:
    keepers = (replace(p, buildings=tuple(b for b in p.buildings if b != building)) for p in settings.people.values())
    coverage = audit(with_people(settings, keepers), AT)
    assert gaps(coverage) == [(NO_ATTENDANT, building)]
    (cover,) = [c for c in coverage.covers if c.building == building and c.shop is None]
    assert cover.seats[0].rung is Rung.LIAISON


def test_B02_a_building_without_its_member_goes_to_the_grid_liaison_and_says_why(settings: Settings) -> None:
    lone = replace(settings.people["p-yushui"], buildings=())
    bare = with_people(settings, [lone])
    seat = choose("hall-5", "五号交易广场", AT, bare)
    assert (seat.person, seat.rung) == ("p-shuangjiang", Rung.LIAISON)
    (gap,) = audit(bare, AT).gaps
    assert gap.why == "现在由第二网格的网格联络人霜降接手"
    assert seat.why == "五号交易广场还没有自己的党员，由第二网格的网格联络人霜降接手"


@pytest.mark.parametrize("heads", [21, 20, 0])
def test_B03_twenty_one_heads_for_twenty_one_buildings_leave_no_gap(settings: Settings, heads: int) -> None:
    names = [f"试楼{n}栋" for n in range(1, 22)]
    buildings = {name: Building(name=name, lounge="hehua", grid="hehua-g1") for name in names}
    people = {key: replace(person, buildings=()) for key, person in settings.people.items()}
    for n, name in enumerate(names[:heads]):
        people[f"head-{n}"] = Person(id=f"head-{n}", name=f"楼栋长{n}", roles=("attendant",), organisation="试",
                                     buildings=(name,), substitute="p-bailu", addresses={"plain": f"head-{n}"})
    town = replace(settings, buildings=buildings, people=people, shops={})
    assert gaps(audit(town, AT)) == [(NO_ATTENDANT, name) for name in names[heads:]]


def test_an_attendant_without_a_substitute_is_a_gap(settings: Settings) -> None:
    alone = replace(settings.people["p-guyu"], substitute=None)
    assert gaps(audit(with_people(settings, [alone]), AT)) == [(NO_SUBSTITUTE, "谷雨")]


def test_a_shop_whose_building_is_unknown_is_a_gap_and_nobody_answers(settings: Settings) -> None:
    shop = replace(settings.shops["ghong-a101"], building="广弘中心Z座")
    coverage = audit(replace(settings, shops={**settings.shops, shop.id: shop}), AT)
    assert gaps(coverage) == [(NO_BUILDING, "A101 早安肠粉铺")]
    assert [c.seats for c in coverage.covers if c.building == "广弘中心Z座"] == [()]


def test_a_grid_without_a_liaison_is_a_gap(settings: Settings) -> None:
    grid = replace(settings.grids["hehua-g3"], liaison="p-gone")
    assert gaps(audit(replace(settings, grids={**settings.grids, grid.id: grid}), AT)) == [(NO_LIAISON, "第三网格")]


def test_a_day_without_anyone_on_duty_is_a_gap(settings: Settings) -> None:
    lounge = settings.lounges["ghong"]
    lounge = replace(lounge, duty={day: people for day, people in lounge.duty.items() if day != 6})
    coverage = audit(replace(settings, lounges={**settings.lounges, "ghong": lounge}), AT)
    assert gaps(coverage) == [(NO_DUTY, "广弘中心客厅")] and "周六" in coverage.gaps[0].why


def test_two_members_of_one_building_are_shown_with_the_first_who_is_asked(settings: Settings) -> None:
    second = replace(settings.people["p-lixia"], buildings=("禾花花园7栋", "禾花花园8栋", "禾花花园1栋"))
    coverage = audit(with_people(settings, [second]), AT)
    assert gaps(coverage) == [(OVERLAP, "禾花花园1栋")] and coverage.gaps[0].why == "春分、立夏，先派给春分"


def test_gaps_come_in_the_order_of_their_weight(settings: Settings) -> None:
    bare = with_people(settings, [replace(p, substitute=None) for p in settings.people.values()])
    bare = with_people(bare, [replace(bare.people["p-yushui"], buildings=("禾花花园1栋",))])
    kinds = [kind for kind, _ in gaps(audit(bare, AT))]
    assert kinds == sorted(kinds, key=list(GAPS).index) and {NO_ATTENDANT, NO_SUBSTITUTE, OVERLAP} <= set(kinds)


def firms(settings: Settings) -> list[str]:
    return list(settings.shops)


def teams(settings: Settings, count: int) -> Settings:
    """The world with its firms dealt out to a number of teams, in turn."""
    every = firms(settings)
    dealt = {f"t-{n}": Team(id=f"t-{n}", name=f"{n + 1}队", people=("p-lichun",), shops=tuple(every[n::count])) for n in range(count)}
    return replace(settings, teams=dealt)


@pytest.mark.parametrize("count", [1, 7, 25])
def test_C06_each_firm_in_exactly_one_territory_leaves_no_gap(settings: Settings, count: int) -> None:
    assert gaps(audit(teams(settings, count), AT)) == []


def test_C06_a_firm_in_no_territory_or_in_two_is_listed_with_the_teams(settings: Settings) -> None:
    conf, lost, twice = teams(settings, 25), firms(settings)[3], firms(settings)[4]
    own = {k: replace(t, shops=tuple(s for s in t.shops if s != lost)) for k, t in conf.teams.items()}
    own["t-24"] = replace(own["t-24"], shops=(twice,), people=("p-yushui",))
    found = audit(replace(conf, teams=own), AT).gaps
    name = {x: f"{settings.shops[x].number} {settings.shops[x].name}" for x in (lost, twice)}
    assert [(g.kind, g.what) for g in found] == [(NO_TEAM, name[lost]), (TWO_TEAMS, name[twice])]
    assert found[1].why == "5队、25队"


def test_C06_a_team_may_have_a_whole_building(settings: Settings) -> None:
    one = Team(id="t", name="甲队", people=("p-lichun",), buildings=tuple(settings.buildings))
    assert gaps(audit(replace(settings, teams={"t": one}), AT)) == []


def test_D14_a_floor_that_nobody_has_is_named(settings: Settings) -> None:
    hall = replace(settings.people["p-yushui"], buildings=(), posts=(Post(building="五号交易广场", floors=(1, 2, 4)),))
    assert gaps(audit(with_people(settings, [hall]), AT)) == [(NO_FLOOR, "五号交易广场3楼")]


def test_D14_a_mapping_that_has_ended_is_a_gap_from_that_instant(settings: Settings) -> None:
    until = AT + timedelta(days=3)
    hall = replace(settings.people["p-yushui"], buildings=(), posts=(Post(building="五号交易广场", until=until),))
    conf = with_people(settings, [hall])
    assert gaps(audit(conf, until - timedelta(seconds=1))) == [] and gaps(audit(conf, until)) == [(NO_ATTENDANT, "五号交易广场")]


def test_D14_a_firms_own_member_is_shown_at_the_firm_alone(settings: Settings) -> None:
    own = replace(settings.people["p-lixia"], posts=(Post(shop="etime-1-1203"),))
    covers = audit(with_people(settings, [own]), AT).covers
    first = {c.shop: c.seats[0].person for c in covers if c.building == "恒路E时代1栋"}
    assert first == {None: "p-jingzhe", "1203 蜗牛快跑软件": "p-lixia", "806 纸船跨境": "p-jingzhe"}


def test_somebody_away_with_nobody_to_stand_in_is_a_gap(settings: Settings) -> None:
    away = (Absence(start=AT, until=AT + timedelta(days=2)),)
    people = [replace(settings.people[who], absences=away) for who in ("p-lixia", "p-bailu")]
    assert gaps(audit(with_people(settings, people), AT)) == [(AWAY, "立夏")]


def test_hours_between_two_shifts_are_a_gap_unless_the_roster_fills_them(settings: Settings) -> None:
    day = {1: (Shift(start=time(8), end=time(12), people=("p-xiaoman",)), Shift(start=time(14), end=time(18), people=("p-xiaoman",)))}
    lounge = replace(settings.lounges["ghong"], shifts=day)
    assert gaps(audit(replace(settings, lounges={**settings.lounges, "ghong": lounge}), AT)) == []
    lounge = replace(lounge, duty={k: v for k, v in lounge.duty.items() if k != 1})
    (gap,) = audit(replace(settings, lounges={**settings.lounges, "ghong": lounge}), AT).gaps
    assert (gap.kind, gap.why) == (NO_SHIFT, "周一12:00到14:00没有人")
