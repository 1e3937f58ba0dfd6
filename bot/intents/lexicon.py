"""Finds the lexicon's phrases inside a line, also misspelt or misheard, at a small part of a full scan's cost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import add

from rapidfuzz.fuzz import partial_ratio_alignment, ratio

from bot.intents.sounds import sound

CUTOFF = 72.0  # below this a window is not the phrase
HOMOPHONE = 0.6  # what a character that only sounds alike is worth
STRETCH = 2  # a window may be this much longer than the phrase (words put in between)
_MARKS = re.compile(r"[^\w\u4e00-\u9fff]+")


def compact(text: str) -> str:
    """The text without blanks and marks, as windows are compared."""
    return _MARKS.sub("", text)


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a line: how like (0..100) and the words that stand there."""

    intent: str
    phrase: str
    score: float
    words: str


def need(length: int) -> int:
    """How many different pairs of neighbouring syllables a window shares with a phrase of that length, at least."""
    return 2 if length <= 5 else 3 if length <= 8 else 4


def pairs(sounds: str) -> set[str]:
    """The different pairs of neighbours in a sounded text."""
    return set(map(add, sounds, sounds[1:]))


def window_score(phrase: str, phrase_sound: str, line: str, line_sound: str) -> tuple[float, str]:
    """How like the best window of a line is to a phrase (0..100), and that window; (0, "") below CUTOFF."""
    if len(line) < len(phrase):
        heard, start, end = ratio(phrase_sound, line_sound, score_cutoff=CUTOFF), 0, len(line)
    else:
        at = partial_ratio_alignment(phrase_sound, line_sound, score_cutoff=CUTOFF - 14)
        if at is None:
            return 0.0, ""
        heard, start, end = at.score, at.dest_start, at.dest_end
        for stop in range(end + 1, min(end + STRETCH, len(line)) + 1):
            longer = ratio(phrase_sound, line_sound[start:stop], score_cutoff=heard)
            if longer > heard:
                heard, end = longer, stop
    if heard < CUTOFF:
        return 0.0, ""
    window = line[start:end]
    seen = ratio(phrase, window)
    score = seen + HOMOPHONE * (heard - seen) if heard > seen else seen
    return (score, window) if score >= CUTOFF else (0.0, "")


class Lexicon:
    """An index from pairs of syllables to phrases; compiled once."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        """`phrases`: intent -> its phrases, in normal form."""
        self.entries: list[tuple[str, str, str, str, int]] = []  # intent, written, compact, sound, need
        # pair -> the phrases that have it, one bit each; and by how many pairs they need, the phrases that need so many
        self._index: dict[str, int] = {}
        self._needs: dict[int, int] = {2: 0, 3: 0, 4: 0}
        for intent, written in phrases.items():
            for phrase in written:
                body = compact(phrase)
                if len(body) < 3:
                    continue
                heard = sound(body)
                bit = 1 << len(self.entries)
                for pair in pairs(heard):
                    self._index[pair] = self._index.get(pair, 0) | bit
                self._needs[need(len(body))] |= bit
                self.entries.append((intent, phrase, body, heard, need(len(body))))

    def candidates(self, line_sound: str) -> list[int]:
        """The numbers of the phrases that share enough pairs with a line: all are counted at once, a bit each."""
        once = twice = thrice = often = 0
        for phrases in filter(None, map(self._index.get, pairs(line_sound))):
            often |= thrice & phrases
            thrice |= twice & phrases
            twice |= once & phrases
            once |= phrases
        left = twice & self._needs[2] | thrice & self._needs[3] | often & self._needs[4]
        found = []
        while left:
            lowest = left & -left
            found.append(lowest.bit_length() - 1)
            left ^= lowest
        return found

    def hits(self, line: str) -> list[Hit]:
        """All phrases found in a compact line, best first (score, then length, then the lexicon's sequence)."""
        line_sound = sound(line)
        found: list[tuple[float, int, int, Hit]] = []
        for number in self.candidates(line_sound):
            intent, phrase, body, heard, _ = self.entries[number]
            score, words = window_score(body, heard, line, line_sound)
            if score:
                found.append((-score, -len(body), number, Hit(intent, phrase, score, words)))
        found.sort(key=lambda row: row[:3])
        return [row[3] for row in found]
