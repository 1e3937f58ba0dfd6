"""Weighs how urgent a line is where no certain words say so, by signs and by weights learnt of this project's own lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.intents import alarm_signs
from bot.intents.alarm_lines import alarm_lines
from bot.intents.background import background
from bot.intents.ngrams import grams
from bot.intents.normalize import normalize
from bot.intents.signs import TURNS_FROM, WORDS_FROM, Learnt, Signs, learn, thinned

CERTAIN = 1.0  # the logit from which a line is urgent, if it is heard as one of DANGERS
GRAVE, BARE_GRAVE, BARE, ASKING = -0.5, 0.0, 7, 0.5  # what danger and appeal must be worth together (logits); bare cries have so many characters
UNLIKELY = -1.2  # below this logit not even certain words are believed: 安眠药要处方吗
TOLD = 0.5  # what the signs alone must be worth: characters that emergencies share with a builder on a roof are not enough
BESIDE, MEANT, BESIDE_BIAS = 0.488, 0.877, -0.57
MOST = 9.0  # a logit beyond this says no more
DREADED, BELIEVED, BELIEVED_SOONER = -0.4, -0.8, -4.5
ALOOF = 1.5  # how much more it takes where a line is above all about a matter that does not turn into danger: a wall that is built
# Words of these are believed sooner: who is silent for want of a louder word may not speak again.
_FAREWELL = re.compile("轻生|自杀|割腕|寻短见|遗书|[不唔]想活|一了百了|不想在这世上|了结自己|结束自己|自残|睡.*醒")
NEAR = 1.0  # or nearly as one: an emergency may stand this far behind the best intent, in logits
DANGERS = frozenset(("emergency", "mental_health", "public_security", "safety_hazard"))
# A matter of these kinds may turn into an emergency; a cry for help said after a wish for a bus stop is another matter.
TURNS_URGENT = DANGERS | {"neighbor_dispute", "facility_repair", "utilities", "charging_pile", "labor_dispute"}

# What each sign is worth before anything is learnt, in logits; learning moves it.
PRIOR: Mapping[str, float] = {
    "!cry": 2.0, "!fire": 1.5, "!brink": 1.5, "!armed": 1.5, "!fallen": 1.2, "!breath": 1.2, "!blood": 1.2,
    "!weapon": 1.2, "!flames": 1.2, "!farewell": 1.0, "!violence": 1.0, "!befell": 1.0, "!limb": 1.0, "!inside": 1.0,
    "!hurry": 1.0, "!call": 0.8, "!gas": 0.8, "!stuck": 0.8, "!edge": 0.8, "!water": 0.8, "!crash": 0.8, "!beast": 0.8, "!lost": 0.6,
    "!who": 0.6, "!pills": 0.5, "!now": 0.4, "!shout": 0.3, "!calmer": -2.0,
    "!works": -1.5, "!object": -0.5,
}  # fmt: skip
SOFT = frozenset(("!call", "!who", "!now", "!shout", "!calmer", "!hurry", "!works", "!object"))  # none of these alone is an emergency
ASIDE = frozenset(("!cry", "!call", "!hurry", "!who", "!now", "!shout"))  # and these do not count among what the signs must be worth
URGENT_COUNTS, CALM_COUNTS = 5, 2
CALM_LINES = 7_000  # of the lexicon and talk, and of words on known matters; more of it must not make danger seem rarer

_SIGNS = Signs(alarm_signs.WORDS, alarm_signs.TURNS)


def learn_alarm(urgent: Sequence[str], close: Sequence[str], *calmer: Sequence[str]) -> Learnt:
    """Learn from lines as written: of emergencies, near misses of them, and bodies of all else."""
    known = dict(alarm_lines()) | dict.fromkeys(urgent, True) | dict.fromkeys(close, False)
    rows = [(_features(line), hot, URGENT_COUNTS if hot else CALM_COUNTS) for line, hot in known.items()]
    calm = [line for body in (*(thinned(body, CALM_LINES) for body in calmer), background()) for line in body if line not in known]
    return learn(rows + [(_features(line), False, 1) for line in calm], PRIOR)


def cry(learnt: Learnt, text: str, grams_worth: float) -> str:
    """The words of the signs of an emergency in a line in normal form; "" where they do not make one.

    `grams_worth` is what the line's grams add by themselves (logits).
    """
    logit = learnt.bias + grams_worth
    if logit < WORDS_FROM:
        return ""
    found = _SIGNS.words(text)
    logit += learnt.of(found)
    if logit < TURNS_FROM:
        return ""
    turns = _SIGNS.turns(text)
    found |= turns
    if logit + learnt.of(turns) < CERTAIN or learnt.of(found.keys() - ASIDE) < TOLD:
        return ""
    return " ".join([word for name, word in found.items() if name not in SOFT][:3])[:24]


def danger(learnt: Learnt, text: str, grams_worth: float) -> float:
    """What a line in normal form says of danger, signs and characters together, in logits."""
    return learnt.bias + grams_worth + learnt.of(_SIGNS.words(text)) + learnt.of(_SIGNS.turns(text))


def grave(danger: float, text: str, appeal: float) -> bool:
    """Whether the rest of a line in normal form bears out its words of danger; `appeal` is how much it asks for help at all.

    Jokes borrow the words of emergencies and ask for nothing; a bare cry says little else, and is believed sooner.
    """
    return danger + appeal >= BARE_GRAVE if len(text) <= BARE else danger >= UNLIKELY and danger + ASKING * appeal >= GRAVE


def dread(danger: float, meant: float) -> float:
    """How surely a line is a cry for help, in logits; `meant` is the logit of the semantic layer's share of urgency.

    From DREADED a line is urgent, with words that are certain by themselves from `believed_from(words)`. Fitted on logs that
    nothing was learnt from.
    """
    return BESIDE * max(-MOST, min(danger, MOST)) + MEANT * meant + BESIDE_BIAS


def believed_from(words: str) -> float:
    """From how much dread certain words of danger are believed."""
    return BELIEVED_SOONER if _FAREWELL.search(words) else BELIEVED


def _features(line: str) -> set[str]:
    text = normalize(line).text
    return grams(text) | _SIGNS.words(text).keys() | _SIGNS.turns(text).keys()
