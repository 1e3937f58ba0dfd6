"""Who answers for a place: always a named person who is there, lowest rung first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest

from bot.domain.assignment import choose, following, ladder, members_of, on_duty, present, stand_in
from bot.domain.case import LADDER, Rung
from tests.domain.build import (
    DISTRICT,
    HOST_1,
    LADDER_PEOPLE,
    LIAISON_1,
    MEMBER,
    MONDAY,
    OTHER,
    SETTINGS,
    STREET,
    SUBSTITUTE,
    assigned,
    at,
    away,
    settings,
)


def test_the_ladder_of_a_building_names_everybody_in_order() -> None:
    seats = ladder("yuan", "一号楼", MONDAY, SETTINGS)
    assert {s.rung: s.person for s in seats} == LADDER_PEOPLE
    assert [s.rung for s in seats] == list(LADDER)
    assert all(s.why for s in seats)


@pytest.mark.parametrize("gone", [c for n in range(7) for c in combinations(LADDER_PEOPLE.values(), n)])
def test_there_is_always_somebody_and_he_is_there_unless_all_are_away(gone: tuple[str, ...]) -> None:
    conf = away(*gone)
    seats = ladder("yuan", "一号楼", MONDAY, conf)
    assert seats and len({s.person for s in seats}) == len(seats)
    if len(gone) < len(LADDER_PEOPLE):
        assert all(present(conf.people[s.person], MONDAY) for s in seats)
    else:
        assert [(s.rung, s.person) for s in seats] == [(Rung.HOST, HOST_1)]


@pytest.mark.parametrize(("gone", "who", "rung"), [
    ((), MEMBER, Rung.ATTENDANT), ((MEMBER,), SUBSTITUTE, Rung.SUBSTITUTE),
    ((MEMBER, SUBSTITUTE), LIAISON_1, Rung.LIAISON), ((MEMBER, SUBSTITUTE, LIAISON_1), HOST_1, Rung.HOST),
])
def test_a_new_case_goes_to_the_member_else_the_substitute_the_liaison_the_host(
    gone: tuple[str, ...], who: str, rung: Rung,
) -> None:
    seat = choose("yuan", "一号楼", MONDAY, away(*gone))
    assert (seat.person, seat.rung) == (who, rung)


def test_a_substitute_is_told_why_it_is_his() -> None:
    assert "请假" in choose("yuan", "一号楼", MONDAY, away(MEMBER)).why
    assert "没有回音" in ladder("yuan", "一号楼", MONDAY, SETTINGS)[1].why


def test_without_a_place_it_is_whoever_is_on_duty_today() -> None:
    assert choose("yuan", None, MONDAY, SETTINGS).person == MEMBER
    assert choose("yuan", None, MONDAY, away(MEMBER)).person == OTHER
    assert choose("yuan", None, MONDAY + timedelta(days=1), SETTINGS).person == OTHER
    assert choose("yuan", None, MONDAY + timedelta(days=2), SETTINGS).person == HOST_1


def test_the_roster_follows_the_local_day() -> None:
    lounge = SETTINGS.lounges["yuan"]
    assert on_duty(lounge, SETTINGS, at("2026-03-02 00:00")) == MEMBER
    assert on_duty(lounge, SETTINGS, at("2026-03-03 00:00")) == OTHER
    assert on_duty(lounge, SETTINGS, at("2026-03-01 23:59")) is None


def test_an_absence_ends_at_its_last_instant() -> None:
    conf = away(MEMBER, start=MONDAY, until=MONDAY + timedelta(hours=2))
    person = conf.people[MEMBER]
    assert present(person, MONDAY - timedelta(seconds=1)) and not present(person, MONDAY)
    assert present(person, MONDAY + timedelta(hours=2)) and not present(None, MONDAY)


def test_substitutes_are_followed_down_the_chain_and_a_loop_ends() -> None:
    a, b, c = (replace(SETTINGS.people[MEMBER], id=x, substitute=y) for x, y in (("a", "b"), ("b", "c"), ("c", "a")))
    conf = settings(people={"a": a, "b": b, "c": c})
    assert stand_in(a, conf, MONDAY) == "b"
    gone = away(MEMBER).people[MEMBER].absences
    none = settings(people={p.id: replace(p, absences=gone) for p in (a, b, c)})
    assert stand_in(a, none, MONDAY) is None
    assert stand_in(replace(a, substitute="nobody"), conf, MONDAY) is None


def test_only_attendants_are_in_charge_of_a_building() -> None:
    assert [p.id for p in members_of("一号楼", SETTINGS)] == [MEMBER]
    assert not list(members_of(None, SETTINGS)) and not list(members_of("别处", SETTINGS))


def test_the_next_rung_is_higher_and_never_somebody_already_asked() -> None:
    case = assigned()
    seat = following(case, MONDAY, SETTINGS)
    assert seat is not None and seat.person == SUBSTITUTE
    passed = following(replace(case, asked=(SUBSTITUTE, LIAISON_1)), MONDAY, SETTINGS)
    assert passed is not None and passed.person == HOST_1
    high = following(case, MONDAY, SETTINGS, least=Rung.STREET)
    assert high is not None and high.person == STREET


def test_the_ladder_ends_at_the_district() -> None:
    assert following(assigned(rung=Rung.DISTRICT), MONDAY, SETTINGS) is None
    last = following(assigned(rung=Rung.STREET), MONDAY, SETTINGS)
    assert last is not None and last.person == DISTRICT
    assert following(assigned(rung=Rung.STREET), MONDAY, away(DISTRICT)) is None
