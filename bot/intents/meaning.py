"""Judges what lines are about from their sentence vectors, with a small head learnt from our own lines alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bot.domain.settings import Intent, Settings
from bot.intents.alarm_lines import alarm_lines
from bot.intents.background import background
from bot.intents.heat_lines import heat_lines
from bot.intents.normalize import normalize

if TYPE_CHECKING:  # numpy comes with the extra `semantic`; without it this module still weighs opinions
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Opinion = Mapping[str, float]  # intent or NONE -> probability; what is left out is next to nothing

NONE = "none"
UNTOLD = ""  # a lesson says nothing of this
# What a line does in a talk: nothing, tells a matter, says the same as somebody else, adds to one's own, says that it is
# over, says that it is not or asks after it.
OTHER, REPORT = "other", "report"
WAYS = (OTHER, REPORT, "second", "detail", "fixed", "unfixed")
CALM, URGENT, HEATED = "calm", "urgent", "heated"
TONES = (CALM, URGENT, HEATED)
KINDS, WAY, TONE_NET = "kinds", "ways", "tones"
NETS = (KINDS, WAY, TONE_NET)
MARKS = {KINDS: "", WAY: "~", TONE_NET: "!"}  # before a name in an opinion
OTHER_MARKS = "~!"
LEAST = 1e-3  # a smaller probability is not kept, and counts as this much
# Fitted on lines held out of the lexicon, by folds, with the cheap layers held out alike: nearly a quarter of the
# false opens go, and a quarter more of the appeals are found.
WORTH = 0.9  # of the logit "an appeal of whatever kind", beside the cheap layers' sum
CAUTION = 3.0  # taken off it: half the lessons are appeals, of the doubtful lines of a group far fewer
IDLE = 1.0  # of the log of the share of "does nothing in a talk"
KIND = 1.25  # of the log of an intent's share

# How often a lesson counts. Everyday talk is far more frequent in groups than in the lexicon; a phrase says
# little without its sentence.
LINE, PHRASE, TALK, TONE = 1.0, 0.5, 2.0, 1.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """A line to learn from, in normal form.

    `intent`: what it is of (None: of none; UNTOLD: not said here). `way`: what it does in a talk, one of WAYS.
    `tone`: one of TONES, None where nobody has said. `weight`: how often it counts.
    """

    text: str
    intent: str | None
    weight: float
    way: str = OTHER
    tone: str | None = CALM


@dataclass(frozen=True, slots=True)
class Net:
    """One hidden layer. Rows in have as many places as `hidden` has rows; shares out are in the sequence of `names`."""

    names: tuple[str, ...]
    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: Floats

    def shares(self, rows: Floats) -> Floats:
        """For each row the probabilities of the names."""
        import numpy as np

        logits = np.maximum(rows @ self.hidden + self.hidden_bias, 0.0) @ self.out + self.out_bias
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        even: Floats = shares / shares.sum(axis=1, keepdims=True)
        return even


@dataclass(frozen=True, slots=True)
class Head:
    """What was learnt. Vectors are brought to mean 0 and spread 1 by place; `map` leads to the space of neighbours."""

    digest: str  # of the lessons it was learnt from
    encoder: str  # name and version of what made the vectors
    mean: Floats
    scale: Floats
    nets: Mapping[str, Net]  # one for each of NETS
    map: Floats  # places x 22
    near: Floats  # lines x 22, each of length one, in the sequence of `examples`

    @property
    def intents(self) -> tuple[str, ...]:
        """The intents that it knows."""
        return self.nets[KINDS].names[1:]

    def opinions(self, vectors: Floats) -> list[dict[str, float]]:
        """An opinion for each row of `vectors`; probabilities to four places."""
        even = (vectors - self.mean) * self.scale
        found: list[dict[str, float]] = [{} for _ in vectors]
        for mark, net in self.nets.items():
            names = [MARKS[mark] + name for name in net.names]
            for opinion, row in zip(found, net.shares(even), strict=True):
                opinion.update((name, share) for name, p in zip(names, row, strict=True) if (share := round(float(p), 4)) >= LEAST)
        return found

    def places(self, vectors: Floats) -> Any:
        """Where each row of `vectors` lies, as rows of length one: the product of two is how nearly they speak of the same."""
        return _unit((vectors - self.mean) * self.scale).astype("float16")

    def neighbours(self, vectors: Floats, among: Sequence[Sequence[int]]) -> list[tuple[int, float]]:
        """For each row the nearest of the lines it may be compared with (places in `near`), and its cosine."""
        import numpy as np

        found = []
        for row, places in zip(_unit((vectors - self.mean) * self.scale @ self.map), among, strict=True):
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

    def net(name: str) -> Net:
        layers = [floats(f"{name}_{part}") for part in ("hidden", "hidden_bias", "out", "out_bias")]
        names = tuple(str(one) for one in arrays[f"{name}_names"])
        if layers[2].shape != (layers[0].shape[1], len(names)):
            raise ValueError("the layers do not fit each other")
        return Net(names, *layers)

    return Head(str(arrays["digest"]), str(arrays["encoder"]), floats("mean"), floats("scale"),
                {name: net(name) for name in NETS}, floats("map"), _unit(floats("near")))


def likeliest(opinion: Opinion) -> str:
    """The kind that an opinion thinks likeliest: an intent or NONE."""
    kinds = {name: share for name, share in opinion.items() if name[0] not in OTHER_MARKS}
    return max(kinds, key=kinds.__getitem__)


def examples(intents: Mapping[str, Intent]) -> list[Lesson]:
    """The lines that may be shown as neighbours: whole lines and near misses, as written."""
    out = []
    for intent in sorted(intents.values(), key=lambda i: i.id):
        tone = URGENT if intent.kind == "emergency" else CALM
        out += [Lesson(text, intent.id, LINE, REPORT, tone) for text in intent.lines]
        out += [Lesson(text, None, LINE) for text in intent.near]
    return out


def lessons(settings: Settings) -> list[Lesson]:
    """Everything to learn from, in a fixed sequence: examples, phrases, talk around a matter, tones, talk that wants nothing."""
    rows = examples(settings.intents)
    for intent in sorted(settings.intents.values(), key=lambda i: i.id):
        rows += [Lesson(text, intent.id, PHRASE, REPORT, None) for text in intent.phrases]
    for way in WAYS[2:]:
        rows += [Lesson(text, UNTOLD, LINE, way) for text in settings.talk.get(way, ())]
    toned = {text for tone in TONES for text in settings.talk.get(tone, ())}
    rows = [replace(row, tone=None) if row.text in toned else row for row in rows]  # a line has the tone that talk gives it
    for tone in TONES:
        rows += [Lesson(text, UNTOLD, TONE, UNTOLD, tone) for text in settings.talk.get(tone, ())]
    for tone, lines in ((URGENT, alarm_lines()), (HEATED, heat_lines())):
        rows += [Lesson(text, UNTOLD, TONE, UNTOLD, tone if so else CALM) for text, so in lines]
    rows += [Lesson(text, None, TALK, tone=None if text in toned else CALM) for text in settings.chatter or background()]
    return [replace(row, text=normalize(row.text).text) for row in rows]


def digest(rows: Iterable[Lesson]) -> str:
    """Names a body of lessons: sixteen hexadecimal digits."""
    told = "\n".join(f"{NONE if row.intent is None else row.intent}\t{row.way}\t{row.tone}\t{row.weight}\t{row.text}" for row in rows)
    return sha256(told.encode()).hexdigest()[:16]


def worth(opinion: Opinion) -> float:
    """What an opinion adds to the cheap layers' sum (logits): how surely the line is any appeal at all."""
    none = min(max(opinion.get(NONE, 0.0), LEAST), 1.0 - LEAST)
    told = any(name.startswith(MARKS[WAY]) for name in opinion)
    idle = max(opinion.get(MARKS[WAY] + OTHER, 0.0) if told else none, LEAST)
    return WORTH * math.log((1.0 - none) / none) - IDLE * math.log(idle) - CAUTION


