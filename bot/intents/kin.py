"""How likely a line goes on about a case: shared words, the same kind of matter, nearness, and the way it is said."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from bot.intents.speech import Act

Rarity = Mapping[str, float]  # character -> log of how seldom a line has it

# (text, intent) -> how far the intent's weight is above the mean of all intents (logits), and its rank (1 = first)
Leaning = Callable[[str, str], tuple[float, int]]

_COMMON = frozenset("的了是我你他她它们这那个在有不就也都还又要去来说人吗呢吧啊哦嘛一下天今昨明么什怎谁没和跟到好看给让上里大家点先再把被过能可以")
_CHANGED = re.compile(
    "终于|还是|还在|照样|依旧|又来|又开始|又是|好了|到账|顺了|通了|热了|亮了|动了|有了|开了|灭了|出来了|拉走|搬走|挪走|收走|修好|换好|弄好|搞掂|"
    "搞定|没再|不再|没见|答应|来看过|来过|处理|解决|结果|下文|消息|回音|有信|有人跟|跟进|进展|说法|那个事|那件事|的事|这回|这次|比之前|今早|今晚|昨晚"
)
_AGREES = re.compile(
    r"^(?:是啊|系啊|对啊|对头|对对|对的|就是|确实|真的|是真的|可不|可不是|同问|同求|同感|同上|我也|我们也|我这边|我们这|俺也|咱也|阮也|"
    r"[^,，。 ]{1,8}也(?:是|系|有|一样|同样)|附议|顶|支持|举手|举双手|疯狂点头|\+1|加一|加1|\+\d|没错|讲得啱|啱啊|是的|要得|就这个|我就在|我家也|我店也|我屋头)"
)
_ALSO = re.compile("也|同样|一样|都是这样|照旧")
_FIRST_PERSON = re.compile("我|俺|咱|阮|偶|本人|我们|我哋")
_ADVICE = re.compile("建议|你试试|试下|可以试|不如|你去|你可以|要不你|找个人|叫师傅|买个|放点|拿去|给你|借你|私聊|加我|哈哈|笑死|\\[笑|\\[捂脸\\]$|\\[狗头\\]")
_ASKS = re.compile(r"[?？]|吗$|呢$|咩$")

_THANKS = re.compile("谢(?!天)|感恩|有劳|劳烦|辛苦|唔该|多得|麻烦你们|麻烦您")
_BECAME = re.compile(r"(?:^|[ ,，。!！~])[^ ,，。!！~]{1,7}了(?=$|[ ,，。!！~])")  # 有网了, 水热了: something is now so
_LET_DOWN = re.compile("绝了|无语|服了|换汤不换药|做样子|走过场|应付|敷衍|抢钱|寂寞|白跑|白搭|没用|一样的|还不如|意思意思|打发")
_TRADE = re.compile("价钱好讲|价格好说|要的私|要的报|有货|现货|收旧|收购|回收|转让|出闲置|包邮|批发价|便宜出|开仓|到货|优惠|团购|^【|^\\[转")
_JOKING = re.compile(r"哈哈|\[狗头\]|\[捂脸\]|\[偷笑\]|\[呲牙\]|笑死|hhh|233")
_TO_YOU = re.compile("你(?!们)|让.{1,6}发|可以办|能办|能做")
_LONG_AGO = re.compile("当年|那时候|那阵子|以前|去年|前年|小时候|上次住|老家那边")

ABOUT_OWN_ACTS = frozenset({Act.RESOLVED, Act.UNRESOLVED, Act.THANKS, Act.SATISFIED, Act.UNSATISFIED, Act.WITHDRAW,
                            Act.PROGRESS})
ELSEWHERE_ACTS = frozenset({Act.CHAIN, Act.GREETING, Act.STICKER, Act.PRICE, Act.ADVERT, Act.NOTICE})
UNSEEN, COMMON_BELOW, PER_CHAR, PER_RUN, SHARED_MOST = 7.0, 2.6, 0.35, 0.3, 4.5
OWN_LEAST = 2.2  # from here a line of the reporter is about his case
ECHO_LEAST = 2.4  # from here a line of somebody else says the same
KEPT = 8_192  # texts whose characters are remembered: the words of open cases are compared with line after line


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What surrounds a line: how long ago the case was last spoken of, and how many lines ago in the group."""

    since: timedelta
    lines_between: int  # 0: the line before was the case's; a large number: long ago
    to_bot: bool = False
    resolved: bool = False  # the case waits for its reporter's word
    urgent: bool = False


def rarity(lines: Iterable[str]) -> Rarity:
    """How seldom each character occurs in a body of lines: log of lines over lines with it."""
    count, seen = 0, Counter[str]()
    for line in lines:
        count += 1
        seen.update(set(line))
    return {char: math.log(count / found) for char, found in seen.items()}


