"""Tells whether a line is urgent (life, fire, violence, trapped, self-harm) and how heated its speaker is."""

from __future__ import annotations

import re

from bot.intents import alarm_words, rage_words
from bot.intents.cues import any_of
from bot.intents.normalize import Normal

_SURE = re.compile(alarm_words.SURE)
_IDIOM = re.compile(alarm_words.IDIOM)
_FRAME = re.compile(alarm_words.FRAME)
_HARD_FRAME = re.compile(alarm_words.HARD)
_NOW = re.compile(alarm_words.NOW)

_WORST = re.compile(any_of(rage_words.WORST))
_RAGE = re.compile(any_of(rage_words.RAGE))
_EDGE = re.compile(any_of(rage_words.EDGE) + r"|第[三四五六七八九十百\dn]+次")
_CALM = re.compile(any_of(rage_words.CALM))
_THREAT = re.compile(r"再(?:不|这样|来一次|吵|搞|敢|敲|有下).{0,14}(?:我|就|试试|别怪|不客气)|试试[!看。]*$|信不信我")
_SCORN = re.compile(
    r"(?:吗|么|呢|吧|啊|是吧)[?!]|[?!]{2}|是不是[^?]{0,20}才|难道|就这[?!样还]|还有没有|你们.{0,16}(?:吗|呢|吧|啊|\?)|倒是"
)
_SHOUT = re.compile(r"[!！]{2,}|[?？]{3,}|[!！?？]{3,}")
_SOMEBODY = re.compile(
    "物业|保安|管理|社区|居委|你们|你哋|楼上|楼下|隔壁|房东|老板|工厂|公司|厂里|店家|商家|中介|施工|管家|有人|没人|"
    "冇人|谁|投诉|第.次|几次|天天|又|那家|那户|这帮|这群|他们|佢哋|咗|收费|电梯|停车|垃圾|工资|押金"
)
ANGRY, FURIOUS = 2, 6  # points


def urgent(normal: Normal) -> str | None:
    """The words that call for help at once, or None; idioms, films, drills, fears and what is over do not count."""
    text = normal.text
    if not _SURE.search(text):
        return None
    rest = _IDIOM.sub("/", text)
    found = _SURE.search(rest)
    if not found or _HARD_FRAME.search(rest):
        return None
    if _FRAME.search(rest) and not _NOW.search(rest):
        return None
    return found.group()


def heat(normal: Normal, raw: str) -> tuple[int, str]:
    """0 calm, 1 angry, 2 abusive or threatening, with the words; `raw` still has its repeated marks."""
    text = normal.text
    edge = set(_EDGE.findall(text))
    rage = set(_RAGE.findall(text))
    worst = _WORST.search(text)
    threat = _THREAT.search(text)
    shout = _SHOUT.search(raw)
    if not (edge or rage or worst or threat or shout) or _CALM.search(text):
        return 0, ""
    if worst:
        return 2, worst.group()
    found = [*sorted(rage), *sorted(edge), *([threat.group()] if threat else [])]
    points = 2 * len(rage) + len(edge) + (2 if threat else 0) + (1 if shout else 0)
    if not points or not (rage or threat or _SOMEBODY.search(text)):
        return 0, ""
    points += 1 if _SCORN.search(text) else 0
    said = " ".join(found[:3]) or (shout.group() if shout else "")
    return (2 if points >= FURIOUS else 1 if points >= ANGRY else 0), said if points >= ANGRY else ""
