"""Lays open how one line was heard: every layer, what it found, and what that was worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.settings import Settings
from bot.intents.heard import ACT_WORDS, PENALTY
from bot.intents.lexicon import compact
from bot.intents.ngrams import grams
from bot.intents.normalize import normalize
from bot.intents.place import PlaceParser
from bot.intents.recognize import Ears, phrase_worth
from bot.intents.speech import act_of

TOP, PAIRS, HITS = 5, 6, 8  # intents, pairs of characters for each of the first two, phrases


@dataclass(frozen=True, slots=True)
class Said:
    """One row of an explanation: the layer, what it found, and its worth in logits (None: it decides by itself)."""

    layer: str
    found: str
    worth: float | None = None


def explain(text: str, settings: Settings, ears: Ears, places: PlaceParser, *, name: str = "", lounge: str = "") -> list[Said]:
    """How a line alone is heard, layer by layer, the decision last."""
    normal = normalize(text, settings.bot_names)
    act, word = act_of(normal, name=name)
    placed = places.place(text, name=name, lounge=lounge)
    rows = [Said("规范", normal.text or "（没有文字）"), Said("语气", ACT_WORDS[act] + (f"“{word}”" if word else ""), PENALTY[act]),
            Said("地点", " ".join(p for p in (placed.building, placed.unit, f"（{placed.why}）" if placed.why else "") if p) or "没有提到")]
    rows += _phrases(normal.text, settings, ears)
    tags = ears.tags.found(normal.text)
    cues = " ".join(f"{word}→{_name(tag.strip('<>'), settings)}" for tag, word in tags.items())
    rows.append(Said("线索", cues or "没有"))
    rows += _weights(normal.text, settings, ears)
    return [*rows, *_verdict(text, settings, ears, name, lounge)]


def _name(intent: str, settings: Settings) -> str:
    known = settings.intents.get(intent)
    return known.name if known else intent


def _phrases(text: str, settings: Settings, ears: Ears) -> Iterator[Said]:
    hits = ears.lexicon.hits(compact(text))
    if not hits:
        yield Said("词组", "没有")
    for hit in hits[:HITS]:
        yield Said("词组", f"{hit.phrase} ≈ {hit.words}（{_name(hit.intent, settings)}，{hit.score:.0f}）", round(phrase_worth(hit), 2))


def _weights(text: str, settings: Settings, ears: Ears) -> Iterator[Said]:
    """What characters, their pairs and the cues say, of any appeal and of the likeliest intents."""
    features = grams(text) | ears.tags.found(text).keys()
    weights = ears.weights
    parts = {feature: weights.appeal.get(feature, 0.0) for feature in features}
    yield Said("像不像诉求", _heaviest(parts), round(weights.any_appeal(features), 2))
    scores = weights.each(features)
    for rank, place in enumerate(sorted(range(len(scores)), key=lambda p: -scores[p])[:TOP]):
        parts = {feature: weights.rows[feature][place] for feature in features if feature in weights.rows}
        yield Said(f"像第{rank + 1}类", f"{_name(weights.intents[place], settings)} {_heaviest(parts) if rank < 2 else ''}".strip(),
                   round(scores[place], 2))


def _heaviest(parts: dict[str, float]) -> str:
    heavy = sorted(((abs(worth), feature, worth) for feature, worth in parts.items() if worth), reverse=True)[:PAIRS]
    return " ".join(f"{feature}{worth:+.1f}" for _, feature, worth in heavy)


def _verdict(text: str, settings: Settings, ears: Ears, name: str, lounge: str) -> Iterator[Said]:
    heard = ears.hear(text, name=name, lounge=lounge)
    limits = settings.thresholds
    yield Said("紧急", "是" if heard.urgent else "不是")
    yield Said("情绪", f"{('平和', '生气', '辱骂或威胁')[heard.heated]}（这句给整件事加 {heard.heat:.2f}）")
    if heard.second:
        yield Said("次选", f"{_name(heard.second[0], settings)} {heard.second[1]:.0f}")
    what = {"open": "立案", "ask": "问客厅房东", "ignore": "不作声"}[heard.decision]
    kind = f"，{_name(heard.intent, settings)}" if heard.intent else ""
    yield Said("结论", f"{what}{kind}，{heard.score:.0f}分（{limits.open}分立案，{limits.ask}分起问房东）：{heard.why}")
