"""Phrases are found misspelt and misheard, and the index never changes the answer."""

from __future__ import annotations

import random

from bot.intents.lexicon import Lexicon, compact
from bot.intents.normalize import normalize
from tests.intents.brute import brute_hits
from tests.intents.ears import shipped


def _lexicon() -> Lexicon:
    return Lexicon({i.id: [normalize(p).text for p in i.phrases] for i in shipped().intents.values()})


def _small() -> Lexicon:
    return Lexicon({"stall": ["货堆到我门口"], "lift": ["电梯又困人"], "wage": ["工资拖到现在"]})


def test_homophones_and_inserted_words_are_heard() -> None:
    small = _small()
    assert small.hits("典梯又困人了")[0].intent == "lift"
    assert small.hits("货都堆到我门口了")[0].intent == "stall"
    assert small.hits("货摆到我门口了")[0].intent == "stall"


def test_a_homophone_costs_something() -> None:
    small = _small()
    assert small.hits("典梯又困人")[0].score < small.hits("电梯又困人")[0].score == 100


def test_short_or_far_lines_hit_nothing() -> None:
    small = _small()
    for line in ("", "货", "门口", "知道了", "我在门口等你拿货", "工资到了"):
        assert not small.hits(line)


def test_the_index_answers_like_a_scan_of_all_phrases() -> None:
    lexicon = _lexicon()
    intents = shipped().intents.values()
    lines = [compact(normalize(t).text) for i in intents for t in (*i.lines, *i.near)]
    mixed = random.Random(11)
    mixed.shuffle(lines)
    broken = ["".join(c for c in line if mixed.random() > 0.1) for line in lines[:300]]
    for line in lines[:1700] + broken:
        assert lexicon.hits(line) == brute_hits(lexicon, line)
