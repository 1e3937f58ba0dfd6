"""协办: somebody stands beside who handles a case; both know of it, and no clock waits for the helper."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain import assignment
from bot.domain.case import Case, Row
from bot.domain.commands import LABEL
from bot.domain.events import Event
from bot.domain.parts import parts, person_named, who_may
from bot.domain.staff import near
from bot.domain.tables import BESIDES
from bot.domain.transitions import Refusal
from bot.handlers import cards
from bot.handlers.context import Here, Speaker
from bot.messages import ButtonPress, Decision, Outgoing
from bot.store.port import Change


async def act(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """协办 N 人: the helper gets the card once, and may write down what he did."""
    from bot.handlers.act import need_note, refusal, refuse

    if not parts(press.sender, case, here.settings) & BESIDES["assist"]:
        extra = {"command": LABEL["assist"], "who": who_may(BESIDES["assist"], here.settings, case)}
        return refuse(press, case, "refuse_may", here, speaker, extra)
    if not case.open:
        return refusal(press, case, Refusal(text="refuse_state"), here, speaker)
    words = press.args.get("to") or press.note.strip()
    if not words:
        return need_note(press, case, here)
    helper = person_named(words, here.settings, near(case.lounge, here.settings, here.now))
    if helper is None or helper.id == case.attendant:
        return refusal(press, case, Refusal(text="need_person"), here, speaker)
    fresh = helper.id not in case.helpers
    joined = case.but(helpers=(*case.helpers, helper.id), moved_at=here.now, touched_at=here.now) if fresh else case
    said = cards.card_for(joined, "assist_ok", cards.answer_to(speaker, case, here), here, ping=False,
                          extra={"by": helper.name}, key=f"{press.id}/assist_ok")
    row = Row(at=here.now, event=Event.LINKED.value, by=press.sender, note=f"请{helper.name}协办")
    return cards.change_for(joined, [(case.id, row)] if fresh else [], [said, *(told(joined, (helper.id,), here) if fresh else ())],
                            decision=Decision(id=press.id, decision="act", intent=case.intent, case=case.id, why="协办"))


def told(case: Case, helpers: Iterable[str], here: Here) -> Iterable[Outgoing]:
    """The card to each helper."""
    return [cards.card_for(case, "assist", f"person:{helper}", here, part="helper") for helper in helpers]


def helping(case: Case, here: Here) -> Case:
    """A new case with those whose post is to help there, as far as they are present."""
    if not case.building or case.private:
        return case
    people = assignment.in_charge(assignment.matter_of(case), here.settings, here.now, helper=True)
    ids = tuple(p.id for p in people if p.id != case.attendant and assignment.present(p, here.now))
    return case.but(helpers=ids) if ids else case
