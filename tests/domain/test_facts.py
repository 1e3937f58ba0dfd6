"""What config can answer: which fact a question means, and what is true of a day's hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.facts import Fact, Facts, asked_day, find, opening, pattern, spelled, usual, weight
from bot.domain.hours import WorkCalendar, calendar_from
from bot.holidays import official
from tests.domain.build import CALENDAR, at

WEDNESDAY = date(2026, 3, 4)
EVENING = replace(CALENDAR, overrides={WEDNESDAY: ((19 * 3600, 21 * 3600),)})


def room(name: str, *words: str) -> Fact:
    return Fact(kind="room", name=name, words=tuple((w,) for w in (name, *words)), where="一楼")


def guide(name: str, words: str) -> Fact:
    return Fact(kind="guide", name=name, words=pattern(words), text="带身份证", checked=date(2026, 3, 1))


FACTS = Facts(
    asks=("哪", "几点"), own={"yuan": (Fact(kind="line", name="热水", words=pattern("热水+几点"), text="五点"),)},
    known=(
        room("书屋", "图书角"), room("大厅", "量血压"), guide("居住证", "居住证+续|居住证+带什么"), guide("社保卡", "社保卡+补"),
        Fact(kind="station", name="东", words=pattern("歇脚|喝水")), Fact(kind="station", name="北", words=pattern("歇脚")),
        Fact(kind="contact", name="一号", words=pattern("电话+多少")), Fact(kind="contact", name="物业", words=pattern("物业+电话")),
    ))


def names(text: str, lounge: str = "") -> list[str]:
    return [fact.name for fact in find(text, FACTS, lounge)]


def test_a_pattern_fits_where_all_words_of_one_alternative_are_said() -> None:
    words = pattern("a+b|c")
    assert words == (("a", "b"), ("c",)) and weight("xbxa", words) == 2 and weight("b", words) == 0


def test_E12_a_room_is_found_by_its_name_and_by_what_people_call_it() -> None:
    assert names("书屋在哪") == names("图书角几点开") == ["书屋"]
    assert names("我在书屋等你") == []  # named, not asked for


def test_A06_a_use_leads_to_its_room() -> None:
    assert names("哪里能量血压") == ["大厅"]


def test_E11_stations_are_found_by_need_and_all_that_fit_come_together() -> None:
    assert names("哪里能歇脚") == ["东", "北"] and names("哪里能喝水") == ["东"]


def test_B16_what_no_fact_or_two_facts_mean_is_nobodys_answer() -> None:
    assert names("港澳通行证怎么办") == []
    assert names("物业电话多少") == []  # both contacts fit equally: no guess
    assert names("居住证续签带什么") == ["居住证"]


def test_a_lounges_own_lines_come_first() -> None:
    assert names("热水几点", "yuan") == ["热水"] and names("热水几点") == []


@pytest.mark.parametrize(("text", "day"), [
    ("今天开门吗", "2026-03-02"), ("明天开门吗", "2026-03-03"), ("后天上班吗", "2026-03-04"), ("周六开门吗", "2026-03-07"),
    ("星期天开吗", "2026-03-08"), ("周一开门吗", "2026-03-02"), ("下周一开门吗", "2026-03-09"), ("3月5日开门吗", "2026-03-05"),
    ("2月1号开门吗", "2027-02-01"), ("国庆开门吗", "2026-10-01"), ("元旦上班吗", "2027-01-01"), ("几点开门", None),
    ("2月30日开门吗", None), ("下周三上班吗", "2026-03-11"),
])
def test_a_question_names_its_day(text: str, day: str | None) -> None:
    assert asked_day(text, date(2026, 3, 2), CALENDAR) == (date.fromisoformat(day) if day else None)


def test_the_holiday_meant_is_the_next_official_one() -> None:
    chinese = calendar_from({"tz": "Asia/Shanghai", "week": {"1-5": [["09:00", "12:00"]]}, "holidays": "chinesecalendar"},
                            official=official)
    assert asked_day("节假日开门吗", date(2026, 9, 26), chinese) == date(2026, 9, 26)  # in the Mid-Autumn days


def test_A28_a_shut_saturday_names_sunday_nine_as_the_next_opening() -> None:
    saturday = opening(date(2026, 3, 7), CALENDAR, at("2026-03-02 10:00"))
    assert saturday.spans == () and saturday.next == at("2026-03-08 09:00")


@pytest.mark.parametrize(("now", "is_open", "turn"), [
    ("08:59:59", False, "09:00"), ("09:00", True, "12:00"), ("11:59:59", True, "12:00"), ("12:00", False, "14:00"),
    ("13:00", False, "14:00"), ("17:59", True, "18:00"),
])
def test_A28_today_is_told_as_it_stands_now(now: str, is_open: bool, turn: str) -> None:
    found = opening(date(2026, 3, 2), CALENDAR, at(f"2026-03-02 {now}"))
    assert found.open_now is is_open and (found.until if is_open else found.next) == at(f"2026-03-02 {turn}")


def test_A28_after_closing_the_next_opening_is_another_day() -> None:
    assert opening(date(2026, 3, 6), CALENDAR, at("2026-03-06 18:00")).next == at("2026-03-08 09:00")


def test_A29_a_dates_own_hours_are_told_and_counted_on_that_date_only() -> None:
    now = at("2026-03-04 10:00")
    moved = opening(WEDNESDAY, EVENING, now)
    assert spelled(moved.spans) == "19:00–21:00" and moved.moved and moved.next == at("2026-03-04 19:00")
    assert not opening(date(2026, 3, 11), EVENING, now).moved
    assert EVENING.due(now, 60) == at("2026-03-04 20:00")  # the clock reads the same calendar
    assert EVENING.due(at("2026-03-11 10:00"), 60) == at("2026-03-11 11:00")


def test_a_calendar_that_never_opens_again_names_no_opening() -> None:
    never = WorkCalendar("Asia/Shanghai", {})
    assert opening(WEDNESDAY, never, at("2026-03-04 10:00")).next is None


def test_the_usual_week_is_told_in_one_clause() -> None:
    assert usual(CALENDAR) == "周一至周五和周日9:00–12:00、14:00–18:00"
