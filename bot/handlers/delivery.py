"""Takes in what became of a promise: a result that reached the reporter starts the rating's clock."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.events import BOT, Event, Happened
from bot.domain.feedback import untold
from bot.domain.transitions import Step, step
from bot.handlers.cards import change_for
from bot.handlers.context import Here
from bot.messages import Receipted
from bot.shards import shard_of
from bot.store.port import Change

RESULT_CARDS = frozenset({"ask_rating", "ask_rating_group", "result"})


async def delivered(receipt: Receipted, here: Here) -> Change:
    """Delivered or refused; only the result's arrival moves a case, everything else is already in the ledger."""
    if receipt.card not in RESULT_CARDS or receipt.outcome != "delivered":
        return Change()
    lounge = here.settings.by_code(receipt.case.split("-")[0])
    if lounge is None:
        return Change()
    if not receipt.arrived:  # it came back to the receiver's home; the case lives with its lounge
        return Change(forward=((shard_of(lounge.id), f"receipt/{receipt.key}", replace(receipt, arrived=True)),))
    case = await here.reader.case(receipt.case)
    who = receipt.to.removeprefix("person:") if receipt.to.startswith("person:") else ""  # a group's line is for all
    if case is None or (who not in untold(case) if who else not untold(case)):
        return Change()
    note = "结果已送到诉求人" if who in ("", case.reporter) else "结果已送到附议人"
    event = Happened(event=Event.DELIVERED, at=here.now, by=BOT, note=note, args={"who": who})
    done = step(case, event, here.settings)
    if not isinstance(done, Step):
        return Change()
    return change_for(done.case, [(case.id, row) for row in done.rows], [])
