"""The bench of hearing measures what it says on lines as a group says them."""

from __future__ import annotations

from bot.bench.recognize import CHATTER, bench, said
from tests.intents.ears import shipped


def test_nine_of_ten_lines_want_nothing_and_the_choice_is_always_the_same() -> None:
    lines = said(shipped(), 200)
    wants = {line for intent in shipped().intents.values() for line in intent.lines}
    assert sum(line in wants for line in lines) == len(lines) // (CHATTER + 1)
    assert lines == said(shipped(), 200)


def test_a_short_run_gives_the_three_figures_and_beats_brute_force() -> None:
    figures = bench(shipped(), lines=40, rounds=1)
    assert set(figures) == {"ratio", "median_us", "phrases"}
    assert figures["phrases"] >= 2500 and figures["ratio"] > 3 and 0 < figures["median_us"] < 2000
