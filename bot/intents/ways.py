"""What a line does in a talk (says the same, goes on, says it is over, says it is not), learnt of this project's own lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.settings import Intent
from bot.intents.meaning import MARKS, WAY, WAYS, Opinion
from bot.intents.ngrams import grams
from bot.intents.normalize import normalize
from bot.intents.signs import Learnt, learn, thinned

LEARNT = WAYS[2:]  # what the cheap weights tell: second, detail, fixed, unfixed
ELSE_LINES = 24_000  # of the lexicon and of talk; more of it tells the ways a little better, and takes longer to learn
MOST = 5.0  # logits beyond this say no more
# The numbers that `told` gives, by name: the cheap logits, then the shares that the meaning layer gives, 0 where it was not asked.
SIGNS = (*(f"way_{name}" for name in LEARNT), "judged", *(f"judged_{name}" for name in WAYS))
JUDGED = SIGNS.index("judged")
UNJUDGED = (0.0,) * (1 + len(WAYS))

Told = tuple[float, ...]


def learn_ways(talk: Mapping[str, Sequence[str]], intents: Sequence[Intent], chatter: Sequence[str]) -> dict[str, Learnt]:
    """The weights of each way: its own lines against those of the others, the lexicon's and everyday talk."""
    rest = thinned([*(t for i in intents for t in i.lines + i.near), *chatter], ELSE_LINES)
    rows = [(grams(normalize(text).text), way) for way in LEARNT for text in talk.get(way, ())]
    rows += [(grams(normalize(text).text), "") for text in rest]
    return {name: learn([(features, way == name, 1) for features, way in rows], {}) for name in LEARNT}


def told(logits: Sequence[float], opinion: Opinion | None) -> Told:
    """What is known of a line's way, in the sequence of SIGNS."""
    cheap = tuple(max(-MOST, min(logit, MOST)) for logit in logits)
    if opinion is None:
        return cheap + UNJUDGED
    return (*cheap, 1.0, *(opinion.get(MARKS[WAY] + name, 0.0) for name in WAYS))
