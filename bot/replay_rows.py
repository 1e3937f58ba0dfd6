"""What a replay writes: cases in the outside words, and files of JSON Lines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.app import Rig
from bot.domain.case import Case
from bot.domain.settings import Settings


async def all_cases(rig: Rig) -> list[Case]:
    """Every case of the store, by number within lounge, lounges in config order."""
    found: list[Case] = []
    for lounge in rig.settings.lounges.values():
        last = await rig.store.reader.next_number(lounge.id)
        for number in range(1, last):
            case = await rig.store.reader.case(f"{lounge.code}-{number:04d}")
            if case is not None:
                found.append(case)
    return found


def case_row(case: Case, journal: Iterable[Any], settings: Settings) -> dict[str, Any]:
    """One case in the outside words of cases.jsonl."""
    def iso(at: datetime) -> str:
        return settings.local(at).isoformat()

    return {
        "id": case.id, "lounge": case.lounge, "intent": case.intent, "building": case.building, "unit": case.unit,
        "urgent": case.urgent, "heated": case.heated, "state": case.state.value, "level": case.level,
        "attendant": case.attendant, "opened_by": case.opened_by, "opened_at": iso(case.opened_at),
        "messages": list(case.messages), "supporters": [s.sender for s in case.supporters], "rounds": case.rounds,
        "journal": [{"at": iso(r.at), "event": r.event, "by": r.by, "note": r.note} for r in journal],
    }


def write(out: Path, files: dict[str, list[bytes]]) -> None:
    """Each list as a JSON Lines file of that name."""
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        (out / f"{name}.jsonl").write_bytes(b"".join(row + b"\n" for row in rows))
