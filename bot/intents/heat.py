"""Weighs how heated a line is, from signs of anger and from weights learnt of this project's own lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import mul
from typing import Literal

from bot.domain.settings import Intent
from bot.intents import heat_signs
from bot.intents.background import background
from bot.intents.heat_lines import heat_lines
from bot.intents.meaning import logit_of
from bot.intents.ngrams import grams
from bot.intents.normalize import normalize
from bot.intents.signs import TURNS_FROM, Learnt, Signs, learn, thinned
from bot.intents.speech import Act
from bot.intents.ways import JUDGED, Told

Stand = Literal["", "first", "own", "another"]  # a line opens a case, is a further one of its reporter, or of somebody else; or nobody knows

# Fitted on the lines of threads in logs that the signs had not learnt from (tests/hearing/warm.py): what the signs'
# logit is worth by itself, or beside the meaning layer's; what else shows in a line; and what it says of its heat where it stands.
ALONE, ALONE_BIAS = 0.431, -1.6
BESIDE, MEANT, BESIDE_BIAS = 0.261, 0.939, 0.22
ASKS, CRIES, LONG = (2.01, 1.27), (0.66, 0.55), 2.1  # alone, beside; long lines alike
DOES = (0.5, 0.2, 0.07, -0.1, -0.22, 0.14)  # of the logit of each of meaning.WAYS
STANDS: Mapping[Stand, float] = {"": 0.0, "first": -0.47, "own": 0.93, "another": -0.46}
LEAST, MOST = -9.0, 14.0  # a logit beyond these says no more
MIDDLING = 3.0  # log of the length of a line of twenty characters
WARM = 0.35  # what the points of a talk, or of a single line, must come to for it to be heated
SIGNS_WARM = 0.7  # or the logit of a line's signs alone, where the semantic layer was not asked
FURIOUS = 0.985  # and from which several heated lines are a quarrel
SINGLE = 0.97  # the most points of one line: it takes several
ABUSE = 6.0  # the least logit of a line with abuse or a threat in it, whatever else it says
OATHS_FROM = -12.0  # an oath is heard in the calmest company
NOTHING = -3.0  # below this logit a line adds nothing to a talk

# What each sign is worth before anything is learnt, in logits; learning moves it.
PRIOR: Mapping[str, float] = {
    "!worst": 5.0, "!oath": 3.0, "!face": 2.0, "!threat": 1.5, "!dare": 1.5, "!scorn": 1.5, "!condemn": 1.5,
    "!shouting": 1.5, "!fool": 1.2, "!robbery": 1.2, "!deceit": 1.0, "!exhausted": 1.0, "!sarcasm": 1.0,
    "!cannot": 1.0, "!twist": 1.0, "!shout": 1.0, "!must": 1.0, "!whose": 1.0, "!rights": 0.8, "!demand": 0.8,
    "!baffled": 0.8, "!endless": 0.7, "!cry": 0.7, "!accuse": 0.6, "!tag": 0.6, "!absurd": 0.6, "!you": 0.4,
    "!ignored": 0.3, "!endured": 0.2, "!one!": 0.3, "!one?": 0.2, "!smile": -0.3, "!polite": -0.8, "!relief": -1.5, "!playful": -1.5,
    "!laugh": -2.5,
}  # fmt: skip
SOFT = frozenset(("!polite", "!relief", "!playful", "!laugh", "!smile", "!you", "!one!", "!one?"))
MILD = frozenset(("!playful", "!laugh", "!relief"))  # what takes the sting out of abuse
CALM_LINES = 5_000  # of the lexicon's lines, and of near misses and talk; more must not make anger seem rarer
HOT_COUNTS, CALM_COUNTS = 4, 3  # how much a line written for heat weighs against one of these


# What else is known of a line says of its heat, in logits: who complains again is rarely calm, who cries for help not angry.
WARMER: Mapping[Act, float] = {
    Act.UNSATISFIED: 1.0, Act.UNRESOLVED: 1.0, Act.JOKE: -3.0, Act.ADVERT: -3.0, Act.NOTICE: -4.0, Act.GREETING: -4.0,
    Act.CHAIN: -4.0, Act.WORKING: -2.0, Act.SATISFIED: -4.0, Act.RESOLVED: -3.0, Act.THANKS: -3.0,
}  # fmt: skip
KIND_WARMER: Mapping[str, float] = {"question": -0.4, "wish": -1.0, "emergency": -0.4}
TWO_SIDED = 0.5


@dataclass(frozen=True, slots=True)
class Warmth:
    """How heated a line is: the logit before what is known of the line otherwise, the signs' words, and abuse.

    `meant` is the logit of the share that the semantic layer gives to anger; None where it was not asked. `shows` is what else
    shows in the line (logits, see `showing`).
    """

    logit: float
    words: str = ""
    abusive: bool = False
    meant: float | None = None
    shows: float = 0.0
    long: float = 0.0  # log of its length beyond MIDDLING

    def _sure(self, shift: float) -> float:
        """How surely the line is heated, in logits: signs alone are far too sure of themselves, and length counts where they say little."""
        raw = max(LEAST, min(self.logit + shift, MOST))
        else_ = self.shows + LONG * self.long / (1.0 + math.exp((raw - 1.0) / 2.0))
        if self.meant is None:
            return ALONE * raw + ALONE_BIAS + else_
        return BESIDE * raw + MEANT * self.meant + BESIDE_BIAS + else_

    def points(self, shift: float = 0.0) -> float:
        """What the line adds to the heat of its talk, 0..1; `shift` is what else is known of it, in logits."""
        if self.meant is None and self.logit + shift < NOTHING:
            return 0.0
        return _points(self._sure(shift))

    def level(self, shift: float = 0.0) -> int:
        """0 calm, 1 angry, 2 abusive or threatening."""
        if self.abusive:
            return 2
        return int(self.logit + shift >= SIGNS_WARM if self.meant is None else self.points(shift) >= WARM)


CALM = Warmth(-9.0)


def _points(logit: float) -> float:
    return min(round(1.0 / (1.0 + math.exp(-logit)), 3), SINGLE)


def showing(warmth: Warmth, text: str, told: Told) -> Warmth:
    """The warmth of a line in normal form with what else shows in it: questions to nobody, length, and what it does in a talk."""
    judged = bool(told[JUDGED])
    worth = ASKS[judged] * ("?" in text) + CRIES[judged] * ("!" in text)
    worth = worth + sum(map(mul, DOES, map(logit_of, told[JUDGED + 1:]))) if judged else worth
    return replace(warmth, shows=worth, long=math.log1p(len(text)) - MIDDLING)


def standing(points: float, stand: Stand) -> float:
    """A line's points once it is known where it stands: first lines are told evenly, who goes on or must come again is sooner angry."""
    if not 0.0 < points < 1.0:
        return points
    return _points(math.log(points / (1.0 - points)) + STANDS[stand])


