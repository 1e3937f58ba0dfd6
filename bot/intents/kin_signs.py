"""What a line and a case show of each other, as named numbers: wording, way of saying, nearness in time and talk."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from operator import mul

from bot.intents import ways
from bot.intents.speech import Act

Rarity = Mapping[str, float]  # character -> log of how seldom a line has it
Signs = dict[str, float]  # sign -> how much of it there is; 0 where it is left out

UNSEEN, COMMON_BELOW, PER_CHAR, PER_RUN, SHARED_MOST = 7.0, 2.6, 0.35, 0.3, 4.5
KEPT = 2_048  # texts whose characters are remembered: the words of open cases are compared with line after line
RANK_FAR = 8  # an intent behind so many others is not what a line is about
SHORT, MIDDLE = 6, 14  # characters

_COMMON = frozenset("的了是我你他她它们这那个在有不就也都还又要去来说人吗呢吧啊哦嘛一下天今昨明么什怎谁没和跟到好看给让上里大家点先再把被过能可以")

# How things are said; each is a sign of its own.
MANNERS = {name: re.compile(words) for name, words in {
    "changed":
        "终于|还是|还在|照样|依旧|又来|又开始|又是|好了|到账|顺了|通了|热了|亮了|动了|有了|开了|灭了|出来了|拉走|搬走|挪走|收走|修好|换好|弄好|搞掂|"
        "搞定|没再|不再|没见|答应|来看过|来过|处理|解决|结果|下文|消息|回音|有信|有人跟|跟进|进展|说法|那个事|那件事|的事|这回|这次|比之前|今早|今晚|昨晚",
    "became": r"(?:^|[ ,，。!！~])[^ ,，。!！~]{1,7}了(?=$|[ ,，。!！~])",  # 有网了, 水热了: something is now so
    "agrees":
        r"^(?:是啊|系啊|对啊|对头|对对|对的|就是|确实|真的|是真的|可不|可不是|同问|同求|同感|同上|我也|我们也|我这边|我们这|俺也|咱也|阮也|"
        r"[^,，。 ]{1,8}也(?:是|系|有|一样|同样)|附议|顶|支持|举手|举双手|疯狂点头|\+1|加一|加1|\+\d|没错|讲得啱|啱啊|是的|要得|就这个|我就在|我家也|我店也|我屋头)",
    "also": "也|同样|一样|都是这样|照旧",
    "first": "我|俺|咱|阮|偶|本人|我们|我哋",
    "advice":
        "建议|你试试|试下|可以试|不如|你去|你可以|要不你|找个人|叫师傅|买个|放点|拿去|给你|借你|私聊|加我|哈哈|笑死|\\[笑|\\[捂脸\\]$|\\[狗头\\]",
    "asks": r"[?？]|吗$|呢$|咩$",
    "thanks": "谢(?!天)|感恩|有劳|劳烦|辛苦|唔该|多得|麻烦你们|麻烦您",
    "let_down": "绝了|无语|服了|换汤不换药|做样子|走过场|应付|敷衍|抢钱|寂寞|白跑|白搭|没用|一样的|还不如|意思意思|打发",
    "trade":
        "价钱好讲|价格好说|要的私|要的报|有货|现货|收旧|收购|回收|转让|出闲置|包邮|批发价|便宜出|开仓|到货|优惠|团购|^【|^\\[转",
    "joking": r"哈哈|\[狗头\]|\[捂脸\]|\[偷笑\]|\[呲牙\]|笑死|hhh|233",
    "to_you": "你(?!们)|让.{1,6}发|可以办|能办|能做",
    "goes_on":
        "^(?:他|她|它|那个|这个|那边|这边|人|东西|一直|每次|而且|就是|结果|然后|还有|我都|我|已经|现在|刚|今天|昨)",
    "calls": "^@|^[^ ,，]{1,4}(?:姐|哥|叔|姨|妈|爸|总|师傅|老板)",
    "long_ago": "当年|那时候|那阵子|以前|去年|前年|小时候|上次住|老家那边",
}.items()}
# How long ago the case was spoken of, in minutes, and how many lines ago in the group: each step is a sign.
SINCE = {"within_1": 1.5, "within_4": 4.0, "within_10": 10.0, "within_30": 30.0, "within_120": 120.0, "within_day": 1440.0}
LINES = {"next": 0, "one_between": 1, "few_between": 3, "some_between": 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What surrounds a line: how long ago the case was last spoken of, how many lines ago, and who speaks."""

    since: timedelta
    lines_between: int  # 0: the line before was the case's; a large number: long ago
    to_bot: bool = False
    urgent: bool = False
    reporter: bool = False  # the speaker opened the case
    same: bool = False  # heard as the case's own kind of matter
    other: bool = False  # heard as an appeal of another kind
    ways: ways.Told = ()  # what the line does in a talk, in the sequence of ways.SIGNS
    share: float = 0.0  # how far the meaning layer takes the line for the case's kind of matter, 0..1
    cry: float = 0.0  # how far it takes the line for a cry for help, 0..1


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


