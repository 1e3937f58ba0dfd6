"""A scale weighs what the named signs say: nothing is lost on the short way."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from bot.intents import kin_weights
from bot.intents.kin_signs import Around, Scale, rarity, signs
from bot.intents.speech import Act

GIST = "3栋电梯又停在五楼不动了"
RARE = rarity([GIST, "电梯按了没反应", "今天下雨了", "谁要苹果", "我也去", "明天几点"])
TEXTS = ("", "是啊,我也是", "电梯好了", "哈哈你去年在老家那边也停过电梯吗", "五楼还是不动,一直没人来,谢谢")
MINUTES = (-1.0, 0.0, 1.5, 1.6, 4.0, 29.0, 1440.0, 1441.0)
LEANS = ((3.0, 1), (-4.0, 20), (9.0, 8))


@pytest.mark.parametrize("weights", [kin_weights.OWN, kin_weights.ECHO], ids=["own", "echo"])
def test_a_scale_comes_to_what_its_signs_are_worth(weights: dict[str, float]) -> None:
    scale = Scale(weights)
    for text, act, minutes, lines, lean, flag in product(TEXTS, Act, MINUTES, (0, 1, 2, 8, 9, 99), LEANS, (True, False)):
        around = Around(since=timedelta(minutes=minutes), lines_between=lines, to_bot=flag, urgent=not flag, reporter=flag,
                        same=flag, other=not flag)
        named = signs(text, act, GIST, lean, around, RARE)
        worth = weights[""] + sum(weights.get(name, 0.0) * much for name, much in named.items())
        assert scale.weigh(text, act, GIST, lean, around, RARE) == pytest.approx(worth, abs=1e-9)
