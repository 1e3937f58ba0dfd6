"""Emergencies are told from idioms, and anger from play."""

from __future__ import annotations

import pytest

from bot.intents.normalize import normalize
from bot.intents.tone import heat
from tests.intents.ears import ears
from tests.intents.tone_lines import HEATED, NOT_HEATED, NOT_URGENT, URGENT


def test_there_are_sixty_lines_of_each_tone() -> None:
    for table in (URGENT, NOT_URGENT, HEATED, NOT_HEATED):
        assert len(set(table)) == len(table) >= 60


@pytest.mark.parametrize("line", URGENT)
def test_an_emergency_is_urgent_and_opens(line: str) -> None:
    heard = ears().hear(line)
    assert heard.urgent and heard.decision == "open"


@pytest.mark.parametrize("line", NOT_URGENT)
def test_what_only_sounds_like_an_emergency_is_not_urgent(line: str) -> None:
    assert not ears().hear(line).urgent


@pytest.mark.parametrize("line", HEATED)
def test_an_angry_line_is_heated(line: str) -> None:
    assert heat(normalize(line), line)[0] >= 1


@pytest.mark.parametrize("line", NOT_HEATED)
def test_a_calm_or_playful_line_is_not_heated(line: str) -> None:
    assert heat(normalize(line), line)[0] == 0


def test_a_threat_is_hotter_than_a_grumble() -> None:
    threat, grumble = "再不发工资我们就拉横幅", "天天推来推去 真是服了 物业"
    assert heat(normalize(threat), threat)[0] == 2
    assert heat(normalize(grumble), grumble)[0] == 1
