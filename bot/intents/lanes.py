"""Adds many columns of weights at once: a feature's weights are the lanes of one whole number, and numbers add fast."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

BITS = 32
UNIT = 10_000  # weights have four decimals
_HALF = 1 << (BITS - 1)  # put into every lane once, so that no lane borrows from its neighbour


class Lanes:
    """Columns of weights, compiled. The sums do not depend on the sequence of the features."""

    def __init__(
        self, columns: Sequence[Mapping[str, float]], rows: Mapping[str, Sequence[float]] | None = None
    ) -> None:
        """`columns`: feature -> weight, one mapping a column; `rows`: feature -> the weights of all columns after these."""
        rows = rows or {}
        size = len(columns)
        self._count = size + max(map(len, rows.values()), default=0)
        self._start = sum(_HALF << BITS * lane for lane in range(self._count))
        self._read = struct.Struct(f"<{self._count}I").unpack
        self._numbers: dict[str, int] = {}
        for lane, column in enumerate(columns):
            self._add(((feature, weight, lane) for feature, weight in column.items()))
        self._add((feature, weight, size + place) for feature, row in rows.items() for place, weight in enumerate(row))

    def _add(self, cells: Iterable[tuple[str, float, int]]) -> None:
        for feature, weight, lane in cells:
            if weight:
                number = round(weight * UNIT) << BITS * lane
                self._numbers[feature] = self._numbers.get(feature, 0) + number

    def sums(self, features: Iterable[str]) -> tuple[int, ...]:
        """The sum of every column over the features, in units of 1/UNIT above _HALF (see `value`)."""
        total = sum(filter(None, map(self._numbers.get, features)), self._start)
        return self._read(total.to_bytes(self._count * BITS // 8, "little"))


def value(lane: int) -> float:
    """The sum that a lane holds."""
    return (lane - _HALF) / UNIT


def values(lanes: Iterable[int], more: Iterable[float]) -> list[float]:
    """The sums that lanes hold, each with something added."""
    return [(lane - _HALF) / UNIT + extra for lane, extra in zip(lanes, more, strict=True)]
