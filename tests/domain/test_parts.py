"""What somebody is to a case, and who is meant by a name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.case import Supporter
from bot.domain.events import Event
from bot.domain.parts import desks, parts, person_named, who_may
from bot.domain.tables import MAY
from bot.domain.transitions import may
from tests.domain.build import (
    COMMUNITY,
    DISTRICT,
    HOST_1,
    LIAISON_1,
    MEDIATOR_1,
    MEMBER,
    MONDAY,
    OTHER,
    REPORTER,
    SETTINGS,
    STRANGER,
    STREET,
    SUBSTITUTE,
    SUPPORTER,
    assigned,
    settings,
)

CASE = replace(assigned(), asked=(SUBSTITUTE,), mediator=MEDIATOR_1,
               supporters=(Supporter(sender=SUPPORTER, at=MONDAY, message="m2"),))


@pytest.mark.parametrize(("who", "what"), [
    (MEMBER, "responsible"), (SUBSTITUTE, "responsible"), (OTHER, ""), (MEDIATOR_1, "mediator"), (REPORTER, "reporter"),
    (SUPPORTER, "supporter"), (STRANGER, ""), ("", ""), (HOST_1, "host coordinator checker"),
    (LIAISON_1, "liaison coordinator"), (COMMUNITY, "desk checker"), (STREET, "desk checker"), (DISTRICT, "desk checker"),
])
def test_each_is_what_he_is_to_the_case_and_nothing_more(who: str, what: str) -> None:
    assert parts(who, CASE, SETTINGS) == set(what.split())


def test_a_member_who_reports_a_matter_of_his_own_building_is_both() -> None:
    own = replace(CASE, reporter=MEMBER)
    assert parts(MEMBER, own, SETTINGS) == {"responsible", "reporter"}
    assert may(Event.WITHDRAWN, parts(MEMBER, own, SETTINGS))


@pytest.mark.parametrize("who", [HOST_1, STREET])
def test_nobody_checks_what_he_handled_himself(who: str) -> None:
    assert "checker" in parts(who, CASE, SETTINGS)
    assert "checker" not in parts(who, replace(CASE, attendant=who), SETTINGS)


def test_a_liaison_counts_for_his_own_grid_and_for_a_case_without_a_place() -> None:
    assert "liaison" in parts(LIAISON_1, replace(CASE, building=None), SETTINGS)
    assert "liaison" not in parts(LIAISON_1, replace(CASE, building="别处"), SETTINGS)


def test_a_stranger_may_nothing() -> None:
    assert not any(may(event, parts(STRANGER, CASE, SETTINGS)) for event in MAY)


def test_what_only_the_bot_causes_is_allowed_to_nobody() -> None:
    everything = frozenset().union(*MAY.values())
    assert not may(Event.CLOSED, everything) and not may(Event.DELIVERED, everything)


def test_the_desks_are_listed_lowest_first() -> None:
    assert desks("yuan", SETTINGS) == (COMMUNITY, STREET, DISTRICT)


def test_a_refusal_names_who_may() -> None:
    assert who_may(MAY[Event.TRANSFERRED], SETTINGS) == "responsible或host"
    assert who_may(frozenset(), SETTINGS) == "当班的同志"


def test_a_person_is_found_by_id_or_by_the_name_the_words_begin_with() -> None:
    assert person_named("p-other", SETTINGS) == SETTINGS.people[OTHER]
    assert person_named("乙二 他离得近", SETTINGS) == SETTINGS.people[OTHER]
    assert person_named("p-other 他离得近", SETTINGS) == SETTINGS.people[OTHER]
    assert person_named("离得近的乙二", SETTINGS) is None and person_named("", SETTINGS) is None


def test_the_longest_name_wins_and_two_of_one_name_are_nobody() -> None:
    base = SETTINGS.people[OTHER]
    more = settings(people={
        "p-1": replace(base, id="p-1", name="丑丑丑"), "p-10": replace(base, id="p-10", name="子"),
        "p-a": replace(base, id="p-a", name="寅卯"), "p-b": replace(base, id="p-b", name="寅卯辰"),
        "p-c": replace(base, id="p-c", name="巳午"), "p-d": replace(base, id="p-d", name="巳午"),
    })
    for words, who in (("p-10 他熟", "p-10"), ("寅卯辰去", "p-b"), ("寅卯去", "p-a")):
        found = person_named(words, more)
        assert found is not None and found.id == who
    assert person_named("巳午", more) is None
