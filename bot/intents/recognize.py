"""Puts the layers of hearing together: what one line, taken alone, wants, how surely, and why."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from bot.domain.settings import Intent, Settings
from bot.intents import ways
from bot.intents.alarm import ALOOF, DANGERS, DREADED, NEAR, TURNS_URGENT, believed_from, cry, danger, dread, grave
from bot.intents.alarm_lines import CRIES
from bot.intents.background import background
from bot.intents.concepts import CONCEPTS
from bot.intents.heard import ACT_WORDS, CERTAIN_ONLY, HARMLESS, PENALTY, Heard
from bot.intents.heat import Warmth, showing, warmer, warmth
from bot.intents.kin import rarity
from bot.intents.kin_signs import NOWHERE, Near
from bot.intents.lanes import Lanes, value, values
from bot.intents.lexicon import Hit, Lexicon, compact
from bot.intents.meaning import HEATED, kind, tone, worth
from bot.intents.meaning import URGENT as MEANT_URGENT
from bot.intents.ngrams import Example, Weights, grams, train
from bot.intents.normalize import Normal, normalize
from bot.intents.speech import Act, act_of, is_staff
from bot.intents.tags import Tags
from bot.intents.tone import ALARM, HEAT, framed, learn_tones, urgent, without_idioms

EMERGENCY = "emergency"
WHOLE = "整句"  # what is named where no single word cries for help and the line as a whole does
WAYS_FROM = 3  # the lanes before are: any appeal, alarm, heat
KEPT = 1_024  # lines remembered: a batch is heard ahead, and each line is then compared with several cases

# Every layer speaks in logits; these say how much each is worth. Fitted on lines held out of the lexicon.
ANY = 0.7  # "an appeal of whatever kind"
PHRASE = 3.0  # a phrase of the lexicon, word for word and long
URGENT = 5.0
HOT = 2.0  # for a line that is surely angry: who scolds a neighbour in the group wants somebody to step in
JUDGED_URGENT = 1.0  # the same where the semantic layer tells a fight or a hazard from an accident
DOUBT = -5.0  # below this the weights overrule the words of an emergency
HOPELESS = -1.0  # below this "an appeal of whatever kind" is not looked at further
FAR = -4.5  # below this not even signs of an emergency are looked for
SURE = 1.5  # from here the weights alone call a line an emergency
STAFF = -3.0  # who speaks for the property firm or the community rarely appeals
SHORT = -1.5  # three characters or fewer
LACONIC = 2.9  # nothing but a place and what is wrong there: 3栋漏水
JUDGED_PENALTY = 0.25  # of the penalties, where the semantic layer has had its say: it knows better what kind of speech it is
SCALE, SCALE_ALONE = 0.8, 1.2  # spread the logit over 0..100, with the semantic layer's say and without: its doubts reach farther
LEVEL = 0.5  # the logit that is worth 50

_LACONIC = re.compile(r"(?=.{3,10}$).*(?:\d|[一二三四五六七八九十a-f几])(?:栋|座|楼|馆|号|单元|层|厂房|f)")
_AFTERWARDS = re.compile(r"了吗|没有|不|谢|过|哈|吗|\?")

def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, x))))


def _points(total: float, scale: float = SCALE) -> float:
    """A sum of logits as a score, 0..99.9: nothing is certain, and where `open` is 100 nothing opens by itself."""
    return min(round(100.0 * _sigmoid(scale * (total - LEVEL)), 1), 99.9)


def _examples(intents: Mapping[str, Intent], chatter: Sequence[str], tags: Tags) -> list[Example]:
    def rows(texts: Iterable[str], intent: str | None) -> list[Example]:
        plain = (normalize(text).text for text in texts)
        return [Example(frozenset(grams(t) | tags.found(t).keys()), intent) for t in plain]

    out = rows(chatter or background(), None)
    for intent in sorted(intents.values(), key=lambda i: i.id):
        out += rows(intent.lines, intent.id) + rows(intent.phrases, intent.id) + rows(intent.near, None)
        out += rows(CRIES.get(intent.id, ()), intent.id)
    return out


def _plain(texts: Iterable[str]) -> list[str]:
    return [normalize(text).text for text in texts]


class Ears:
    """The compiled lexicon and weights of one installation; built once for each version of the settings."""

    def __init__(self, settings: Settings, weights: Weights | None = None) -> None:
        """`weights` are those learnt from the very same lexicon before; without them they are learnt now (a second)."""
        self._settings = settings
        self.opinion: Callable[[str], Mapping[str, float] | None] | None = None  # what the semantic layer has said
        self.near: Callable[[str, str], Near] = lambda text, gist: NOWHERE  # and how near it finds a line to a case's gist
        intents = settings.intents
        self._names = {i.id: i.name for i in intents.values()}
        self.lexicon = Lexicon({i.id: _plain(i.phrases) for i in intents.values()})
        self.tags = Tags({f"<{i.id}>": _plain(i.cues) for i in intents.values()} | {f"<{k}>": w for k, w in CONCEPTS.items()})
        self.weights = weights or replace(train(_examples(intents, settings.chatter, self.tags)),
                                          tones=learn_tones(tuple(intents.values()), settings.chatter, settings.talk),
                                          ways=ways.learn_ways(settings.talk, tuple(intents.values()), settings.chatter))
        self._tones = [self.weights.tones[tone] for tone in (ALARM, HEAT)]
        self._ways = [self.weights.ways[way] for way in ways.LEARNT]
        columns = [self.weights.appeal, *(one.weights for one in (*self._tones, *self._ways))]
        self._lanes = Lanes(columns, self.weights.rows)  # one walk over a line's features adds all of them
        self._kinds_from = len(columns)
        bodies = (i.lines + i.near for i in intents.values())
        self.rare = rarity(line for body in bodies for line in body)
        self._place = {intent: n for n, intent in enumerate(self.weights.intents)}
        self._cries = [self._place[intent] for intent in CRIES if intent in self._place]
        self._heard_once = lru_cache(KEPT)(self._hear)
        self._weighed_once = lru_cache(KEPT)(self._weigh)
        self._leanings = lru_cache(KEPT)(self._all_leanings)

    def hear(
        self, text: str, *, name: str = "", lounge: str = "", meaning: Mapping[str, float] | None = None
    ) -> Heard:
        """Hear one line alone; `meaning` is the semantic layer's opinion, intent (or "none") -> probability."""
        meaning = meaning if meaning is not None or self.opinion is None else self.opinion(text)
        return self._heard_once(text, name) if meaning is None else self._hear(text, name, meaning)

    def _hear(self, text: str, name: str, meaning: Mapping[str, float] | None = None) -> Heard:
        normal, tags, lanes = self._weighed_once(text)
        appeal, told = self.weights.any_bias + value(lanes[0]), self._told(lanes, meaning)
        act, said = act_of(normal, name=name)
        if not normal.text:
            return Heard(act, None, 0.0, None, False, 0, ACT_WORDS[act], (), "ignore", 0.0, told)
        alarm = urgent(normal) if act not in HARMLESS else None
        signs = "" if alarm or act in CERTAIN_ONLY or appeal < FAR else self._cry(normal.text, value(lanes[1]))
        threat = danger(self._tones[0], normal.text, value(lanes[1]))
        if meaning is None and (alarm or signs) and not grave(threat, normal.text, appeal):
            alarm, signs = None, ""
        warm = showing(warmth(self._tones[1], normal.text, text, value(lanes[2])), normal.text, told)
        hits = self.lexicon.hits(compact(normal.text))
        if appeal < HOPELESS and not (hits or alarm or signs) and meaning is None:
            return self._hopeless(act, said, appeal, warm, told)
        scores = self._each(lanes)
        if meaning is None:
            alarm = self._weighed(alarm, scores, appeal, act)
            alarm = None if alarm == WHOLE and not grave(threat, normal.text, appeal) else alarm
            self._lift(scores, hits, URGENT if alarm else 0.0)
            alarm = alarm or self._endangered(signs, scores)
        else:
            self._lift(scores, hits, JUDGED_URGENT)
            alarm = self._dreaded(alarm, signs, dread(threat, tone(meaning, MEANT_URGENT)), self._ranked(scores, meaning), act)
            self._lift(scores, [], 0.0 if alarm else -JUDGED_URGENT)
            warm = replace(warm, meant=tone(meaning, HEATED))
        total = ANY * appeal + max(scores, default=-9.0) + (URGENT if alarm else 0.0)
        penalty = PENALTY[act]
        if meaning:
            penalty *= JUDGED_PENALTY
            total += worth(meaning) + HOT * warm.points()
            scores = self._ranked(scores, meaning)
        total += (STAFF if name and is_staff(name) else 0.0) + (SHORT if len(normal.text) <= 3 else 0.0)
        total += LACONIC if act is Act.PLAIN and _is_laconic(normal.text, tags) else 0.0
        scale = SCALE if meaning else SCALE_ALONE
        heard = self._heard(normal, act, said, total + penalty, scale, scores, hits, tags, alarm, warm)
        return replace(heard, ways=told, opinion=meaning, bare=_points(total))

    def _hopeless(self, act: Act, said: str, appeal: float, warmth: Warmth, told: ways.Told) -> Heard:
        """A line so far from any appeal that its matter is not worth weighing: most chatter leaves here."""
        score = _points(ANY * appeal + PENALTY[act], SCALE_ALONE)
        why = ACT_WORDS[act] + (f"“{said[:20]}”" if said else ",不像诉求")
        shift = warmer(act)
        return Heard(act, None, score, None, False, warmth.level(shift), why, (), "ignore", warmth.points(shift),
                     told, None, _points(ANY * appeal))

    def _told(self, lanes: tuple[int, ...], meaning: Mapping[str, float] | None) -> ways.Told:
        logits = [one.bias + value(lane) for one, lane in zip(self._ways, lanes[WAYS_FROM:], strict=False)]
        return ways.told(logits, meaning)

    def _weighed(self, alarm: str | None, scores: list[float], appeal: float, act: Act) -> str | None:
        """Words of an emergency that the weights believe; or none of them, but weights that are sure of one."""
        place = self._place.get(EMERGENCY)
        if place is None:
            return alarm
        if alarm:
            return alarm if max(scores[one] for one in self._cries) > DOUBT else None
        sure = scores[place] >= SURE and scores[place] == max(scores) and appeal > 0.0 and PENALTY[act] == 0
        return WHOLE if sure else None

    def _dreaded(self, alarm: str | None, signs: str, dreaded: float, ranked: list[float], act: Act) -> str | None:
        """Words of an emergency that the semantic layer believes, or that it hears where there are none; `ranked` as if it were one."""
        if ranked and self.weights.intents[ranked.index(max(ranked))] not in TURNS_URGENT:
            dreaded -= ALOOF
        if alarm and dreaded >= believed_from(alarm):
            return alarm
        return signs or WHOLE if dreaded >= DREADED and act not in HARMLESS else None

    def _ranked(self, scores: list[float], meaning: Mapping[str, float]) -> list[float]:
        """The logit of each intent with what the semantic layer thinks of it."""
        return [score + kind(meaning, intent) for score, intent in zip(scores, self.weights.intents, strict=True)]

    def _cry(self, text: str, grams_worth: float) -> str:
        """The signs of an emergency where no certain words say so; "" where they are too few, or of a film."""
        said = cry(self._tones[0], text, grams_worth)
        if not said or framed(text):
            return ""
        rest = without_idioms(text)
        return said if rest == text else cry(self._tones[0], rest, self._tones[0].of(grams(rest)))

    def _endangered(self, signs: str, scores: list[float]) -> str | None:
        """Signs of an emergency count where the line is about a danger; a lift that is stuck is none."""
        if not signs:
            return None
        high = max(scores)
        place = self._place.get(EMERGENCY)
        close = place is not None and scores[place] >= high - NEAR
        return signs if close or self.weights.intents[scores.index(high)] in DANGERS else None

    def leaning(self, text: str, intent: str) -> tuple[float, int]:
        """How far an intent's weight for a line is above the mean of all (logits), and its rank (1 is first)."""
        place = self._place.get(intent)
        if place is None:
            return 0.0, len(self._place)
        scores, upwards, mean = self._leanings(text)
        mine = scores[place]
        return mine - mean, 1 + len(upwards) - bisect_right(upwards, mine)

    def _all_leanings(self, text: str) -> tuple[list[float], list[float], float]:
        """The weight of every intent for a line, the same in rising order, and their mean."""
        scores = self._each(self._weighed_once(text)[2])
        return scores, sorted(scores), sum(scores) / len(scores)

    def _each(self, lanes: tuple[int, ...]) -> list[float]:
        """A logit for every intent, in the sequence of the weights' intents."""
        return values(lanes[self._kinds_from :], self.weights.bias)

    def _weigh(self, text: str) -> tuple[Normal, Mapping[str, str], tuple[int, ...]]:
        """What everything else begins with: the line in normal form, its tags, and what its features add up to."""
        normal = normalize(text, self._settings.bot_names)
        tags, features = self.tags.found(normal.text), grams(normal.text)
        features.update(tags)
        return normal, tags, self._lanes.sums(features)

    def _lift(self, scores: list[float], hits: list[Hit], urgency: float) -> None:
        """Add the layers above the weights to the intents they speak for: phrases; alarm, to the likeliest that cries are of."""
        lifted: set[str] = set()
        for hit in hits:
            if hit.intent not in lifted:
                lifted.add(hit.intent)
                scores[self._place[hit.intent]] += phrase_worth(hit)
        if urgency and EMERGENCY in self._place:
            scores[max(self._cries, key=scores.__getitem__)] += urgency

    def _heard(
        self, normal: Normal, act: Act, said: str, total: float, scale: float, scores: list[float], hits: list[Hit],
        tags: Mapping[str, str], alarm: str | None, warmth: Warmth,
    ) -> Heard:  # fmt: skip
        score = _points(total, scale)
        best, runner, lead = self._two_best(scores)
        second = (runner, _points(total - lead, scale)) if runner else None
        decision = self._decide(score, 100.0 * math.tanh(lead / 2) if second else 100.0, alarm)
        words = tuple(h.words for h in hits[:3] if h.intent == best) or tuple(tags.get(f"<{best}>", "").split())
        shift = warmer(act, self._settings.intents.get(best or ""), alarm=bool(alarm))
        heated = warmth.level(shift)
        why = self._why(act, said, best, score, hits, tags, alarm, warmth.words if heated else "")
        return Heard(act, best, score, second, alarm is not None, heated, why, words, decision, warmth.points(shift))

    def _two_best(self, scores: list[float]) -> tuple[str | None, str | None, float]:
        if not scores:
            return None, None, 0.0
        names = self.weights.intents
        top = max(scores)
        best = scores.index(top)
        if len(scores) == 1:
            return names[best], None, 0.0
        rest = [*scores[:best], *scores[best + 1 :]]
        next_top = max(rest)
        runner = rest.index(next_top)
        return names[best], names[runner + (runner >= best)], top - next_top

    def _decide(self, score: float, lead: float, alarm: str | None) -> str:
        """`lead` is how far the best intent is before the second when only these two are weighed, 0..100."""
        limits = self._settings.thresholds
        if alarm or (score >= limits.open and lead >= limits.margin):
            return "open"
        return "ask" if score >= limits.ask else "ignore"

    def _why(
        self, act: Act, said: str, best: str | None, score: float, hits: list[Hit], tags: Mapping[str, str],
        alarm: str | None, angry: str,
    ) -> str:  # fmt: skip
        parts = [ACT_WORDS[act] + (f"“{said[:20]}”" if said else "")] if act is not Act.PLAIN else []
        if best:
            parts.append(f"像{self._names.get(best, best)} {score:.0f}")
            hit = next((h for h in hits if h.intent == best), None)
            if hit:
                parts.append(f"词组“{hit.phrase}”≈“{hit.words}”{hit.score:.0f}")
            elif cue := tags.get(f"<{best}>"):
                parts.append(f"线索“{cue}”")
        if alarm:
            parts.append(f"紧急“{alarm}”")
        if angry:
            parts.append(f"情绪“{angry}”")
        return ";".join(parts)


def _is_laconic(text: str, tags: Mapping[str, str]) -> bool:
    return len(text) <= 10 and "<trouble>" in tags and bool(_LACONIC.match(text)) and not _AFTERWARDS.search(text)


def phrase_worth(hit: Hit) -> float:
    """What a found phrase adds, in logits: its likeness above the cutoff, less for a short one."""
    return PHRASE * max(0.0, hit.score - 66.0) / 34.0 * min(1.0, len(hit.words) / 7.0)
