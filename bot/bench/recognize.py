"""One line heard (normalised, gated, placed, weighed) against rapidfuzz's own scan of the same phrases."""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rapidfuzz.fuzz import partial_ratio
from rapidfuzz.process import extract

from bot.bench.rounds import ROUNDS, Figures, report
from bot.config import find, load
from bot.domain.settings import Settings
from bot.intents.lexicon import compact
from bot.intents.normalize import normalize
from bot.intents.place import PlaceParser
from bot.intents.recognize import Ears

LINES = 1_600  # more lines than anything remembers, so that none is heard from memory
CHATTER = 9  # of ten lines of a group want nothing
NAMES = ("3栋-甲叔", "袜子批发2F-115", "阿乙", "丙姐(5栋502)")


def bench(settings: Settings, lines: int = LINES, rounds: int = ROUNDS) -> Figures:
    """`ratio` (brute force ÷ ours, the median of the rounds), `median_us` (ours, a line) and `phrases`."""
    ears = Ears(settings)
    places = PlaceParser(settings.buildings, settings.shops, settings.lounges)
    phrases = [compact(normalize(p).text) for i in settings.intents.values() for p in i.phrases]
    talk = said(settings, lines)
    lounges = sorted(settings.lounges)

    def ours(line: str) -> None:
        name = NAMES[len(line) % len(NAMES)]
        ears.hear(line, name=name, lounge=lounges[0])
        places.place(line, name=name, lounge=lounges[0])

    def brute(line: str) -> None:
        extract(compact(line), phrases, scorer=partial_ratio)

    spent(ours, talk)  # the first pass warms what is made on first use
    mine: list[float] = []
    ratios: list[float] = []
    for _ in range(rounds):
        one, other = spent(ours, talk), spent(brute, talk)
        mine.append(statistics.median(one))
        ratios.append(sum(other) / sum(one))
    return {"ratio": round(statistics.median(ratios), 1), "median_us": round(statistics.median(mine), 1),
            "phrases": len(phrases)}


def said(settings: Settings, count: int) -> list[str]:
    """Lines as a group says them: nine in ten want nothing (near misses and everyday talk), one is an appeal."""
    mixed = random.Random(5)
    intents = sorted(settings.intents.values(), key=lambda i: i.id)
    idle = [*settings.chatter, *(line for i in intents for line in i.near)]
    wants = [line for i in intents for line in i.lines]
    some = max(1, count // (CHATTER + 1))
    lines = mixed.sample(idle, min(len(idle), count - some)) + mixed.sample(wants, min(len(wants), some))
    mixed.shuffle(lines)
    return lines


def spent(hear: Callable[[str], None], lines: Sequence[str]) -> list[float]:
    """Microseconds of each line."""
    clock = time.perf_counter_ns
    out = []
    for line in lines:
        start = clock()
        hear(line)
        out.append((clock() - start) / 1000)
    return out


def main(config: str | None = None) -> None:
    """Print the figures of an installation as one JSON line."""
    report(bench(load(Path(config) if config else find())))


if __name__ == "__main__":
    main(*sys.argv[1:2])
