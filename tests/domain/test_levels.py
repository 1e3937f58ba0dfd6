"""Which level a matter is of, where it enters the ladder, how it climbs, and what lies under whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import LADDER, Case, Rung, State
from bot.domain.events import Event
from bot.domain.levels import entry, station_of, triage, under
from bot.domain.settings import Area
from bot.domain.transitions import Refusal, Step, on_due, step
from tests.domain.build import (
    DISTRICT,
    HOST_1,
    LADDER_PEOPLE,
    LEVELS,
    MEMBER,
    MONDAY,
    OTHER,
    SETTINGS,
    STREET,
    assigned,
    away,
    did,
    moved,
    reported,
    settings,
)
from tests.front import sample

TABLE = settings(levels=LEVELS)
LATER = MONDAY + timedelta(minutes=30)


# ---- C19

@pytest.mark.parametrize(("intent", "words", "authority", "level"), [
    ("noise", "楼上半夜装修", "community", "C"), ("noise", "街道工地半夜打桩", "street", "B"),
    ("noise", "市政工地半夜打桩", "district", ""), ("transport", "公交太少", "district", "A"),
    ("transport", "街道工地占了车站", "street", ""), ("nobody_knows", "别的事", "community", ""),
])
def test_C19_each_pair_of_category_and_authority_gives_one_level_and_a_missing_pair_none(
    intent: str, words: str, authority: str, level: str,
) -> None:
    found = triage(intent, words, TABLE)
    assert (found.authority, found.level) == (authority, level)


def test_C19_a_missing_pair_waits_with_the_host_who_is_asked_and_never_with_a_default() -> None:
    seat = entry(replace(reported(), level=""), MONDAY, TABLE)
    assert (seat.person, seat.rung) == (HOST_1, Rung.HOST) and "定级" in seat.why
    case = moved(replace(reported(), level=""), did(Event.REPORTED, MONDAY, "u-1", to=seat.person, rung="host"))
    assert case.state is State.REPORTED and case.level == "" and set(case.deadlines) == {"dispatch"}
    own = moved(case, did(Event.ACCEPTED, LATER, HOST_1))
    given = moved(case, did(Event.TRANSFERRED, LATER, HOST_1, "他的楼", to=MEMBER, rung="attendant"))
    up = moved(case, did(Event.ESCALATED, LATER, HOST_1, "要街道出面"))
    assert (own.level, given.level, up.level, up.attendant) == ("C", "C", "B", STREET)


def test_C19_without_a_table_each_category_has_its_own_level() -> None:
    assert triage("transport", "市政工地", SETTINGS).level == "A" and triage("noise", "", SETTINGS).level == "C"


def test_C19_in_the_shipped_world_every_category_has_the_cell_of_its_own_level() -> None:
    shipped = sample()
    assert {i.id: triage(i.id, "", shipped).level for i in shipped.intents.values()} == {
        i.id: i.level for i in shipped.intents.values()}


# ---- C20

def test_C20_a_matter_for_the_district_is_with_its_desk_in_one_hop() -> None:
    case = replace(reported(), intent="transport", level="A")
    seat = entry(case, MONDAY, TABLE)
    assert (seat.person, seat.rung) == (DISTRICT, Rung.DISTRICT) and "直通" in seat.why
    direct = moved(case, did(Event.ASSIGNED, MONDAY, "bot", to=seat.person, rung=seat.rung.value))
    assert direct.level == "A" and direct.collector == HOST_1 == direct.feedback
    assert entry(case, MONDAY, away(DISTRICT)).person == MEMBER, "an empty desk is no reason to leave it nobody's"
    assert entry(replace(case, urgent=True), MONDAY, TABLE).person == MEMBER, "whoever is near comes first"


# ---- C15

def climbed(case: Case) -> list[tuple[str, str, timedelta]]:
    """(who, why, how long he had) of each rung that a case climbs by itself."""
    found = []
    while case.due is not None and len(found) < len(LADDER) - 1:
        event = on_due(case, case.due, SETTINGS)
        assert event is not None
        before = case.held_at or case.opened_at
        case = moved(case, event)
        if event.event is Event.ESCALATED:
            found.append((case.attendant, event.note, event.at - before))
    return found


def test_C15_each_rung_has_its_reason_and_its_own_clock_and_the_age_goes_on() -> None:
    rungs = climbed(assigned())
    assert [who for who, _, _ in rungs] == [LADDER_PEOPLE[r] for r in LADDER[1:]]
    assert all("停留3小时（工作时间）" in why and "没有接单" in why for _, why, _ in rungs)
    assert all(had > timedelta(0) for _, _, had in rungs)


def test_C15_nobody_sends_it_up_without_a_reason() -> None:
    for case, who in ((assigned(), MEMBER), (assigned(rung=Rung.HOST), HOST_1)):
        made = step(case, did(Event.ESCALATED, LATER, who), SETTINGS)
        assert isinstance(made, Refusal) and made.text == "need_note"
    up = moved(assigned(rung=Rung.HOST), did(Event.ESCALATED, LATER, HOST_1, "要街道出面"))
    assert (up.attendant, up.level, up.opened_at, up.handle_by) == (STREET, "B", MONDAY, assigned().handle_by)


def test_C15_what_has_climbed_may_come_back_and_its_level_and_age_stay() -> None:
    up = moved(assigned(rung=Rung.HOST), did(Event.ESCALATED, LATER, HOST_1, "要街道出面"))
    back = moved(up, did(Event.TRANSFERRED, LATER, STREET, "协调好了，请社区跟进", to=HOST_1, rung="host"))
    assert (back.attendant, back.rung, back.level, back.opened_at) == (HOST_1, Rung.HOST, "B", MONDAY)
    again = moved(back, did(Event.ESCALATED, LATER, HOST_1, "又反复了"))
    assert again.attendant == STREET, "who passed it back may be asked again"


# ---- one 退单

def test_one_decline_with_a_reason_and_the_second_goes_to_the_host_who_decides() -> None:
    once = moved(assigned(), did(Event.DECLINED, LATER, MEMBER, "不是我这一栋"))
    twice = moved(once, did(Event.DECLINED, LATER, once.attendant, "也不是我的"))
    assert (twice.attendant, twice.declines) == (HOST_1, 2)
    made = step(twice, did(Event.DECLINED, LATER, HOST_1, "我也不管"), SETTINGS)
    assert isinstance(made, Refusal) and made.text == "refuse_decides"
    third = moved(twice, did(Event.TRANSFERRED, LATER, HOST_1, "先办后议", to=OTHER, rung="attendant"))
    assert moved(third, did(Event.DECLINED, LATER, OTHER, "真不是我的")).attendant == HOST_1


# ---- A31

def test_A31_rights_and_figures_reach_as_far_as_the_tree_below() -> None:
    two = replace(SETTINGS, areas={**SETTINGS.areas, "she2": Area(
        id="she2", name="另一社区", kind="community", parent="jie", desk=None)}, lounges={
        **SETTINGS.lounges, "yuan2": replace(SETTINGS.lounges["yuan"], id="yuan2", code="YY", community="she2")})
    assert under("she", two) == {"yuan"} and under("she2", two) == {"yuan2"}
    assert under("jie", two) == under("she", two) | under("she2", two) == under("qu", two)
    assert not under("she", two) & under("she2", two)


# ---- E27

def test_E27_somebody_without_a_building_goes_to_the_roster_of_his_station_else_to_the_host() -> None:
    rider = replace(reported(building=None), gist="我是骑手，电梯不让上")
    assert entry(rider, MONDAY, TABLE).person == HOST_1
    station = station_of("在歇脚点旁边", "yuan", TABLE)
    assert station is not None and entry(replace(rider, station=station.id), MONDAY, TABLE).person == OTHER
    other_day = entry(replace(rider, station=station.id), MONDAY + timedelta(days=1), TABLE)
    assert other_day.person == OTHER and "不知道是哪一栋" in other_day.why, "no roster that day: whoever is on duty here"
    assert station_of("在歇脚点旁边", "elsewhere", TABLE) is None and station_of("随便说说", "yuan", TABLE) is None
    assert entry(replace(reported(building=None), gist="楼下太吵"), MONDAY, TABLE).person == MEMBER


# ---- presets

@pytest.mark.parametrize(("name", "respond", "handle"), [
    ("bj4-2h", None, timedelta(hours=2)), ("bj4-24h", None, timedelta(hours=24)), ("bj4-7d", None, timedelta(days=7)),
    ("bj4-15d", None, timedelta(days=15)), ("sz-urgent", 30, None), ("sz-normal", 120, None),
])
def test_the_times_of_known_systems_can_be_chosen_for_an_intent(
    name: str, respond: int | None, handle: timedelta | None,
) -> None:
    shipped = sample()
    chosen = replace(shipped, intents={**shipped.intents, "noise": replace(shipped.intents["noise"], pace=name)})
    lounge = next(iter(shipped.lounges.values()))
    case = Case(id="XJ-0001", lounge=lounge.id, intent="noise", opened_at=MONDAY, touched_at=MONDAY)
    made = step(case, did(Event.ASSIGNED, MONDAY, "bot", to=lounge.host, rung="host"), chosen)
    assert isinstance(made, Step) and made.case.handle_by is not None
    assert handle is None or made.case.handle_by - MONDAY == handle
    assert respond is None or (chosen.paces[name].dispatch, chosen.paces[name].accept) == (respond, respond)
