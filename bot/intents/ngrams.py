"""Weighs a line's characters and pairs of characters for every intent, with weights learnt from the lexicon alone."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import add

from bot.intents.signs import Learnt

ROUNDS = 3
RATE = 1.0  # of the first step; it falls evenly to nothing, or the lines that happened to be read last would weigh most
RARE = 2  # a gram seen in fewer lines than this teaches nothing
SMALL = 0.08  # weights below are dropped
SURE = 0.03  # an error smaller than this is not worth a step
_DIGITS = re.compile(r"\d+")
_MARKS = re.compile(r"[^\w?!\u4e00-\u9fff]+")


def grams(text: str) -> set[str]:
    """The characters and pairs of neighbours of a line in normal form; digits count as one, marks as a gap."""
    body = "^" + _MARKS.sub(" ", _DIGITS.sub("0", text)) + "$"
    return {*body, *map(add, body, body[1:])}


@dataclass(frozen=True, slots=True)
class Example:
    """One line to learn from: its features, and the intent it is of (None: of none)."""

    features: frozenset[str]
    intent: str | None


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt. `appeal`: gram -> its weight for "any appeal"; `rows`: gram -> its weight for each intent."""

    intents: tuple[str, ...]
    any_bias: float
    bias: tuple[float, ...]
    appeal: Mapping[str, float]  # apart, because most lines are not looked at further
    rows: Mapping[str, tuple[float, ...]]
    tones: Mapping[str, Learnt] = field(default_factory=dict)  # urgency and heat, learnt apart
    ways: Mapping[str, Learnt] = field(default_factory=dict)  # what a line does in a talk, learnt apart

    def any_appeal(self, features: Iterable[str]) -> float:
        """The logit of being an appeal of whatever kind."""
        return self.any_bias + sum(map(self.appeal.get, features, repeat(0.0)))

    def each(self, features: Iterable[str]) -> list[float]:
        """A logit for every intent, in the sequence of `intents`."""
        return list(map(sum, zip(self.bias, *filter(None, map(self.rows.get, features)), strict=True)))


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -30.0 else 0.0


def _known(examples: Sequence[Example]) -> list[str]:
    seen = Counter(gram for example in examples for gram in example.features)
    return sorted(gram for gram, count in seen.items() if count >= RARE)


def _step(rows: list[list[float]], last: list[float], target: int, rate: float) -> None:
    """One example: every logit that is wrong is moved towards its target. The last column is "any appeal"."""
    scores = [sum(column) for column in zip(last, *rows, strict=True)]
    size = rate / math.sqrt(len(rows) + 1)
    appeal = len(last) - 1
    for place, score in enumerate(scores):
        wanted = place == target or (place == appeal and target >= 0)
        if not wanted and score < -3.5:
            continue
        error = _sigmoid(score) - wanted
        if -SURE < error < SURE:
            continue
        change = size * error
        last[place] -= change
        for row in rows:
            row[place] -= change


def train(examples: Sequence[Example]) -> Weights:
    """Learn weights by plain stochastic steps; the same examples always give the same weights."""
    intents = tuple(sorted({e.intent for e in examples if e.intent}))
    place = {intent: i for i, intent in enumerate(intents)}
    table = {gram: [0.0] * (len(intents) + 1) for gram in _known(examples)}
    last = [-3.0] * len(intents) + [-0.5]
    rows = [([table[g] for g in sorted(e.features) if g in table], place.get(e.intent or "", -1)) for e in examples]
    mixed, slower = random.Random(7), RATE / (ROUNDS * len(rows) or 1)
    for turn in range(ROUNDS):
        mixed.shuffle(rows)
        for left, (found, target) in zip(range((ROUNDS - turn) * len(rows), 0, -1), rows, strict=False):
            _step(found, last, target, left * slower)
    appeal = {gram: round(row[-1], 4) for gram, row in table.items() if round(row[-1], 4)}
    heavy = {gram: tuple(round(w, 4) if abs(w) >= SMALL else 0.0 for w in row[:-1]) for gram, row in table.items()}
    return Weights(intents, last[-1], tuple(last[:-1]), appeal, {gram: row for gram, row in heavy.items() if any(row)})