def shared(text: str, gist: str, rare: Rarity) -> float:
    """How much of the wording two texts share: rare characters count, and runs of two count more."""
    chars = _chars(text) & _chars(gist)
    score = sum(max(0.0, rare.get(char, UNSEEN) - COMMON_BELOW) for char in chars) * PER_CHAR
    runs = _pairs(text) & _pairs(gist)
    score += sum(max(0.0, min(rare.get(p[0], UNSEEN), rare.get(p[1], UNSEEN)) - COMMON_BELOW) for p in runs) * PER_RUN
    return min(score, SHARED_MOST)


def about_own(text: str, act: Act, gist: str, lean: tuple[float, int], around: Around, rare: Rarity) -> float:
    """How strongly a reporter's (or supporter's) further line is about his case; compare with OWN_LEAST."""
    common, changed = shared(text, gist, rare), bool(_CHANGED.search(text))
    if act in ELSEWHERE_ACTS and not (act in (Act.ADVERT, Act.PRICE) and changed and common >= 1.0):
        return -9.0
    score = common + _leaning(lean)
    thanks = act is Act.THANKS or bool(_THANKS.search(text))
    lately = around.since <= timedelta(hours=2)
    score += 2.2 if thanks and (lately or len(text) <= 14) else 1.5 if act in ABOUT_OWN_ACTS else -1.0 if act is Act.JOKE else 0.0
    score += 1.0 if changed else 0.7 if _BECAME.search(text) else 0.0
    score += 0.8 if _LET_DOWN.search(text) else 0.0
    score -= 2.5 if _TRADE.search(text) else 1.0 if _JOKING.search(text) else 0.0
    score += 1.5 if around.to_bot else 0.0
    score += 1.0 if around.resolved else 0.0
    minutes = around.since.total_seconds() / 60
    score += 3.4 if minutes <= 4 else 1.2 if minutes <= 30 else 0.3 if minutes <= 240 else -1.0 if minutes > 10_080 else 0.0
    return score


def joins_in(text: str, act: Act) -> bool:
    """Whether anything in a line says that its speaker has the same trouble; without it nobody is a second voice."""
    return act is Act.SECOND or any(words.search(text) for words in (_AGREES, _ALSO, _FIRST_PERSON))


def echoes(text: str, act: Act, gist: str, lean: tuple[float, int], around: Around, rare: Rarity) -> float:
    """How strongly somebody else's line says the same as a case; compare with ECHO_LEAST."""
    if act in ELSEWHERE_ACTS or act in (Act.THANKS, Act.SATISFIED, Act.WITHDRAW, Act.WORKING):
        return -9.0
    if not (around.urgent or joins_in(text, act)):
        return -9.0  # a remark about somebody else's trouble is not a second voice
    agrees, also, own = bool(_AGREES.search(text)) or act is Act.SECOND, _ALSO.search(text), _FIRST_PERSON.search(text)
    score = -1.0 + shared(text, gist, rare) + _leaning(lean)
    score += (1.8 if agrees else 0.0) + (0.8 if also else 0.0) + (0.5 if own else 0.0)
    score -= 1.0 if _TO_YOU.search(text) and not own else 0.0
    score -= 2.5 if _TRADE.search(text) else 0.0
    score += 1.2 if around.lines_between <= 1 else 0.5 if around.lines_between <= 4 else -0.5
    score += 1.2 if around.urgent and around.since <= timedelta(minutes=10) else 0.0
    score -= 1.5 if _ADVICE.search(text) else 0.0
    score -= 0.8 if _ASKS.search(text) else 0.0
    score -= 1.5 if _LONG_AGO.search(text) or act is Act.HEARSAY else 0.0
    return score


def addresses(text: str, name: str) -> bool:
    """Whether a line begins by calling somebody: who is spoken to does not speak for himself (小伍,你去...)."""
    head = re.split(r"[,，、:： ]", text, maxsplit=1)[0].lstrip("@")
    return 2 <= len(head) <= 6 and (head in name or head[-2:] in name or bool(re.search(r"(?:你好|老师|阿姨|姐|哥|老板|先生|女士|总)$", head)))


def _leaning(lean: tuple[float, int]) -> float:
    lead, rank = lean
    return 0.45 * max(-1.0, min(lead, 5.0)) + (0.4 if rank == 1 else -0.4 if rank > 8 else 0.0)


@lru_cache(KEPT)
def _pairs(text: str) -> frozenset[str]:
    return frozenset({text[i:i + 2] for i in range(len(text) - 1) if _solid(text[i]) and _solid(text[i + 1])})


@lru_cache(KEPT)
def _chars(text: str) -> frozenset[str]:
    return frozenset({char for char in text if _solid(char) and "\u4e00" <= char <= "\u9fff"})


def _solid(char: str) -> bool:
    return char not in _COMMON and (char.isalnum())
