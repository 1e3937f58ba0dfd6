"""What was learnt once is found again, and nothing else is ever believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import weights
from bot.intents.recognize import Ears
from tests.front import sample

TEXTS = ("3栋楼道里电动车堵得门都打不开，没人管吗", "早上好呀各位", "电梯又停了，老人困在里面", "谁有多余的雨伞借我一下")


@pytest.fixture
def learning(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often something was learnt."""
    times: list[str] = []
    train = weights.Ears.__init__

    def counting(self: Ears, settings: object, kept: object = None) -> None:
        if kept is None:
            times.append("learnt")
        train(self, settings, kept)  # type: ignore[arg-type]

    monkeypatch.setattr(weights.Ears, "__init__", counting)
    return times


def test_the_second_start_finds_what_the_first_has_learnt_and_hears_the_same(tmp_path: Path, learning: list[str]) -> None:
    first, second = weights.ears(sample(), tmp_path), weights.ears(sample(), tmp_path)
    assert learning == ["learnt"]
    assert first.weights == second.weights
    assert [first.hear(text) for text in TEXTS] == [second.hear(text) for text in TEXTS]


def test_a_broken_or_unwritable_cache_only_costs_time(tmp_path: Path, learning: list[str]) -> None:
    kept = tmp_path / f"weights-{weights.digest(sample())}"
    kept.write_bytes(b"\x95\xa0")
    assert weights.ears(sample(), tmp_path).hear(TEXTS[0]).decision == "open"
    assert len(kept.read_bytes()) > 100_000
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    assert weights.ears(sample(), blocked / "below").hear(TEXTS[0]).decision == "open"
    assert learning == ["learnt", "learnt"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", kept.name]


def test_another_word_in_the_lexicon_is_another_file() -> None:
    settings = sample()
    noise = replace(settings.intents["noise"], lines=(*settings.intents["noise"].lines, "楼上半夜拉小提琴"))
    other = replace(settings, intents={**settings.intents, "noise": noise})
    assert weights.digest(other) != weights.digest(settings) == weights.digest(replace(settings, version="elsewhere"))
