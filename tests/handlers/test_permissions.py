"""Who may do what: one table of every role by every command, held against what a press really does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import cast

import pytest

from bot.channels.plain import Plain
from bot.domain.case import Case, Row, State, Supporter
from bot.domain.commands import CAUSES
from bot.domain.events import Event, Happened
from bot.domain.parts import parts
from bot.domain.settings import Settings
from bot.domain.tables import BESIDES, MAY
from bot.domain.transitions import Step, may, step
from bot.handlers import act
from bot.handlers.context import Here, Speaker
from bot.messages import ButtonPress, Told
from bot.store.port import PersonState, Reader
from tests.domain.build import MONDAY
from tests.front import sample

# who each is to the case of a building of hehua: its reporter (guest), its member (server), its host (landlord), ...
ROLES = {
    "guest": "u-1", "voice": "u-2", "stranger": "u-9", "member": "p-chunfen", "asked": "p-guyu", "helper": "p-xiazhi",
    "successor": "p-lixia", "colleague": "p-bailu", "mediator": "p-jiaomu", "liaison": "p-hanlu", "other_liaison": "p-xiaoxue",
    "landlord": "p-dongzhi", "other_host": "p-daxue", "street": "p-changgeng", "district": "p-beichen", "partner": "p-jiamu",
}
# command -> the roles that may; nobody else.
TABLE: Mapping[str, str] = {
    "accept": "member asked successor",
    "decline": "member asked mediator",  # a mediator declines the mediation, not the case
    "transfer": "member asked landlord",
    "note": "member asked helper mediator liaison",
    "ask": "member asked",
    "escalate": "member asked liaison landlord street district",
    "link": "liaison landlord",
    "resolve": "member asked street district",
    "rate": "guest",
    "dispute": "guest voice",
    "withdraw": "guest",
    "callback": "landlord street district",
    "merge": "landlord",
    "split": "guest voice landlord",
    "reject": "landlord street district",
    "handover": "member asked landlord",
    "assist": "member asked liaison landlord",
    "take": "successor",
    "takeall": "successor",
    "risk": "member asked landlord street district",
}
MEDIATION = frozenset({"mediate", "visit", "step"})  # have a table of their own
NOTES = {"transfer": "白露", "handover": "白露", "link": "物业", "assist": "白露", "risk": "低", "reject": "不属于受理范围"}
REFUSED = frozenset({"refuse_may", "refuse_part", "refuse_take"})


@cache
def case() -> Case:
    """A case that everybody in ROLES has to do with, or not."""
    fresh = Case(id="HH-0001", lounge="hehua", intent="noise", building="禾花花园3栋", reporter="u-1", reporter_name="某姨",
                 opened_by="m1", opened_at=MONDAY, touched_at=MONDAY, gist="楼上半夜装修", messages=("m1",))
    event = Happened(event=Event.ASSIGNED, at=MONDAY, by="bot", args={"to": "p-chunfen", "rung": "attendant", "why": "负责"})
    done = step(fresh, event, sample())
    assert isinstance(done, Step)
    return done.case.but(asked=("p-guyu",), helpers=("p-xiazhi",), offered="p-lixia", mediator="p-jiaomu",
                         supporters=(Supporter(sender="u-2", at=MONDAY, message="m2"),))


def resolved() -> Case:
    return case().but(state=State.RESOLVED, result="已经劝停了", resolved_at=MONDAY)


class OneCase:
    """A Reader of one case."""

    def __init__(self, held: Case) -> None:
        self._held = held

    async def case(self, case_id: str) -> Case | None:
        return self._held if case_id == self._held.id else None

    async def held_by(self, lounge: str, person: str) -> Sequence[Case]:
        return [self._held]

    async def journal(self, case_id: str) -> Sequence[Row]:
        return ()

    async def person(self, person_id: str) -> PersonState:
        return PersonState(id=person_id)

    async def overlay(self, lounge: str) -> Mapping[str, str]:
        return {}

    async def next_number(self, lounge: str) -> int:
        return 2


def here(held: Case, settings: Settings) -> Here:
    from bot.intents.place import PlaceParser

    places = PlaceParser(settings.buildings, settings.shops, settings.lounges)
    return Here(settings=settings, reader=cast(Reader, OneCase(held)), ears=None,  # type: ignore[arg-type]
                places=places, able=lambda lounge: Plain.able, now=MONDAY)


async def refused(verb: str, who: str) -> bool:
    """Whether a press of this person is refused for who he is."""
    held = resolved() if verb in ("rate", "callback") else case()
    args = {"grade": "good", "outcome": "reached"} if verb in ("rate", "callback") else {}
    press = ButtonPress(id="b1", at=MONDAY, sender=who, verb=verb, case=held.id, lounge="hehua",
                        note=NOTES.get(verb, "已经劝停了，今晚再看一次"), args=args)
    change = await act.act(press, here(held, sample()), Speaker(who, private=True))
    said = [item.say for _, _, item in change.forward if isinstance(item, Told)] + list(change.say)
    return any(line.card in REFUSED or line.card == "case_gone" and held.id in line.text for line in said)


@pytest.mark.parametrize("verb", TABLE)
async def test_D04_every_role_and_command_is_allowed_or_refused_as_the_table_says(verb: str) -> None:
    allowed = {role for role, who in ROLES.items() if not await refused(verb, who)}
    assert allowed == set(TABLE[verb].split())


def test_D04_the_table_has_every_command_that_moves_a_case() -> None:
    assert set(TABLE) | MEDIATION >= set(CAUSES) | set(BESIDES)
    assert set(TABLE) <= set(CAUSES) | set(BESIDES)


def test_D04_a_guest_opens_adds_confirms_and_reopens_and_no_more() -> None:
    guest = parts("u-1", case(), sample())
    assert {event for event in MAY if may(event, guest)} - {Event.VISIT_AGREED} == {
        Event.RATED, Event.DISPUTED, Event.REOPENED, Event.WITHDRAWN, Event.SPLIT}
    assert not [verb for verb, allowed in BESIDES.items() if guest & allowed]


def test_a_refusal_names_who_may_by_name() -> None:
    from bot.domain.parts import who_may

    assert who_may(MAY[Event.LINKED], sample(), case()) == "网格联络人寒露或客厅房东冬至"
    assert who_may(MAY[Event.RESOLVED], sample(), case()).startswith("负责的党员春分")
    elsewhere = replace(case(), building=None)
    assert who_may(MAY[Event.LINKED], sample(), elsewhere) == "客厅房东冬至"
