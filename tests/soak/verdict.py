"""What must hold after a soak: each line decided once, each promise delivered or buried with its reason, nothing left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from bot.domain.case import Case, State
from bot.domain.ledger import Outcome, read
from bot.domain.settings import Settings
from bot.store.keys import GROUP, KEYS
from bot.store.redis import Store
from tests.soak.crowd import Crowd
from tests.soak.platform import Platforms


@dataclass(frozen=True, slots=True)
class Verdict:
    """The figures, and every sentence that does not hold."""

    figures: dict[str, Any]
    wrong: list[str]


async def judge(store: Store, settings: Settings, crowd: Crowd, both: Platforms, decided: int, taken: int) -> Verdict:
    """Look at everything that is in Redis; `decided` and `taken` are what the bot itself counted."""
    wrong: list[str] = []
    added, left = await _streams(store, wrong)
    dead = [one for shard in range(len(KEYS)) for one in await store.inbox.dead(shard, 100_000)]
    graves = Counter(f"{one.side}: {one.why}" for one in dead)
    unread = sum(one.side == "inbox" for one in dead)
    ledger = await _ledger(store)
    cases = await _cases(store, settings, wrong)
    _hold(wrong, taken == crowd.said + crowd.presses, f"{crowd.said} lines and {crowd.presses} presses were sent, {taken} taken in")
    _hold(wrong, decided + unread == added["inbox"], f"{added['inbox']} inputs, {decided} decided once, {unread} buried")
    _hold(wrong, unread == 0, f"{unread} inputs could not be decided")
    _hold(wrong, left["held"] == 0, f"{left['held']} promises still held")
    took = sum(both.took.values())
    _hold(wrong, ledger[Outcome.SENT] == took, f"the ledger says {ledger[Outcome.SENT]} sent, the platforms took {took}")
    refused = sum(one.side == "outbox" for one in dead)
    _hold(wrong, ledger[Outcome.REFUSED] == refused, f"the ledger says {ledger[Outcome.REFUSED]} refused, {refused} are buried")
    _hold(wrong, all(one.why for one in dead), "something is buried without a reason")
    figures = {
        "lines": crowd.said, "presses": crowd.presses, "inputs": added["inbox"], "decided_once": decided,
        "appeals": len(crowd.lines), **_voices(cases, crowd, wrong), "states": Counter(c.state.value for c in cases),
        "promises": added["outbox"], "ledger": {k.value: v for k, v in ledger.items()}, "buried": dict(graves),
        "platforms_took": dict(both.took), "platforms_failed": dict(both.failed), "taken_but_unanswered": both.unsure,
    }
    return Verdict(figures, wrong)


def _hold(wrong: list[str], holds: bool, otherwise: str) -> None:
    if not holds:
        wrong.append(otherwise)


async def _streams(store: Store, wrong: list[str]) -> tuple[Counter[str], Counter[str]]:
    """(all that ever entered inbox and outbox, what is left in them and held back)."""
    added: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for keys in KEYS:
        for kind, name in (("inbox", keys.inbox), ("outbox", keys.outbox)):
            if await store.client.exists(name):
                about = await store.client.xinfo_stream(name)
                pending = await store.client.xpending(name, GROUP)
                added[kind] += int(about["entries-added"])
                left[kind] += int(about["length"]) + int(pending["pending"])
        left["held"] += int(await store.client.zcard(keys.held))
    for kind in ("inbox", "outbox"):
        _hold(wrong, left[kind] == 0, f"{left[kind]} left in the {kind}")
    return added, left


async def _ledger(store: Store) -> Counter[Outcome]:
    """What the gate counted, over all homes."""
    total: Counter[Outcome] = Counter()
    async for name in store.client.scan_iter("lounge:{??}:person:*", count=1000):
        fields = {k.decode(): v.decode() for k, v in (await store.client.hgetall(name)).items() if k.startswith(b"ledger/")}
        for count in read(fields):
            total[count.outcome] += count.times
    return total


async def _cases(store: Store, settings: Settings, wrong: list[str]) -> list[Case]:
    """Every case by its number; none may be missing, each was reported once."""
    found = []
    for lounge in settings.lounges.values():
        for number in range(1, await store.reader.next_number(lounge.id)):
            case = await store.reader.case(f"{lounge.code}-{number:04d}")
            if case is None:
                wrong.append(f"{lounge.code}-{number:04d} is missing")
                continue
            events = [row.event for row in await store.reader.journal(case.id)]
            _hold(wrong, events.count("Reported") == 1, f"{case.id} was reported {events.count('Reported')} times")
            if case.open:
                _hold(wrong, case.due is not None and bool(case.attendant), f"{case.id} is open without an alarm or an owner")
            found.append(case)
    return found


def _voices(cases: list[Case], crowd: Crowd, wrong: list[str]) -> dict[str, Any]:
    """Where each appeal went: it opened a case, joined one, or was put before a host; never two of these."""
    openers = Counter(case.opened_by for case in cases)
    held = Counter(message for case in cases if case.state is not State.MERGED for message in set(case.messages))
    twice = [line for line, times in (openers | held).items() if times > 1]
    _hold(wrong, not twice, f"{len(twice)} lines are in two cases, the first is {twice[:1]}")
    opened = sum(line.id in openers for line in crowd.lines)
    joined = sum(line.id in held and line.id not in openers for line in crowd.lines)
    return {"cases": len(cases), "opened": opened, "joined": joined, "asked_or_silent": len(crowd.lines) - opened - joined}
