"""What a line and a case show of each other, as named numbers: wording, way of saying, nearness in time and talk."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from bot.domain.effects import BETWEEN
from bot.intents import ways
from bot.intents.heard import Heard
from bot.intents.meaning import NONE, cry, share
from bot.intents.place import Placed
from bot.intents.speech import Act

Near = tuple[float, ...]  # in the sequence of NEARNESS, cosines; NOWHERE where it is not known
Rarity = Mapping[str, float]  # character -> log of how seldom a line has it
Signs = dict[str, float]  # sign -> how much of it there is; 0 where it is left out

UNSEEN, COMMON_BELOW, PER_CHAR, PER_RUN, SHARED_MOST = 7.0, 2.6, 0.35, 0.3, 4.5
KEPT = 2_048  # texts whose characters are remembered: the words of open cases are compared with line after line
OUT = ">"  # the row of a net that its hidden sums are weighed by
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
    "shows": r"^\[(?:图片|视频|文件|照片)\]$",
}.items()}
# How long ago the case was spoken of, in minutes, and how many lines ago in the group: the first step that is far enough is a sign.
SINCE = {1.5: "since_1", 4.0: "since_4", 10.0: "since_10", 30.0: "since_30", 120.0: "since_120", 1440.0: "since_day", math.inf: "since_more"}
LINES = {0: "next", 1: "one_between", 3: "few_between", 8: "some_between", math.inf: "many_between"}
PLACES = ("said_here", "said_elsewhere", "lives_here", "lives_elsewhere")
OVER = frozenset({Act.RESOLVED, Act.SATISFIED, Act.THANKS, Act.WITHDRAW})
UNFIXED = frozenset({Act.UNRESOLVED, Act.UNSATISFIED, Act.PROGRESS})
LIKELY = 0.5  # the share of the meaning layer from which a way is believed
_FIXED, _UNFIXED = ways.SIGNS.index("judged_fixed"), ways.SIGNS.index("judged_unfixed")
LONG_AGO = 43_200.0  # minutes: what was last spoken of a month ago or earlier is equally far
LIVELY_MOST = 4  # matters that are spoken of at a time; more say no more
NEARNESS = ("near_most", "near_first", "near_mean")  # of what was told of the case: the nearest part, the first, all together
NOWHERE: Near = ()
UNHEARD = Heard(Act.PLAIN, None, 0.0, None, False, 0, "", (), "ignore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What surrounds a line: what it was heard as, how near the case was last spoken of, and who speaks."""

    since: timedelta
    lines_between: int  # 0: the line before was the case's; a large number: long ago
    heard: Heard = UNHEARD
    intent: str = ""  # of the case
    messages: int = 1  # lines of the case so far
    lively: int = 1  # matters of the lounge that were spoken of lately, whosoever's
    cases: int = 1  # matters of the speaker that are alive
    older: bool = False  # he has spoken of another of them since
    to_bot: bool = False
    urgent: bool = False
    reporter: bool = False  # the speaker opened the case
    left: str = ""  # how the case's last line left it, as `left_by` says
    place: str = ""  # one of PLACES: what the line says, or the speaker's nickname, of the case's building; "" for nothing
    before: str = ""  # what the speaker's line before was of, as `before_of` says
    near: Near = NOWHERE  # how nearly the line speaks of the same as what was told of the case
    prelude: tuple[str, ...] = ()  # who spoke just before, as `prelude.prelude` says


def place_of(placed: Placed, building: str | None) -> str:
    """What a line's place says of a case's building, for `Around.place`."""
    if placed.building is None or building is None or placed.source not in ("said", "nickname"):
        return ""
    here = building == placed.building or building in placed.others
    return f"{'said' if placed.source == 'said' else 'lives'}_{'here' if here else 'elsewhere'}"


def before_of(line: str, messages: Sequence[str]) -> str:
    """What the speaker's line before in the recent talk was of, by its id: "this" case of these messages, "else", or "" for no line."""
    return line and ("this" if line in messages else "else")


def parts(gist: str) -> list[str]:
    """The lines that the gist of a case is made of."""
    return gist.split(BETWEEN)


def left_by(heard: Heard) -> str:
    """How a line leaves the matter it belongs to: over, unfixed, or "" for neither."""
    if heard.act in OVER or heard.ways and heard.ways[_FIXED] > LIKELY:
        return "over"
    return "unfixed" if heard.act in UNFIXED or heard.ways and heard.ways[_UNFIXED] > LIKELY else ""


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
    return of_line(text, act, told_of(around.heard)) | between(text, gist, lean, around, rare)


# What hearing found in a line and that bears on every case alike: ways, score, score without the act, heat, decision, share of "none".
Found = tuple[ways.Told, float, float, float, str, float]


