"""Lets the tone of a further line change its case: heat adds up, and a cry for help makes an open case urgent."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain.case import Case
from bot.domain.events import Event, Happened
from bot.domain.transitions import Step, step
from bot.handlers.cards import card_for, change_for
from bot.handlers.context import Here
from bot.handlers.report import called, hotline, with_messages
from bot.intents.alarm import TURNS_URGENT
from bot.intents.heard import Heard
from bot.intents.heat import gathered, level_of, standing
from bot.intents.place import Placed
from bot.intents.recognize import EMERGENCY
from bot.intents.speech import is_staff
from bot.messages import ChatLine, Decision, Outgoing
from bot.store.port import Change

# Who speaks of these cries for his own; a bystander speaks of what he sees.
_OWN = re.compile("我(?:们?[家屋店厂]|[妈爸爷奶老儿女孩公婆弟妹哥姐孙崽仔])|家里|屋里")
_ANSWERS = re.compile("出来了|下来了|开了|抱|救|背|稳|没事|送医|守着|灭了|控制|已经|马上|正在|赶|上去|过去|过来|到了|到场|往.{0,3}[上跑]|出发|联系|叫了|打了|安排|通知")


def same_alarm(case: Case, line: ChatLine, intent: str, placed: Placed) -> bool:
    """Whether a cry for help heard as `intent` is about an urgent case: one fire is heard as many things, in private by one voice."""
    if not case.urgent or _apart(case, line, placed):
        return False
    if case.intent == intent:
        return True
    kin = EMERGENCY in (case.intent, intent) and {case.intent, intent} - {EMERGENCY} <= TURNS_URGENT
    return kin and (not case.private or case.reporter == line.sender)


def _apart(case: Case, line: ChatLine, placed: Placed) -> bool:
    """Whether a cry comes from another place: it names another building, or its speaker lives in one and cries for his own."""
    if case.building is None or placed.building in (None, case.building):
        return False
    return placed.source == "said" or bool(_OWN.search(line.text))


def answers_alarm(line: ChatLine) -> bool:
    """Whether staff say that somebody is on the way or there: the alarm that is known, not another one."""
    return is_staff(line.name) and bool(_ANSWERS.search(line.text))


def warmed(change: Change, heard: Heard, sender: str) -> Change:
    """The change, with the heat of one more line in its case; where life is at stake anger does not matter."""
    if not change.cases or change.cases[0].urgent or not (heard.heat or heard.heated):
        return change
    case = change.cases[0]
    heat = gathered((case.heat, standing(heard.heat, "own" if sender == case.reporter else "another")))
    hot = case.but(heat=heat, heated=max(case.heated, level_of(heat, heard.heated)))
    return replace(change, cases=(hot, *change.cases[1:]))


def rise(case: Case, line: ChatLine, event: Event, here: Here, why: str) -> Change | None:
    """An open case becomes urgent by a later line, and the same people are called as if it had begun so; once."""
    args = {"message": line.id, "urgent": "1"}
    done = step(case, Happened(event=event, at=here.now, by=line.sender, note=line.text, args=args), here.settings)
    if case.urgent or not isinstance(done, Step):
        return None
    first = with_messages(done.case, (line.id,), here.now)
    risen = first.but(level=first.level or "C", asked=tuple(p for p in called(first, here) if p != first.attendant))
    extra = {"hotline": hotline(f"{line.text} {case.gist}")}
    said: list[Outgoing] = [] if case.private else [
        card_for(risen, "emergency", f"chat:{case.lounge}", here, extra=extra, ping=False)]
    for person in called(risen, here):
        part = "responsible" if person == risen.attendant else "host"
        said.append(card_for(risen, "emergency_card", f"person:{person}", here, extra=extra, part=part))
    decision = Decision(id=line.id, decision="attach", intent=case.intent, case=case.id, why=f"{why}，现在很紧急")
    return change_for(risen, [(case.id, row) for row in done.rows], said, decision=decision)
