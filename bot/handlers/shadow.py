"""A lounge on trial: nothing is said in its group and no case is opened; its host sees what would have been done."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.handlers import cards
from bot.handlers.context import Here
from bot.messages import ButtonPress, ChatLine, Decision, Outgoing
from bot.store.port import Change

SHADOW = "shadow/"  # shadow/<message>: what would have been done with it, and what the host thinks of that
ADOPTED, SKIPPED = "adopt", "skip"
WOULD = {"open": "shadow_open", "ask": "shadow_ask"}


def watched(line: ChatLine, change: Change, here: Here) -> Change:
    """The decision of a group's line, told to the host instead of carried out."""
    decision = change.decision
    card = WOULD.get(decision.decision) if decision is not None else None
    if decision is None or card is None:
        return Change(decision=decision)
    host = here.settings.lounges[line.lounge].host
    said = cards.plain(card, f"person:{host}", here, line.id, extra=_facts(line, change, here), ping=True, lounge=line.lounge)
    urgent = any(case.urgent for case in change.cases)
    said = replace(said, message=line.id, part="host", urgent=urgent, summary=f"试运行：{cards.clip(line.text, 20)}")
    kept = json.dumps({"at": here.now.isoformat(), "intent": decision.intent, "would": decision.decision, "verdict": None})
    say, forward = cards.send([said])
    return Change(say=say, forward=forward, overlay=((line.lounge, SHADOW + line.id, kept),),
                  decision=replace(decision, decision="ask", case=None, why=f"试运行：{decision.why}"))


def _facts(line: ChatLine, change: Change, here: Here) -> dict[str, str]:
    """What the card shows: of the case that would have been opened, or of the doubt."""
    lounge, decision = here.settings.lounges[line.lounge], change.decision
    intent = cards.intent_of(decision.intent, here.settings) if decision is not None and decision.intent else ""
    own = {"reporter": line.name or "有人", "lounge": lounge.name, "gist": cards.clip(line.text, 60), "intent": intent}
    return {**cards.facts(change.cases[0], here), **own} if change.cases else own


async def settle(press: ButtonPress, here: Here) -> Change:
    """采纳 or 忽略: kept with the line, without its words."""
    stored = None
    if press.lounge in here.settings.lounges and here.settings.lounges[press.lounge].host == press.sender:
        stored = (await here.reader.overlay(press.lounge)).get(f"{SHADOW}{press.message}")
    if stored is None:
        return Change(decision=Decision(id=press.id, decision="ignore", why="没有等着看的这句话"))
    kept = json.dumps({**json.loads(stored), "verdict": press.verb})
    say, forward = cards.send([_thanks(press, here)])
    return Change(say=say, forward=forward, overlay=((press.lounge, f"{SHADOW}{press.message}", kept),),
                  decision=Decision(id=press.id, decision="act", why="试运行：采纳" if press.verb == ADOPTED else "试运行：忽略"))


def _thanks(press: ButtonPress, here: Here) -> Outgoing:
    return cards.plain("shadow_ok", f"person:{press.sender}", here, press.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a trial goes, for one kind of matter (or all): what would have been done, and what the host thought."""

    name: str
    shown: int
    adopted: int
    skipped: int

    @property
    def agreement(self) -> float | None:
        """采纳 among what was answered; None while nothing was."""
        answered = self.adopted + self.skipped
        return self.adopted / answered if answered else None


def report(fields: Mapping[str, str]) -> list[Trial]:
    """One row for each intent of a lounge's running state, the most frequent first, and the sum (`""`) at the end."""
    seen: Counter[tuple[str, str | None]] = Counter()
    for name, kept in fields.items():
        if name.startswith(SHADOW):
            row = json.loads(kept)
            seen[row["intent"] or "", row["verdict"]] += 1
    intents = {intent for intent, _ in seen}
    rows = [_trial(intent, {verdict: n for (one, verdict), n in seen.items() if one == intent}) for intent in intents]
    rows.sort(key=lambda row: (-row.shown, row.name))
    return [*rows, Trial(name="", shown=sum(r.shown for r in rows), adopted=sum(r.adopted for r in rows),
                         skipped=sum(r.skipped for r in rows))]


def _trial(name: str, counted: Mapping[str | None, int]) -> Trial:
    return Trial(name=name, shown=sum(counted.values()), adopted=counted.get(ADOPTED, 0), skipped=counted.get(SKIPPED, 0))
