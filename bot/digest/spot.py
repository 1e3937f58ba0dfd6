"""The spot-check: a secret seed is sealed by its hash, opened a week later, and says which closed cases are read again.

Whoever has the seed and the list of closed cases draws the same sample: docs/digest-check.md.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from bot.digest.facts import Fact
from bot.digest.journal import STEP
from bot.digest.names import FIGURES, NUMBER

SHARE, LEAST, MOST = 10, 3, 20  # one closed case in ten, but three at least (where there are) and twenty at most
NUMBERS = "诉求单号"  # the column of cases.csv


def fresh() -> str:
    """A new seed: 64 hexadecimal digits that nobody can guess."""
    return token_hex(32)


def seal(seed: str) -> str:
    """What is published while the seed is secret."""
    return sha256(seed.encode()).hexdigest()


def size(closed: int) -> int:
    """How many of so many closed cases are drawn."""
    return min(closed, MOST, max(LEAST, -(-closed // SHARE)))


def drawn(seed: str, closed: Iterable[str]) -> tuple[str, ...]:
    """The sample, in the order of SHA-256 of `<seed>:<case number>`; the list's own order means nothing."""
    numbers = sorted(set(closed))
    return tuple(sorted(numbers, key=lambda number: sha256(f"{seed}:{number}".encode()).hexdigest())[: size(len(numbers))])


def closed_in(facts: Sequence[Fact], place: int) -> list[str]:
    """The cases that were closed in the week of a place."""
    mark = NUMBER["closed"] * STEP + place
    return [fact.id for fact in facts if mark in fact.marks]


def closed_of(table: Path, week: str) -> list[str]:
    """The same, of a cases.csv that was kept. Raises OSError."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        return [row[NUMBERS] for row in csv.DictReader(file) if week in (row.get(FIGURES["closed"].label) or "").split()]
