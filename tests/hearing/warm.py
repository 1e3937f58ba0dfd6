"""Fits what a line's signs are worth for its heat (bot/intents/heat.py) on threads of logs that the signs did not learn from.

`tests.hearing.fit` calls this for every part of the logs and says the constants; they are copied into heat.py by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.channels.masking import mask
from bot.domain.settings import Settings
from bot.intents import ways
from bot.intents.heat import LEAST, MIDDLING, MOST, warmer, warmth
from bot.intents.lanes import value
from bot.intents.meaning import HEATED, WAYS, logit_of, tone
from bot.intents.recognize import Ears
from bot.intents.tone import HEAT

Row = Mapping[str, Any]
Floats = NDArray[np.float64]

STANDS = ("first", "own", "another")
PULL = 1.0  # towards nothing, so that rare signs are not believed too much
ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Told:
    """A line of a thread: the signs' logit; ?, ! and length; the semantic layer's logits; where it stands; whether it is heated."""

    signs: float
    marks: tuple[float, float, float]  # length counts where the signs say little, as heat.Warmth counts it
    judged: tuple[float, ...]  # anger, then each of WAYS
    stands: int  # place in STANDS
    heated: bool


def told(log: Sequence[Row], ears: Ears, settings: Settings) -> Iterator[Told]:
    """The lines of a log's threads, as ears that know the semantic layer's opinion of each hear them."""
    reporters: dict[str, str] = {}
    for row in log:
        thread, text = row["gold"]["thread"], mask(row["text"])
        if not thread:
            continue
        stands = 0 if thread not in reporters else 1 if reporters[thread] == row["sender"] else 2
        reporters.setdefault(thread, row["sender"])
        heard = ears.hear(text, name=row["name"], lounge=row["lounge"])
        if heard.opinion is None or text.startswith("["):
            continue
        normal, _, lanes = ears._weighed_once(text)
        words = normal.text
        shift = warmer(heard.act, settings.intents.get(heard.intent or ""), alarm=heard.urgent)
        signs = max(LEAST, min(warmth(ears.weights.tones[HEAT], words, text, value(lanes[2])).logit + shift, MOST))
        long = (math.log1p(len(words)) - MIDDLING) / (1.0 + math.exp((signs - 1.0) / 2.0))
        judged = (tone(heard.opinion, HEATED), *map(logit_of, heard.ways[ways.JUDGED + 1:]))
        yield Told(signs, (float("?" in words), float("!" in words), long), judged, stands, row["gold"]["heated"])


def fitted(lines: Sequence[Told]) -> str:
    """The constants of heat.py by their names."""
    y = np.array([one.heated for one in lines], float)
    signs, marks, judged = (np.array(rows, float) for rows in zip(*((one.signs, one.marks, one.judged) for one in lines), strict=True))
    stands = np.eye(len(STANDS))[[one.stands for one in lines]]
    beside = _weights(np.column_stack([signs, judged, marks, stands]), y, np.zeros(len(y)))
    where = beside[-4:-1]
    alone = _weights(np.column_stack([signs, marks]), y, stands @ where)
    does, more = beside[2:2 + len(WAYS)], beside[2 + len(WAYS):5 + len(WAYS)]
    return (f"ALONE {alone[0]:.3f} {alone[-1]:.2f}; BESIDE {beside[0]:.3f} MEANT {beside[1]:.3f} BIAS {beside[-1]:.2f}; "
            f"ASKS CRIES LONG {np.round(alone[1:4], 2)} {np.round(more, 2)}; DOES {np.round(does, 2)}; STANDS {np.round(where, 2)}")


def _weights(x: Floats, y: Floats, begin: Floats) -> Floats:
    """What each column is worth, and where it begins, by logistic regression; `begin` (logits) is known of each row."""
    x = np.column_stack([x, np.ones(len(x))])
    found, pull = np.zeros(x.shape[1]), np.append(np.full(x.shape[1] - 1, PULL), 0.0)
    for _ in range(ROUNDS):
        share = 1.0 / (1.0 + np.exp(-(x @ found + begin)))
        bent = (x * (share * (1.0 - share))[:, None]).T @ x + np.diag(pull)
        found += np.linalg.solve(bent, x.T @ (y - share) - pull * found)
    return found
