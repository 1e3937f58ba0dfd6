"""A line alone opens, asks or stays silent, and can say why."""

from __future__ import annotations

import pytest

from bot.intents.heard import doubtful
from tests.intents.ears import ears

# shared golden traps for Chinese fuzzy matching (G6)
OPENS = [
    ("电动车堵门口", "ebike_parking"), ("隔壁把货摆到我门口了", "stall_encroachment"),
    ("老板拖欠工资两个月", "labor_dispute"), ("３栋漏水", "utilities"), ("三棟漏水", "utilities"),
]
SILENT = [
    "漏水问题已经解决了,谢谢", "知道了", "这里能停车吗", "今天的菜不新鲜欠点火候", "没有漏水了", "", "[捂脸]", "😂😂",
    "早上好", "好的", "谢谢", "收到,明天去看", "+1", "各位业主: 明天停水检修 敬请谅解", "笑死 我家猫又上树了", "你吃饭没有呀",
]


@pytest.mark.parametrize(("line", "intent"), OPENS)
def test_a_trap_that_is_an_appeal_opens(line: str, intent: str) -> None:
    heard = ears().hear(line)
    assert (heard.decision, heard.intent) == ("open", intent)


@pytest.mark.parametrize("line", SILENT)
def test_a_trap_that_is_none_stays_silent(line: str) -> None:
    assert ears().hear(line).decision == "ignore"


def test_a_decision_names_what_decided() -> None:
    assert "词组" in ears().hear("电梯又困人了").why
    assert "道谢" in ears().hear("辛苦了师傅").why


def test_a_voice_of_the_property_firm_is_heard_more_warily() -> None:
    line = "3栋电梯又停了"  # a line that is less than certain, or both would have all the points there are
    assert ears().hear(line, name="物业-小陈").score < ears().hear(line, name="3栋-李姐").score


def test_meaning_moves_the_score_both_ways() -> None:
    line = "水龙头跟没睡醒一样"
    alone = ears().hear(line).score
    assert ears().hear(line, meaning={"utilities": 0.95, "none": 0.03}).score > alone
    assert ears().hear(line, meaning={"none": 0.99}).score < alone


def test_meaning_is_asked_about_what_may_be_an_appeal_or_a_word_on_one_and_not_about_small_talk() -> None:
    assert all(doubtful(ears().hear(line)) for line in ("3栋漏水", "修好了 谢谢师傅", "我们这边也是"))
    assert not any(doubtful(ears().hear(line)) for line in ("早上好各位", "[捂脸]", "晚上吃火锅去"))


def test_hearing_never_fails_on_odd_text() -> None:
    for line in ("\ud800", "\x00", "🏳️‍🌈" * 50, "栋" * 3000, "[" * 200, "「" * 50 + "\n", "@" * 99, "٣栋", "　"):
        assert ears().hear(line, name="\u200b").decision in ("open", "ask", "ignore")
