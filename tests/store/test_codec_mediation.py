"""A quarrel is stored with its case in few bytes, and what was stored before there were any still reads."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import msgspec

from bot.domain.case import Case
from bot.domain.mediation import Mediation
from bot.store.codec import pack_case, unpack_case

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
CASE = Case(id="XJ-0001", lounge="xj-home", intent="noise", opened_at=AT, touched_at=AT)


def test_a_quarrel_comes_back_as_it_was_stored() -> None:
    full = CASE.but(mediation=Mediation(kind="firm-firm", a="firm", b="firm", b_name="某家", offered=("p-1", "p-2"), signal_at=AT,
                                        visit_at=AT, visit_yes=("p-1",), steps=("calm",), heard=("a",), agreement="线内摆货"))
    assert unpack_case(pack_case(full, 0)) == full
    assert unpack_case(pack_case(CASE, 0)) == CASE


def test_a_case_without_a_quarrel_pays_one_byte_and_one_with_it_little() -> None:
    plain, fresh = pack_case(CASE, 0), pack_case(CASE.but(mediation=Mediation(a="firm", b="firm", b_name="隔壁")), 0)
    assert len(fresh) - len(plain) < 60


def test_a_case_that_was_stored_before_there_were_quarrels_still_reads() -> None:
    version, _, packed = pack_case(CASE, 3).partition(b":")
    before = [one.name for one in fields(Case)].index("mediation")
    old = version + b":" + msgspec.msgpack.encode(msgspec.msgpack.decode(packed)[:before])
    assert unpack_case(old).mediation is None and unpack_case(old).id == CASE.id
