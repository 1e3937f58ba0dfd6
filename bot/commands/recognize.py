"""`lounge classify`: what each line of a file, taken alone, would be heard as."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.settings import settings_or_exit
from bot.config import find
from bot.intents.place import PlaceParser
from bot.intents.recognize import Ears
from bot.judging import open_judging
from bot.weights import ears

Row = Mapping[str, object]


class Format(StrEnum):
    """How the result is printed."""

    TABLE = "table"
    JSONL = "jsonl"


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("classify")(command)


def command(
    file: Annotated[Path | None, typer.Argument(help="plain lines or JSON Lines; standard input if left out")] = None,
    form: Annotated[Format, typer.Option("--format", help="how to print")] = Format.TABLE,
    config: Annotated[Path | None, typer.Option("--config", help="the installation's folder")] = None,
    meaning: Annotated[bool, typer.Option(help="ask the semantic layer, where it is installed")] = True,
) -> None:
    """Hear each line alone and print exactly one line for it."""
    settings = settings_or_exit(config, os.environ)
    try:
        raw = sys.stdin.buffer.read() if file is None or str(file) == "-" else file.read_bytes()
    except OSError as why:
        print(f"{file}: {why.strerror or why}", file=sys.stderr)
        raise typer.Exit(2) from None
    heard_by = ears(settings)
    rows = split(raw)
    judging = open_judging(heard_by, settings, find(str(config) if config else None, os.environ)) if meaning else None
    if judging is not None:
        judging.ahead_now(read[0] for read in map(read_line, rows) if not isinstance(read, str))
        judging.close()
    places = PlaceParser(settings.buildings, settings.shops, settings.lounges)
    names = {intent.id: intent.name for intent in settings.intents.values()}
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    for row in classify(rows, heard_by, places):
        print(json.dumps(row, ensure_ascii=False) if form is Format.JSONL else table_line(row, names))


def split(raw: bytes) -> list[bytes]:
    """The input's lines: parted by line feeds alone, a last empty piece is no line, a byte order mark no text."""
    pieces = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if pieces and not pieces[-1]:
        pieces.pop()
    return [piece.removesuffix(b"\r") for piece in pieces]


def classify(lines: Iterable[bytes], ears: Ears, places: PlaceParser) -> Iterator[Row]:
    """One row for each line, blank or broken ones too."""
    for line in lines:
        read = read_line(line)
        yield _nothing(read) if isinstance(read, str) else _row(ears, places, *read)


def read_line(line: bytes) -> tuple[str, str, str] | str:
    """Text, nickname and lounge of one input line; a sentence that says why where it cannot be read."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return "不是 UTF-8 文字"
    if not text.strip():
        return "空行"
    return _from_json(text) if text.lstrip().startswith("{") else (text, "", "")


def _from_json(text: str) -> tuple[str, str, str] | str:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return "不是完整的 JSON"
    fields = [row.get(key) or "" for key in ("text", "name", "lounge")]
    said, name, lounge = (field if isinstance(field, str) else None for field in fields)
    if said is None or name is None or lounge is None:
        return "text、name、lounge 应为文字"
    if not said.strip():
        return "没有文字"
    # A lone surrogate cannot be printed or compared.
    return (said.encode("utf-8", "replace").decode(), name, lounge)


def _nothing(why: str) -> Row:
    return {"decision": "ignore", "intent": None, "score": 0.0, "building": None, "unit": None,
            "urgent": False, "heated": 0, "why": why}  # fmt: skip


def _row(ears: Ears, places: PlaceParser, text: str, name: str, lounge: str) -> Row:
    heard = ears.hear(text, name=name, lounge=lounge)
    placed = places.place(text, name=name, lounge=lounge)
    return {
        "decision": heard.decision, "intent": heard.intent, "score": heard.score, "building": placed.building,
        "unit": placed.unit, "urgent": heard.urgent, "heated": heard.heated, "why": heard.why,
    }  # fmt: skip


def table_line(row: Row, names: Mapping[str, str]) -> str:
    """One row as columns parted by tabs, easy to read and to cut."""
    intent = str(row["intent"] or "-")
    marks = ("急" if row["urgent"] else "") + ("怒" * int(str(row["heated"])))
    where = " ".join(str(row[key]) for key in ("building", "unit") if row[key])
    cells = (row["decision"], f"{row['score']:5}", names.get(intent, intent), where or "-", marks or "-", row["why"])
    return "\t".join(str(cell).replace("\n", " ").replace("\t", " ") for cell in cells)
