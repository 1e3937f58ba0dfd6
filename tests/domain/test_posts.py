"""Posts, shifts, chains and hand-overs: who answers for which door, floor and topic, and from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.domain import case as cases
from bot.domain import days, posts, staff
from bot.domain import settings as installation
from bot.domain.assignment import choose, ladder, on_duty
from bot.domain.case import Rung
from bot.domain.posts import Absence, Matter, Post, Shift, floor_of
from bot.domain.settings import Settings
from bot.domain.staff import Hand, Leave, Staff, laid, read, written
from tests.domain.build import HOST_1, LIAISON_1, MEMBER, MONDAY, OTHER, SETTINGS, SUBSTITUTE, at, settings

TODAY = date(2026, 11, 2)  # a Monday


def person(who: str, **changes: object) -> installation.Person:
    return replace(SETTINGS.people[who], **changes)  # type: ignore[arg-type]


def with_posts(**of: tuple[Post, ...]) -> Settings:
    return settings(people={f"p-{who}": person(f"p-{who}", posts=some) for who, some in of.items()})


def who(conf: Settings, when: datetime = MONDAY, **what: object) -> str:
    return choose("yuan", "一号楼", when, conf, what=Matter(**what)).person  # type: ignore[arg-type]


# ---- what fits more exactly


def test_a_shop_goes_before_a_topic_before_a_floor_before_the_building() -> None:
    conf = with_posts(other=(Post(building="一号楼", floors=(2,)),), substitute=(Post(building="一号楼", topics=("noise",)),
                                                                            Post(shop="s-1")))
    assert who(conf) == MEMBER
    assert who(conf, unit="2F-168") == OTHER and who(conf, unit="3F-101") == MEMBER
    assert who(conf, unit="2F-168", topic="noise") == SUBSTITUTE
    assert who(conf, unit="2F-168", shop="s-1") == SUBSTITUTE


@pytest.mark.parametrize(("unit", "floor"), [
    ("2F-168", 2), ("3楼B203", 3), ("1203", 12), ("2单元502", 5), ("A108", 1), ("B203", 2), ("2单元", None), (None, None), ("", None),
])
def test_a_door_says_its_floor(unit: str | None, floor: int | None) -> None:
    assert floor_of(unit) == floor


def test_D11_a_post_holds_from_its_first_instant_to_before_its_last() -> None:
    turn = at("2026-03-09 00:00")
    conf = settings(people={MEMBER: person(MEMBER, buildings=(), posts=(Post(building="一号楼", until=turn),)),
                            OTHER: person(OTHER, posts=(Post(building="一号楼", start=turn),))})
    assert who(conf, turn - timedelta(seconds=1)) == MEMBER and who(conf, turn) == OTHER


def test_a_helper_is_not_in_charge() -> None:
    conf = settings(people={MEMBER: person(MEMBER, buildings=(), posts=(Post(building="一号楼", helper=True),))})
    assert who(conf) == LIAISON_1


def test_who_has_his_hands_full_is_passed_over_and_the_chain_says_so() -> None:
    seat = choose("yuan", "一号楼", MONDAY, SETTINGS, what=Matter(full=frozenset({MEMBER})))
    assert (seat.person, seat.why) == (SUBSTITUTE, "一号楼由甲一负责，甲一手上已经满了，由替班的丙三接手")
    all_full = choose("yuan", "一号楼", MONDAY, SETTINGS, what=Matter(full=frozenset({MEMBER, SUBSTITUTE})))
    assert all_full.person == LIAISON_1 and "替班的丙三也手上已经满了" in all_full.why


def test_every_reason_is_one_sentence_that_names_whoever_was_passed_over() -> None:
    whys = [seat.why for seat in ladder("yuan", "一号楼", MONDAY, SETTINGS)]
    assert whys[0] == "一号楼由甲一负责"
    assert whys[2] == "一号楼由甲一负责，甲一一直没有回音，替班的丙三也一直没有回音，由第一网格的网格联络人丁四接手"
    assert not [why for why in whys if "。" in why or "；" in why]


# ---- leaves and their chains


def gone(substitute: str | None = None, start: str = "2026-03-02 00:00", until: str = "2026-03-05 00:00") -> tuple[Absence, ...]:
    return (Absence(start=at(start), until=at(until), substitute=substitute),)


def test_who_was_named_for_a_leave_goes_before_the_usual_one_on_its_days_only() -> None:
    conf = settings(people={MEMBER: person(MEMBER, absences=gone(OTHER))})
    assert who(conf) == OTHER and who(conf, at("2026-03-05 00:00")) == MEMBER


def test_a_chain_that_goes_in_circles_ends_with_the_liaison() -> None:
    conf = settings(people={MEMBER: person(MEMBER, absences=gone(OTHER)), OTHER: person(OTHER, absences=gone(MEMBER))})
    seat = choose("yuan", "一号楼", MONDAY, conf)
    assert (seat.person, seat.rung) == (LIAISON_1, Rung.LIAISON) and "替班的乙二也请假" in seat.why


def test_a_leave_named_twice_for_the_same_days_is_the_last_word() -> None:
    now = MONDAY
    first = Leave(MEMBER, at("2026-03-02 00:00"), at("2026-03-05 00:00"), OTHER)
    kept = Staff().with_leave(first, now).with_leave(replace(first, substitute=SUBSTITUTE), now)
    assert [x.substitute for x in kept.leaves] == [SUBSTITUTE]
    assert kept.back(MEMBER, now).leaves[0].until == now and Staff().with_leave(first, now).back(OTHER, now).leaves == (first,)
    long_after = at("2026-06-01 00:00")
    assert kept.with_leave(Leave(OTHER, long_after, long_after + timedelta(days=1)), long_after).leaves[0].person == OTHER


# ---- hand-overs


def test_D11_a_hand_over_moves_every_post_at_its_instant() -> None:
    monday = at("2026-03-09 00:00")
    conf = laid(SETTINGS, written(Staff(hands=(Hand(MEMBER, OTHER, monday),))))
    assert who(conf, monday - timedelta(seconds=1)) == MEMBER and who(conf, monday) == OTHER
    assert choose("yuan", "二号楼", monday, conf).person == OTHER and choose("yuan", "三号楼", monday, conf).person == OTHER
    assert on_duty(conf.lounges["yuan"], conf, monday) == OTHER, "his place on the roster goes with it"


def test_hand_overs_follow_one_another_and_a_later_word_goes_before_an_earlier_one() -> None:
    one, two = at("2026-03-09 00:00"), at("2026-03-16 00:00")
    passed_on = Staff().with_hand(Hand(OTHER, SUBSTITUTE, two), MONDAY).with_hand(Hand(MEMBER, OTHER, one), MONDAY)
    conf = laid(SETTINGS, written(passed_on))
    assert [who(conf, x) for x in (MONDAY, one, two)] == [MEMBER, OTHER, SUBSTITUTE]
    changed = Staff().with_hand(Hand(MEMBER, OTHER, one), MONDAY).with_hand(Hand(MEMBER, SUBSTITUTE, two), MONDAY)
    assert [h.to for h in changed.hands] == [SUBSTITUTE]
    assert changed.called_off(MEMBER, MONDAY).hands == () and changed.called_off(MEMBER, two) == changed


def test_two_who_hand_over_to_each_other_leave_nobody_without() -> None:
    conf = laid(SETTINGS, written(Staff(hands=(Hand(MEMBER, OTHER, MONDAY), Hand(OTHER, MEMBER, MONDAY)))))
    assert who(conf) in (MEMBER, OTHER) and on_duty(conf.lounges["yuan"], conf, MONDAY) in (MEMBER, OTHER)


def test_what_is_kept_reads_back_the_same_and_nothing_is_nothing() -> None:
    kept = Staff(leaves=(Leave(MEMBER, MONDAY, MONDAY + timedelta(days=1), ""),), hands=(Hand(MEMBER, OTHER, MONDAY),))
    assert read(written(kept)) == kept and written(Staff()) is None and read(None) == Staff() and laid(SETTINGS, None) is SETTINGS


def test_a_lounge_is_concerned_by_who_stands_in_for_its_people() -> None:
    assert {MEMBER, OTHER, SUBSTITUTE, LIAISON_1, HOST_1} <= staff.concerned(SETTINGS.lounges["yuan"], SETTINGS, MONDAY)
    assert staff.lounges_of((SUBSTITUTE,), SETTINGS, MONDAY) == ["yuan"] and staff.lounges_of(("p-mediator",), SETTINGS, MONDAY) == []


# ---- shifts


def on_shifts() -> Settings:
    day = (Shift(start=time(8), end=time(12), people=(MEMBER,)), Shift(start=time(12), end=time(0), people=(OTHER, SUBSTITUTE)))
    return replace(SETTINGS, lounges={"yuan": replace(SETTINGS.lounges["yuan"], shifts={1: day})})


@pytest.mark.parametrize(("when", "expected"), [
    ("08:00:00", MEMBER), ("11:59:59", MEMBER), ("12:00:00", OTHER), ("23:59:59", OTHER), ("07:59:59", MEMBER),
])
def test_D19_a_shift_changes_at_the_second(when: str, expected: str) -> None:
    conf = on_shifts()
    assert on_duty(conf.lounges["yuan"], conf, at(f"2026-03-02 {when}")) == expected  # before eight the weekday's roster rules


def test_who_is_away_from_his_shift_is_stood_in_for() -> None:
    base = on_shifts()
    away = {who: replace(base.people[who], absences=gone()) for who in (MEMBER,)}
    conf = replace(base, people={**base.people, **away})
    assert on_duty(conf.lounges["yuan"], conf, MONDAY) == SUBSTITUTE


# ---- days in plain words


@pytest.mark.parametrize(("words", "first", "last"), [
    ("11月3日 到 11月5日 由谷雨代", (11, 3), (11, 5)), ("11月3日-5日", (11, 3), (11, 5)), ("明天", (11, 3), (11, 3)),
    ("明天到周五", (11, 3), (11, 6)), ("今天起三天", (11, 2), (11, 4)), ("周三", (11, 4), (11, 4)), ("下周一至下周三", (11, 9), (11, 11)),
    ("周一", (11, 2), (11, 2)), ("12月30日到1月2日", (12, 30), (1, 2)), ("5号", (11, 5), (11, 5)), ("1号", (12, 1), (12, 1)),
])
def test_days_are_read_from_plain_words(words: str, first: tuple[int, int], last: tuple[int, int]) -> None:
    found = days.span(words, TODAY)
    assert found is not None and [(d.month, d.day) for d in found] == [first, last]


@pytest.mark.parametrize("words", ["", "家里有事", "11月31日", "11月5日到11月3日的话就算了吧13月"])
def test_what_names_no_day_is_not_guessed(words: str) -> None:
    found = days.span(words, TODAY)
    assert found is None or found[0] <= found[1]
    assert words.startswith("11月5日") or found is None


# ---- no burden


BURDENS = ("checkin", "check_in", "streak", "points", "score", "rank", "online", "打卡", "积分", "排名")


def test_B15_no_field_of_anything_keeps_online_time_or_a_streak() -> None:
    kinds = [kind for module in (installation, posts, cases, staff) for kind in vars(module).values()
             if isinstance(kind, type) and hasattr(kind, "__dataclass_fields__")]
    names = [f"{kind.__name__}.{one.name}".lower() for kind in kinds for one in fields(kind)]
    assert len(names) > 100 and not [name for name in names if any(word in name for word in BURDENS)]


def test_people_are_only_ever_laid_over_and_never_changed_in_place() -> None:
    before: Mapping[str, object] = dict(SETTINGS.people)
    laid(SETTINGS, written(Staff(leaves=(Leave(MEMBER, MONDAY, MONDAY + timedelta(days=1)),))))
    assert SETTINGS.people == before
