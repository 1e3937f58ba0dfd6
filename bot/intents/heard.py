"""What one line, taken alone, was heard as, and when that is worth a second opinion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.intents import ways
from bot.intents.normalize import MEDIA
from bot.intents.speech import Act

POSSIBLE = 18.0  # a line below this score is not put before the semantic layer,
WARMISH = 0.8  # or so angry,
# unless it looks so much (logits) like a word on a matter that is known, by what it would be there. What is added sounds like any talk.
PERHAPS = {"second": -0.95, "detail": 1.0, "fixed": 0.1, "unfixed": 0.4}
assert tuple(PERHAPS) == ways.LEARNT

PENALTY: Mapping[Act, float] = {
    Act.RESOLVED: -6, Act.THANKS: -6, Act.SATISFIED: -9, Act.UNSATISFIED: -6, Act.WITHDRAW: -9, Act.PROGRESS: -2,
    Act.SECOND: -2, Act.NOTICE: -7, Act.ADVERT: -3, Act.CHAIN: -6, Act.GREETING: -9, Act.JOKE: -2, Act.PRICE: -1,
    Act.HEARSAY: -1, Act.NEGATED: -5, Act.WORKING: -6, Act.STICKER: -20, Act.UNRESOLVED: 0, Act.QUESTION: 0,
    Act.PLAIN: 0,
}  # fmt: skip
# Not even a line that sounds like an emergency is one when it is such an act.
HARMLESS = frozenset((Act.NOTICE, Act.ADVERT, Act.CHAIN, Act.WITHDRAW, Act.STICKER, Act.RESOLVED, Act.NEGATED))
CERTAIN_ONLY = HARMLESS | {Act.SECOND}  # nor by signs alone who only joins in: 我也是，推车走不动了

ACT_WORDS: Mapping[Act, str] = {
    Act.RESOLVED: "说的是已经好了", Act.UNRESOLVED: "说的是还没好", Act.THANKS: "道谢", Act.SATISFIED: "评价满意",
    Act.UNSATISFIED: "评价不满意", Act.WITHDRAW: "撤回", Act.PROGRESS: "问进度", Act.SECOND: "附和", Act.NOTICE: "通知口吻",
    Act.ADVERT: "广告口吻", Act.CHAIN: "接龙红包", Act.GREETING: "问候", Act.JOKE: "玩笑", Act.PRICE: "问价",
    Act.HEARSAY: "说的是别处或从前", Act.NEGATED: "说的是没有", Act.WORKING: "答应去办", Act.STICKER: "只有表情",
    Act.QUESTION: "在问", Act.PLAIN: "陈述",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """What a line alone was heard as. `score` 0..100; `decision` is open, ask or ignore (without context)."""

    act: Act
    intent: str | None
    score: float
    second: tuple[str, float] | None
    urgent: bool
    heated: int
    why: str
    words: tuple[str, ...]
    decision: str
    heat: float = 0.0  # 0..1, what the line adds to the heat of its talk (heat.together)
    ways: ways.Told = ()  # what it does in a talk, in the sequence of ways.SIGNS
    opinion: Mapping[str, float] | None = None  # the semantic layer's, where it was asked
    bare: float = 0.0  # the score without regard to the act


def askable(heard: Heard, text: str) -> bool:
    """Whether a line has words that the semantic layer can be asked about."""
    return heard.act is not Act.STICKER and text not in MEDIA


def doubtful(heard: Heard) -> bool:
    """Whether the semantic layer's opinion could change what becomes of a line: an appeal perhaps, or a word on a known one."""
    if heard.act is Act.STICKER:
        return False
    known = any(told >= least for told, least in zip(heard.ways, PERHAPS.values(), strict=False))
    return known or heard.urgent or heard.heat >= WARMISH or heard.bare >= POSSIBLE
