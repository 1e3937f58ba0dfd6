"""What is stored reads back as it was, also when it was stored before a field was added."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case import Case, Row, Rung, State, Supporter
from bot.messages import ButtonPress, ChatLine, ClockRang, Incoming, Outgoing, Receipted, Told
from bot.store import codec
from bot.store.keys import SHANGHAI
from tests.store.samples import NOW, case, line, promise

FULL = case(
    7, unit="2单元502", urgent=True, heated=2, private=True, rung=Rung.HOST, asked=("a", "b"), partners=("物业",),
    mediator="m", supporters=(Supporter(sender="u2", at=NOW, message="m9"),), grade="good", responded_at=NOW,
    deadlines={"first": NOW, "second": NOW + timedelta(microseconds=1)})
INCOMING: list[Incoming] = [
    line(1, reply_to="m0", at_bot=True, media="image", private=True, case="HH-0001"),
    ButtonPress(id="p", at=NOW, sender="u", verb="transfer", case="HH-0001", args={"to": "王"}),
    ClockRang(key="case/HH-0001", at=NOW),
    Told(say=promise(1, buttons=(("accept", "接单"),), mention=("u1",), due=NOW), open=True),
    Receipted(key="k", at=NOW, case="HH-0001", card="opened", to="person:u", outcome="refused", why="不在群里"),
]

instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def test_a_case_reads_back_whole_with_the_version_it_was_stored_under() -> None:
    assert codec.unpack_case(codec.pack_case(FULL, 12)) == replace(FULL, version=12)


def test_every_state_and_rung_reads_back_as_itself() -> None:
    for state in State:
        assert codec.unpack_case(codec.pack_case(case(state=state), 1)).state is state


def test_an_open_case_takes_few_bytes() -> None:
    assert len(codec.pack_case(case(), 1)) < 300


@pytest.mark.parametrize("what", INCOMING, ids=lambda what: type(what).__name__)
def test_whatever_enters_reads_back_whole(what: Incoming) -> None:
    assert codec.unpack_incoming(codec.pack_incoming(what)) == what
    assert codec.unpack_forward(codec.pack_forward((3, "k", what))) == (3, "k", what)


@given(text=st.text(), at=instants)
def test_any_text_and_instant_survives(text: str, at: datetime) -> None:
    said = ChatLine(id="x", at=at, sender=text, text=text)
    assert codec.unpack_incoming(codec.pack_incoming(said)) == said
    row = Row(at=at, event="Noted", by=text, note=text)
    assert codec.unpack_row(codec.pack_row(row)) == row


def test_an_instant_of_another_zone_comes_back_as_the_same_instant_in_utc() -> None:
    there = NOW.astimezone(SHANGHAI)
    back = codec.unpack_row(codec.pack_row(Row(at=there, event="Noted", by="u"))).at
    assert back == there and back.tzinfo is UTC


@pytest.mark.parametrize("short", range(1, 5))
def test_what_was_stored_before_the_last_fields_were_added_still_reads(short: int) -> None:
    version, _, packed = codec.pack_case(FULL, 3).partition(b":")
    older = msgspec.msgpack.encode(msgspec.msgpack.decode(packed)[:-short])
    read = codec.unpack_case(version + b":" + older)
    kept = [f.name for f in fields(Case)][:-short]
    assert all(getattr(read, name) == getattr(FULL, name) for name in kept if name != "version")


@given(st.binary(max_size=60))
def test_foreign_bytes_are_unreadable_and_nothing_worse(data: bytes) -> None:
    for unpack in (codec.unpack_case, codec.unpack_incoming, codec.unpack_outgoing, codec.unpack_row):
        with suppress(codec.Unreadable):
            unpack(data)


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_flipped_byte_is_read_or_unreadable_and_nothing_worse(place: int, value: int) -> None:
    data = bytearray(codec.pack_case(FULL, 3))
    data[place % len(data)] = value
    with suppress(codec.Unreadable):
        codec.unpack_case(bytes(data))


def test_a_line_that_waited_says_so() -> None:
    said: Outgoing = promise(1)
    assert codec.unpack_outgoing(codec.pack_outgoing(said), held=True) == replace(said, held=True)
