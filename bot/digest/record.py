"""digest.json: every figure under its name with its label and unit, every rate with its parts and its formula."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from bot.digest.names import FIGURES, RATES
from bot.digest.shape import Digest
from bot.digest.week import ZONE

NAME = "digest.json"
FORM = 1  # raised when a name or its meaning changes
PLACES = 4  # decimals of a share or a mean


def record(digest: Digest) -> dict[str, Any]:
    """The digest as plain values."""
    scope = digest.scope
    return {
        "form": FORM, "scope": {"kind": scope.kind, "id": scope.id, "name": scope.name, "lounges": list(scope.lounges)},
        "week": digest.week, "start": _iso(digest.start), "end": _iso(digest.end), "made_at": _iso(digest.made_at),
        "edition": digest.edition, "changed": list(digest.changed), "lead": digest.lead,
        "figures": {name: _figure(name, digest) for name in digest.counts},
        "rates": {name: _rate(name, digest) for name in digest.rates},
        "agenda": [_rounded(asdict(point)) for point in digest.agenda],
        "by_category": {name: _rounded(asdict(line)) for name, line in digest.by_category.items()},
        "by_building": {name: _rounded(asdict(line)) for name, line in digest.by_building.items()},
        "heat": digest.heat, "weeks": list(digest.weeks), "trend": digest.trend, "ages": digest.ages,
        "responses": digest.responses, "hot_spots": [asdict(spot) for spot in digest.hot_spots],
        "causes": digest.causes, "gaps": list(digest.gaps), "loads": [asdict(load) for load in digest.loads],
        "check": asdict(digest.check) if digest.check else None, "quality": list(digest.quality),
    }


def _figure(name: str, digest: Digest) -> dict[str, Any]:
    known = FIGURES.get(name)
    return {"label": known.label if known else name, "unit": known.unit if known else "件", "says": known.says if known else "",
            "value": digest.counts[name], "before": digest.before.get(name, 0), "mean": round(digest.mean.get(name, 0.0), PLACES)}


def _rate(name: str, digest: Digest) -> dict[str, Any]:
    rate, known = digest.rates[name], RATES.get(name)
    return {"label": known.label if known else name, "formula": known.says if known else "",
            "above": list(known.above) if known else [], "below": list(known.below) if known else [],
            "numerator": rate.numerator, "denominator": rate.denominator,
            "value": None if rate.value is None else round(rate.value, PLACES)}


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, PLACES) if isinstance(value, float) else value for name, value in values.items()}


def _iso(at: datetime) -> str:
    return at.astimezone(ZONE).isoformat(timespec="seconds")


def packed(digest: Digest) -> bytes:
    """The same digest gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(record(digest)), indent=2) + b"\n"


def write(digest: Digest, out: Path) -> None:
    """Write digest.json into `out`."""
    (out / NAME).write_bytes(packed(digest))
