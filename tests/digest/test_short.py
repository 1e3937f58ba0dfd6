"""The message for the committee's group fits, whatever the digest holds."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest.shape import HotSpot, Line, Point, Scope
from bot.digest.short import LIMIT, ROOM_FOR_LINK, short
from tests.digest.examples import SCOPE, corrected, empty, huge, rich

PIECES = ("长", "名字🏢", "a", "…\n", "*[", "", "\u200b", "é")
TEXT = st.builds(lambda piece, times, more: piece * times + more, st.sampled_from(PIECES), st.integers(0, 300), st.text(max_size=4))
POINTS = st.lists(st.builds(Point, case=TEXT, lounge=TEXT, building=TEXT, category=TEXT, gist=TEXT, state=TEXT, reasons=st.tuples(TEXT, TEXT),
                            age_days=st.floats(0, 4000), supporters=st.integers(0, 10**6), holder=TEXT), max_size=3)
SPOTS = st.lists(st.builds(HotSpot, lounge=TEXT, building=TEXT, category=TEXT, cases=st.integers(0, 10**6), people=st.integers(0, 10**6), hint=TEXT), max_size=4)
SAID = st.lists(TEXT, max_size=5).map(tuple)


@settings(max_examples=60, deadline=None)
@given(POINTS, st.integers(1, 40), SPOTS, TEXT, TEXT, SAID, SAID, SAID, st.dictionaries(TEXT, st.integers(0, 10**6), max_size=4))
def test_it_never_takes_more_bytes_than_a_group_robot_does(points: list[Point], times: int, spots: list[HotSpot], name: str, lead: str, gaps: tuple[str, ...],
                                                         quality: tuple[str, ...], changed: tuple[str, ...], causes: dict[str, int]) -> None:
    digest = replace(rich(), scope=Scope(kind="city", id="x", name=name, lounges=()), agenda=tuple(points * times), hot_spots=tuple(spots), lead=lead,
                     gaps=gaps, quality=quality, changed=changed, causes=causes, by_category={cause: Line(new=many) for cause, many in causes.items()})
    assert len(short(digest).encode()) <= LIMIT - ROOM_FOR_LINK
    assert len(short(replace(digest, counts={}, agenda=(), hot_spots=())).encode()) <= LIMIT


def test_points_that_do_not_fit_are_counted() -> None:
    text = short(huge(500))
    shown = len(re.findall(r"^\d+\. ", text, re.M))
    assert 8 <= shown < 500
    assert "共 500 件" in text and f"另有 {500 - shown} 件见附件" in text


def test_every_line_is_whole() -> None:
    whole = set(short(rich()).splitlines())
    cut = short(replace(huge(500), agenda=rich().agenda * 40)).splitlines()
    assert all(line in whole or line[:1].isdigit() and line.endswith("）") or "见附件" in line or "需要拍板" in line for line in cut)


def test_sections_stand_in_their_succession() -> None:
    text = short(rich())
    places = [text.index(head) for head in ("一、需要拍板", "二、", "三、", "四、调解", "五、未诉先办", "六、", "七、", "八、减负账本", "九、抽查", "十、")]
    assert places == sorted(places) and text.index(rich().lead) < places[0]


def test_both_cases_and_people_are_counted() -> None:
    assert "44 件" in short(rich()) and "113 人次" in short(rich())


def test_an_empty_week_is_one_line() -> None:
    assert short(empty()).count("\n") == 1 and SCOPE.name in short(empty())


def test_a_new_edition_says_what_it_puts_right() -> None:
    assert "第 2 版更正：" in short(corrected()) and "更正" not in short(rich())


def test_what_people_wrote_cannot_format_link_or_call_everybody() -> None:
    point = replace(rich().agenda[0], gist="[点我](http://a) **急** @all <font color='warning'>红</font>")
    text = short(replace(rich(), agenda=(point,)))
    assert "](" not in text and "@all" not in text and "<font" not in text and "**急" not in text


def test_a_private_matter_shows_no_words() -> None:
    assert "涉及个人隐私，不列内容" in short(rich())
