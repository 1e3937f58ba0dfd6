"""The gate tells speech acts apart before anybody asks what a line is about."""

from __future__ import annotations

import pytest

from bot.intents.normalize import normalize
from bot.intents.speech import Act, act_of, is_staff

ACTS = [
    (Act.RESOLVED, "漏水问题已经解决了,谢谢"), (Act.RESOLVED, "路灯修好了"), (Act.RESOLVED, "来电了来电了"),
    (Act.UNRESOLVED, "还是老样子"), (Act.UNRESOLVED, "修好了又坏了"), (Act.UNRESOLVED, "师傅来过 没解决"),
    (Act.THANKS, "好的 谢谢"), (Act.THANKS, "辛苦了师傅"), (Act.THANKS, "多谢晒"),
    (Act.SATISFIED, "满意"), (Act.SATISFIED, "处理得很好"), (Act.UNSATISFIED, "不满意"),
    (Act.WITHDRAW, "算了不用了"), (Act.WITHDRAW, "撤回"), (Act.PROGRESS, "昨天报的那个怎么样了"),
    (Act.PROGRESS, "请问有进展吗"), (Act.SECOND, "+1"), (Act.SECOND, "我们这边也是"), (Act.SECOND, "同问"),
    (Act.NOTICE, "【温馨提示】明日9点至12点检修水泵 届时停水 敬请谅解"),
    (Act.NOTICE, "各位业主: 本周六清洗水箱 请提前做好储水"), (Act.ADVERT, "九成新沙发低价出 要的私聊"),
    (Act.CHAIN, "#接龙 周末义诊报名"), (Act.GREETING, "早上好"), (Act.JOKE, "笑死 我家猫会开门"),
    (Act.NEGATED, "没有漏水了"), (Act.NEGATED, "今晚没吵"), (Act.WORKING, "收到,明天去看"),
    (Act.STICKER, "[鼓掌]"), (Act.QUESTION, "电梯什么时候能修"), (Act.PLAIN, "楼上半夜拖凳子"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "text"), ACTS)
def test_an_act_is_told_by_its_words(act: Act, text: str) -> None:
    assert act_of(normalize(text), name="李姐")[0] is act


@pytest.mark.parametrize("text", ["没停过水压一直低", "有没有漏水师傅", "没人管", "没热水三天了"])
def test_a_negation_of_something_else_is_no_negation(text: str) -> None:
    assert act_of(normalize(text), name="")[0] is not Act.NEGATED


def test_a_responsible_persons_words_are_a_promise_or_a_notice() -> None:
    assert act_of(normalize("3栋漏水的师傅已经安排过去"), name="物业-小陈")[0] is Act.WORKING
    assert is_staff("网格员小周") and is_staff("保安队长") and not is_staff("3栋-李姐")
