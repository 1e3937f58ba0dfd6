"""`lounge digest`: one scope's week as page, paper, workbook, message, figures and cases."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bot.app import open_store_at
from bot.commands.doctor import PUBLIC
from bot.commands.settings import settings_or_exit
from bot.digest import record, scopes, week
from bot.digest.archive import Altered, Archive, Edition, label
from bot.digest.edition import corrected, freeze, whole
from bot.digest.edition import write_files as write_files
from bot.digest.make import Made
from bot.digest.posting import Posting, handed
from bot.digest.shape import Scope
from bot.domain.settings import Settings
from bot.handlers.weekly import field_of
from bot.store.connect import Unfit
from bot.store.embedded import NoServer
from bot.store.port import Lost

KEPT = "appendonly"  # what a store leaves in its folder (store.embedded)


class NotSent(Exception):
    """There is nothing to correct, or no reason was given."""


class NoStore(Exception):
    """There is no store where one was named."""


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("digest")(command)


def command(
    week_name: Annotated[str | None, typer.Option("--week", help="an ISO week like 2026-W45; else the last complete one")] = None,
    scope_name: Annotated[str, typer.Option("--scope", help="community:ID, lounge:ID, street:ID or district:ID; else everything")] = "",
    data: Annotated[Path | None, typer.Option("--data", help="a store, such as `lounge replay --keep` leaves")] = None,
    out: Annotated[Path, typer.Option("--out", help="where the files are written")] = Path(),
    config: Annotated[Path | None, typer.Option("--config", help="the installation's folder")] = None,
    correct: Annotated[str | None, typer.Option("--correct", metavar="WHY", help="of a week that was sent: a new edition that says what it puts right, and why; who got the first gets it too")] = None,
) -> None:
    """Write digest.html, .pdf, .xlsx, .md, .json and cases.csv of one scope's week. What was sent is written as it was sent."""
    settings, now = settings_or_exit(config, os.environ), datetime.now(UTC)
    try:
        wanted = week.parse(week_name) if week_name else week.last(now)
        scope = scopes.parse(scope_name, settings)
        place = _store(data)
        out.mkdir(parents=True, exist_ok=True)
        asked = Asked(settings, scope, wanted, now, place, out, correct)
        missing = asked.again() if correct is not None else asked.written()
    except (week.BadWeek, scopes.BadScope, NoStore, NotSent, Altered, Lost, Unfit, NoServer, OSError) as why:
        print(why, file=sys.stderr)
        raise typer.Exit(2) from None
    for sentence in missing:
        print(sentence, file=sys.stderr)


def _store(data: Path | None) -> Path | None:
    """The folder of a store; None for the external Redis of REDIS_URL. Raises NoStore."""
    if data is None and os.environ.get("REDIS_URL"):
        return None
    folder = data or Path(os.environ.get("LOUNGE_DATA", "data"))
    if not (folder / KEPT).exists():
        raise NoStore(f"{folder}: there is no store")
    return folder


def copied(edition: Edition, out: Path) -> None:
    """Every file as it was sent. Raises Altered, OSError."""
    for name, data in edition.files().items():
        (out / name).write_bytes(data)


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of the command. Raises Altered, Lost, Unfit, NoServer, OSError."""

    settings: Settings
    scope: Scope
    week: week.Week
    now: datetime
    store: Path | None
    out: Path
    why: str | None

    @property
    def archive(self) -> Archive:
        """Where the bot of that store keeps what it sent."""
        return Archive((self.store or Path(os.environ.get("LOUNGE_DATA", "data"))) / "digests")

    def written(self) -> tuple[str, ...]:
        """What was sent, as it was sent; a week that was not is counted now. A sentence for each file that is missing."""
        edition = self.archive.latest(self.scope, self.week)
        if edition is not None:
            asyncio.run(self._untouched(edition))
            copied(edition, self.out)
            self._say(f"edition {edition.number} as it was sent (a correction is made with --correct WHY)")
            return ()
        with _bar() as bar:
            made = asyncio.run(self._counted(bar))
            missing = write_files(made, self.settings, self.out, _files(bar))
        self._said(made)
        return missing

    def again(self) -> tuple[str, ...]:
        """A new edition of what was sent, told to whoever got it; where no figure differs, what was sent. Raises NotSent."""
        edition = self.archive.latest(self.scope, self.week)
        if edition is None:
            raise NotSent(f"{self.scope.name} {self.week} was not sent yet: there is nothing to correct")
        if not (self.why or "").strip():
            raise NotSent("--correct: say why, in Chinese, in one sentence")
        with _bar() as bar:
            made = corrected(asyncio.run(self._counted(bar)), edition, (self.why or "").strip())
            if made is None:
                copied(edition, self.out)
                self._say(f"no figure differs: edition {edition.number} as it was sent")
                return ()
            edition, missing = freeze(made, self.settings, self.scope, self.week, self.archive, _files(bar))
        copied(edition, self.out)
        asyncio.run(self._hand_over(edition))
        self._said(made)
        return missing

    async def _untouched(self, edition: Edition) -> None:
        """The store remembers the seal of what was posted: whoever mends a file has to mend that too."""
        async with open_store_at(self.settings, self.store) as store:
            told = await store.reader.overlay(self.scope.lounges[0]) if self.scope.lounges else {}
            number, _, seal = told.get(field_of(label(self.scope), str(self.week)), "").partition(" ")
        if number == str(edition.number) and seal != edition.seal:
            raise Altered(f"{edition.folder} is not what was posted")

    async def _counted(self, bar: Progress) -> Made:
        row = bar.add_task("cases", total=None)
        async with open_store_at(self.settings, self.store) as store:
            return await whole(store.weeks, self.settings, self.scope, self.week, self.now, self.archive,
                               lambda done: bar.advance(row, done))

    async def _hand_over(self, edition: Edition) -> None:
        """The running bot posts it, or the next one that runs."""
        async with open_store_at(self.settings, self.store) as store:
            posting = Posting(store.weeks, lambda: self.settings, self.archive, _nobody, os.environ.get(PUBLIC, ""))
            told = posting.told(edition, self.scope, self.week, self.now)
            await store.gathering.ingest([handed(told, self.scope)])

    def _said(self, made: Made) -> None:
        found = made.digest.counts
        self._say(f"{found['new']} new, {found['open']} open, edition {made.digest.edition}")

    def _say(self, words: str) -> None:
        print(f"{self.scope.name} {self.week}: {words}, in {self.out}", file=sys.stderr)


async def _nobody(_: object) -> None:
    """What is handed over goes in by another door."""


@contextmanager
def _bar() -> Iterator[Progress]:
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        yield bar


def _files(bar: Progress) -> Callable[[str], None]:
    row = bar.add_task(record.NAME, total=6)
    return lambda name: bar.update(row, description=name, advance=1)
