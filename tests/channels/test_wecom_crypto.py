"""What WeCom encrypts opens to the letter, what we seal opens elsewhere, and nothing else opens at all."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.channels.base import Malformed, Rejected, Wire
from bot.channels.wecom_aibot import WeComAibot
from bot.channels.wecom_crypto import MAX_AGE, Crypt, Keys, Sealed, sign
from bot.channels.wecom_names import Names
from tests.channels.wecom_vectors import (
    BY_ID,
    CORP_F,
    KEYS_A,
    KEYS_F,
    KEYS_OWN,
    MEDIA_CLEAR,
    MEDIA_HEX,
    ROWS,
    WXJAVA,
    Vector,
)
from tests.wecom import calls

NOW = datetime.fromtimestamp(1_700_000_000, UTC)
OTHER = Keys.read("other-token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
TWO_WAY = [row for row in ROWS if row.clear is not None and row.random is not None]


def fixed(random: str) -> Callable[[int], bytes]:
    return lambda count: random.encode()[:count]


def crypt(row: Vector, random: str = "0123456789abcdef") -> Crypt:
    return Crypt(row.receiveid, row.keys, random=fixed(random))


def at(row: Vector) -> datetime:
    return datetime.fromtimestamp(int(row.timestamp), UTC)


def query(sealed: Sealed) -> dict[str, str]:
    return {"msg_signature": sealed.signature, "timestamp": sealed.timestamp, "nonce": sealed.nonce}


def signed(encrypt: str, keys: Keys = KEYS_OWN, stamp: str = "1700000000") -> dict[str, str]:
    """A query whose signature fits, so that what follows it is tried."""
    return {"msg_signature": sign(keys.token, stamp, "n", encrypt), "timestamp": stamp, "nonce": "n"}


def raw(text: bytes, keys: Keys = KEYS_OWN) -> str:
    """Ciphertext of exactly these bytes: whole blocks, no padding added."""
    from bot.channels.wecom_crypto import _through

    return base64.b64encode(_through(keys.aes, text, out=True)).decode()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_vector_opens(row: Vector) -> None:
    clear = crypt(row).open(row.query, row.encrypt, at(row)).clear.decode()
    assert row.clear is None or clear == row.clear
    assert row.inside in clear


@pytest.mark.parametrize("row", TWO_WAY, ids=lambda row: row.id)
def test_every_vector_whose_random_is_known_seals_to_the_same_letters(row: Vector) -> None:
    assert row.clear is not None and row.random is not None
    sealed = crypt(row, row.random).seal(row.clear.encode(), row.timestamp, row.nonce)
    assert (sealed.encrypt, sealed.signature) == (row.encrypt, row.signature)


def test_the_vector_of_another_library_seals_to_the_same_letters() -> None:
    assert WXJAVA.clear is not None and WXJAVA.random is not None
    assert crypt(WXJAVA, WXJAVA.random).seal(WXJAVA.clear.encode(), "1", "1").encrypt == WXJAVA.encrypt


@pytest.mark.parametrize("name", ["A", "C", "F", "J"])
def test_a_greeting_is_answered_with_its_clear_word(name: str) -> None:
    row = BY_ID[name]
    assert crypt(row).greeting(row.query | {"echostr": row.encrypt}).decode() == row.clear
    assert crypt(row).greeting(row.query | {"echostr": row.encrypt.replace("+", " ")}).decode() == row.clear


@pytest.mark.parametrize("name", ["B", "D", "I", "M"])
def test_a_caught_message_sent_back_as_a_greeting_is_not_read_aloud(name: str) -> None:
    row = BY_ID[name]
    with pytest.raises(Rejected):
        crypt(row).greeting(row.query | {"echostr": row.encrypt})


def test_what_is_sealed_for_another_receiver_is_refused() -> None:
    row = BY_ID["L"]
    with pytest.raises(Rejected, match="somebody else"):
        Crypt("", row.keys).open(row.query, row.encrypt, at(row))
    with pytest.raises(Rejected, match="somebody else"):
        Crypt("ww0000000000000000", KEYS_A).open(BY_ID["B"].query, BY_ID["B"].encrypt, at(BY_ID["B"]))


def test_the_official_sample_that_is_not_json_decrypts_and_is_then_malformed() -> None:
    row = BY_ID["E"]
    bot = WeComAibot(crypt(row), Names(), ["小客厅"])
    wire = Wire(query=row.query, body=b'{"encrypt":"' + row.encrypt.encode() + b'"}')
    body = bot.verify(wire, at(row))
    with pytest.raises(Malformed):
        bot.parse(body)


@pytest.mark.parametrize("off", [-MAX_AGE - 1, MAX_AGE + 1])
def test_a_stale_or_early_callback_is_refused(off: int) -> None:
    row = BY_ID["I"]
    with pytest.raises(Rejected, match="stale"):
        crypt(row).open(row.query, row.encrypt, NOW + timedelta(seconds=off))


def test_the_previous_pair_holds_until_its_time_and_the_answer_is_sealed_under_it() -> None:
    row = BY_ID["I"]
    turning = Crypt("", OTHER, previous=KEYS_OWN, until=NOW + timedelta(seconds=1))
    opened = turning.open(row.query, row.encrypt, NOW)
    assert opened.keys == KEYS_OWN
    answer = turning.seal(b"{}", row.timestamp, row.nonce, opened.keys)
    assert crypt(row).open(query(answer), answer.encrypt, NOW).clear == b"{}"
    with pytest.raises(Rejected, match="no longer"):
        turning.open(row.query, row.encrypt, NOW + timedelta(seconds=1))
    fresh = turning.seal(b"{}", row.timestamp, row.nonce)
    assert turning.open(query(fresh), fresh.encrypt, NOW + timedelta(seconds=9)).keys == OTHER


def test_a_greeting_under_the_previous_pair_is_refused() -> None:
    row = BY_ID["J"]
    with pytest.raises(Rejected):
        Crypt("", OTHER, KEYS_OWN, NOW + timedelta(days=1)).greeting(row.query | {"echostr": row.encrypt})


@pytest.mark.parametrize("wrong", [
    {"msg_signature": ""}, {"msg_signature": "0" * 40}, {"nonce": "nonce-2"}, {"timestamp": "1700000001"},
    {"timestamp": ""}, {"timestamp": "-1"}, {"timestamp": "１７００００００００"}, {"nonce": ""}, {"nonce": "n" * 129},
    {"msg_signature": "é" * 40}, {"msg_signature": "\udcff"}, {"nonce": "\udcff"},
])
def test_a_query_that_does_not_fit_is_refused(wrong: dict[str, str]) -> None:
    row = BY_ID["I"]
    with pytest.raises(Rejected):
        crypt(row).open(row.query | wrong, row.encrypt, NOW)


@pytest.mark.parametrize("text", [
    b"r" * 16 + b"\0\0\0\x01" + b"x" * 11 + b"\0",  # padding 0
    b"r" * 16 + b"\0\0\0\x01" + b"x" * 11 + b"\x21",  # padding 33
    b"r" * 16 + b"\0\0\0\x01" + b"x" * 9 + b"\x02\x03\x03",  # unequal padding
    b"r" * 16 + b"\0\0\0\xff" + b"x" * 11 + b"\x01",  # longer than there is
    b"r" * 16 + b"\xff\xff\xff\xff" + b"x" * 11 + b"\x01",
    b"r" * 16 + b"\0\0\0\x00" + b"x" * 11 + b"\x01",  # a receiver too many
    bytes([32]) * 32,  # nothing but padding
], ids=range(7))
def test_a_signed_text_with_wrong_padding_length_or_receiver_is_refused(text: bytes) -> None:
    assert len(text) == 32
    encrypt = raw(text)
    with pytest.raises(Rejected):
        Crypt("", KEYS_OWN).open(signed(encrypt), encrypt, NOW)


@pytest.mark.parametrize("encrypt", ["", "=", "AAAA", "!!!!", "é", "A" * 43 + "=\n", "AAAAAAAAAAAAAAAAAAAAAA=="])
def test_signed_nonsense_is_refused(encrypt: str) -> None:
    with pytest.raises(Rejected):
        Crypt("", KEYS_OWN).open(signed(encrypt), encrypt, NOW)


def test_a_file_opens_to_the_letter_and_its_ruins_are_malformed() -> None:
    assert Crypt("", KEYS_OWN).media(bytes.fromhex(MEDIA_HEX)) == MEDIA_CLEAR
    assert Crypt("", OTHER, KEYS_OWN, NOW).media(calls.Caller().media(b"x" * 64)) == b"x" * 64
    for ruin in (b"", b"x", bytes(32), bytes.fromhex(MEDIA_HEX)[:-1]):
        with pytest.raises(Malformed):
            Crypt("", KEYS_OWN).media(ruin)


@pytest.mark.parametrize(("token", "aes"), [("", "A" * 43), ("t", "A" * 42), ("t", "A" * 44), ("t", "A" * 42 + "-"), ("é", "A" * 43)])
def test_keys_that_are_not_what_the_console_shows_are_refused_without_being_repeated(token: str, aes: str) -> None:
    with pytest.raises(ValueError, match="must") as why:
        Keys.read(token, aes)
    assert aes not in str(why.value)


def test_keys_are_never_shown() -> None:
    assert "123456" not in repr(KEYS_F) and "aes" not in repr(KEYS_F)


@given(clear=st.binary(max_size=200), receiver=st.text("abc0123456789", max_size=40))
def test_whatever_is_sealed_opens_again_and_has_whole_blocks(clear: bytes, receiver: str) -> None:
    ours = Crypt(receiver, KEYS_OWN)
    sealed = ours.seal(clear, "1700000000", "n")
    assert len(base64.b64decode(sealed.encrypt)) % 32 == 0
    assert ours.open(query(sealed), sealed.encrypt, NOW).clear == clear


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=80))
@settings(max_examples=30)
def test_another_library_reads_what_we_seal_and_we_read_what_it_seals(text: str) -> None:
    ours, theirs = Crypt(CORP_F, KEYS_F), WeChatCrypto("123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", CORP_F)
    sealed = ours.seal(text.encode(), "1700000000", "n")
    envelope = f"<xml><Encrypt>{sealed.encrypt}</Encrypt></xml>"
    assert theirs.decrypt_message(envelope, sealed.signature, "1700000000", "n") == text
    import xmltodict  # type: ignore[import-untyped]

    fields = xmltodict.parse(theirs.encrypt_message(text, "n", "1700000000"))["xml"]
    asked = {"msg_signature": fields["MsgSignature"], "timestamp": "1700000000", "nonce": "n"}
    assert ours.open(asked, fields["Encrypt"], NOW).clear.decode() == text


@given(data=st.data())
def test_one_changed_letter_anywhere_is_refused(data: st.DataObject) -> None:
    row = BY_ID["I"]
    where = data.draw(st.integers(0, len(row.encrypt) - 1))
    letter = data.draw(st.characters(codec="ascii").filter(lambda c: c != row.encrypt[where]))
    with pytest.raises(Rejected):
        crypt(row).open(row.query, row.encrypt[:where] + letter + row.encrypt[where + 1:], NOW)


@given(st.binary(min_size=32, max_size=320).map(lambda b: b[: len(b) // 32 * 32]))
def test_any_signed_ciphertext_opens_or_is_refused_and_never_stumbles(data: bytes) -> None:
    encrypt = base64.b64encode(data).decode()
    try:
        Crypt("", KEYS_OWN).open(signed(encrypt), encrypt, NOW)
    except Rejected:
        return
