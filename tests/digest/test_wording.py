"""Every figure has a name, a unit and a place; numbers are never rounded into something better."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest import wording
from bot.digest.names import FIGURES, RATES
from bot.digest.shape import Rate
from tests.digest.examples import empty, rich


def test_every_count_and_rate_has_a_label_a_unit_and_a_meaning() -> None:
    assert all(figure.label and figure.unit and figure.says for figure in FIGURES.values())
    assert all(rate.label and rate.above and rate.below and rate.says for rate in RATES.values())


def test_the_page_names_only_figures_that_are_counted() -> None:
    shown = {*wording.LARGE, *(name for part in wording.PARTS.values() for name in part), *(name for apart in wording.APART.values() for name in apart)}
    assert shown <= set(FIGURES)
    assert set(wording.APART) <= set(RATES)


def test_what_must_stand_apart_stands_apart() -> None:
    apart = {wording.word(name).label for names in wording.APART.values() for name in names}
    assert {"未评价", "未接通", "部分解决", "不予受理"} <= apart


def test_a_figure_of_no_name_still_shows() -> None:
    assert wording.word("brand_new").label == "brand_new"


@given(st.integers(1, 100_000), st.integers(0, 100_000))
def test_a_share_is_100_percent_only_when_nothing_is_missing(below: int, above: int) -> None:
    rate = Rate(min(above, below), below)
    assert (wording.percent(rate) == "100%") == (rate.numerator == below)
    assert (wording.percent(rate) == "0%") == (rate.numerator == 0)


@pytest.mark.parametrize(("value", "said"), [(5.25, "5.3"), (4.75, "4.8"), (3.0, "3.0"), (0.0, "0.0"), (1234.5, "1,234.5")])
def test_a_mean_is_rounded_as_the_workbook_shows_it(value: float, said: str) -> None:
    assert wording.mean(value) == said


def test_nothing_to_divide_by_is_a_dash() -> None:
    assert wording.percent(Rate(0, 0)) == "—"


def test_a_rate_shows_its_numbers_in_its_formula() -> None:
    assert wording.made_of("response", rich()) == "按时回应 39 件 ÷ 应回应 42 件"
    assert wording.made_of("resolution", rich()) == "已解决 24 次 ÷ (已解决 24 次 + 部分解决 3 次 + 没解决 2 次)"


@pytest.mark.parametrize(("days", "said"), [(0.5, "12 小时"), (1.0, "1 天"), (23.9, "23 天"), (1500.0, "1,500 天")])
def test_an_age_is_said_in_time_that_has_passed(days: float, said: str) -> None:
    assert wording.age(days) == said


def test_short_names_of_categories_stay_different() -> None:
    short = wording.short_names(["电梯/路灯/门禁等公共设施维修", "电梯/路灯/别的什么东西", "噪声扰民"])
    assert short["噪声扰民"] == "噪声扰民" and short["电梯/路灯/门禁等公共设施维修"] == "电梯/路灯"
    assert len(set(short.values())) == 3


def test_a_building_is_named_with_its_lounge_only_where_two_have_one_of_that_name() -> None:
    short = wording.buildings(["甲客厅 1栋", "乙客厅 1栋", "乙客厅 2栋", "乙客厅 未说明楼栋"])
    assert list(short.values()) == ["甲客厅 1栋", "乙客厅 1栋", "2栋", "乙客厅 未说明楼栋"]


def test_a_week_is_empty_only_when_nothing_came_went_or_stays() -> None:
    assert wording.is_empty(empty()) and not wording.is_empty(rich())
    assert not wording.is_empty(replace(empty(), counts={"new": 0, "open": 1}))


def test_what_makes_an_empty_week_unsure_is_said_in_its_line() -> None:
    line = wording.empty_line(replace(empty(), quality=("客厅的群消息没有收到。",)))
    assert "客厅的群消息没有收到" in line and "\n" not in line
