"""Lanes add like the plain sums of the weights, and whatever the sequence."""

from __future__ import annotations

import pytest

from bot.intents.lanes import Lanes, value, values
from bot.intents.ngrams import grams
from bot.intents.normalize import normalize
from tests.intents.ears import ears, shipped


def test_lanes_hold_what_a_plain_sum_holds() -> None:
    weights = ears().weights
    lanes = Lanes([weights.appeal], weights.rows)
    for intent in shipped().intents.values():
        for line in intent.lines[:5] + intent.near[:5]:
            features = grams(normalize(line).text)
            sums = lanes.sums(features)
            assert value(sums[0]) + weights.any_bias == pytest.approx(weights.any_appeal(features))
            assert values(sums[1:], weights.bias) == pytest.approx(weights.each(features))


def test_a_lane_below_nothing_takes_nothing_from_its_neighbour() -> None:
    lanes = Lanes([{"a": -3.5, "b": 1.25}, {"a": -0.0001}, {"b": 2.0}])
    assert [value(lane) for lane in lanes.sums(["a", "b", "c"])] == [-2.25, -0.0001, 2.0]
    assert [value(lane) for lane in lanes.sums([])] == [0.0, 0.0, 0.0]


def test_the_sequence_of_the_features_changes_nothing() -> None:
    lanes = Lanes([{"a": 0.1, "b": 0.2, "c": 0.3}])
    assert lanes.sums("abc") == lanes.sums("cab") == lanes.sums("bca")
