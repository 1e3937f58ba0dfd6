"""Typed commands: every verb with and without its number, and the talk that only looks like one."""

from __future__ import annotations

import pytest

from bot.domain.commands import CAUSES, LABEL, TYPED, Command, numbers, read

# what is typed -> verb, number, rest, args
WITH_NUMBER: tuple[tuple[str, str, str], ...] = (
    ("接单 HH-0312", "accept", ""), ("退单 HH-0312 不在我这栋", "decline", "不在我这栋"),
    ("转派 HH-0312 丙三 他离得近", "transfer", "丙三 他离得近"), ("风险 HH-0312 高 丙三 12月1日", "risk", "高 丙三 12月1日"), ("跟进 HH-0312 到现场了", "note", "到现场了"),
    ("补充 HH-0312 是哪一户？", "ask", "是哪一户？"), ("上报 HH-0312 要街道出面", "escalate", "要街道出面"),
    ("联动 HH-0312 物业", "link", "物业"), ("调解 HH-0312 2", "mediate", "2"), ("约 HH-0312 明天下午三点", "visit", "明天下午三点"),
    ("步骤 HH-0312 核实 两家都听过了", "step", "核实 两家都听过了"), ("办结 HH-0312 灯换好了", "resolve", "灯换好了"),
    ("满意 HH-0312", "rate", ""), ("基本满意 HH-0312", "rate", ""), ("不满意 HH-0312", "rate", ""),
    ("没解决 HH-0312 还是漏", "dispute", "还是漏"), ("撤回 HH-0312", "withdraw", ""),
    ("回访 HH-0312 电话通了", "callback", "电话通了"), ("并案 HH-0312 HH-0300", "merge", "HH-0300"),
    ("拆分 HH-0312", "split", ""), ("不予受理 HH-0312 不归这里管", "reject", "不归这里管"),
    ("进度 HH-0312", "progress", ""), ("查询 HH-0312", "progress", ""), ("为何派给我 HH-0312", "why", ""),
    ("记录 HH-0312", "journal", ""), ("接手 HH-0312", "take", ""), ("协办 HH-0312 丙三", "assist", "丙三"),
    ("交接 HH-0312 丙三", "handover", "丙三"),
)
WITHOUT_NUMBER: tuple[tuple[str, str, str], ...] = (
    ("接单", "accept", ""), ("退单 不在我这栋", "decline", "不在我这栋"), ("转派 丙三", "transfer", "丙三"),
    ("跟进：到现场了", "note", "到现场了"), ("补充 是哪一户？", "ask", "是哪一户？"), ("上报，要街道出面", "escalate", "要街道出面"),
    ("联动 物业", "link", "物业"), ("调解", "mediate", ""), ("调解 2", "mediate", "2"), ("调解不成 两边都不让", "fail", "两边都不让"), ("同意", "agree", ""),
    ("不同意 太贵", "agree", "太贵"), ("对方 A215", "party", "A215"), ("约 明天下午三点", "visit", "明天下午三点"),
    ("步骤 核实 都听过了", "step", "核实 都听过了"), ("办结 灯换好了", "resolve", "灯换好了"), ("满意", "rate", ""),
    ("满意！", "rate", ""), ("基本满意。", "rate", ""), ("不满意", "rate", ""), ("没解决，还是漏", "dispute", "还是漏"),
    ("撤回", "withdraw", ""), ("回访 没人接", "callback", "没人接"), ("立案", "open", ""), ("不是诉求", "dismiss", ""),
    ("应为 噪声", "correct", "噪声"), ("拆分", "split", ""), ("交接 丙三", "handover", "丙三"), ("进度？", "progress", "？"),
    ("采纳", "adopt", ""), ("忽略", "skip", ""), ("帮助", "help", ""), ("菜单", "menu", ""), ("我的清单", "mylist", ""), ("为何派给我？", "why", "？"),
    ("删除我的信息", "forget", ""), ("卡点", "board", ""), ("堵点？", "board", "？"), ("风险", "risk", ""),
    ("全部接手", "takeall", ""), ("请假 11月3日 到 11月5日", "leave", "11月3日 到 11月5日"), ("销假", "back", ""),
    ("报到 第一网格 会修电器", "enlist", "第一网格 会修电器"),
)
TALK = (
    "请假的同事回来没", "报到时间改了", "接手的人是谁", "协办单位有哪些", "全部接手机",
    "约你吃饭", "约个时间聊聊", "满意了谢谢", "满意度调查表在哪填", "补充一下水果", "上报纸了恭喜", "联动机制挺好", "调解员今天在吗", "同意楼上的", "对方不讲理",
    "进度怎么样了", "撤回了一条消息", "接单员招聘", "帮助老人过马路", "菜单发一下", "办结束了吗", "立案没有", "跟进一下呗",
    "约A栋的朋友打球", "记录一下时间", "卡点钟来的", "风险很大", "满意A座的保安", "补充B栋的名单", "满意？", "没解决?", "接单？", "接单？HH-0312", "办结？", "转派?", "我满意", "",
    "   ", "HH-0312 接单", "@小客厅 进度", "非常满意", "不太满意",
)


@pytest.mark.parametrize(("text", "verb", "rest"), WITH_NUMBER)
def test_a_verb_with_a_number_means_that_case(text: str, verb: str, rest: str) -> None:
    found = read(text)
    assert found is not None and (found.verb, found.number, found.rest) == (verb, "HH-0312", rest)


@pytest.mark.parametrize(("text", "verb", "rest"), WITHOUT_NUMBER)
def test_a_verb_without_a_number_leaves_the_case_open(text: str, verb: str, rest: str) -> None:
    found = read(text)
    assert found is not None and (found.verb, found.number, found.rest) == (verb, None, rest)


@pytest.mark.parametrize("text", TALK)
def test_what_only_begins_like_a_verb_is_talk(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(("text", "grade"), [("满意", "good"), ("基本满意", "fair"), ("不满意 YU-0001", "bad")])
def test_a_rating_carries_its_grade(text: str, grade: str) -> None:
    found = read(text)
    assert found is not None and found.verb == "rate" and dict(found.args) == {"grade": grade}


@pytest.mark.parametrize("text", [
    "接单HH-0312", "接单 hh-0312", "接单　HH - 0312", "接单：HH-0312。", "接单 HH－０３１２", "接单 HH—0312", "\n接单 HH-0312\n",
])
def test_a_number_is_read_however_a_phone_types_it(text: str) -> None:
    assert read(text) == Command("accept", "HH-0312", "")


def test_a_number_needs_four_digits_and_stands_alone() -> None:
    assert numbers("HH-0312和yq-10007一样，HH-031 不算，AHH12-0312 也不算") == ["HH-0312", "YQ-10007"]
    assert read("接单 HH-031") == Command("accept", None, "HH-031")


def test_every_verb_that_moves_a_case_can_be_typed_and_has_a_name() -> None:
    typed = {verb for verb, _ in TYPED.values()}
    assert set(CAUSES) <= typed
    assert {verb for _, verb, _ in (*WITH_NUMBER, *WITHOUT_NUMBER)} == typed - {"bind"}
    assert all(LABEL[verb] for verb in typed)
    assert (LABEL["rate"], LABEL["accept"], LABEL["dispute"], LABEL["progress"]) == ("评价", "接单", "没解决", "进度")


def test_no_typed_word_hides_a_longer_one() -> None:
    words = list(TYPED)
    for index, word in enumerate(words):
        assert not any(later != word and later.startswith(word) for later in words[index + 1:])
