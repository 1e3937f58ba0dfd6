"""Drives the real pipeline over a chat log on a virtual clock, and writes what came of it; same log, same bytes."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bot.app import Rig, open_store_at
from bot.channels.base import Malformed
from bot.channels.plain import Plain, outbox_row
from bot.clocks import Virtual
from bot.domain.assignment import on_duty
from bot.domain.case import Case
from bot.domain.settings import Settings
from bot.handlers import shift
from bot.messages import Decision, Delivered, Outgoing, Receipt
from bot.replay_rows import all_cases, case_row, write
from bot.store.port import Change, Entry

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # a kept store may hold alarms older than the first line
AHEAD = 1000  # lines judged by meaning at a time
AFTER = timedelta(days=7)  # how long the clock runs on after the last line
HEARD = "heard.json"
_REFERENCE = re.compile(r"\{(case|attendant|liaison|mediator|reporter|host|desk):([^{}]+)\}")


def heard_before(folder: Path) -> dict[str, str]:
    """Line id to lounge, of an earlier run that kept its store here; {} of none."""
    try:
        return msgspec.json.decode((folder / HEARD).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}


class BadLog(ValueError):
    """The log cannot be read; the message says what and where."""


@dataclass(frozen=True, slots=True)
class Item:
    """One input line of the log, with its place in the file."""

    index: int
    at: datetime
    raw: dict[str, Any]


class Recorder:
    """A mouth that keeps what was said, in the order in which it was said."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.rows: list[bytes] = []

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt:
        """Everything arrives at once."""
        self.rows.append(outbox_row(replace(line, at=self._settings.local(now))))
        return Delivered()


def read_log(path: Path) -> list[Item]:
    """The lines of a log in the order of their time (equal times: file order). Raises BadLog."""
    items: list[Item] = []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as why:
        raise BadLog(f"{path}: {getattr(why, 'strerror', None) or 'is not UTF-8'}") from None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            at = datetime.fromisoformat(raw["at"])
            if not isinstance(raw.get("id"), str) or at.tzinfo is None:
                raise ValueError("needs an id and a time with its zone")
            at = at.astimezone(UTC)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as why:
            raise BadLog(f"{path}:{number}: {why if not isinstance(why, KeyError) else f'{why} is missing'}") from None
        raw.pop("gold", None)  # a replay never reads the labels
        items.append(Item(len(items), at, raw))
    return sorted(items, key=lambda item: (item.at, item.index))


