"""Working time keeps its word: known answers, a wall-clock oracle, and sums that come back."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.calendars import YearDays, week_from_text
from bot.domain.hours import (
    BadCalendar,
    TooFar,
    WorkCalendar,
    calendar_from,
    is_workday,
    monthly,
    shift_workdays,
)
from bot.holidays import checked, official
from tests.domain.golden_hours import DUE, NOTICE_2026_HOLIDAYS, NOTICE_2026_WORKDAYS, SAMPLE

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe")
CALENDAR = calendar_from(SAMPLE, official=official)
CASES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def with_parts(**parts: object) -> WorkCalendar:
    return calendar_from({**SAMPLE, **parts}, official=official)


def in_zone(zone: str, week: dict[str, object]) -> WorkCalendar:
    return calendar_from({"tz": zone, "week": week})


# --- random calendars, pauses and an oracle ---

QUARTERS = st.integers(0, 96)


@st.composite
def spans(draw: st.DrawFn) -> list[list[str]]:
    """Up to three intervals of one day on quarters of an hour; they may touch each other and midnight."""
    cuts = sorted(draw(st.sets(QUARTERS, max_size=6)))
    marks = [f"{cut // 4:02}:{cut % 4 * 15:02}" for cut in cuts]
    return [[marks[i], marks[i + 1]] for i in range(0, len(marks) - 1, 2)]


@st.composite
def plain_calendars(draw: st.DrawFn) -> dict[str, Any]:
    days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
    week: dict[str, Any] = {str(n): draw(spans()) for n in range(1, 8)}
    week[str(draw(st.integers(1, 7)))] = [["01:15", "02:45"], ["10:00", "24:00"]]
    return {
        "tz": draw(st.sampled_from(ZONES)),
        "week": week,
        "holidays": [day.isoformat() for day in draw(st.sets(days, max_size=8))],
        "workdays": [day.isoformat() for day in draw(st.sets(days, max_size=4))],
        "overrides": {day.isoformat(): draw(spans()) for day in draw(st.sets(days, max_size=4))},
    }


calendars = plain_calendars().map(calendar_from)
# Near the changes to and from daylight saving of all zones, and anywhere.
CHANGES = ("2026-03-08", "2026-11-01", "2026-03-29", "2026-10-25", "2026-04-05", "2026-10-04")
near_changes = st.builds(
    lambda day, seconds: datetime.fromisoformat(day + "T00:00Z") + timedelta(seconds=seconds),
    st.sampled_from(CHANGES),
    st.integers(-90_000, 90_000),
)
instants = near_changes | st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 30), timezones=st.just(UTC))


@st.composite
def pauses_after(draw: st.DrawFn, start: datetime) -> list[tuple[datetime, datetime]]:
    """Up to four pauses around `start`, in any order; they may overlap."""
    offset, length = st.integers(-5_000, 40_000), st.integers(0, 9_000)
    begins = [start + timedelta(minutes=draw(offset)) for _ in range(draw(st.integers(0, 4)))]
    return [(begin, begin + timedelta(minutes=draw(length))) for begin in begins]


def wall_says_open(calendar: WorkCalendar, instant: datetime) -> bool:
    """The oracle: look at the clock on the wall."""
    local = instant.astimezone(ZoneInfo(calendar.zone))
    second = local.hour * 3600 + local.minute * 60 + local.second
    return any(opened <= second < shut for opened, shut in calendar.hours_on(local.date()))


def counted(calendar: WorkCalendar, start: datetime, minutes: int, pauses: Any = ()) -> list[bool]:
    """Minute by minute from `start`: whether it is worked. Starts and hours are on whole minutes."""
    ticks = (start + timedelta(minutes=n) for n in range(minutes))
    return [wall_says_open(calendar, t) and not any(a <= t < b for a, b in pauses) for t in ticks]


# --- known answers ---


@pytest.mark.parametrize(("case", "start", "minutes", "expected"), DUE, ids=[row[0] for row in DUE])
def test_A28_every_known_case_is_due_when_the_table_says(
    case: str, start: str, minutes: int, expected: str
) -> None:
    assert CALENDAR.due(at(start), minutes) == at(expected)
    assert CALENDAR.spent(at(start), at(expected)) == minutes


def test_A28_saturday_is_shut_and_the_next_opening_is_sunday_at_nine() -> None:
    saturday = at("2026-03-07T10:00")
    assert not CALENDAR.is_open(saturday)
    assert CALENDAR.next_open(saturday) == at("2026-03-08T09:00")


@pytest.mark.parametrize("space", [" ", "\u00a0", " \u00a0", "\u3000"])
def test_A28_opening_hours_pasted_from_a_notice_give_the_same_week(space: str) -> None:
    text = f"周一至周五 周日9:00-12:00{space}14:00-18:00"
    assert week_from_text(text) == dict(CALENDAR.week)
    assert calendar_from({"week": text}).due(at("2026-03-06T17:30"), 120) == at("2026-03-08T10:30")


def test_hours_written_for_several_groups_of_days_are_read_and_half_readable_ones_refused() -> None:
    week = week_from_text("周一到周五：8:30—12:00；周六、周日 9:00～11:00")
    assert week[1] == week[5] == ((30_600, 43_200),)
    assert week[6] == week[7] == ((32_400, 39_600),)
    unclear = ("", "全天", "周一至周五9:00-12:00 节假日除外", "周五至周一9:00-12:00", "周一 周一9:00-12:00")
    for text in unclear:
        with pytest.raises(BadCalendar):
            week_from_text(text)


def test_A29_an_evening_on_one_wednesday_is_used_by_the_clock_and_the_answer_on_that_date_only() -> None:
    calendar = with_parts(overrides={"2026-03-04": [["19:00", "21:00"]]})
    assert calendar.due(at("2026-03-03T17:30"), 60) == at("2026-03-04T19:30")
    assert calendar.due(at("2026-03-04T20:30"), 60) == at("2026-03-05T09:30")
    assert calendar.is_open(at("2026-03-04T20:00")) and not calendar.is_open(at("2026-03-04T10:00"))
    assert calendar.next_open(at("2026-03-04T10:00")) == at("2026-03-04T19:00")
    for other in ("2026-02-25", "2026-03-11"):
        assert calendar.hours_on(date.fromisoformat(other)) == CALENDAR.hours_on(date.fromisoformat(other))


def test_A29_an_override_opens_a_holiday_and_an_empty_one_shuts_a_working_day() -> None:
    calendar = with_parts(overrides={"2026-10-01": [["10:00", "11:00"]], "2026-10-08": []})
    assert calendar.due(at("2026-09-30T18:00"), 61) == at("2026-10-09T09:01")


@pytest.mark.parametrize(
    ("month", "policy", "expected"),
    [
        ("2026-02-01", "before", "2026-02-14T09:00"),
        ("2026-02-01", "after", "2026-02-24T09:00"),
        ("2026-08-01", "before", "2026-08-14T09:00"),
        ("2026-08-01", "after", "2026-08-17T09:00"),
        ("2026-04-01", "before", "2026-04-15T09:00"),
    ],
)
def test_B20_the_fifteenth_moves_to_the_working_day_that_the_policy_chooses_and_opens_with_it(
    month: str, policy: Literal["before", "after"], expected: str
) -> None:
    found = monthly(CALENDAR, date.fromisoformat(month), 15, policy)
    assert found == at(expected)
    assert CALENDAR.is_open(found)


def test_B20_a_month_without_the_day_uses_its_last() -> None:
    assert monthly(CALENDAR, date(2026, 6, 1), 31, "before") == at("2026-06-30T09:00")


def test_working_days_are_counted_over_holidays_in_both_directions() -> None:
    office: dict[str, object] = {"1-5": [["09:00", "17:00"]]}
    calendar = calendar_from({"week": office, "holidays": ["2020-09-15", "2020-09-21"]})
    assert shift_workdays(calendar, date(2020, 9, 19), 1) == date(2020, 9, 22)
    assert shift_workdays(calendar, date(2020, 9, 19), -5) == date(2020, 9, 11)
    saturdays = calendar_from({"week": {"1-6": [["09:00", "17:00"]]}})
    assert shift_workdays(saturdays, date(2020, 9, 20), 1, range(1, 7)) == date(2020, 9, 21)
    assert shift_workdays(saturdays, date(2020, 9, 20), 6, range(1, 7)) == date(2020, 9, 26)
    assert not is_workday(CALENDAR, date(2026, 3, 8))  # an open Sunday is working time, no working day
    with pytest.raises(TooFar):
        shift_workdays(in_zone("UTC", {"7": [["09:00", "10:00"]]}), date(2026, 1, 1), 1)


# --- days ---


def test_a_make_up_day_has_its_own_weekday_hours_or_those_of_the_first_weekday_that_opens() -> None:
    week = {"2": [["08:00", "09:00"]], "3": [["10:00", "11:00"]], "6": [["15:00", "16:00"]]}
    calendar = calendar_from({"week": week, "workdays": ["2026-03-04", "2026-03-06", "2026-03-07"]})
    opens = [calendar.hours_on(date(2026, 3, day))[0][0] // 3600 for day in (4, 6, 7, 14)]
    assert opens == [10, 8, 8, 15]


def test_a_listed_workday_beats_an_official_holiday_and_a_listed_holiday_beats_both() -> None:
    calendar = with_parts(workdays=["2026-10-01", "2026-10-02"], holidays=["chinesecalendar", "2026-10-02"])
    assert calendar.hours_on(date(2026, 10, 1))
    assert not calendar.hours_on(date(2026, 10, 2))
    assert not calendar.hours_on(date(2026, 10, 3))


def test_a_year_without_data_follows_the_week_and_is_named_once() -> None:
    known = YearDays(frozenset({date(2026, 1, 1)}), frozenset())
    calendar = calendar_from(SAMPLE, official=lambda year: known if year == 2026 else None)
    start = at("2026-12-31T17:00")
    due = calendar.due(start, 120)
    assert due == at("2027-01-01T10:00")
    assert calendar.unknown_years(start, due) == (2027,)
    assert calendar.unknown_years(start) == ()
    assert calendar_from({"week": SAMPLE["week"]}).unknown_years(start, due) == ()


def test_a_year_whose_holidays_the_installation_lists_itself_is_not_called_unknown() -> None:
    data = {**SAMPLE, "holidays": ["chinesecalendar", "2027-01-01"]}
    calendar = calendar_from(data, official=lambda _: None)
    assert calendar.due(at("2026-12-31T17:00"), 120) == at("2027-01-03T10:00")  # Saturday shut, Sunday open
    assert calendar.unknown_years(at("2027-03-01T09:00")) == ()


def test_the_official_table_of_2026_agrees_with_the_notice() -> None:
    shut = {
        date.fromisoformat(first) + timedelta(days=n)
        for first, last in NOTICE_2026_HOLIDAYS
        for n in range((date.fromisoformat(last) - date.fromisoformat(first)).days + 1)
    }
    made_up = frozenset(map(date.fromisoformat, NOTICE_2026_WORKDAYS))
    assert official(2026) == YearDays(frozenset(shut), made_up)


def test_official_years_are_believed_only_when_whole_and_free_of_contradiction() -> None:
    feasts = [date(2030, 1, 1), date(2030, 5, 1), date(2030, 10, 1)]
    saturday, wednesday = date(2030, 10, 12), date(2030, 10, 9)
    assert checked(2030, feasts, [saturday]) == YearDays(frozenset(feasts), frozenset([saturday]))
    assert checked(2030, feasts[:2], [saturday]) is None
    assert checked(2030, feasts, [wednesday]) is None
    assert checked(2030, [*feasts, saturday], [saturday]) is None
    assert checked(2031, feasts, [saturday]) is None
    assert all(official(year) for year in range(2004, 2027)) and official(1999) is None


# --- instants ---


def test_the_closing_instant_belongs_to_the_day_and_a_second_more_does_not() -> None:
    assert CALENDAR.due(at("2026-03-02T17:00"), 60) == at("2026-03-02T18:00")
    assert CALENDAR.due(at("2026-03-02T17:00"), 60 + 1 / 60) == at("2026-03-03T09:00:01")
    assert CALENDAR.is_open(at("2026-03-02T18:00")) and not CALENDAR.is_open(at("2026-03-02T18:00:01"))
    assert CALENDAR.is_open(at("2026-03-02T09:00")) and not CALENDAR.is_open(at("2026-03-02T08:59:59"))


def test_no_minutes_have_passed_at_the_start_itself_open_or_not() -> None:
    for start in (at("2026-03-02T10:00"), at("2026-03-07T10:00")):
        assert CALENDAR.due(start, 0) == start


def test_a_reminder_is_due_only_where_the_last_minutes_held_working_time() -> None:
    assert CALENDAR.worked_within(at("2026-03-02T18:05"), 10)
    assert not CALENDAR.worked_within(at("2026-03-02T18:10"), 10)
    assert not CALENDAR.worked_within(at("2026-03-02T09:00"), 10)


def test_overlapping_pauses_count_once_and_shut_hours_inside_a_pause_not_at_all() -> None:
    start = at("2026-03-02T09:00")
    pauses = [
        (at("2026-03-02T11:00"), at("2026-03-02T15:00")),
        (at("2026-03-02T10:00"), at("2026-03-02T11:30")),
        (at("2026-02-01T10:00"), at("2026-03-01T11:30")),
    ]
    assert CALENDAR.due(start, 90, pauses) == at("2026-03-02T15:30")
    assert CALENDAR.spent(start, at("2026-03-02T18:00"), pauses) == 240
    assert CALENDAR.due(start, 60, pauses) == at("2026-03-02T10:00")


def test_a_pause_that_opens_far_away_or_never_ends_matters_only_when_reached() -> None:
    far = [(at("2026-03-02T10:00"), datetime.max.replace(tzinfo=UTC))]
    assert CALENDAR.due(at("2026-03-02T09:00"), 60, far) == at("2026-03-02T10:00")
    with pytest.raises(TooFar):
        CALENDAR.due(at("2026-03-02T09:00"), 61, far)


def test_a_day_of_the_change_has_as_many_minutes_as_its_clock_shows() -> None:
    whole: dict[str, object] = {"1-7": [["00:00", "24:00"]]}
    days = [
        ("America/New_York", "2026-03-08", 1380),
        ("America/New_York", "2026-11-01", 1500),
        ("Europe/London", "2026-03-29", 1380),
        ("Europe/London", "2026-10-25", 1500),
        ("Australia/Lord_Howe", "2026-04-05", 1470),
        ("Australia/Lord_Howe", "2026-10-04", 1410),
    ]
    for zone, day, minutes in days:
        start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
        assert in_zone(zone, whole).spent(start, start + timedelta(days=1)) == minutes


def test_an_hour_that_the_clock_skips_is_never_worked_and_one_that_it_repeats_is_worked_twice() -> None:
    new_york = in_zone("America/New_York", {"7": [["01:30", "02:30"]]})
    spring, autumn = datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    assert new_york.spent(spring, spring + timedelta(days=1)) == 30
    assert new_york.spent(autumn, autumn + timedelta(days=1)) == 90


def test_a_day_that_a_zone_left_out_is_never_worked() -> None:
    samoa = in_zone("Pacific/Apia", {"1-7": [["09:00", "10:00"]]})
    before = datetime(2011, 12, 29, 8, tzinfo=ZoneInfo("Pacific/Apia"))
    after = datetime(2011, 12, 31, 12, tzinfo=ZoneInfo("Pacific/Apia"))
    assert samoa.spent(before, after) == 120


def test_naive_instants_backward_spans_and_impossible_minutes_are_refused() -> None:
    noon = at("2026-03-02T12:00")
    with pytest.raises(ValueError):
        CALENDAR.due(datetime(2026, 3, 2), 1)
    with pytest.raises(ValueError):
        CALENDAR.spent(noon, noon - timedelta(seconds=1))
    with pytest.raises(ValueError):
        CALENDAR.due(noon, 1, [(noon, noon - timedelta(seconds=1))])
    for minutes in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError):
            CALENDAR.due(noon, minutes)


def test_a_calendar_that_opened_for_the_last_time_says_so() -> None:
    once = calendar_from({"week": {}, "overrides": {"2026-03-04": [["19:00", "21:00"]]}})
    assert once.due(at("2026-03-01T00:00"), 120) == at("2026-03-04T21:00")
    with pytest.raises(TooFar):
        once.due(at("2026-03-01T00:00"), 121)
    with pytest.raises(TooFar):
        once.next_open(at("2026-03-05T00:00"))


# --- reading ---


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        ({"tz": "Asia/Nowhere"}, "tz"),
        ({"tz": "../etc"}, "tz"),
        ({"tz": "Asia"}, "tz"),
        ({"week": {}}, "week"),
        ({"week": {"1-5": []}}, "week"),
        ({"week": {"8": [["09:00", "12:00"]]}}, "week.8"),
        ({"week": {"5-1": [["09:00", "12:00"]]}}, "week.5-1"),
        ({"week": {"1-5": [["09:00", "12:00"]], "3": [["14:00", "15:00"]]}}, "week.3"),
        ({"week": {"1": [["12:00", "09:00"]]}}, "week.1[0]"),
        ({"week": {"1": [["09:00", "09:00"]]}}, "week.1[0]"),
        ({"week": {"1": [["09:00", "24:01"]]}}, "week.1[0]"),
        ({"week": {"1": [["09:00"]]}}, "week.1[0]"),
        ({"week": {"1": ["09:00", "12:00"]}}, "week.1[0]"),
        ({"week": {"1": [["09:00", True]]}}, "week.1[0]"),
        ({"week": {"1": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "week.1"),
        ({"week": ["09:00"]}, "week"),
        ({"holidays": ["2026-02-30"]}, "holidays[0]"),
        ({"holidays": "lunar"}, "holidays"),
        ({"workdays": [7]}, "workdays[0]"),
        ({"overrides": {"tomorrow": []}}, "overrides.tomorrow"),
        ({"overrides": {"2026-03-04": None}}, "overrides.2026-03-04"),
        ({"holiday": []}, "holiday"),
    ],
)
def test_a_calendar_that_cannot_be_used_is_refused_with_its_key(parts: dict[str, object], key: str) -> None:
    with pytest.raises(BadCalendar) as caught:
        with_parts(**parts)
    assert key in [where for where, _ in caught.value.mistakes]
    assert "\n" not in str(caught.value)


def test_every_mistake_of_a_calendar_is_named_at_once() -> None:
    with pytest.raises(BadCalendar) as caught:
        with_parts(tz="nowhere", holidays=["soon"], week={"9": []})
    assert [where for where, _ in caught.value.mistakes] == ["tz", "week.9", "holidays[0]"]


def test_the_official_table_must_be_there_when_it_is_named() -> None:
    with pytest.raises(BadCalendar):
        calendar_from(SAMPLE)


def test_what_yaml_makes_of_bare_clocks_dates_and_weekdays_is_understood() -> None:
    read = {"week": {7: [["09:00", 720], [840, 50430]]}, "overrides": {date(2026, 3, 8): [[1380, 1440]]}}
    written = {
        "week": {"7": [["09:00", "12:00"], ["14:00", "14:00:30"]]},
        "overrides": {"2026-03-08": [["23:00", "24:00"]]},
    }
    assert calendar_from(read) == calendar_from(written)


# --- properties ---


@CASES
@given(st.data(), calendars, instants, st.integers(0, 30_000) | st.sampled_from([0.5, 0.1, 90.5, 1 / 60]))
def test_what_is_due_was_spent(
    data: st.DataObject, calendar: WorkCalendar, start: datetime, n: float
) -> None:
    pauses = data.draw(pauses_after(start))
    due = calendar.due(start, n, pauses)
    assert due >= start
    assert calendar.spent(start, due, pauses) == (n if isinstance(n, int) else pytest.approx(n, abs=1e-8))
    if n:  # and it is the earliest such instant
        assert calendar.spent(start, due - timedelta(microseconds=1), pauses) < n


@CASES
@given(st.data(), calendars, instants, st.integers(0, 5_000), st.integers(0, 5_000))
def test_more_minutes_are_never_due_earlier_and_a_later_start_never_comes_before(
    data: st.DataObject, calendar: WorkCalendar, start: datetime, n: int, more: int
) -> None:
    pauses = data.draw(pauses_after(start))
    due = calendar.due(start, n, pauses)
    assert due <= calendar.due(start, n + more, pauses)
    assert due <= calendar.due(start + timedelta(minutes=more), n, pauses)
    between = calendar.spent(start, due, pauses) + calendar.spent(due, due + timedelta(minutes=more), pauses)
    assert between == pytest.approx(calendar.spent(start, due + timedelta(minutes=more), pauses), abs=1e-6)


@settings(CASES, max_examples=30)
@given(st.data(), calendars, instants, st.integers(1, 1_500))
def test_a_clock_on_the_wall_counts_the_same_minutes(
    data: st.DataObject, calendar: WorkCalendar, start: datetime, minutes: int
) -> None:
    start = start.replace(second=0, microsecond=0)
    pauses = data.draw(pauses_after(start))
    worked = counted(calendar, start, minutes, pauses)
    assert calendar.spent(start, start + timedelta(minutes=minutes), pauses) == sum(worked)
    if any(worked):
        last = max(n for n, works in enumerate(worked) if works)
        assert calendar.due(start, sum(worked), pauses) == start + timedelta(minutes=last + 1)


@CASES
@given(calendars, instants)
def test_the_next_opening_is_open_and_no_work_lies_before_it(calendar: WorkCalendar, now: datetime) -> None:
    opening = calendar.next_open(now)
    assert calendar.is_open(opening)
    assert opening >= now and calendar.spent(now, opening) == 0
    assert wall_says_open(calendar, now) <= calendar.is_open(now)


def test_a_year_of_working_time_with_holidays_is_found_within_fifty_microseconds() -> None:
    start = at("2025-11-03T10:00")
    minutes = CALENDAR.spent(start, at("2026-11-03T10:00"))
    CALENDAR.due(start, minutes)  # the years are indexed at their first use

    def once() -> float:
        began = time.perf_counter()
        CALENDAR.due(start, minutes)
        return time.perf_counter() - began

    assert median(once() for _ in range(501)) < 50e-6
