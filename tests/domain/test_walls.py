"""What may go where stands in one table; the gate applies it to every line of a quarrel, whoever promised it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.domain import gate, walls
from bot.domain.cards import CASE_FACTS
from bot.domain.case import Case, Supporter
from bot.domain.gate import Drop, Line, Reason
from bot.domain.mediation import Mediation
from bot.domain.walls import MAY_GO, Dest, Sort, carried, destination, sort_of_note, stopped
from tests.front import sample

AT = datetime.fromisoformat("2026-11-02T10:00:00+08:00")
CASE = Case(id="XJ-0001", lounge="xj-home", intent="stall_encroachment", building="香江家居广场A栋", opened_at=AT, touched_at=AT,
            reporter="u_a", attendant="p-lichun", asked=("p-yushui",), mediator="p-fangri", private=True, partners=("justice",),
            supporters=(Supporter(sender="u_s", at=AT, message="m"),), mediation=Mediation(b_sender="u_b", b_name="某家"))
WHO = {
    "chat:xj-home": Dest.GROUP, "person:u_a": Dest.PARTY_A, "person:u_b": Dest.PARTY_B, "person:u_s": Dest.SUPPORTER,
    "person:p-fangri": Dest.MEDIATOR, "person:p-lichun": Dest.RESPONSIBLE, "person:p-yushui": Dest.RESPONSIBLE,
    "person:p-daxue": Dest.HOST, "person:p-changgeng": Dest.HOST, "person:p-yimu": Dest.PARTNER, "person:p-jiamu": Dest.STAFF,
    "person:u_x": Dest.STRANGER,
}


@pytest.mark.parametrize(("to", "dest"), WHO.items())
def test_a_receiver_is_one_destination_and_a_side_before_anything_else(to: str, dest: Dest) -> None:
    assert destination(to, CASE, sample()) is dest


def test_a_member_who_is_a_side_himself_sees_no_more_than_a_side() -> None:
    own = replace(CASE, mediation=Mediation(b_sender="p-lichun"))
    assert destination("person:p-lichun", own, sample()) is Dest.PARTY_B


def test_the_table_names_every_destination_and_holds_the_walls_of_a_quarrel() -> None:
    assert set(MAY_GO) == set(Dest)
    private = {Sort.WORDS_A, Sort.WORDS_B, Sort.INNER, Sort.DOOR, Sort.NAME}
    for public in (Dest.GROUP, Dest.DIGEST, Dest.FEED, Dest.LOG, Dest.STRANGER, Dest.STAFF, Dest.SUPPORTER):
        assert not MAY_GO[public] & private
    assert Sort.WORDS_B not in MAY_GO[Dest.PARTY_A] and Sort.WORDS_A not in MAY_GO[Dest.PARTY_B]
    assert Sort.INNER not in MAY_GO[Dest.PARTY_A] | MAY_GO[Dest.PARTY_B] | MAY_GO[Dest.PARTNER]
    assert not MAY_GO[Dest.GROUP] and not MAY_GO[Dest.PARTNER] & {Sort.DOOR, Sort.NAME}


@pytest.mark.parametrize("to", WHO)
@pytest.mark.parametrize("sort", list(Sort))
def test_the_gate_drops_exactly_what_the_table_forbids(to: str, sort: Sort) -> None:
    line = Line(to=to, card="noted", text="…", ping=True, urgent=True, part="", rounds=1, case="XJ-0001", carries=(sort,))
    verdict = gate.judge(line, CASE, {}, sample(), AT)
    allowed = sort in MAY_GO[WHO[to]]
    assert (verdict != Drop(Reason.WALL)) is allowed
    assert gate.judge(line, replace(CASE, mediation=None), {}, sample(), AT) != Drop(Reason.WALL)


def test_every_card_of_a_quarrel_carries_what_its_blanks_are_made_of() -> None:
    assert set(walls.BLANKS) <= CASE_FACTS
    for name, card in sample().texts.items():
        found = set(carried(card.text, Sort.WORDS_B, door=True))
        if "{gist}" in card.text:
            assert Sort.WORDS_A in found, name
        if "{note}" in card.text and "{items}" not in card.text:
            assert Sort.WORDS_B in found and Sort.INNER not in found, name
        if "{place}" in card.text:
            assert Sort.DOOR in found, name


def test_a_note_is_its_writers_unless_it_is_marked() -> None:
    for by, sort in (("u_a", Sort.WORDS_A), ("u_b", Sort.WORDS_B), ("p-fangri", Sort.INNER), ("p-lichun", Sort.INNER)):
        assert sort_of_note(CASE, by, "我就这么说") is sort
        assert sort_of_note(CASE, by, "可转告：我可以让半步") is sort_of_note(CASE, by, "（可转告）我可以让半步") is Sort.SHARED
        assert sort_of_note(CASE, by, "不可转告：我就这么说") is sort
    assert walls.unmarked("（可转告）我可以让半步") == walls.unmarked("可转告：我可以让半步") == "我可以让半步"


def test_a_card_that_is_meant_for_a_side_may_reach_it() -> None:
    meant = {"person:u_a": ("opened_dispute", "mediating_told", "visit_told", "agreement_ask", "failed", "fulfil_ask", "passed_on",
                            "ask_rating", "agreement_done", "signed_ok", "visit_coming"),
             "person:u_b": ("visit_told_other", "passed_ok", "kept_ok", "agreement_ask", "failed", "fulfil_ask", "passed_on", "agreement_done", "signed_ok", "detail_ok")}
    for to, names in meant.items():
        for name in names:
            assert not stopped(to, carried(sample().texts[name].text, Sort.SHARED), CASE, sample()), name
