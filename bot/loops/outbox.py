"""Says what was promised, in order for each destination, through the one gate: the only sender."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain import gate
from bot.domain.settings import Settings
from bot.messages import Delivered, Outgoing, Receipt, Receipted, Refused, TryLater, Unknown
from bot.store.port import Promise, Store

BATCH = 256
PATIENCE = timedelta(hours=24)  # a platform that is down for a night loses nothing
LONGEST_PAUSE, URGENT_PAUSE = 900.0, 30.0  # seconds; each further try waits twice as long, up to this
MORNING_MOST = 8

log = structlog.get_logger("outbox")
Said = Callable[[Outgoing, str], None]  # (line, outcome)


class Mouth(Protocol):
    """Delivers one line and says what became of it."""

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt: ...


class OutboxLoop:
    """Takes promises, asks the gate, sends, and records what became of each."""

    def __init__(self, store: Store, settings: Callable[[], Settings], mouth: Mouth, said: Said) -> None:
        self._store, self._settings, self._mouth, self._said = store, settings, mouth, said
        # Live, no destination waits for another; on a virtual clock one after the other, so that every run is the same.
        self.side_by_side = False
        self.forwarded: set[int] = set()  # shards that got something from us since last asked

    async def drain_once(self, shard: int, now: datetime) -> int:
        """Take one batch; inputs for other shards first, then lines: urgent destinations first, each in order."""
        promises = await self._store.outbox.take(shard, now, BATCH)
        if not promises:
            return 0
        await self._forward([p for p in promises if p.forward is not None])
        lanes: dict[str, list[Promise]] = defaultdict(list)
        for promise in promises:
            if promise.say is not None:
                lanes[promise.say.to].append(promise)
        ordered = sorted(lanes.values(), key=lambda lane: not any(p.say and p.say.urgent for p in lane))
        if self.side_by_side:
            await asyncio.gather(*(self._lane(lane, now) for lane in ordered))
        else:
            for lane in ordered:
                await self._lane(lane, now)
        return len(promises)

    async def _forward(self, promises: Sequence[Promise]) -> None:
        items = [p.forward for p in promises if p.forward is not None]
        if not items:
            return
        await self._store.inbox.ingest(items)
        for promise in promises:
            await self._store.outbox.sent(promise, None, {})
        self.forwarded |= {shard for shard, _, _ in items}

    async def _lane(self, lane: list[Promise], now: datetime) -> None:
        """One destination, in order; what the platform does not take now makes the rest wait behind it."""
        lane.sort(key=lambda p: not (p.say and p.say.urgent))
        blocked: datetime | None = None
        going: list[Promise] = []
        for promise in lane:
            line = promise.say
            assert line is not None
            if blocked is not None and not line.urgent:
                await self._store.outbox.defer(promise, blocked)
                continue
            verdict = await self._judge(line, now)
            if isinstance(verdict, gate.Drop):
                await self._store.outbox.sent(promise, None, {}, outcome="dropped")
                self._said(line, f"dropped: {verdict.why}")
            elif isinstance(verdict, gate.Hold):
                await self._store.outbox.defer(promise, verdict.until)
                self._said(line, f"held: {verdict.why}")
            elif self._folds(line):
                going.append(promise)
            else:
                blocked = await self._send(promise, line, now) or blocked
        await self._fold(going, now)

    async def _judge(self, line: Outgoing, now: datetime) -> gate.Verdict:
        case = await self._store.reader.case(line.case) if line.case else None
        home = (await self._store.reader.person(line.to.removeprefix("person:"))).fields if line.ping else {}
        return gate.judge(gate_line(line), case, home, self._settings(), now)

    def _folds(self, line: Outgoing) -> bool:
        """Held items of staff come as one morning line."""
        staff = line.to.removeprefix("person:") in self._settings().people
        return line.held and line.ping and not line.urgent and staff and bool(line.summary)

    async def _fold(self, going: list[Promise], now: datetime) -> None:
        if len(going) < 2:
            for promise in going:
                assert promise.say is not None
                await self._send(promise, promise.say, now)
            return
        lines = sorted((p.say for p in going if p.say), key=lambda s: (s.due is None, s.due or s.at, s.key))
        shown = [f"{i}. {s.summary}" for i, s in enumerate(lines[:MORNING_MOST], 1)]
        if len(lines) > MORNING_MOST:
            shown.append(f"……另有{len(lines) - MORNING_MOST}件")
        text = self._settings().texts["morning"].text.format(count=len(lines), items="\n".join(shown))
        one = replace(lines[0], card="morning", text=text, case=None, buttons=(), key=f"morning/{lines[0].key}", due=None)
        await self._settle_fold(going, one, await self._mouth.deliver(one, now), now)

    async def _settle_fold(self, going: list[Promise], one: Outgoing, receipt: Receipt, now: datetime) -> None:
        """One line stood for many: all of them share what became of it."""
        for index, promise in enumerate(going):
            line = promise.say
            assert line is not None
            match receipt:
                case Delivered():
                    await self._store.outbox.sent(promise, self._receipt(line, now, "delivered"),
                                                  {} if index else self._counters(one, now), outcome="folded")
                    self._said(line, "folded")
                case TryLater(seconds=seconds, why=why):
                    await self._later(promise, line, now, seconds, why)
                case Refused(why=why) | Unknown(why=why):
                    await self._store.outbox.bury(promise, why, self._receipt(line, now, "refused", why))
                    self._said(line, f"refused: {why}")

    def _counters(self, line: Outgoing, now: datetime) -> dict[str, str]:
        """What a ping adds to its receiver's home: today's count, and that these words were said today."""
        if not line.ping:
            return {}
        home = home_of(line)
        return {f"{home}|{field}": "1" for field in gate.counted(gate_line(line), now, self._settings())}

    async def _send(self, promise: Promise, line: Outgoing, now: datetime) -> datetime | None:
        """Deliver one line; returns until when its destination is to wait, None where it was dealt with."""
        receipt = await self._mouth.deliver(line, now)
        match receipt:
            case Delivered():
                await self._store.outbox.sent(promise, self._receipt(line, now, "delivered"), self._counters(line, now))
                self._said(line, "delivered")
            case TryLater(seconds=seconds, why=why):
                return await self._later(promise, line, now, seconds, why)
            case Refused(why=why) | Unknown(why=why):
                outcome = "refused" if isinstance(receipt, Refused) else "unknown"
                await self._store.outbox.bury(promise, why, self._receipt(line, now, outcome, why))
                self._said(line, f"{outcome}: {why}")
                log.warning("buried", card=line.card, case=line.case, why=why)
        return None

    async def _later(self, promise: Promise, line: Outgoing, now: datetime, seconds: float, why: str) -> datetime | None:
        if now - line.at > PATIENCE:
            await self._store.outbox.bury(promise, why, self._receipt(line, now, "refused", why))
            self._said(line, f"refused: {why}")
            return None
        longest = URGENT_PAUSE if line.urgent else LONGEST_PAUSE
        until = now + timedelta(seconds=max(seconds, min(seconds * 2.0 ** min(line.attempts, 20), longest)))
        await self._store.outbox.defer(promise, until, replace(line, attempts=line.attempts + 1))
        return until

    def _receipt(self, line: Outgoing, now: datetime, outcome: str, why: str = "") -> Receipted | None:
        """What comes back through the inbox, sent to the case's own lounge; only results matter to a case."""
        if line.case is None or line.card not in ("ask_rating", "ask_rating_group"):
            return None
        return Receipted(key=line.key, at=now, case=line.case, card=line.card, to=line.to, outcome=outcome, why=why)


def gate_line(line: Outgoing) -> gate.Line:
    """What the gate has to know about a promise."""
    return gate.Line(to=line.to, card=line.card, text=line.text, ping=line.ping, urgent=line.urgent, part=line.part,
                     rounds=line.rounds)


def home_of(line: Outgoing) -> str:
    """Whose counters a line goes on: the person's own id, or chat:<lounge>."""
    return line.to.removeprefix("person:")
