"""What a line adds to the heat of its case, by what shows in it and by where it stands."""

from __future__ import annotations

from bot.intents import ways
from bot.intents.heat import CALM, abused, gathered, showing, standing, together
from bot.intents.meaning import WAYS

DEAF = (0.0,) * len(ways.LEARNT) + ways.UNJUDGED


def judged(way: str) -> ways.Told:
    """As if the semantic layer were sure of one way."""
    return (0.0,) * len(ways.LEARNT) + (1.0, *(float(name == way) for name in WAYS))


def test_a_question_to_nobody_shows_heat_whether_or_not_the_semantic_layer_was_asked() -> None:
    for told in (DEAF, judged("detail")):
        assert showing(CALM, "谁同意的?", told).shows > showing(CALM, "谁同意的", told).shows


def test_who_says_that_it_is_over_shows_less_heat_than_who_says_that_it_is_not() -> None:
    assert showing(CALM, "水来了", judged("fixed")).shows < showing(CALM, "水来了", judged("unfixed")).shows


def test_the_same_words_are_calmer_when_they_open_a_matter_than_when_its_reporter_must_come_again() -> None:
    first, unknown, own, another = (standing(0.3, stand) for stand in ("first", "", "own", "another"))
    assert first < unknown == 0.3 < own and another < own
    assert standing(0.0, "own") == 0.0 and standing(1.0, "first") == 1.0  # what says nothing says nothing anywhere


def test_several_warm_lines_come_to_a_heated_talk_and_abuse_is_never_outweighed() -> None:
    assert together((0.2,)) == 0 < together((gathered((0.2, 0.2)),))
    assert (abused(0), abused(1), abused(2)) == (0, 0, 2)
