"""The slow twin of the lexicon: it looks at every phrase, with the same scoring and no index."""

from __future__ import annotations

from bot.intents.lexicon import Hit, Lexicon, need, pairs, window_score
from bot.intents.sounds import sound


def brute_hits(lexicon: Lexicon, line: str) -> list[Hit]:
    """All phrases found in a compact line, best first: score, then length, then the lexicon's sequence."""
    line_sound = sound(line)
    there = pairs(line_sound)
    found: list[tuple[float, int, int, Hit]] = []
    for number, (intent, phrase, body, heard, _) in enumerate(lexicon.entries):
        if len(pairs(heard) & there) < need(len(body)):
            continue
        score, words = window_score(body, heard, line, line_sound)
        if score:
            found.append((-score, -len(body), number, Hit(intent, phrase, score, words)))
    return [row[3] for row in sorted(found, key=lambda row: row[:3])]
