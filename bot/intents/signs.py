"""Finds the signs of a tone in a line (words by family, turns of speech, marks) and learns what each is worth."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.intents.tags import Tags

BIAS, EPOCHS, RATE = -3.0, 4, 0.4  # the step falls evenly to nothing, so that the last rows weigh no more than others
RARE = 2  # a feature seen in fewer lines than this teaches nothing
SMALL = 0.08  # weights below are dropped
ENOUGH, SURE = 0.03, 0.01  # what is told so well teaches nothing, and is not looked at again
# Looking costs: words are looked for only where the characters come near to it, turns of speech only where these do.
WORDS_FROM, TURNS_FROM = -6.6, -2.5  # logits
_MARKED = re.compile(r"[!！?？\[\u2600-\u27bf\U0001f300-\U0001faff]")

Row = tuple[Iterable[str], bool, int]  # features, whether the line has the tone, how much it counts


class Signs:
    """The compiled tables of one tone: words by family, patterns over the line, patterns over the raw line's marks."""

    def __init__(
        self, words: str, turns: Sequence[tuple[str, str]], marks: Sequence[tuple[str, str]] = ()
    ) -> None:
        """`words`: `family: word word`, a row that begins with a blank goes on with the family before."""
        families: dict[str, list[str]] = {}
        family = ""
        for row in words.strip().splitlines():
            if not row.startswith(" "):
                family, _, row = row.partition(":")
            families.setdefault(f"!{family}", []).extend(row.split())
        self._tags = Tags(families)
        self._turns = tuple((f"!{name}", re.compile(pattern)) for name, pattern in turns)
        self._marks = tuple((f"!{name}", re.compile(pattern)) for name, pattern in marks)

    def words(self, text: str) -> dict[str, str]:
        """Family -> the first of its words in a line in normal form."""
        return self._tags.found(text)

    def turns(self, text: str) -> dict[str, str]:
        """Turn of speech -> where it stands in a line in normal form."""
        found = ((name, pattern.search(text)) for name, pattern in self._turns)
        return {name: match.group() for name, match in found if match}

    def marks(self, raw: str) -> dict[str, str]:
        """Kind of marks -> the marks, in a line that still has its repeated marks and stickers."""
        if not _MARKED.search(raw):
            return {}
        found = ((name, pattern.search(raw)) for name, pattern in self._marks)
        return {name: match.group() for name, match in found if match}


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt of one tone: the logit to begin with, and what each gram and each sign adds."""

    bias: float
    weights: Mapping[str, float]

    def of(self, features: Iterable[str]) -> float:
        """What features add, in logits."""
        return sum(filter(None, map(self.weights.get, features)))


def thinned(lines: Sequence[str], most: int) -> Sequence[str]:
    """About `most` of the lines, taken at even steps."""
    return lines[:: max(1, len(lines) // most)]


def learn(rows: Sequence[Row], prior: Mapping[str, float]) -> Learnt:
    """Learn a tone by plain stochastic steps from the priors; the same rows give the same weights."""
    read = [(sorted(features), float(target), count) for features, target, count in rows]
    seen = Counter(feature for features, _, _ in read for feature in features)
    weights = {f: 0.0 for f, count in seen.items() if count >= RARE} | dict(prior)
    known = [([f for f in features if f in weights], target, count) for features, target, count in read]
    bias, mixed = BIAS, random.Random(7)
    for epoch in range(EPOCHS):
        mixed.shuffle(known)
        doubted = []
        rate, falls = RATE * (1 - epoch / EPOCHS), RATE / (EPOCHS * len(known) or 1)
        for row in known:
            features, target, count = row
            logit = bias + sum(map(weights.__getitem__, features))
            error = target - 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))
            rate -= falls
            if not -SURE < error < SURE:
                doubted.append(row)
            if -ENOUGH < error < ENOUGH:
                continue
            step = rate * error * count / math.sqrt(len(features) + 1)
            bias += step
            for feature in features:
                weights[feature] += step
        known = doubted
    return Learnt(bias, {f: round(w, 4) for f, w in weights.items() if abs(w) >= SMALL})