def told_of(heard: Heard) -> Found:
    """What counts of a line's hearing, in a form that can be remembered."""
    none = heard.opinion.get(NONE, 0.0) if heard.opinion else 0.0
    return heard.ways, heard.score, heard.bare, heard.heat, heard.decision, none


def of_line(text: str, act: Act, found: Found) -> Signs:
    """The signs that a line brings to every case alike."""
    told, score, bare, heat, decision, none = found
    sizes = {"short": len(text) <= SHORT, "middling": len(text) <= MIDDLE, f"heard_{decision}": True}
    return (dict.fromkeys(manners(text), 1.0) | {name: 1.0 for name, so in sizes.items() if so} | dict(zip(ways.SIGNS, told, strict=False))
            | {f"act_{act}": 1.0, "length": math.log1p(len(text)), "score": score / 100, "bare": bare / 100, "heat": heat, "none": none})


def between(text: str, gist: str, lean: tuple[float, int], around: Around, rare: Rarity) -> Signs:
    """The signs that lie between a line and one case."""
    minutes, heard = min(around.since.total_seconds() / 60, LONG_AGO), around.heard
    lead, rank = lean
    same = heard.intent == around.intent
    flags = {"first_rank": rank == 1, "far_rank": rank > RANK_FAR, "to_bot": around.to_bot, "urgent": around.urgent,
             "reporter": around.reporter, "same": same, "other": heard.decision == "open" and not same,
             "single": around.messages == 1, "several": around.cases > 1, "older": around.older, around.place: around.place,
             f"left_{around.left}": around.left, f"before_{around.before}": around.before}
    found = {name: 1.0 for name, so in flags.items() if so}
    found[_SINCE[bisect_left(_SINCE_MOST, minutes)]] = 1.0
    found[_LINES[bisect_left(_LINES_MOST, around.lines_between)]] = 1.0
    found |= {"shared": shared(text, gist, rare), "lead": max(-1.0, min(lead, 5.0)), "minutes": math.log1p(max(minutes, 0.0)) / 5,
              "messages": math.log1p(around.messages), "lively": min(around.lively, LIVELY_MOST) / LIVELY_MOST}
    if heard.ways and heard.ways[ways.JUDGED]:
        found |= dict(zip(TOGETHER, together(around), strict=True))
    found |= zip(NEARNESS, around.near, strict=False)
    found |= dict.fromkeys(around.prelude, 1.0)
    return found


_SINCE_MOST, _SINCE = list(SINCE), list(SINCE.values())
_LINES_MOST, _LINES = list(LINES), list(LINES.values())
# What only says something together: how the line is meant and how near it is to the case's matter or to its danger.
TOGETHER = ("share", "share_report", "strange_report", "share_second", "urgent_cry", "urgent_second")
_REPORT, _SECOND = ways.SIGNS.index("judged_report"), ways.SIGNS.index("judged_second")


def together(around: Around) -> tuple[float, ...]:
    """The signs of TOGETHER, of a line that the meaning layer was asked about."""
    told, opinion = around.heard.ways, around.heard.opinion
    report, second, part = told[_REPORT], told[_SECOND], share(opinion, around.intent)
    return (part, part * report, (1.0 - part) * report, part * second, around.urgent * cry(opinion), around.urgent * second)


class Scale:
    """Weighs what `signs` finds, by a net with one hidden layer: the same word says another thing a minute or a day later."""

    def __init__(self, weights: Mapping[str, Sequence[float]]) -> None:
        """`weights`: sign -> what it adds to each hidden sum; "" is where these begin, OUT what they and the end are worth (logits)."""
        self._rows = {name: tuple(row) for name, row in weights.items()}
        self._begin = list(self._rows.pop(""))
        *self._out, self._end = self._rows.pop(OUT)
        self._of_line = lru_cache(KEPT)(self._line)

    def weigh(self, text: str, act: Act, gist: str, lean: tuple[float, int], around: Around, rare: Rarity) -> float:
        """What the signs between a line and a case are worth (logits); the arguments are those of `signs`."""
        return self._ended(self._added(self._of_line(text, act, told_of(around.heard)), between(text, gist, lean, around, rare)))

    def worth(self, found: Signs) -> float:
        """The same, of signs that were found before."""
        return self._ended(self._added(self._begin, found))

    def _line(self, text: str, act: Act, found: Found) -> list[float]:
        """What a line brings to every case alike."""
        return self._added(self._begin, of_line(text, act, found))

    def _added(self, sums: list[float], found: Signs) -> list[float]:
        for name, much in found.items():
            row = self._rows.get(name)
            if row is not None and much:
                sums = [at + much * by for at, by in zip(sums, row, strict=True)]
        return sums

    def _ended(self, sums: list[float]) -> float:
        return float(self._end + sum([much * at for much, at in zip(self._out, sums, strict=True) if at > 0.0]))


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