def signs(text: str, act: Act, gist: str, lean: tuple[float, int], around: Around, rare: Rarity) -> Signs:
    """All that speaks for or against a line's going on about a case; `lean` is a Leaning of the case's intent."""
    minutes = around.since.total_seconds() / 60
    lead, rank = lean
    found = dict.fromkeys(manners(text), 1.0)
    found |= {name: 1.0 for name, most in SINCE.items() if minutes <= most}
    found |= {name: 1.0 for name, most in LINES.items() if around.lines_between <= most}
    found |= {f"act_{act}": 1.0, "shared": shared(text, gist, rare), "lead": max(-1.0, min(lead, 5.0)),
              "minutes": math.log1p(max(minutes, 0.0)) / 5}
    flags = {"first_rank": rank == 1, "far_rank": rank > RANK_FAR, "to_bot": around.to_bot, "urgent": around.urgent,
             "reporter": around.reporter, "same": around.same, "other": around.other,
             "short": len(text) <= SHORT, "middling": len(text) <= MIDDLE}
    found |= {name: 1.0 for name, so in flags.items() if so}
    return found | dict(zip(ways.SIGNS, around.ways, strict=False)) | dict(zip(TOGETHER, together(around), strict=True))


# What only says something together: how the line is meant and how near it is to the case's matter or to its danger.
TOGETHER = ("share", "share_report", "strange_report", "share_second", "urgent_cry", "urgent_second")
_REPORT, _SECOND = ways.SIGNS.index("judged_report"), ways.SIGNS.index("judged_second")
_NOTHING = (0.0,) * len(TOGETHER)


def together(around: Around) -> tuple[float, ...]:
    """The signs of TOGETHER; none of them where the meaning layer was not asked."""
    if not around.ways or not around.ways[ways.JUDGED]:
        return _NOTHING
    report, second, share = around.ways[_REPORT], around.ways[_SECOND], around.share
    return (share, share * report, (1.0 - share) * report, share * second, around.urgent * around.cry, around.urgent * second)


class Scale:
    """Weighs what `signs` finds without naming each sign: lines are held against case after case."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        """`weights`: sign -> what it is worth (logits); "" is what every pair gets."""
        def of(name: str) -> float:
            return weights.get(name, 0.0)

        self._manners = {name: of(name) for name in MANNERS}
        self._acts = {act: of("") + of(f"act_{act}") for act in Act}
        self._since_most, self._since = list(SINCE.values()), _from_each(of(name) for name in SINCE)
        self._lines_most, self._lines = list(LINES.values()), _from_each(of(name) for name in LINES)
        self._shared, self._lead, self._minutes = of("shared"), of("lead"), of("minutes") / 5
        self._first_rank, self._far_rank = of("first_rank"), of("far_rank")
        self._short, self._middling = of("short"), of("middling")
        self._flags = tuple(map(of, ("to_bot", "urgent", "reporter", "same", "other")))
        self._ways, self._together = tuple(map(of, ways.SIGNS)), tuple(map(of, TOGETHER))
        self._of_line = lru_cache(KEPT)(self._line)

    def weigh(self, text: str, act: Act, gist: str, lean: tuple[float, int], around: Around, rare: Rarity) -> float:
        """What the signs between a line and a case are worth (logits); the arguments are those of `signs`."""
        minutes = around.since.total_seconds() / 60
        lead, rank = lean
        to_bot, urgent, reporter, same, other = self._flags
        score = self._of_line(text, act) + self._since[bisect_left(self._since_most, minutes)]
        score += self._lines[bisect_left(self._lines_most, around.lines_between)]
        score += self._shared * shared(text, gist, rare) + self._lead * max(-1.0, min(lead, 5.0))
        score += self._minutes * math.log1p(max(minutes, 0.0))
        score += self._first_rank if rank == 1 else self._far_rank if rank > RANK_FAR else 0.0
        score += to_bot * around.to_bot + urgent * around.urgent + reporter * around.reporter
        score += sum(map(mul, self._ways, around.ways)) + sum(map(mul, self._together, together(around)))
        return float(score + same * around.same + other * around.other)

    def _line(self, text: str, act: Act) -> float:
        """What a line brings to every case alike."""
        size = self._short * (len(text) <= SHORT) + self._middling * (len(text) <= MIDDLE)
        return self._acts[act] + size + sum(self._manners[name] for name in manners(text))


def _from_each(steps: Iterable[float]) -> list[float]:
    """For each step the sum of itself and all that follow, and nothing behind the last: who is nearer has the farther ones too."""
    sums = [0.0]
    for step in reversed(list(steps)):
        sums.insert(0, sums[0] + step)
    return sums


@lru_cache(KEPT)
def manners(text: str) -> tuple[str, ...]:
    """The ways of saying that a line shows."""
    return tuple(name for name, words in MANNERS.items() if words.search(text))


@lru_cache(KEPT)
def _pairs(text: str) -> frozenset[str]:
    return frozenset({text[i:i + 2] for i in range(len(text) - 1) if _solid(text[i]) and _solid(text[i + 1])})


@lru_cache(KEPT)
def _chars(text: str) -> frozenset[str]:
    return frozenset({char for char in text if _solid(char) and "\u4e00" <= char <= "\u9fff"})


def _solid(char: str) -> bool:
    return char not in _COMMON and (char.isalnum())
