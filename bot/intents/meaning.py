"""Judges what lines are about from their sentence vectors, with a small head learnt from our own lines alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bot.domain.settings import Intent, Settings
from bot.intents.background import background
from bot.intents.normalize import normalize

if TYPE_CHECKING:  # numpy comes with the extra `semantic`; without it this module still weighs opinions
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Opinion = Mapping[str, float]  # intent or NONE -> probability; what is left out is next to nothing

NONE = "none"
LEAST = 1e-3  # a smaller probability is not kept, and counts as this much
# Fitted on lines held out of the lexicon, by folds, with the cheap layers held out alike: nearly a quarter of the
# false opens go, and a quarter more of the appeals are found.
WORTH = 1.0  # of the logit "an appeal of whatever kind", beside the cheap layers' sum
CAUTION = 1.5  # taken off it: half the lessons are appeals, of the doubtful lines of a group far fewer
KIND = 0.75  # of the log of an intent's share

# How often a lesson counts. Everyday talk is far more frequent in groups than in the lexicon; a phrase says
# little without its sentence.
LINE, PHRASE, TALK = 1.0, 0.5, 2.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """A line to learn from, in normal form, the intent it is of (None: of none), and how often it counts."""

    text: str
    intent: str | None
    weight: float


@dataclass(frozen=True, slots=True)
class Head:
    """What was learnt. Vectors have 512 places, the hidden layer fewer; `map` leads to the space of neighbours."""

    intents: tuple[str, ...]
    digest: str  # of the lessons it was learnt from
    encoder: str  # name and version of what made the vectors
    hidden: Floats  # 512 x hidden
    hidden_bias: Floats
    out: Floats  # hidden x (1 + intents); the first column is none of them
    out_bias: Floats
    map: Floats  # 512 x 64
    near: Floats  # lines x 64, each of length one, in the sequence of `examples`

    def opinions(self, vectors: Floats) -> list[dict[str, float]]:
        """An opinion for each row of `vectors` (length one each); probabilities to four places."""
        import numpy as np

        logits = np.maximum(vectors @ self.hidden + self.hidden_bias, 0.0) @ self.out + self.out_bias
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        names = (NONE, *self.intents)
        return [{name: share for name, p in zip(names, row, strict=True) if (share := round(float(p), 4)) >= LEAST}
                for row in shares]

    def neighbours(self, vectors: Floats, among: Sequence[Sequence[int]]) -> list[tuple[int, float]]:
        """For each row the nearest of the lines it may be compared with (places in `near`), and its cosine."""
        import numpy as np

        found = []
        for row, places in zip(_unit(vectors @ self.map), among, strict=True):
            likeness = self.near[list(places)] @ row if places else np.zeros(0, np.float32)
            best = int(likeness.argmax()) if places else -1
            found.append((places[best], round(float(likeness[best]), 2)) if places else (-1, 0.0))
        return found


def _unit(rows: Any) -> Any:
    import numpy as np

    return rows / np.maximum(np.sqrt((rows * rows).sum(axis=1, keepdims=True)), 1e-6)


def head_of(arrays: Mapping[str, Any]) -> Head:
    """A head from the arrays of its file. Raises KeyError or ValueError for a file that is none."""
    import numpy as np

    def floats(name: str) -> Any:
        return np.asarray(arrays[name]).astype(np.float32)

    intents = tuple(str(name) for name in arrays["intents"])
    head = Head(intents, str(arrays["digest"]), str(arrays["encoder"]), floats("hidden"), floats("hidden_bias"),
                floats("out"), floats("out_bias"), floats("map"), _unit(floats("near")))
    if head.out.shape != (head.hidden.shape[1], len(intents) + 1):
        raise ValueError("the layers do not fit each other")
    return head


def examples(intents: Mapping[str, Intent]) -> list[Lesson]:
    """The lines that may be shown as neighbours: whole lines and near misses, as written."""
    out = []
    for intent in sorted(intents.values(), key=lambda i: i.id):
        out += [Lesson(text, intent.id, LINE) for text in intent.lines]
        out += [Lesson(text, None, LINE) for text in intent.near]
    return out


def lessons(settings: Settings) -> list[Lesson]:
    """Everything to learn from, in a fixed sequence: examples, phrases, talk that wants nothing."""
    rows = examples(settings.intents)
    for intent in sorted(settings.intents.values(), key=lambda i: i.id):
        rows += [Lesson(text, intent.id, PHRASE) for text in intent.phrases]
    rows += [Lesson(text, None, TALK) for text in settings.chatter or background()]
    return [Lesson(normalize(row.text).text, row.intent, row.weight) for row in rows]


def digest(rows: Iterable[Lesson]) -> str:
    """Names a body of lessons: sixteen hexadecimal digits."""
    told = "\n".join(f"{row.intent or NONE}\t{row.weight}\t{row.text}" for row in rows)
    return sha256(told.encode()).hexdigest()[:16]


def worth(opinion: Opinion) -> float:
    """What an opinion adds to the cheap layers' sum (logits): how surely the line is any appeal at all."""
    none = min(max(opinion.get(NONE, 0.0), LEAST), 1.0 - LEAST)
    return WORTH * math.log((1.0 - none) / none) - CAUTION


def kind(opinion: Opinion, intent: str) -> float:
    """What an opinion adds to one intent's weight when intents are compared: the log of its share, never above 0."""
    appeal = max(1.0 - opinion.get(NONE, 0.0), LEAST)
    return KIND * math.log(min(1.0, max(opinion.get(intent, 0.0) / appeal, LEAST)))
