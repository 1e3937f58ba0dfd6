"""The gate: tells what kind of speech act a line is before anybody asks what it is about."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from bot.intents import cues
from bot.intents.cues import any_of
from bot.intents.normalize import Normal


class Act(StrEnum):
    """What a speaker does with a line."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    THANKS = "thanks"
    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    WITHDRAW = "withdraw"
    PROGRESS = "progress"
    SECOND = "second"
    NOTICE = "notice"
    ADVERT = "advert"
    CHAIN = "chain"  # 接龙, red packets
    GREETING = "greeting"
    JOKE = "joke"
    PRICE = "price"
    HEARSAY = "hearsay"  # elsewhere, long ago, in a film
    NEGATED = "negated"
    WORKING = "working"  # a responsible person's promise
    STICKER = "sticker"
    QUESTION = "question"
    PLAIN = "plain"


_SUBJECT = r"(?:漏水|渗水|漏|堵|臭味|异味|臭|吵|噪音|拖欠|欠|停水|停电|跳闸|积水|老鼠|蟑螂|被偷|着火|打架|困人|坏|问题)"
_END = r"[!。.~,啦呀哈呢 的]*"


def _words(table: str) -> re.Pattern[str]:
    return re.compile(any_of(table))


def _only(table: str) -> re.Pattern[str]:
    """A line that says nothing else than these words (and who is meant)."""
    filler = r"[!。.~,;啦呀哈啊哦喔噢嗯呢 的了太很真好大家各位师傅物业老师您你们社区党员书记主任小哥]"
    return re.compile(rf"{filler}*(?:(?:{any_of(table)}){filler}*)+$")


_STAFF = _words(cues.STAFF_NAMES)
_OVER = re.compile(f"{any_of(cues.OVER)}|{cues.FIXED}")
_NOT_OVER = re.compile(cues.NOT_OVER)
_UNRESOLVED = _words(cues.UNRESOLVED)
_PROGRESS = _words(cues.PROGRESS)
_SECOND = re.compile(rf"[嗯对是啊,! ]*(?:{any_of(cues.SECOND)})")
_NOTICE = _words(cues.NOTICE)
_ADVERT = _words(cues.ADVERT)
_CHAIN = _words(cues.CHAIN)
_JOKE = _words(cues.JOKE)
_PRICE = _words(cues.PRICE)
_HEARSAY = _words(cues.HEARSAY)
_WORKING = _words(cues.WORKING)
_WORKING_FIRST = re.compile(rf"(?:好的|好|ok|嗯|嗯嗯|行)?[,。! ]*(?:{any_of(cues.WORKING)})")
_ASKING = _words(cues.ASKING)
_THANKS = _words(cues.THANKS)
_THANKS_ONLY = _only(cues.THANKS)
_GREETING_ONLY = _only(cues.GREETING)
_SATISFIED = re.compile(rf"(?:结果|处理|服务|对处理|对结果|总体)?[很挺还算]*(?:{any_of(cues.SATISFIED)}){_END}")
_UNSATISFIED = _words(cues.UNSATISFIED)
_WITHDRAW = re.compile(rf"[啊哦,! 那]*(?:{any_of(cues.WITHDRAW)})")
_NEGATED = re.compile(rf"(?:没有|没|不再|不会|并没有|冇|冇再|未再|不怎么){_SUBJECT}(?!过|停|完|人管|死)")
_NEGATED_GUARD = re.compile(r"有没有|有没|吗|\?|怎么|为什么|没(?:停|解决|处理|问题吗)")
_ASKS = re.compile(r"\?|吗|么$|呢$|咩|怎么|点样|咋|几时|什么|哪|边度|边个|能不能|可以|有没有|有冇|是不是|要不要")


@lru_cache(1024)
@lru_cache(2_048)  # of who spoke lately, every name is asked about line after line
def is_staff(name: str) -> bool:
    """Whether a nickname is that of somebody who speaks for the property firm, the community or a service."""
    return bool(_STAFF.search(name))


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group() if match else ""


def _count(pattern: re.Pattern[str], text: str) -> list[str]:
    return pattern.findall(text)


def _staff_act(text: str) -> tuple[Act, str] | None:
    for act, pattern in ((Act.NOTICE, _NOTICE), (Act.WORKING, _WORKING)):
        if word := _found(pattern, text):
            return act, word
    if word := _found(_OVER, text):
        return Act.RESOLVED, word
    return None


def _whole_line(text: str) -> tuple[Act, str] | None:
    """Acts that a line is as a whole, from how it begins or from having nothing else in it."""
    if _GREETING_ONLY.match(text):
        return Act.GREETING, text
    if (match := _WITHDRAW.match(text)) and (len(text) <= 16 or not _ASKING.search(text)):
        return Act.WITHDRAW, match.group()
    if len(text) <= 24 and (word := _found(_UNSATISFIED, text)):
        return Act.UNSATISFIED, word
    if len(text) <= 20 and (match := _SATISFIED.match(text)):
        return Act.SATISFIED, match.group()
    if match := _SECOND.match(text):
        return Act.SECOND, match.group()
    if _THANKS_ONLY.match(text):
        return Act.THANKS, text
    return None


def _over(text: str) -> tuple[Act, str] | None:
    """Something is over, unless the same line takes it back."""
    word = _found(_OVER, text)
    if word and not _NOT_OVER.search(text):
        return Act.RESOLVED, word
    word = _found(_NEGATED, text)
    if word and not _NEGATED_GUARD.search(text):
        return Act.NEGATED, word
    return None


def _manner(text: str) -> tuple[Act, str] | None:
    """Acts told by the words a line is strewn with."""
    notice = _count(_NOTICE, text)
    if len(notice) >= 2 or (notice and (text[0] in "【[(" or text.startswith(("温馨", "尊敬", "通知", "公告", "各位业主:")))):
        return Act.NOTICE, notice[0]
    if notice and not _ASKING.search(text):
        return Act.NOTICE, notice[0]
    advert = _count(_ADVERT, text)
    if len(advert) >= 2:
        return Act.ADVERT, " ".join(advert[:3])
    if word := _found(_CHAIN, text):
        return Act.CHAIN, word
    if word := _found(_JOKE, text):
        return Act.JOKE, word
    return None


def act_of(normal: Normal, *, name: str) -> tuple[Act, str]:
    """What a line does, and the words that decided; `name` is the speaker's nickname in the group."""
    text = normal.text
    if not text:
        return Act.STICKER, "表情" if normal.sticker_only else ""
    if is_staff(name) and (staff := _staff_act(text)):
        return staff
    for rule in (_whole_line, _over, _manner):
        if decided := rule(text):
            return decided
    if (match := _WORKING_FIRST.match(text)) and not _ASKS.search(text):
        return Act.WORKING, match.group()
    return _rest(text)


def _rest(text: str) -> tuple[Act, str]:
    if word := _found(_UNRESOLVED, text):
        return Act.UNRESOLVED, word
    if len(text) <= 30 and (word := _found(_PROGRESS, text)):
        return Act.PROGRESS, word
    if (word := _found(_THANKS, text)) and not _ASKING.search(text):
        return Act.THANKS, word
    if (word := _found(_HEARSAY, text)) and not _ASKING.search(text):
        return Act.HEARSAY, word
    if (word := _found(_PRICE, text)) and not _ASKING.search(text):
        return Act.PRICE, word
    advert = _found(_ADVERT, text)
    if advert and not _ASKING.search(text):
        return Act.ADVERT, advert
    return (Act.QUESTION, _found(_ASKS, text)) if _ASKS.search(text) else (Act.PLAIN, "")
