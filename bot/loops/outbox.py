"""Says what was promised, in order for each destination, through the one gate: the only sender."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain import gate
from bot.domain.gate import Reason
from bot.domain.ledger import Outcome, Sort, field
from bot.domain.settings import Settings
from bot.loops.lanes import Lanes
from bot.loops.shaping import Able, fitted, folded, folds, gate_line, home_of
from bot.messages import Delivered, Outgoing, Receipt, Receipted, Refused, TryLater, Unknown
from bot.store.port import Lost, Promise, Store

BATCH = 256
TRIES = 5  # times that a line which trips us up is taken again before it is buried
PATIENCE = timedelta(hours=24)  # a platform that is down for a night loses nothing
LONGEST_PAUSE, URGENT_PAUSE = 900.0, 30.0  # seconds; each further try waits twice as long, up to this
UNSURE = timedelta(seconds=5)  # a destination that gave no answer is left alone for so long, what is behind it waits

log = structlog.get_logger("outbox")
Said = Callable[[Outgoing, str], None]  # (line, outcome)
Home = Mapping[str, str]


class Mouth(Protocol):
    """Delivers one line and says what became of it."""

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt: ...


class OutboxLoop:
    """Takes promises, asks the gate, sends, and records what became of each."""

    def __init__(self, store: Store, settings: Callable[[], Settings], mouth: Mouth, said: Said,
                 able: Callable[[str], Able | None] = lambda to: None) -> None:
        self._store, self._latest, self._mouth, self._said, self._able = store, settings, mouth, said, able
        self._settings = settings()  # of the batch in hand: new ones count from the next batch on
        # Live, no destination waits for another; on a virtual clock one after the other, so that every run is the same.
        self.lanes: Lanes | None = None
        self.forwarded: set[int] = set()  # shards that got something from us since last asked

    def side_by_side(self) -> Lanes:
        """From now on `drain_once` only puts lines on their way: each destination has a lane of its own."""
        self.lanes = Lanes(self._lane)
        return self.lanes

    def speak_through(self, mouth: Mouth) -> None:
        """From the next line on."""
        self._mouth = mouth

    async def drain_once(self, shard: int, now: datetime) -> int:
        """Take one batch; inputs for other shards first, then lines: urgent destinations first, each in order."""
        if self.lanes is not None:
            await self.lanes.room()
        taken = await self._store.outbox.take(shard, now, BATCH)
        if not taken:
            return 0
        promises = taken if self.lanes is None else self.lanes.fresh(taken)
        self._settings = self._latest()
        await self._forward([p for p in promises if p.forward is not None])
        lanes: dict[str, list[Promise]] = defaultdict(list)
        for promise in promises:
            if promise.say is not None:
                lanes[promise.say.to].append(promise)
        for to, lane in sorted(lanes.items(), key=lambda item: not any(p.say and p.say.urgent for p in item[1])):
            if self.lanes is not None:
                self.lanes.put(to, lane, now)
            else:
                await self._lane(lane, now)
        return len(taken)

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
            try:
                blocked = await self._one(promise, going, blocked, now) or blocked
            except Lost:
                raise
            except Exception:  # a line that we cannot say must not stand for ever before those behind it
                if promise.tries < TRIES or promise.say is None:
                    raise
                log.exception("could not say", card=promise.say.card, case=promise.say.case)
                await self._bury(promise, promise.say, {}, now, Refused(why="could not be said"), Reason.CHANNEL)
        await self._fold(going, now)

    async def _one(self, promise: Promise, going: list[Promise], blocked: datetime | None, now: datetime) -> datetime | None:
        """Ask the gate about one line and do as it says; returns until when those behind it have to wait."""
        line = promise.say
        assert line is not None
        home = await self._home(line)
        if blocked is not None and not line.urgent:
            await self._hold(promise, line, gate.Hold(blocked, Reason.PLATFORM), home, now)
            return None
        verdict = await self._judge(line, home, now)
        if isinstance(verdict, gate.Hold) and verdict.reason is Reason.CARD and _goes_too(line, going):
            going.append(promise)  # its card goes out in this very line
        elif isinstance(verdict, gate.Drop):
            counters = self._counters(line, Outcome.DROPPED, verdict.reason, home, now)
            await self._store.outbox.sent(promise, None, counters, outcome="dropped")
            self._said(line, f"dropped: {verdict.why}")
        elif isinstance(verdict, gate.Hold):
            await self._hold(promise, line, verdict, home, now)
        elif isinstance(verdict, gate.Refuse):
            await self._bury(promise, line, home, now, Refused(why=verdict.why), Reason.CHANNEL)
        elif folds(line, self._settings):
            going.append(promise)
        else:
            return await self._send(promise, line, home, now)
        return None

    async def _home(self, line: Outgoing) -> Home:
        """What the gate may know of who is pinged; an answer asks nothing of it."""
        return (await self._store.reader.person(home_of(line))).fields if line.ping else {}

    async def _judge(self, line: Outgoing, home: Home, now: datetime) -> gate.Verdict:
        case = await self._store.reader.case(line.case) if line.case else None
        return gate.judge(gate_line(line), case, home, self._settings, now, self._able(line.to))

    async def _fold(self, going: list[Promise], now: datetime) -> None:
        """What was held goes out as one line; alone, as itself."""
        lines = [p.say for p in going if p.say]
        if len(lines) < 2:
            for promise, line in zip(going, lines, strict=True):
                await self._send(promise, line, await self._home(line), now)
            return
        one = fitted(folded(lines, self._settings), self._able(lines[0].to))
        receipt = await self._mouth.deliver(one, now)
        for index, (promise, line) in enumerate(zip(going, lines, strict=True)):
            home = await self._home(line)
            if isinstance(receipt, Delivered):
                counters = self._counters(line, Outcome.FOLDED, "morning", home, now)
                if not index:
                    counters |= self._counters(one, Outcome.SENT, Sort.PING, {}, now)
                await self._store.outbox.sent(promise, self._receipt(line, now, "delivered"), counters, outcome="folded")
                self._said(line, "folded")
            elif isinstance(receipt, TryLater):
                await self._later(promise, line, home, now, receipt)
            else:
                await self._bury(promise, line, home, now, receipt, Reason.PLATFORM)

    async def _send(self, promise: Promise, line: Outgoing, home: Home, now: datetime) -> datetime | None:
        """Deliver one line; returns until when its destination is to wait, None where it was dealt with."""
        receipt = await self._mouth.deliver(fitted(line, self._able(line.to)), now)
        if isinstance(receipt, TryLater):
            return await self._later(promise, line, home, now, receipt)
        if isinstance(receipt, Delivered):
            sort = Sort.URGENT if line.urgent else Sort.PING if line.ping else Sort.ANSWER
            counters = self._counters(line, Outcome.SENT, sort, home, now)
            await self._store.outbox.sent(promise, self._receipt(line, now, "delivered"), counters)
            self._said(line, "delivered")
        else:
            await self._bury(promise, line, home, now, receipt, Reason.PLATFORM)
        return now + UNSURE if isinstance(receipt, Unknown) else None

    async def _hold(self, promise: Promise, line: Outgoing, hold: gate.Hold, home: Home, now: datetime,
                    again: Outgoing | None = None) -> None:
        """Keep it until then. Only its first wait is counted, and that its receiver has yet to see this card."""
        counters = {} if line.held else self._counters(line, Outcome.HELD, hold.reason, home, now)
        if line.ping and line.case and not line.held and not gate.reminds(gate_line(line)):
            counters[f"{home_of(line)}|{gate.waits_field(line.case)}"] = "1"
        await self._store.outbox.defer(promise, hold.until, again, counters)
        self._said(line, f"held: {hold.why}")

    async def _later(self, promise: Promise, line: Outgoing, home: Home, now: datetime, no: TryLater) -> datetime | None:
        """What the platform does not take now waits, twice as long after each try; after a day it is buried."""
        if now - line.at > PATIENCE:
            await self._bury(promise, line, home, now, Refused(why=no.why), Reason.PLATFORM)
            return None
        longest = URGENT_PAUSE if line.urgent else LONGEST_PAUSE
        until = now + timedelta(seconds=max(no.seconds, min(no.seconds * 2.0 ** min(line.attempts, 20), longest)))
        again = replace(line, attempts=line.attempts + 1)
        await self._hold(promise, line, gate.Hold(until, Reason.PLATFORM), home, now, again)
        return until

    async def _bury(self, promise: Promise, line: Outgoing, home: Home, now: datetime, no: Refused | Unknown,
                    reason: Reason) -> None:
        outcome = "refused" if isinstance(no, Refused) else "unknown"
        back = self._receipt(line, now, outcome, no.why)
        await self._store.outbox.bury(promise, no.why, back, self._counters(line, Outcome.REFUSED, reason, home, now))
        self._said(line, f"{outcome}: {no.why}")
        log.warning("buried", card=line.card, case=line.case, why=no.why)

    def _counters(self, line: Outgoing, outcome: Outcome, reason: str, home: Home, now: datetime) -> dict[str, str]:
        """What this does to its receiver's home: the ledger, today's count, the words just said, what waits no more."""
        if line.to.startswith(("media:", "digest:")):  # a file to fetch or to make is nothing that anybody hears
            return {}
        fields = {field(now, outcome, reason, line.lounge, self._settings): "1"}
        sent, words = gate.counted(gate_line(line), now, self._settings)
        if line.ping and outcome is Outcome.SENT:
            fields[sent] = "1"
        if line.ping and outcome in (Outcome.SENT, Outcome.FOLDED):
            fields[words] = "1"
        waits = gate.waits_field(line.case or "")
        if outcome is not Outcome.HELD and line.held and waits in home and not gate.reminds(gate_line(line)):
            fields[waits] = "-1" if int(home[waits]) > 1 else ""
        fields |= dict.fromkeys(gate.outdated(home, now, self._settings), "")
        return {f"{home_of(line)}|{name}": by for name, by in fields.items()}

    def _receipt(self, line: Outgoing, now: datetime, outcome: str, why: str = "") -> Receipted | None:
        """What comes back through the inbox, sent to the case's own lounge; only results matter to a case."""
        if line.case is None or line.card not in ("ask_rating", "ask_rating_group", "result"):
            return None
        return Receipted(key=line.key, at=now, case=line.case, card=line.card, to=line.to, outcome=outcome, why=why)


def _goes_too(line: Outgoing, going: Sequence[Promise]) -> bool:
    """Whether the card of the same case is on its way already."""
    return any(p.say and p.say.case == line.case for p in going)
