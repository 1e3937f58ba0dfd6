"""`lounge lexicon`: what is weak in the lexicon, how one line is heard, and what hosts would have it learn."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.commands import meaning
from bot.commands.opened import with_store
from bot.commands.settings import settings_or_exit
from bot.config import find
from bot.domain.settings import Settings
from bot.intents.audit import Finding, audit, counted
from bot.intents.explain import Said, explain
from bot.intents.place import PlaceParser
from bot.intents.recognize import Ears
from bot.lexicon_files import Proposal, Unusable, accept, read, written
from bot.store.redis import Store

KINDS = {"silent": "自己的例句里从没出现的词组", "loose": "碰上近似闲聊的词组", "twin": "几乎一样的词组", "overlap": "两类之间重叠"}
PREFIX = "proposal/"
Config = Annotated[Path | None, typer.Option("--config", help="the installation's folder")]


def register(app: typer.Typer) -> None:
    """Add the commands to an app; other parts of hearing add theirs to the same group."""
    group = typer.Typer(no_args_is_help=True, help="The words the bot listens for.")
    group.command("report", help="Phrases nobody says, phrases that hit chatter, near copies, overlaps.")(report)
    group.command("try", help="How one line is heard, layer by layer.")(try_line)
    group.command("proposals", help="Write the hosts' corrections to a file that a person reads and accepts.")(proposals)
    group.command("accept", help="Add the corrections of a file to the lexicon.")(accept_file)
    meaning.register(group)
    app.add_typer(group, name="lexicon")


def report(
    limit: Annotated[int, typer.Option("--limit", help="findings of each kind; 0 for all")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON line for each finding")] = False,
    config: Config = None,
) -> None:
    """Counts by intent, then the findings by kind."""
    settings = settings_or_exit(config, os.environ)
    findings = audit(settings)
    if as_json:
        for f in findings:
            row = {"kind": f.kind, "intent": f.intent, "phrase": f.phrase, "count": f.count, "example": f.example}
            print(json.dumps(row, ensure_ascii=False))
        return
    show(settings, findings, limit)


def show(settings: Settings, findings: Sequence[Finding], limit: int) -> None:
    """The findings as tables."""
    console = _console()
    table = _table("类别", "词组", "线索", "例句", "近似", *(KINDS[kind] for kind in KINDS))
    of = {(f.kind, f.intent): 0 for f in findings}
    for f in findings:
        of[f.kind, f.intent] += 1
    for intent, counts in counted(settings).items():
        table.add_row(settings.intents[intent].name, *map(str, counts), *(str(of.get((kind, intent), 0)) for kind in KINDS))
    console.print(table)
    for kind, title in KINDS.items():
        mine = [f for f in findings if f.kind == kind]
        console.print(f"\n{title}：{len(mine)}")
        part = _table("类别", "词组", "次数", "例如")
        for f in mine[: limit or None]:
            part.add_row(settings.intents[f.intent].name, f.phrase, str(f.count or ""), f.example)
        if mine:
            console.print(part)


def try_line(
    text: Annotated[str, typer.Argument(help="what somebody says")],
    name: Annotated[str, typer.Option("--name", help="the nickname in the group")] = "",
    lounge: Annotated[str, typer.Option("--lounge", help="the lounge's id")] = "",
    config: Config = None,
) -> None:
    """A table of every layer, the decision last."""
    settings = settings_or_exit(config, os.environ)
    if lounge and lounge not in settings.lounges:
        print(f"{lounge}: no such lounge; known: {', '.join(settings.lounges)}", file=sys.stderr)
        raise typer.Exit(2)
    places = PlaceParser(settings.buildings, settings.shops, settings.lounges)
    said = text.encode("utf-8", "replace").decode()
    _console().print(as_table(explain(said, settings, Ears(settings), places, name=name, lounge=lounge)))


def as_table(rows: Iterable[Said]) -> Table:
    """An explanation as a table."""
    table = _table("层", "听到", "分量")
    for row in rows:
        table.add_row(row.layer, row.found, "" if row.worth is None else f"{row.worth:+.2f}")
    return table


def proposals(
    out: Annotated[Path | None, typer.Option("--out", help="the file to write; standard output if left out")] = None,
    config: Config = None,
) -> None:
    """Corrections that are not in the lexicon yet; nothing is learnt by itself."""
    settings = settings_or_exit(config, os.environ)
    found = with_store(settings, lambda store: _stored(store, settings))
    text = written(found)
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as why:
        print(f"{out}: {why.strerror or why}", file=sys.stderr)
        raise typer.Exit(2) from None
    print(f"{out}\t{len(found)}")


async def _stored(store: Store, settings: Settings) -> list[Proposal]:
    """The hosts' corrections of all lounges, by lounge and message. Raises Lost."""
    found: list[Proposal] = []
    for lounge in settings.lounges:
        found += proposed(await store.reader.overlay(lounge), lounge, settings)
    return found


def proposed(overlay: Mapping[str, str], lounge: str, settings: Settings) -> list[Proposal]:
    """The corrections in a lounge's overlay that the lexicon does not hold yet."""
    rows = (json.loads(value) for key, value in sorted(overlay.items()) if key.startswith(PREFIX))
    made = [Proposal(" ".join(row["text"].split()), row["was"], row["should"], lounge) for row in rows]
    taken = {line for intent in settings.intents.values() for line in (*intent.lines, *intent.near)}
    return [p for p in made if p.text and p.text not in taken and (p.was or p.should)]


def accept_file(file: Annotated[Path, typer.Argument(help="written by `lounge lexicon proposals`")], config: Config = None) -> None:
    """Lines of `should` become its examples, the others near misses of `was`. All of the file or nothing."""
    settings_or_exit(config, os.environ)
    folder = find(str(config) if config else None, os.environ)
    try:
        added = accept(folder, read(file))
    except Unusable as bad:
        for mistake in bad.mistakes:
            print(mistake, file=sys.stderr)
        raise typer.Exit(1) from None
    except OSError as why:
        print(f"{why.filename or file}: {why.strerror or why}", file=sys.stderr)
        raise typer.Exit(2) from None
    for name, count in added.items():
        print(f"{name}\t{count}")


def _console() -> Console:
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200, highlight=False, markup=False)


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    return table
