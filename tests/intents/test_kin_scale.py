"""A scale weighs what the named signs say: nothing is lost on the short way."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from bot.intents import kin_weights, ways
from bot.intents.heard import Heard
from bot.intents.kin_signs import OUT, UNHEARD, Around, Scale, rarity, signs
from bot.intents.speech import Act

GIST = "3栋电梯又停在五楼不动了"
RARE = rarity([GIST, "电梯按了没反应", "今天下雨了", "谁要苹果", "我也去", "明天几点"])
TEXTS = ("", "是啊,我也是", "电梯好了", "哈哈你去年在老家那边也停过电梯吗", "五楼还是不动,一直没人来,谢谢")
MINUTES = (-1.0, 0.0, 1.5, 1.6, 4.0, 29.0, 1440.0, 1441.0)
LEANS = ((3.0, 1), (-4.0, 20), (9.0, 8))


OPINION = {"none": 0.2, "facility_repair": 0.6, "noise": 0.2, "!urgent": 0.1}
JUDGED = Heard(Act.PLAIN, "facility_repair", 80.0, None, False, 0, "", (), "open", 0.3, ways.told((-1.0, 2.0, 0.5, -3.0), OPINION), OPINION, 60.0)


@pytest.mark.parametrize("weights", [kin_weights.OWN, kin_weights.ECHO], ids=["own", "echo"])
def test_a_scale_comes_to_what_its_signs_are_worth(weights: dict[str, tuple[float, ...]]) -> None:
    scale = Scale(weights)
    for text, act, minutes, lines, lean, flag in product(TEXTS, Act, MINUTES, (0, 1, 2, 8, 9, 99), LEANS, (True, False)):
        around = Around(since=timedelta(minutes=minutes), lines_between=lines, to_bot=flag, urgent=not flag, reporter=flag,
                        heard=JUDGED if flag else UNHEARD, intent="noise" if minutes > 4 else "facility_repair", messages=lines + 1)
        named = signs(text, act, GIST, lean, around, RARE)
        assert scale.weigh(text, act, GIST, lean, around, RARE) == pytest.approx(by_hand(weights, named), abs=1e-6)


def by_hand(weights: dict[str, tuple[float, ...]], named: dict[str, float]) -> float:
    """The net once more, place by place."""
    worth = weights[OUT][-1]
    for place, much in enumerate(weights[OUT][:-1]):
        at = weights[""][place] + sum(weights[name][place] * value for name, value in named.items() if name in weights)
        worth += much * max(at, 0.0)
    return worth