def kind(opinion: Opinion, intent: str) -> float:
    """What an opinion adds to one intent's weight when intents are compared: the log of its share, never above 0."""
    appeal = max(1.0 - opinion.get(NONE, 0.0), LEAST)
    return KIND * math.log(min(1.0, max(opinion.get(intent, 0.0) / appeal, LEAST)))


def share(opinion: Opinion | None, intent: str) -> float:
    """How far an opinion takes a line for one kind of matter if it takes it for any, 0..1; 0 where nobody was asked."""
    return 0.0 if opinion is None else min(1.0, opinion.get(intent, 0.0) / max(1.0 - opinion.get(NONE, 0.0), LEAST))


def tone(opinion: Opinion, name: str) -> float:
    """How far an opinion hears a tone (URGENT, HEATED), in logits."""
    return logit_of(opinion.get(MARKS[TONE_NET] + name, 0.0))


def logit_of(share: float) -> float:
    """A share that an opinion gives, in logits; what is next to nothing counts as LEAST."""
    part = min(max(share, LEAST), 1.0 - LEAST)
    return math.log(part / (1.0 - part))


def cry(opinion: Opinion | None) -> float:
    """How far an opinion takes a line for a cry for help, 0..1; 0 where nobody was asked."""
    return 0.0 if opinion is None else opinion.get(MARKS[TONE_NET] + URGENT, 0.0)