class Replay:
    """One run over one log."""

    def __init__(self, rig: Rig, plain: Plain, clock: Virtual) -> None:
        self._rig, self._plain, self._clock = rig, plain, clock
        self.decisions: dict[str, Decision] = {}
        self._case_of: dict[str, str] = {}
        self._asked: dict[str, str] = {}  # doubtful message -> its lounge
        rig.decided.append(self._seen)

    def _seen(self, entry: Entry, change: Change) -> None:
        decision = change.decision
        if decision is not None:
            self.decisions[decision.id] = decision
            if decision.case:
                self._case_of[decision.id] = decision.case
        for case in change.cases:
            for message in case.messages:
                self._case_of.setdefault(message, case.id)

    async def run(self, items: Sequence[Item], until: datetime | None, tick: Callable[[], None]) -> datetime:
        """Take every line at its own time, ring every alarm between, then let the clock run on."""
        now = LONG_AGO
        for index, item in enumerate(items):
            if self._rig.judging is not None and not index % AHEAD:
                texts = (i.raw.get("text") for i in items[index:index + AHEAD])
                await self._rig.judging.ahead(text for text in texts if isinstance(text, str))
            await self._rig.advance(now, item.at, self._clock.set)
            now = item.at
            self._clock.set(now)
            await self._take(item)
            tick()
        end = until or (now if items else self._clock.now()) + AFTER
        await self._rig.advance(now, end, self._clock.set)
        self._clock.set(end)
        return max(end, now)

    async def _take(self, item: Item) -> None:
        raw, why = await self._resolved(item.raw)
        if raw is None:
            self.decisions[item.raw["id"]] = Decision(id=item.raw["id"], decision="ignore", why=why)
            return
        try:
            incoming = self._plain.parse(json.dumps(raw, ensure_ascii=False).encode())
        except Malformed as bad:
            self.decisions[item.raw["id"]] = Decision(id=item.raw["id"], decision="ignore", why=str(bad))
            return
        if not incoming:
            self.decisions[item.raw["id"]] = Decision(id=item.raw["id"], decision="ignore", why="不认识的消息类型")
        fresh = await self._rig.ingest(incoming)
        await self._rig.settle(item.at)
        if incoming and not any(fresh):
            self.decisions.setdefault(item.raw["id"], Decision(id=item.raw["id"], decision="ignore", why="已经收过"))

    async def _resolved(self, raw: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
        """References of the log turned into numbers and ids; (None, why) where one leads nowhere."""
        raw = dict(raw)
        if "press" in raw and "case_of" in raw:
            message = raw.pop("case_of")
            number = self._case_of.get(message)
            if number is None and message in self._asked:
                raw |= {"message": message, "lounge": self._asked[message]}
            elif number is None:
                return None, f"{message} 没有对应的诉求单"
            else:
                raw["case"] = number
        for field in ("sender", "text", "note"):
            value = raw.get(field)
            if isinstance(value, str) and "{" in value:
                done, why = await self._replaced(value)
                if done is None:
                    return None, why
                raw[field] = done
        if isinstance(raw.get("args"), dict):
            for key, value in list(raw["args"].items()):
                if isinstance(value, str) and "{" in value:
                    done, why = await self._replaced(value)
                    if done is None:
                        return None, why
                    raw["args"] = {**raw["args"], key: done}
        return raw, ""

    def remember(self, cases: Iterable[Case]) -> None:
        """Know the cases of a store that was kept from an earlier run."""
        for case in cases:
            for message in case.messages:
                self._case_of[message] = case.id

    def note_asked(self, lounges: Mapping[str, str]) -> None:
        """Remember in which lounge each line was said, so that a press on a doubt finds it."""
        self._asked.update(lounges)

    def keep_asked(self, folder: Path) -> None:
        """Leave that beside a kept store, for the next run; the store itself knows no names of lines."""
        (folder / HEARD).write_text(json.dumps(self._asked, ensure_ascii=False), encoding="utf-8")

    async def _replaced(self, text: str) -> tuple[str | None, str]:
        out, last = [], 0
        for found in _REFERENCE.finditer(text):
            value = await self._reference(found.group(1), found.group(2))
            if value is None:
                return None, f"{found.group()} 没有对应的人或诉求单"
            out += [text[last:found.start()], value]
            last = found.end()
        return "".join([*out, text[last:]]), ""

    async def _reference(self, kind: str, name: str) -> str | None:
        settings = self._rig.settings
        if kind == "host":
            lounge = settings.lounges.get(name)
            return lounge.host if lounge else None
        if kind == "desk":
            area = next((a for a in settings.areas.values() if name in (a.kind, a.id)), None)
            return area.desk if area else None
        number = self._case_of.get(name)
        case = await self._rig.store.reader.case(number) if number else None
        if case is None:
            return None
        if kind == "case":
            return case.id
        return self._person_of(kind, case)

    def _person_of(self, kind: str, case: Case) -> str | None:
        settings = self._rig.settings
        if kind == "liaison":
            grids = [b.grid for b in settings.buildings_of(case.lounge) if case.building in (None, b.name)]
            if case.building and case.building in settings.buildings:
                grids = [settings.buildings[case.building].grid]
            return settings.grids[grids[0]].liaison if grids else None
        if kind == "mediator":
            return case.mediator
        if kind == "attendant":
            return case.attendant or on_duty(settings.lounges[case.lounge], settings, self._clock.now())
        return case.reporter

    async def rows(self, items: Iterable[Item]) -> tuple[list[bytes], list[bytes]]:
        """(cases.jsonl rows, decisions.jsonl rows in file order)."""
        cases = await all_cases(self._rig)
        case_rows = []
        for case in cases:
            journal = await self._rig.store.reader.journal(case.id)
            case_rows.append(msgspec.json.encode(case_row(case, journal, self._rig.settings)))
        owner = {message: case for case in cases for message in case.messages}
        decided = []
        for item in sorted(items, key=lambda i: i.index):
            name = item.raw["id"]
            decision = self.decisions.get(name) or Decision(id=name, decision="ignore", why="没有处理")
            home = owner.get(name)
            if decision.decision == "ignore" and home is not None:  # a later line of the same breath made it part
                decision = Decision(id=name, decision="attach", intent=home.intent, case=home.id, why="和后面几句是一件事")
            decided.append(msgspec.json.encode({
                "id": name, "decision": decision.decision, "intent": decision.intent, "case": decision.case,
                "why": decision.why}))
        return case_rows, decided


async def replay(settings: Settings, items: Sequence[Item], out: Path, *, until: datetime | None = None,
                 keep: Path | None = None, tick: Callable[[], None] = lambda: None,
                 meaning: Path | None = None) -> dict[str, int]:
    """Run a log and write cases.jsonl, decisions.jsonl and outbox.jsonl into `out`.

    `meaning` is the installation's folder where the semantic layer is to be asked, None to do without.
    """
    async with AsyncExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lounge-replay-")))
        folder.mkdir(parents=True, exist_ok=True)
        store = await stack.enter_async_context(open_store_at(settings, folder))
        plain = Plain(b"replay", settings.lounges)
        clock, mouth = Virtual(items[0].at if items else datetime.now(UTC)), Recorder(settings)
        rig = Rig(settings, store, {"plain": plain}, mouth, clock)
        rig.judge(meaning, live=False)
        rig.own_all()
        await rig.forwarded(shift.begun(settings, clock.now()))
        await rig.settle(clock.now(), everywhere=True)
        run = Replay(rig, plain, clock)
        run.remember(await all_cases(rig))
        lounges = {item.raw["id"]: item.raw["lounge"] for item in items if isinstance(item.raw.get("lounge"), str)}
        run.note_asked(heard_before(folder) | lounges)
        await run.run(items, until, tick)
        run.keep_asked(folder)
        case_rows, decision_rows = await run.rows(items)
        write(out, {"cases": case_rows, "decisions": decision_rows, "outbox": mouth.rows})
        if rig.judging is not None:
            rig.judging.close()
        return {"lines": len(items), "cases": len(case_rows), "said": len(mouth.rows)}
