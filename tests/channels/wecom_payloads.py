"""Captured callbacks as files, and the channels that read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.channels.base import Wire
from bot.channels.wecom_aibot import WeComAibot
from bot.channels.wecom_app import WeComApp
from bot.channels.wecom_crypto import Crypt
from bot.channels.wecom_names import Names
from tests.wecom import calls

DATA = Path(__file__).resolve().parent.parent / "data"
AT = datetime.fromtimestamp(1_700_000_000, UTC)
NAMES = Names(lounges={("wecom_aibot", "wrCHAT1"): "hehua"}, people={"zhangsan": "p-jingzhe"},
              accounts={"p-jingzhe": "zhangsan"})


def random(count: int) -> bytes:
    """No chance in a test."""
    return b"fedcba9876543210"[:count]


def aibot(**more: Any) -> WeComAibot:
    """The bot to which the captured callbacks went."""
    return WeComAibot(Crypt("", calls.keys(), random=random), NAMES, ["小客厅"], **more)


def app(**more: Any) -> WeComApp:
    """The app to which the captured callbacks went."""
    crypt = Crypt(calls.CORP, calls.keys(), random=random)
    return WeComApp(crypt, NAMES, calls.CORP, calls.AGENT, calls.SECRET, **more)


def shape(value: Any) -> dict[str, Any] | None:
    """A value as JSON can hold it: its kind, and the fields that say something."""
    if value is None:
        return None
    told = {key: list(v) if isinstance(v, tuple) else v.isoformat() if isinstance(v, datetime) else v
            for key, v in asdict(value).items() if v}
    return {"is": type(value).__name__, **told}


def captured(channel: str) -> list[Path]:
    """Every captured callback of a channel."""
    return sorted((DATA / channel).glob("*.json"))


def read(path: Path) -> tuple[Wire, dict[str, Any]]:
    """The request, and everything that is expected of it."""
    row = json.loads(path.read_text(encoding="utf-8"))
    return Wire(query=row["query"], body=row["body"].encode()), row


def ruins(wire: Wire) -> Iterator[tuple[str, Wire]]:
    """The request cut short, with a byte flipped, and with a letter of its query changed."""
    for end in range(0, len(wire.body), max(1, len(wire.body) // 40)):
        yield f"cut at {end}", Wire(query=wire.query, body=wire.body[:end])
    for at in range(len(wire.body)):
        flipped = wire.body[:at] + bytes([wire.body[at] ^ 1]) + wire.body[at + 1:]
        yield f"flipped at {at}", Wire(query=wire.query, body=flipped)
    for name, value in wire.query.items():
        for at in range(len(value)):
            changed = value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1:]
            yield f"{name} at {at}", Wire(query=dict(wire.query) | {name: changed}, body=wire.body)
        yield f"without {name}", Wire(query={k: v for k, v in wire.query.items() if k != name}, body=wire.body)
