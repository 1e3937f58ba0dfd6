"""A time as people type it: one instant ahead, or what has to be asked again; never a guess."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.when import Unclear, read_time

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday morning

# words -> month-day hour:minute
READ: tuple[tuple[str, str], ...] = (
    ("明天下午三点", "11-03 15:00"), ("周五上午", "11-06 10:00"), ("下周二3点半", "11-10 15:30"), ("今晚", "11-02 19:30"),
    ("后天9点", "11-04 09:00"), ("11月5号下午两点半", "11-05 14:30"), ("明早", "11-03 09:00"), ("明晚八点", "11-03 20:00"),
    ("今天下午", "11-02 15:00"), ("下午三点", "11-02 15:00"), ("三点", "11-02 15:00"), ("15:30", "11-02 15:30"),
    ("明天15：30", "11-03 15:30"), ("明天下午3:30", "11-03 15:30"), ("明天下午三点一刻", "11-03 15:15"),
    ("差一刻四点", "11-02 15:45"), ("明天差5分三点", "11-03 14:55"), ("本周三上午十点", "11-04 10:00"),
    ("星期天下午", "11-08 15:00"), ("礼拜六早上九点", "11-07 09:00"), ("周日中午", "11-08 12:00"), ("5号上午", "11-05 10:00"),
    ("15号下午四点", "11-15 16:00"), ("1号下午3点", "12-01 15:00"), ("12月1日9点", "12-01 09:00"), ("11/6下午两点", "11-06 14:00"),
    ("2026-11-06下午两点", "11-06 14:00"), ("11-06上午十点", "11-06 10:00"), ("1月5号上午", "01-05 10:00"),
    ("半小时后", "11-02 10:30"), ("两个小时后", "11-02 12:00"), ("一个半小时后", "11-02 11:30"), ("40分钟后", "11-02 10:40"),
    ("三天后下午两点", "11-05 14:00"), ("明天三点到五点", "11-03 15:00"), ("明天上午9点到10点", "11-03 09:00"),
    ("明天早上七点半", "11-03 07:30"), ("明天中午12点", "11-03 12:00"), ("明天中午一点", "11-03 13:00"), ("今晚7点", "11-02 19:00"),
    ("傍晚六点", "11-02 18:00"), ("明天下午13点", "11-03 13:00"), ("明天三点钟", "11-03 15:00"), ("明天十点二十", "11-03 10:20"),
    ("明天十点二十五分", "11-03 10:25"), ("大后天上午十一点", "11-05 11:00"), ("十二点半", "11-02 12:30"),
    ("明儿下午", "11-03 15:00"), ("我看明天下午三点行不行", "11-03 15:00"), ("后天上午吧", "11-04 10:00"),
    ("周三早上10点半", "11-04 10:30"), ("12点", "11-02 12:00"), ("下午两点四十五", "11-02 14:45"),
    ("明天下午3点左右", "11-03 15:00"), ("明天下午两点在店里", "11-03 14:00"), ("礼拜二晚上八点", "11-03 20:00"),
    ("下下周一上午", "11-16 10:00"), ("下周日下午三点", "11-15 15:00"), ("明天 下午 3 点", "11-03 15:00"),
    ("明天１５点", "11-03 15:00"), ("周一下午", "11-02 15:00"),
)  # fmt: skip
# words -> what is asked again
ASKED: tuple[tuple[str, str], ...] = (
    ("七点", "half"), ("明天8点", "half"), ("9点", "day"), ("明天", "hour"), ("周五", "hour"), ("下周五", "hour"),
    ("三天后", "hour"), ("周末", "vague"), ("改天", "vague"), ("有空再说", "vague"), ("下班后", "vague"), ("明天晚点", "vague"),
    ("随时", "vague"), ("明天三点或四点", "either"), ("明天上午或者下午", "either"), ("明天或者后天上午", "either"),
    ("周五上午10点或周六上午10点", "either"), ("10月3号下午", "past"), ("昨天下午三点", "past"), ("今天上午九点", "past"),
    ("上周五", "past"), ("25点", "wrong"), ("13月5号", "wrong"), ("2月30号上午", "wrong"), ("2027-11-01下午三点", "far"),
    ("好的", "none"), ("2号馆门口", "none"), ("", "none"),
)  # fmt: skip


@pytest.mark.parametrize(("words", "at"), READ)
def test_D09_a_time_in_plain_words_is_one_instant_ahead(words: str, at: str) -> None:
    found = read_time(words, NOW)
    assert isinstance(found, datetime) and found > NOW and f"{found:%m-%d %H:%M}" == at


@pytest.mark.parametrize(("words", "why"), ASKED)
def test_D09_what_is_over_or_could_mean_two_times_is_asked_again(words: str, why: str) -> None:
    assert read_time(words, NOW) == Unclear(why)


def test_a_weekday_is_never_in_the_past_whatever_today_is() -> None:
    for day in range(1, 29):
        now = datetime(2026, 2, day, 23, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
        for name in "一二三四五六日":
            found = read_time(f"下周{name}上午", now)
            assert isinstance(found, datetime) and found > now and found.isoweekday() == "一二三四五六日".index(name) + 1
