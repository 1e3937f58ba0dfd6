"""What the demo page shows, as plain values: lines heard and said, thoughts, cases; kept in a file between starts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import msgspec

from bot.messages import Outgoing

LINES_MOST = 80  # shown of one group or phone
THOUGHTS_MOST = 200
BOT_ID = "bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One bubble: `where` is chat:<lounge> or person:<id>; `at` is conduct time; `pressed` the button last used."""

    id: str
    at: datetime
    where: str
    by: str  # a sender or person id, or "bot"
    name: str = ""
    text: str = ""
    case: str | None = None
    card: str = ""
    lounge: str = ""
    message: str | None = None  # the doubtful line that a card asks about
    buttons: tuple[tuple[str, str], ...] = ()
    pressed: str = ""
    urgent: bool = False
    part: str = ""  # what the receiver is to the case: responsible, reporter, host, ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """What the bot made of one line: every field is ready for people's eyes; spans are of `text`."""

    id: str
    name: str
    text: str
    lounge: str = ""
    decision: str = ""  # open | attach | ask | act | ignore
    intent: str = ""  # as decided
    first: str = ""  # the most alike, as heard
    score: float = 0.0
    second: str = ""
    second_score: float = 0.0
    spans: tuple[tuple[int, int], ...] = ()
    words: tuple[str, ...] = ()
    place: str = ""
    place_why: str = ""
    urgent: bool = False
    heated: int = 0
    act: str = ""
    why: str = ""
    case: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as the third column shows it; journal rows are (local time, event, by, note)."""

    id: str
    lounge: str
    state: str
    state_name: str
    stage: int  # 0 收集 .. 4 评价, 5 when it is over
    open: bool
    intent: str
    place: str
    level: str
    attendant: str
    attendant_id: str
    why: str
    reporter: str
    reporter_id: str
    rounds: int
    grade: str
    due: datetime | None
    due_for: str
    touched: datetime
    journal: tuple[tuple[datetime, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A line that waits (quiet hours, budget): shown on the phone as a quiet note until it is said."""

    key: str
    where: str
    why: str
    summary: str


class _Row(msgspec.Struct, omit_defaults=True):
    """One row of the kept file: exactly one of the three."""

    line: Shown | None = None
    thought: Thought | None = None
    pressed: tuple[str, str] | None = None


@dataclass(slots=True)
class Page:
    """Everything on the page. `changed` wakes the live streams; `keep` is appended to, None keeps nothing."""

    keep: Path | None = None
    lines: dict[str, Shown] = field(default_factory=dict)
    thoughts: dict[str, Thought] = field(default_factory=dict)
    cases: dict[str, CaseView] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    last: str = ""  # the newest thought
    version: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def touch(self) -> None:
        """Wake whoever shows this page."""
        self.version += 1
        was, self.changed = self.changed, asyncio.Event()
        was.set()

    def show(self, line: Shown) -> None:
        """Add a bubble, once."""
        if line.id not in self.lines:
            self._line(line)
            self._write(_Row(line=line))

    def press(self, line: str, verb: str) -> None:
        """Remember which button of a card was used last."""
        if line in self.lines:
            self._pressed(line, verb)
            self._write(_Row(pressed=(line, verb)))

    def think(self, thought: Thought) -> None:
        """Put what the bot made of a line on the page; a later word on the same line replaces the earlier."""
        self._thought(thought)
        self._write(_Row(thought=thought))

    def put_case(self, view: CaseView) -> None:
        """Show a case as it stands now."""
        self.cases[view.id] = view
        self.touch()

    def hold(self, line: Outgoing, why: str) -> None:
        """Note that a line waits."""
        self.held[line.key] = Held(key=line.key, where=line.to, why=why, summary=line.summary or line.text[:30])
        self.touch()

    def release(self, key: str) -> None:
        """A line waits no longer: it was said, dropped or folded into another."""
        if self.held.pop(key, None) is not None:
            self.touch()

    def load(self) -> None:
        """Read back what was kept; a torn last row (the process died while writing) is left out."""
        if self.keep is None or not self.keep.exists():
            return
        decoder = msgspec.json.Decoder(_Row)
        for raw in self.keep.read_bytes().splitlines():
            try:
                row = decoder.decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
            if row.line is not None:
                self._line(row.line)
            elif row.thought is not None:
                self._thought(row.thought)
            elif row.pressed is not None and row.pressed[0] in self.lines:
                self._pressed(*row.pressed)

    def snapshot(self, now: datetime, clock: Mapping[str, bool]) -> bytes:
        """All of it as JSON, at conduct time `now`; `clock` says whether it is moving, open, quiet."""
        return msgspec.json.encode({
            **clock, "now": now, "lines": list(self.lines.values()), "thoughts": self.thoughts, "last": self.last,
            "cases": sorted(self.cases.values(), key=lambda c: (c.touched, c.id), reverse=True),
            "held": list(self.held.values()),
        })

    def _line(self, line: Shown) -> None:
        self.lines[line.id] = line
        same = [x.id for x in self.lines.values() if x.where == line.where]
        for old in same[:-LINES_MOST]:
            del self.lines[old]
        self.touch()

    def _pressed(self, line: str, verb: str) -> None:
        self.lines[line] = replace(self.lines[line], pressed=verb)
        self.touch()

    def _thought(self, thought: Thought) -> None:
        self.thoughts.pop(thought.id, None)
        self.thoughts[thought.id] = thought
        self.last = thought.id
        for old in list(self.thoughts)[:-THOUGHTS_MOST]:
            del self.thoughts[old]
        self.touch()

    def _write(self, row: _Row) -> None:
        if self.keep is not None:
            with self.keep.open("ab") as file:
                file.write(msgspec.json.encode(row) + b"\n")


def line_from(said: Outgoing, at: datetime) -> Shown:
    """A bubble of the bot, from the promise that has arrived: the wire carries its words, not its buttons."""
    return Shown(
        id=said.key, at=at, where=said.to, by=BOT_ID, text=said.text, case=said.case, card=said.card, lounge=said.lounge,
        message=said.message, buttons=said.buttons, urgent=said.urgent, part=said.part,
    )
