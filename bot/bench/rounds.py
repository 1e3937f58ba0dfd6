"""Runs two sides in turns, each in a process of its own, and compares them by the median of the rounds' ratios."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

ROUNDS = 5
LONGEST_S = 900.0  # of one side of one round; a side that hangs is a fault, not a slow side

Figures = Mapping[str, Any]


class Failed(Exception):
    """A side ended without figures; the message is the last line it wrote."""


def side(module: str, *args: object) -> Figures:
    """What `python -m module args` prints, its last line being one JSON object. Raises Failed."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("LOUNGE_", "REDIS_"))}
    done = subprocess.run([sys.executable, "-m", module, *map(str, args)], capture_output=True, text=True, check=False,
                          env=environ, timeout=LONGEST_S)
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise Failed(f"{module} {args[0]}: {(done.stderr.splitlines() or ['said nothing'])[-1]}")
    figures: Figures = msgspec.json.decode(lines[-1])
    return figures


def alternate(ours: Callable[[], Figures], baseline: Callable[[], Figures],
              rounds: int = ROUNDS) -> list[tuple[Figures, Figures]]:
    """Both sides `rounds` times, in turns, the first one changing, so that a machine that slows down slows both."""
    pairs = []
    for turn in range(rounds):
        first, second = (ours, baseline) if turn % 2 == 0 else (baseline, ours)
        one, other = first(), second()
        pairs.append((one, other) if turn % 2 == 0 else (other, one))
    return pairs


def ratio(pairs: Sequence[tuple[Figures, Figures]], rate: str) -> float:
    """The median of ours ÷ baseline."""
    return round(float(statistics.median(mine[rate] / base[rate] for mine, base in pairs)), 3)


def median(sides: Sequence[Figures], name: str) -> float:
    """The median of one figure."""
    return float(statistics.median(one[name] for one in sides))


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of them do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))] if ranked else 0.0


def report(figures: Mapping[str, Any]) -> None:
    """Print a side's figures for who started it."""
    print(msgspec.json.encode(figures).decode(), flush=True)
