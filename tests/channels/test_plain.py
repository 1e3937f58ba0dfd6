"""The plain channel takes what is genuine and whole, and says Rejected or Malformed to everything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.base import Malformed, Rejected, Wire
from bot.channels.plain import KEY_MOST, MAX_AGE, NAME_MOST, TEXT_MOST, Plain
from bot.messages import ButtonPress, ChatLine, Delivered, Incoming, Outgoing, Refused, TryLater, Unknown
from bot.store.codec import pack_incoming, unpack_incoming

CAPTURED = sorted((Path(__file__).parents[1] / "data" / "plain").glob("*.json"))
NOW = datetime(2026, 11, 2, 0, 13, 30, tzinfo=UTC)
PLAIN = Plain(b"a secret of the test", {"hehua", "etime"}, "http://127.0.0.1:9/out")
LINE: dict[str, Any] = {"lounge": "hehua", "id": "m", "at": "2026-11-02T08:13:20+08:00", "sender": "u", "text": "在吗"}
PRESS: dict[str, Any] = {"press": "accept", "case": "HH-0001", "id": "b", "at": "2026-11-02T08:13:20+08:00", "sender": "p"}


def captured(path: Path) -> tuple[bytes, list[dict[str, Any]]]:
    """(body, expected messages) of a file."""
    file = json.loads(path.read_text(encoding="utf-8"))
    return json.dumps(file["request"]["body"], ensure_ascii=False).encode(), file["expected"]


def signed(body: bytes, at: datetime = NOW) -> Wire:
    """A genuine request."""
    stamp = str(int(at.timestamp()))
    return Wire(body=body, headers={"x-lounge-timestamp": stamp, "x-lounge-signature": PLAIN.sign(stamp, body)})


def shown(message: Incoming) -> dict[str, Any]:
    """A neutral message as the files write it: what is not its default."""
    assert isinstance(message, ChatLine | ButtonPress)
    said = {f.name: getattr(message, f.name) for f in fields(message)
            if f.default_factory is not MISSING and getattr(message, f.name) != f.default_factory()
            or f.default_factory is MISSING and getattr(message, f.name) != f.default}
    return {"kind": type(message).__name__, **said, "at": message.at.astimezone(UTC).isoformat()}


def taken(body: bytes) -> list[Incoming] | None:
    """What is parsed, None for Malformed; anything else fails the test. What is taken can be stored and said again."""
    try:
        found = PLAIN.parse(body)
    except Malformed:
        return None
    for message in found:
        assert unpack_incoming(pack_incoming(message)).id == message.id  # type: ignore[union-attr]
    return found


def broken(body: bytes) -> Iterator[bytes]:
    """The body cut short at several places, and with a bit flipped at several."""
    for place in range(0, len(body), max(1, len(body) // 12)):
        yield body[:place]
        yield body[:place] + bytes([body[place] ^ 1 << place % 8]) + body[place + 1 :]


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_a_captured_request_becomes_the_expected_messages(path: Path) -> None:
    body, expected = captured(path)
    assert [shown(m) for m in PLAIN.parse(PLAIN.verify(signed(body), NOW))] == expected


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_a_captured_request_cut_or_flipped_is_rejected(path: Path) -> None:
    body, _ = captured(path)
    genuine = signed(body)
    for bad in broken(body):
        with pytest.raises(Rejected):
            PLAIN.verify(Wire(body=bad, headers=genuine.headers), NOW)


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_a_captured_request_cut_short_by_who_signs_it_is_malformed(path: Path) -> None:
    body, _ = captured(path)
    for place in range(0, len(body), max(1, len(body) // 12)):
        with pytest.raises(Malformed):
            PLAIN.parse(PLAIN.verify(signed(body[:place]), NOW))


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_a_flipped_byte_under_a_good_signature_is_read_or_malformed(path: Path) -> None:
    body, _ = captured(path)
    for bad in broken(body):
        taken(PLAIN.verify(signed(bad), NOW))


@pytest.mark.parametrize("name", ["x-lounge-timestamp", "x-lounge-signature"])
@pytest.mark.parametrize("value", [None, "", "0", "-1", "x", "١٧٦٢", "1" * 400, "sha256=", "sha256=" + "0" * 64, "\udcff", "é"])
def test_a_missing_or_foreign_header_is_rejected(name: str, value: str | None) -> None:
    genuine = signed(b"{}")
    headers = {key: text for key, text in genuine.headers.items() if key != name} | ({name: value} if value is not None else {})
    with pytest.raises(Rejected):
        PLAIN.verify(Wire(body=b"{}", headers=headers), NOW)


def test_a_signature_is_of_this_secret_this_instant_and_this_body() -> None:
    stamp = str(int(NOW.timestamp()))
    for wrong in (Plain(b"another", {"hehua"}).sign(stamp, b"{}"), PLAIN.sign(str(int(stamp) + 1), b"{}"),
                  PLAIN.sign(stamp, b"{} "), PLAIN.sign(stamp, b"{}").upper(), PLAIN.sign(stamp, b"{}").removeprefix("sha256=")):
        with pytest.raises(Rejected, match="signature"):
            PLAIN.verify(Wire(body=b"{}", headers={"x-lounge-timestamp": stamp, "x-lounge-signature": wrong}), NOW)


@pytest.mark.parametrize(("off", "fits"), [(0, True), (MAX_AGE, True), (-MAX_AGE, True), (MAX_AGE + 1, False), (-MAX_AGE - 1, False)])
def test_a_request_may_be_five_minutes_off_and_not_more(off: int, fits: bool) -> None:
    wire = signed(b"{}", NOW + timedelta(seconds=off))
    if fits:
        assert PLAIN.verify(wire, NOW) == b"{}"
    else:
        with pytest.raises(Rejected, match="stale"):
            PLAIN.verify(wire, NOW)


def test_without_a_secret_there_is_no_channel() -> None:
    with pytest.raises(ValueError, match="secret"):
        Plain(b"", {"hehua"})


@pytest.mark.parametrize(("row", "why"), [
    ({"lounge": "nowhere"}, "lounge"), ({"lounge": ""}, "lounge"), ({"lounge": 3}, "str"), ({"id": ""}, "length"),
    ({"id": None}, "str"), ({"id": "x" * 201}, "length"), ({"sender": ["u"]}, "str"), ({"text": None}, "text"), ({"text": 7}, "str"),
    ({"at": "yesterday"}, "RFC3339"), ({"at": "2026-11-02T08:13:20"}, "zone"), ({"at": "1970-01-01T00:00:00Z"}, "time"),
    ({"at": "9999-12-31T23:59:59Z"}, "time"), ({"at": "0001-01-01T00:00:00+08:00"}, "time"), ({"at": 1793588000}, "int"),
    ({"private": "yes"}, "bool"), ({"private": True, "lounge": "nowhere"}, "lounge"), ({"reply_to": "x" * 201}, "length"),
])
def test_a_line_that_does_not_say_what_it_must_is_malformed_with_its_index(row: dict[str, Any], why: str) -> None:
    body = json.dumps([LINE, LINE | row, LINE | {"id": ""}]).encode()
    with pytest.raises(Malformed, match=why) as told:
        PLAIN.parse(body)
    assert told.value.index == 1 and str(told.value).startswith("item 1: ")
    assert "在吗" not in str(told.value)


@pytest.mark.parametrize("row", [{"press": ""}, {"case": None}, {"case": "", "message": ""}, {"lounge": "nowhere"}, {"case": "x" * 41},
                                 {"args": {"to": 3}}, {"args": []}, {"args": {str(i): "" for i in range(21)}}, {"press": "x" * 41}])
def test_a_press_without_verb_case_or_sane_arguments_is_malformed(row: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        PLAIN.parse(json.dumps(PRESS | row).encode())


@pytest.mark.parametrize("body", [
    b"", b" ", b"null", b"7", b'"line"', b"{", b"[", b"[{}", b"{}{}", b"[[]]", b"[null]", b'{"id":"a"', b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00",
    b'{"id":"\xed\xa0\x80"}', b'{"id":"\xff"}', b'{"id":"\\ud800"}', b"\x00", b"[" * 200_000, b'{"a":' * 200_000, b"[" * 500 + b"]" * 500,
    b'{"type":' + b"[" * 200_000, "三栋".encode("gbk"),
])
def test_what_is_no_json_object_or_list_of_them_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        PLAIN.parse(body)


@pytest.mark.parametrize("kind", ["sticker", "", None, 5, [], {"a": 1}])
def test_a_message_of_an_unknown_type_is_left_out_and_the_rest_is_taken(kind: Any) -> None:
    assert PLAIN.parse(json.dumps({"type": kind}).encode()) == []
    assert len(PLAIN.parse(json.dumps([LINE, {"type": kind, "lounge": 3}, PRESS]).encode())) == 2


def test_long_words_are_cut_and_a_number_that_the_cut_goes_through_goes_whole() -> None:
    number = "13800138000"
    for before in range(TEXT_MOST - 12, TEXT_MOST + 2):
        (line,) = PLAIN.parse(json.dumps(LINE | {"name": "名" * 500, "text": "长" * before + number + "尾" * 99}).encode())
        assert isinstance(line, ChatLine)
        assert len(line.text) <= TEXT_MOST and len(line.name) <= NAME_MOST
        assert "13800" not in line.text and set(line.text) <= set("长尾*1380")
    (press,) = PLAIN.parse(json.dumps(PRESS | {"note": "长" * 90_000, "args": {"k" * 99: "v" * 9000}}).encode())
    assert isinstance(press, ButtonPress) and len(press.note) == TEXT_MOST
    assert {len(k): len(v) for k, v in press.args.items()} == {KEY_MOST: TEXT_MOST}


def test_numbers_are_masked_in_names_notes_and_arguments_too() -> None:
    (press,) = PLAIN.parse(json.dumps(PRESS | {"note": "找13800138000", "args": {"to": "138 0013 8000"}}).encode())
    assert isinstance(press, ButtonPress) and press.note == "找138****8000" and press.args == {"to": "138****8000"}


_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
                     lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8)
_FIELDS = st.sampled_from([*LINE, *PRESS, "type", "name", "reply_to", "at_bot", "media", "private", "message", "note", "args", "gold"])


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
@example(b'[{"id":"\\udc00","at":"2026-11-02T08:13:20+08:00","sender":"u","lounge":"hehua","text":"\\ud83d\\u0041"}]')
def test_any_bytes_are_read_or_malformed(body: bytes) -> None:
    taken(body)
    with pytest.raises(Rejected):
        PLAIN.verify(Wire(body=body, headers={}), NOW)


@given(st.sampled_from([LINE, PRESS]), st.dictionaries(_FIELDS, _JSON, max_size=4))
@settings(max_examples=300, deadline=None)
def test_a_line_with_any_values_in_its_fields_is_read_or_malformed(base: dict[str, Any], other: dict[str, Any]) -> None:
    taken(json.dumps(base | other).encode())
    taken(json.dumps([base | other] * 2, ensure_ascii=True).encode())


@given(st.binary(max_size=80), st.integers(0, 79), st.integers(1, 255), st.text(max_size=20), st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_no_other_body_stamp_or_signature_passes(body: bytes, place: int, flip: int, stamp: str, signature: str) -> None:
    genuine = signed(body)
    assert PLAIN.verify(genuine, NOW) == body
    other = bytearray(body or b"\0")
    other[place % len(other)] ^= flip
    for headers, what in ((genuine.headers, bytes(other)), ({**genuine.headers, "x-lounge-timestamp": stamp}, body),
                          ({**genuine.headers, "x-lounge-signature": signature}, body)):
        if (headers, what) != (genuine.headers, body):
            with pytest.raises(Rejected):
                PLAIN.verify(Wire(body=what, headers=headers), NOW)


def test_what_is_said_is_signed_as_what_is_heard() -> None:
    said = PLAIN.seal(PLAIN.encode(Outgoing(key="k", at=NOW, to="chat:hehua", card="opened", text="已记下", case="HH-0001")), NOW)
    assert said.url == PLAIN.out and PLAIN.verify(said, NOW) == said.body
    assert msgspec.json.decode(said.body) == {
        "at": "2026-11-02T00:13:30+00:00", "to": "chat:hehua", "card": "opened", "text": "已记下", "case": "HH-0001"}


def test_what_the_listener_answers_is_delivered_later_never_or_unknown() -> None:
    kinds = {code: type(PLAIN.read_receipt(code, b"")) for code in (0, 200, 204, 302, 400, 403, 429, 500, 503)}
    assert kinds == {0: Unknown, 200: Delivered, 204: Delivered, 302: Refused, 400: Refused, 403: Refused, 429: TryLater,
                     500: TryLater, 503: TryLater}
