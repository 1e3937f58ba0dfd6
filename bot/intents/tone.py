"""The tones of a line: whether its words cry for help (life, fire, violence, trapped, self-harm), and what else weighs them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.domain.settings import Intent
from bot.intents import alarm_words
from bot.intents.alarm import learn_alarm
from bot.intents.forms import Forms
from bot.intents.heat import learn_heat
from bot.intents.normalize import Normal
from bot.intents.signs import Learnt
from bot.intents.ways import LEARNT

ALARM, HEAT = "alarm", "heat"  # the tones that are learnt
_SURE = Forms(alarm_words.SURE)
_IDIOM = re.compile(alarm_words.IDIOM)
_FRAME = re.compile(alarm_words.FRAME)
_HARD_FRAME = re.compile(alarm_words.HARD)
_NOW = re.compile(alarm_words.NOW)


def urgent(normal: Normal) -> str | None:
    """The words that call for help at once, or None; idioms, films, drills, fears and what is over do not count."""
    text = normal.text
    if not _SURE.search(text):
        return None
    rest = without_idioms(text)
    found = _SURE.search(rest)
    return None if not found or framed(rest) else found.group()


def without_idioms(text: str) -> str:
    """The line with everything taken out that only sounds like an emergency."""
    return _IDIOM.sub("/", text)


def framed(text: str) -> bool:
    """Whether a line speaks of a film, a drill, a fear, or of what is long over, rather than of now."""
    return bool(_HARD_FRAME.search(text)) or bool(_FRAME.search(text) and not _NOW.search(text))


def learn_tones(intents: Sequence[Intent], chatter: Sequence[str], talk: Mapping[str, Sequence[str]]) -> dict[str, Learnt]:
    """The weights of urgency and of heat for a lexicon and everyday talk (half a second)."""
    mine = [i for i in intents if i.kind == "emergency"]
    rest = [i for i in intents if i.kind != "emergency"]
    around = [text for way in LEARNT for text in talk.get(way, ())]
    alarm = learn_alarm([*(t for i in mine for t in i.lines), *talk.get("urgent", ())], [*(t for i in mine for t in i.near), *talk.get("calm", ())],
                        [*(t for i in rest for t in i.lines + i.near), *chatter], around)
    heat = learn_heat({text: hot for tone, hot in (("calm", False), ("heated", True)) for text in talk.get(tone, ())},
                      [t for i in intents for t in i.lines], [*(t for i in intents for t in i.near), *chatter])
    return {ALARM: alarm, HEAT: heat}
