"""How likely a line goes on about a case: the signs between the two, weighed as labelled logs of our own taught it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from bot.intents.heard import Heard
from bot.intents.kin_signs import KEPT, MANNERS, Around, Rarity, Scale, manners, rarity, shared
from bot.intents.kin_weights import ECHO, OWN
from bot.intents.speech import Act
from bot.intents.ways import SIGNS, Told

__all__ = ["ABOUT_OWN_ACTS", "ECHO_LEAST", "OWN_LEAST", "Around", "Leaning", "Rarity", "about_own", "addresses", "echoes",
           "joins_in", "own_least", "quotes", "rarity", "says_also", "shared"]

# (text, intent) -> how far the intent's weight is above the mean of all intents (logits), and its rank (1 = first)
Leaning = Callable[[str, str], tuple[float, int]]

ABOUT_OWN_ACTS = frozenset({Act.RESOLVED, Act.UNRESOLVED, Act.THANKS, Act.SATISFIED, Act.UNSATISFIED, Act.WITHDRAW,
                            Act.PROGRESS})
ELSEWHERE_ACTS = frozenset({Act.CHAIN, Act.GREETING, Act.STICKER, Act.PRICE, Act.ADVERT, Act.NOTICE})
NOT_ANOTHERS = ELSEWHERE_ACTS | {Act.THANKS, Act.SATISFIED, Act.WITHDRAW, Act.WORKING}  # never a second voice
NEVER = -9.0
OWN_LEAST = 0.75  # logits: from here a line of the reporter is about his case
SAID_LEAST = 0.0  # or from here, if it would otherwise open another, or be put before the host: seven of ten such lines are
HOT_LEAST = -0.5  # or from here, if he is angry: three of four such lines are, and who is angry must not go unheard
WONDER_LEAST = -1.5  # from here the semantic layer is asked whether it is
ECHO_LEAST = 0.5  # from here a line of somebody else says the same
QUOTE_LEAST = -1.0  # or from here, if he quotes it
LIKE_A_SECOND = -1.9  # logits: from here the way of saying is that of a second voice
THOUGHT_A_SECOND = 0.13  # the share that the meaning layer gives it
JUDGED_SECOND = SIGNS.index("judged_second")
_OWN, _ECHO = Scale(OWN), Scale(ECHO)

_HONORIFIC = re.compile(r"(?:你好|老师|阿姨|姐|哥|老板|先生|女士|总)$")


def about_own(text: str, act: Act, gist: str, lean: tuple[float, int], around: Around, rare: Rarity) -> float:
    """How strongly a reporter's (or supporter's) further line is about his case (logits); compare with OWN_LEAST."""
    if act in ELSEWHERE_ACTS and not (act in (Act.ADVERT, Act.PRICE) and "changed" in manners(text)):
        return NEVER
    return _OWN.weigh(text, act, gist, lean, around, rare)


def own_least(heard: Heard) -> float:
    """From which strength (logits) a line of the reporter is about his case."""
    return HOT_LEAST if heard.heated else OWN_LEAST if heard.decision == "ignore" else SAID_LEAST


def joins_in(text: str, act: Act, told: Told = ()) -> bool:
    """Whether anything in a line says that its speaker has the same trouble; without it nobody is a second voice."""
    return act is Act.SECOND or _joining(text) or bool(told) and (told[0] > LIKE_A_SECOND or told[JUDGED_SECOND] > THOUGHT_A_SECOND)


@lru_cache(KEPT)
def _joining(text: str) -> bool:
    return says_also(text) or bool(MANNERS["first"].search(text))


def says_also(text: str) -> bool:
    """Whether a line says in so many words that something is so with its speaker too."""
    return any(MANNERS[name].search(text) for name in ("agrees", "also"))


def echoes(text: str, act: Act, gist: str, lean: tuple[float, int], around: Around, rare: Rarity) -> float:
    """How strongly somebody else's line says the same as a case (logits); compare with ECHO_LEAST."""
    if not (around.urgent or joins_in(text, act, around.heard.ways)):
        return NEVER  # a remark about somebody else's trouble is not a second voice
    return quotes(text, act, gist, lean, around, rare)


def quotes(text: str, act: Act, gist: str, lean: tuple[float, int], around: Around, rare: Rarity) -> float:
    """How strongly somebody else's line that quotes a case says the same (logits); compare with QUOTE_LEAST."""
    return NEVER if act in NOT_ANOTHERS else _ECHO.weigh(text, act, gist, lean, around, rare)


def addresses(text: str, name: str) -> bool:
    """Whether a line begins by calling somebody: who is spoken to does not speak for himself (小伍,你去...)."""
    head = re.split(r"[,，、:： ]", text, maxsplit=1)[0].lstrip("@")
    return 2 <= len(head) <= 6 and (head in name or head[-2:] in name or bool(_HONORIFIC.search(head)))
