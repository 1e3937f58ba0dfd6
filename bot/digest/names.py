"""Every figure of a digest by name: what it is called, what it counts, in which unit; and every rate with its formula."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A countable figure: its Chinese label, its unit, and what exactly is counted (`at_end`: as it stood at the week's end)."""

    label: str
    unit: str
    says: str
    at_end: bool = False


# In the order in which they are shown. Each adds up over scopes and is counted from one column of cases.csv.
FIGURES: dict[str, Figure] = {
    "new": Figure("新增", "件", "本周登记的诉求"),
    "people": Figure("新增人次", "人次", "本周登记的诉求人，加本周附议的人"),
    "seconded": Figure("附议", "人次", "本周在别人的诉求下说“我也是”的人"),
    "urgent": Figure("紧急", "件", "本周登记的紧急诉求"),
    "private": Figure("不公开", "件", "本周登记的不公开事项"),
    "late": Figure("补登", "件", "本周登记、话是更早一周说的"),
    "ended": Figure("了结", "件", "本周结案、已答复、撤回、并案和不予受理的合计，每了结一次算一件"),
    "closed": Figure("结案", "件", "本周办结并且回访完的，含当场答复的"),
    "answered": Figure("当场答复", "件", "本周由客厅资料当场答复的"),
    "withdrawn": Figure("撤回", "件", "本周由本人撤回的"),
    "merged": Figure("并案", "件", "本周并入另一件的"),
    "not_accepted": Figure("不予受理", "件", "本周两人复核后不予受理的"),
    "reopened": Figure("重开", "件", "了结以后本周又重新办的"),
    "resolved": Figure("办结", "次", "本周报出办理结果的次数"),
    "open": Figure("在办", "件", "周末还没有了结的", True),
    "active": Figure("经手", "件", "本周任何时候在办过的"),
    "unanswered": Figure("还没有人回应", "件", "周末在办、还没有负责人回过话的", True),
    "mediating": Figure("调解中", "件", "周末正在调解的", True),
    "overdue": Figure("超期", "件", "周末在办、已过办理时限的", True),
    "silent": Figure("没有动静", "件", "周末在办、连续多个工作日没有人推动的", True),
    "returned": Figure("退单两次", "件", "周末在办、退过两次以上的", True),
    "across": Figure("跨单位", "件", "周末在办、要两家以上单位一起办的", True),
    "stuck": Figure("卡住", "件", "周末在办，没有动静、退单两次、跨单位三种至少有一种的", True),
    "unsatisfied_twice": Figure("两次没办好", "件", "周末在办、两次以上被说没解决或不满意的", True),
    "agenda": Figure("提交联席会", "件", "周末在办、上面五种情形至少有一种的", True),
    "due_response": Figure("应回应", "件", "本周内到了回应时限，或时限前已有人回应的"),
    "responded": Figure("按时回应", "件", "其中时限内有负责人回应的"),
    "response_late": Figure("未按时回应", "件", "其中时限内没有人回应的"),
    "first_responses": Figure("首次回应", "件", "本周第一次有负责人回应的，不论早晚"),
    "solved": Figure("已解决", "次", "本周结案的，不含部分解决"),
    "partly": Figure("部分解决", "次", "本周结案、办理结果写明部分解决的"),
    "unsolved": Figure("没解决", "次", "本周群众说没解决、重新办的"),
    "good": Figure("满意", "次", "本周评价满意"),
    "fair": Figure("基本满意", "次", "本周评价基本满意"),
    "dissatisfied": Figure("不满意", "次", "本周评价不满意"),
    "unrated": Figure("未评价", "件", "本周结案时没有评价的"),
    "callbacks": Figure("回访", "次", "本周回访的次数"),
    "unreached": Figure("未接通", "次", "本周回访没有接通的"),
    "mediations_suggested": Figure("建议调解", "次", "本周建议调解的次数"),
    "mediations_opened": Figure("启动调解", "次", "本周启动调解的次数"),
    "mediation_steps": Figure("调解步骤", "次", "本周记下的调解步骤"),
    "mediations_agreed": Figure("调解办结", "次", "本周在调解中办结的"),
    "mediation_minutes": Figure("启动调解用时合计", "分钟", "本周启动的调解，从建议调解（没有建议的从说起）到启动的分钟数合计"),
    "reminded": Figure("催办", "次", "本周时钟催办的次数"),
    "declined": Figure("退单", "次", "本周退单的次数"),
    "transferred": Figure("转派", "次", "本周转派和交接的次数"),
    "escalated": Figure("上报", "次", "本周上报一级的次数"),
    "linked": Figure("联动", "次", "本周请来联动单位的次数"),
}
NUMBER = {name: index for index, name in enumerate(FIGURES)}


@dataclass(frozen=True, slots=True)
class Formula:
    """A rate: the figures whose sum stands above and below the line."""

    label: str
    above: tuple[str, ...]
    below: tuple[str, ...]
    says: str


RATES: dict[str, Formula] = {
    "response": Formula("响应率", ("responded",), ("due_response",),
                        "响应率 = 时限内有负责人回应的 ÷ 应回应的。机器人的自动回执不算回应；撤回、并案、不予受理和当场答复的不在内。"),
    "resolution": Formula("解决率", ("solved",), ("solved", "partly", "unsolved"),
                          "解决率 = 已解决 ÷（已解决 + 部分解决 + 没解决）。不满意的另起一轮，等那一轮有了结果再计。"),
    "satisfaction": Formula("满意率", ("good", "fair"), ("good", "fair", "dissatisfied"),
                            "满意率 =（满意 + 基本满意）÷ 作了评价的。未评价、未接通的不在内，也不算满意。"),
    "rating": Formula("评价率", ("good", "fair", "dissatisfied"), ("good", "fair", "dissatisfied", "unrated"),
                      "评价率 = 作了评价的 ÷（作了评价的 + 未评价的）。"),
}

ELSE = "其他"
NOWHERE = "未说明楼栋"
SMALL = 3  # people; a group with fewer is folded into ELSE

AGES = (("3天以内", 3), ("3–7天", 7), ("7–14天", 14), ("14–30天", 30), ("30–90天", 90), ("90天以上", 10**9))
RESPONSES = (("30分钟以内", 30), ("30分钟–2小时", 120), ("2–8小时", 480), ("8–24小时", 1440), ("1–3天", 4320),
             ("3天以上", 10**9))

def bucket(value: float, buckets: tuple[tuple[str, int], ...]) -> str:
    """The label of the bucket that holds a value: the first whose limit it does not pass; the last has none."""
    for label, limit in buckets:
        if value <= limit:
            return label
    return buckets[-1][0]