def gathered(points: Iterable[float]) -> float:
    """The points of several lines as one, 0..1: how likely it is that any of them is heated."""
    return round(1.0 - math.prod(1.0 - min(one, 1.0) for one in points), 3)


def together(points: Iterable[float]) -> int:
    """How heated a talk is, from the points of its lines: several warm ones count like a hot one."""
    total = gathered(points)
    return 2 if total >= FURIOUS else 1 if total >= WARM else 0


def abused(level: int) -> int:
    """The level that a line gives its case whatever else is said there: abuse alone is never weighed."""
    return level if level >= 2 else 0


def level_of(heat: float, *heard: int) -> int:
    """How heated a talk of so much heat is, some lines of which were heard at these levels."""
    return max(together((heat,)), *map(abused, heard), 0)


def warmer(act: Act, intent: Intent | None = None, *, alarm: bool = False) -> float:
    """What is known of a line besides its words says of its heat, in logits; `intent` is what it was heard as."""
    shift = WARMER.get(act, 0.0)
    if alarm:
        return shift + KIND_WARMER["emergency"]
    return shift if intent is None else shift + KIND_WARMER.get(intent.kind, 0.0) + TWO_SIDED * intent.two_sided


_SIGNS = Signs(heat_signs.WORDS, heat_signs.TURNS, heat_signs.MARKS)


def learn_heat(told: Mapping[str, bool], *calmer: Sequence[str]) -> Learnt:
    """Learn from the tables, from more lines of which it is told, and from bodies of other lines as written, which count as calm."""
    known = dict(heat_lines()) | dict(told)
    calm = [line for body in (*(thinned(body, CALM_LINES) for body in calmer), background()) for line in body if line not in known]
    rows = [(_features(line), hot, HOT_COUNTS if hot else CALM_COUNTS) for line, hot in known.items()]
    return learn(rows + [(_features(line), False, 1) for line in calm], PRIOR)


def warmth(learnt: Learnt, text: str, raw: str, grams_worth: float) -> Warmth:
    """How heated a line is: `text` in normal form, `raw` as written; `grams_worth` is what its grams add (logits)."""
    logit = learnt.bias + grams_worth
    if logit < OATHS_FROM:
        return CALM
    found = _SIGNS.words(text) | _SIGNS.marks(raw)
    logit += learnt.of(found)
    abusive = "!worst" in found and not (MILD & found.keys())
    if logit < TURNS_FROM and not abusive:
        return CALM
    turns = _SIGNS.turns(text)
    found |= turns
    logit += learnt.of(turns)
    if logit < NOTHING and not abusive:
        return Warmth(logit)
    said = sorted((-learnt.weights.get(name, 0.0), word) for name, word in found.items() if name not in SOFT)
    return Warmth(max(logit, ABUSE) if abusive else logit, " ".join(word for _, word in said[:3])[:24], abusive)


def _features(line: str) -> set[str]:
    text = normalize(line).text
    return grams(text) | _SIGNS.words(text).keys() | _SIGNS.turns(text).keys() | _SIGNS.marks(line).keys()
