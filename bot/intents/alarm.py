"""Weighs how urgent a line is where no certain words say so, by signs and by weights learnt of this project's own lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.intents import alarm_signs
from bot.intents.alarm_lines import alarm_lines
from bot.intents.background import background
from bot.intents.ngrams import grams
from bot.intents.normalize import normalize
from bot.intents.signs import TURNS_FROM, WORDS_FROM, Signs, learn

CERTAIN = 1.5  # the logit from which a line is urgent, if it is heard as one of DANGERS
TOLD = 1.0  # what the signs alone must be worth: characters that emergencies share with a builder on a roof are not enough
NEAR = 1.0  # or nearly as one: an emergency may stand this far behind the best intent, in logits
DANGERS = frozenset(("emergency", "mental_health", "public_security", "safety_hazard"))

# What each sign is worth before anything is learnt, in logits; learning moves it.
PRIOR: Mapping[str, float] = {
    "!cry": 2.0, "!fire": 1.5, "!brink": 1.5, "!armed": 1.5, "!fallen": 1.2, "!breath": 1.2, "!blood": 1.2,
    "!weapon": 1.2, "!flames": 1.2, "!farewell": 1.0, "!violence": 1.0, "!befell": 1.0, "!limb": 1.0, "!inside": 1.0,
    "!hurry": 1.0, "!gas": 0.8, "!stuck": 0.8, "!edge": 0.8, "!water": 0.8, "!crash": 0.8, "!beast": 0.8, "!lost": 0.6,
    "!who": 0.6, "!pills": 0.5, "!now": 0.4, "!shout": 0.3, "!calmer": -2.0,
    "!works": -1.5, "!object": -0.5,
}  # fmt: skip
SOFT = frozenset(("!who", "!now", "!shout", "!calmer", "!hurry", "!works", "!object"))  # none of these alone is an emergency
ASIDE = frozenset(("!who", "!now", "!shout"))  # and these do not count among what the signs must be worth
URGENT_COUNTS, CALM_COUNTS = 3, 2

_SIGNS = Signs(alarm_signs.WORDS, alarm_signs.TURNS)


class Alarm:
    """The weights of urgency of one installation; its lexicon's lines count as calm, those of emergencies as urgent."""

    def __init__(self, urgent: Sequence[str], close: Sequence[str], calm: Sequence[str]) -> None:
        """As written. `urgent`: lines of emergencies; `close`: near misses of them; `calm`: lines and near misses of all else."""
        known = dict(alarm_lines()) | dict.fromkeys(urgent, True) | dict.fromkeys(close, False)
        rows = [(_features(line), hot, URGENT_COUNTS if hot else CALM_COUNTS) for line, hot in known.items()]
        calm = [line for line in (*calm[::3], *background()) if line not in known]
        self._bias, self._weights = learn(rows + [(_features(line), False, 1) for line in calm], PRIOR)

    def weigh(self, text: str, features: Iterable[str]) -> tuple[float, str]:
        """The logit of a line in normal form with these grams, and the words of its signs ("": none that counts)."""
        get = self._weights.get
        logit = self._bias + sum(filter(None, map(get, features)))
        if logit < WORDS_FROM:
            return logit, ""
        found = _SIGNS.words(text)
        told = sum(filter(None, map(get, found)))
        if logit + told < TURNS_FROM:
            return logit + told, ""
        turns = _SIGNS.turns(text)
        told += sum(filter(None, map(get, turns)))
        logit += told
        signs = found | turns
        if told - sum(self._weights.get(name, 0.0) for name in ASIDE if name in signs) < TOLD:
            return logit, ""
        said = [word for name, word in signs.items() if name not in SOFT]
        return logit, " ".join(said[:3])[:24]


def _features(line: str) -> set[str]:
    text = normalize(line).text
    return grams(text) | _SIGNS.words(text).keys() | _SIGNS.turns(text).keys()
