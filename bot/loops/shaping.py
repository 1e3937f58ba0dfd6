"""Gives a line the shape in which it goes out: what was held becomes one line, and none is longer than its channel takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from bot.domain import gate
from bot.domain.settings import Settings
from bot.messages import Outgoing

MORNING_MOST = 8  # items of a folded line; one screen


class Able(gate.Able, Protocol):
    """What the loop asks of a channel's capability."""

    @property
    def text_bytes(self) -> int: ...


def gate_line(line: Outgoing) -> gate.Line:
    """What the gate has to know about a promise."""
    return gate.Line(to=line.to, card=line.card, text=line.text, ping=line.ping, urgent=line.urgent, part=line.part,
                     rounds=line.rounds, case=line.case or "", carries=line.carries)


def home_of(line: Outgoing) -> str:
    """Whose counters a line goes on: the person's own id, or chat:<lounge>."""
    return line.to.removeprefix("person:")


def folds(line: Outgoing, settings: Settings) -> bool:
    """Whether a line that was held may come as part of one: staff's and groups' do, a resident's own stay whole."""
    waited = line.held and line.ping and not line.urgent
    if line.to.startswith("chat:"):
        return waited
    return waited and bool(line.summary) and home_of(line) in settings.people


def folded(lines: Sequence[Outgoing], settings: Settings) -> Outgoing:
    """One line for many, by due time, each case once and as it was last told."""
    latest = {line.case or line.key: line for line in sorted(lines, key=lambda s: (s.at, s.key))}
    if len(latest) == 1:  # all of one case: its newest card stands for them, with its buttons
        return max(lines, key=lambda s: (not gate.reminds(gate_line(s)), s.at, s.key))
    items = sorted(latest.values(), key=lambda s: (s.due is None, s.due or s.at, s.key))
    group = lines[0].to.startswith("chat:")
    shown = [f"{i}. {s.text if group else s.summary}" for i, s in enumerate(items[:MORNING_MOST], 1)]
    if len(items) > MORNING_MOST:
        shown.append(f"……另有{len(items) - MORNING_MOST}件")
    card = "morning_group" if group else "morning"
    text = settings.texts[card].text.format(count=len(items), items="\n".join(shown))
    return replace(items[0], card=card, text=text, case=None, buttons=(), key=f"morning/{items[0].key}", due=None)


def fitted(line: Outgoing, able: Able | None) -> Outgoing:
    """The line within the bytes that its channel takes, cut at a whole character and marked."""
    if able is None or able.text_bytes <= 0 or len(line.text.encode()) <= able.text_bytes:
        return line
    kept = line.text.encode()[: max(able.text_bytes - len("…".encode()), 0)].decode(errors="ignore")
    return replace(line, text=kept + "…")
