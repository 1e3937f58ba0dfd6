"""Five kinds of risk in three tiers; a high one has an owner and a day, or it is not saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.case import State
from bot.domain.events import Event, Refusal
from bot.domain.risk import KINDS, Finding, checked, read_day, worksheet
from bot.domain.tables import To
from bot.domain.transitions import Step, on_due, step
from tests.domain.build import HOST_1, MEMBER, MONDAY, OTHER, RESULT, SETTINGS, STREET, assigned, did, in_state

HIGH = {"tier": "high", "owner": OTHER, "day": "2026-03-10"}
TODAY = date(2026, 11, 2)


def test_C17_every_kind_at_every_building_stands_on_the_worksheet() -> None:
    rows = worksheet("yuan", SETTINGS, [Finding(building="二号楼", kind="装修工程", tier="mid")])
    assert len(rows) == 5 * 3 == len({(r.building, r.kind) for r in rows}) and {r.kind for r in rows} == set(KINDS)
    assert [r.building for r in rows if r.tier] == ["二号楼"]


@pytest.mark.parametrize(("owner", "day"), [("", date(2026, 3, 10)), (OTHER, None), ("p-gone", date(2026, 3, 10))])
def test_C17_a_high_tier_is_not_saved_without_a_named_owner_and_a_day(owner: str, day: date | None) -> None:
    finding = Finding(building="一号楼", kind="安全生产", tier="high", owner=owner, day=day)
    assert isinstance(checked(finding, SETTINGS), Refusal)
    assert checked(replace(finding, owner=OTHER, day=date(2026, 3, 10)), SETTINGS)
    assert not isinstance(checked(replace(finding, tier="mid"), SETTINGS), Refusal)


def test_C17_the_same_holds_for_the_risk_of_a_case() -> None:
    for wrong in ({**HIGH, "owner": ""}, {**HIGH, "day": ""}, {**HIGH, "day": "2026-03-01"}, {"tier": "huge"}):
        assert isinstance(step(assigned(), did(Event.DETAILED, MONDAY, HOST_1, **wrong), SETTINGS), Refusal)
    mid = step(assigned(), did(Event.DETAILED, MONDAY, HOST_1, tier="mid"), SETTINGS)
    assert isinstance(mid, Step) and mid.case.tier == "mid" and not mid.case.private


def test_D17_a_high_risk_is_handed_over_and_leaves_the_group() -> None:
    event = did(Event.HANDED_OVER, MONDAY, HOST_1, "重大风险", to=STREET, rung="street", why="移交", **HIGH)
    made = step(assigned(), event, SETTINGS)
    assert isinstance(made, Step) and (made.case.attendant, made.case.tier, made.case.risk_owner) == (STREET, "high", OTHER)
    assert {s.to for s in made.shows} >= {To.RESPONSIBLE, To.RISK_OWNER, To.PASSED} and not any(s.public for s in made.shows)
    for word in (did(Event.ACCEPTED, MONDAY, STREET), did(Event.RESOLVED, MONDAY, STREET, RESULT)):
        later = step(made.case, word, SETTINGS)
        assert isinstance(later, Step) and not any(s.public for s in later.shows), "the bot has stopped posting in the group"


def test_D17_its_owner_is_asked_on_the_day() -> None:
    event = did(Event.DETAILED, MONDAY, HOST_1, **{**HIGH, "day": "2026-03-02"})
    made = step(in_state(State.HANDLING), event, SETTINGS)
    assert isinstance(made, Step)
    moved = step(made.case, did(Event.NOTED, MONDAY, MEMBER, "在看"), SETTINGS)
    assert isinstance(moved, Step) and moved.case.due == moved.case.risk_by, "the day stays whatever else is wound"
    rang = on_due(moved.case, moved.case.due or MONDAY, SETTINGS)
    assert rang is not None and rang.args["deadline"] == "risk"
    asked = step(moved.case, rang, SETTINGS)
    assert isinstance(asked, Step) and [s.to for s in asked.shows] == [To.RISK_OWNER]
    assert "risk" not in asked.case.deadlines and asked.case.due is not None


@pytest.mark.parametrize(("words", "day"), [
    ("谷雨 12月1日", date(2026, 12, 1)), ("2026-12-01", date(2026, 12, 1)), ("12-1前", date(2026, 12, 1)),
    ("1月5号", date(2027, 1, 5)), ("明天", TODAY + timedelta(days=1)), ("2月30日", None), ("改天", None),
    ("2025年1月1日", date(2025, 1, 1)),
])
def test_a_day_is_read_as_people_write_it(words: str, day: date | None) -> None:
    assert read_day(words, TODAY) == day
