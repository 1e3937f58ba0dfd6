"""The app hears its members in private, sends cards whose presses come back, and changes them afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Malformed, Rejected, Wire
from bot.channels.wecom_cards import blocks
from bot.channels.wecom_codes import Alarm, RefreshToken, Token, read_token
from bot.channels.wecom_media import MEDIA_MOST, accepted, allowed, kind_of
from bot.messages import ButtonPress, ChatLine, Delivered, Outgoing, Refused, TryLater
from tests.channels.wecom_payloads import AT, app, captured, read, ruins, shape
from tests.channels.wecom_vectors import BY_ID
from tests.wecom import calls, checks
from tests.wecom.calls import AGENT, CORP, Caller

APP, WECOM = app(), Caller(receiveid=CORP)
FILES = captured("wecom_app")
BUTTONS = (("accept", "接单"), ("transfer", "转派"))


def say(text: str = "【HH-0312】禾花花园3栋·噪声\n楼上太吵", **more: Any) -> Outgoing:
    wanted: dict[str, Any] = {"key": "k1", "at": AT, "to": "person:p-jingzhe", "card": "assigned", "text": text, "case": "HH-0312",
              "lounge": "hehua"}
    return Outgoing(**(wanted | more))


def body(line: Outgoing, channel: Any = APP) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(channel.encode(line).body)
    assert (checks.update if "response_code" in found else checks.app)(found, AGENT) == checks.OK
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_captured_callback_is_read_as_it_was_meant(path: Path) -> None:
    wire, row = read(path)
    clear = APP.verify(wire, AT)
    assert [shape(item) for item in APP.parse(clear)] == row["incoming"] and shape(APP.notice(clear)) == row["notice"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_captured_callback_in_ruins_is_rejected_or_malformed(path: Path) -> None:
    wire, _ = read(path)
    for how, ruin in ruins(wire):
        with pytest.raises((Rejected, Malformed)):
            APP.parse(APP.verify(ruin, AT))
            pytest.fail(f"{path.stem} was read although {how}")


def test_the_official_sample_is_a_private_line() -> None:
    from bot.channels.wecom_app import WeComApp
    from bot.channels.wecom_crypto import Crypt
    from bot.channels.wecom_names import Names

    row = BY_ID["B"]
    channel = WeComApp(Crypt(CORP, row.keys), Names(), CORP, 1000002, "s")
    envelope = f"<xml><ToUserName>{CORP}</ToUserName><AgentID>1000002</AgentID><Encrypt>{row.encrypt}</Encrypt></xml>"
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(int(row.timestamp), UTC)
    (line,) = channel.parse(channel.verify(Wire(query=row.query, body=envelope.encode()), at))
    assert line == ChatLine(id="1456453720", at=at, sender="wecom:ChenJiaShun", text="你好", channel="wecom_app", private=True)


def test_the_greeting_is_the_clear_word_alone_and_the_answer_to_a_callback_empty() -> None:
    assert APP.greet(WECOM.greeting(AT)) == b"6875309241"
    assert APP.answer(WECOM.app_line(AT, "zhangsan", "你好"), [say()]) == Wire(code=200)


def test_a_line_without_buttons_is_text_and_one_with_buttons_a_card_whose_press_comes_back() -> None:
    assert body(say())["text"] == {"content": "【HH-0312】禾花花园3栋·噪声\n楼上太吵"}
    found = body(say(buttons=BUTTONS))
    card = found["template_card"]
    assert (found["touser"], found["agentid"], found["enable_duplicate_check"]) == ("zhangsan", AGENT, 1)
    assert card["main_title"]["title"] == "【HH-0312】禾花花园3栋·噪声" and card["sub_title_text"] == "楼上太吵"
    call = WECOM.app_press(AT, "zhangsan", card["button_list"][0]["key"], card["task_id"], "CODE-9")
    (press,) = APP.parse(APP.verify(call, AT))
    assert isinstance(press, ButtonPress)
    assert (press.sender, press.verb, press.case, press.card_code) == ("p-jingzhe", "accept", "HH-0312", "CODE-9")


def test_a_pressed_card_is_changed_by_its_code() -> None:
    wire = APP.encode(say("好，HH-0312 是您的了。", card_code="CODE-9"))
    assert wire.url.endswith("/cgi-bin/message/update_template_card")
    found = body(say("好，HH-0312 是您的了。", card_code="CODE-9"))
    assert found["userids"] == ["zhangsan"] and found["response_code"] == "CODE-9"
    assert found["template_card"]["button_list"] == [{"type": 0, "text": "看进展", "style": 2, "key": "press/progress/HH-0312//hehua"}]
    shown = body(say(card_code="CODE-9"), app(page="https://ke.example/{case}"))["template_card"]
    assert shown["card_action"]["url"] == "https://ke.example/HH-0312"
    assert body(say(card_code="CODE-9", buttons=BUTTONS))["template_card"]["button_list"][1]["text"] == "转派"


def test_two_presses_in_one_second_are_two_and_the_same_one_twice_is_one() -> None:
    keys = [card["key"] for card in body(say(buttons=BUTTONS))["template_card"]["button_list"]]
    ids = []
    for key, code in ((keys[0], "C1"), (keys[1], "C2"), (keys[0], "C3")):
        (press,) = APP.parse(APP.verify(WECOM.app_press(AT, "zhangsan", key, "t", code), AT))
        assert isinstance(press, ButtonPress)
        ids.append(press.id)
    assert ids[0] != ids[1] and ids[0] == ids[2]


def test_the_same_answer_may_be_heard_again_soon_and_a_ping_not() -> None:
    assert body(say(ping=False))["duplicate_check_interval"] < 60 < body(say(ping=True))["duplicate_check_interval"]


def test_a_title_ends_with_its_sentence_and_never_inside_a_quotation() -> None:
    for text, title in (("好，HH-0001 是您的了。有进展回一句就行，办好了发“办结 HH-0001 怎么办的”。", "好，HH-0001 是您的了。"),
                        ("HH-0001 请回“满意”“基本满意”或“不满意”。", "HH-0001 请回“满意”“基本满意”或“不满意”"),
                        ("楼下的店家说“音响已经关小了，以后十点以前收摊，请邻居们放心”，您看行吗", "楼下的店家说")):
        assert blocks(text)["main_title"]["title"] == title


def test_markdown_is_a_form_by_card() -> None:
    assert body(say(), app(forms={"assigned": "markdown"}))["msgtype"] == "markdown"
    with pytest.raises(ValueError, match="forms"):
        app(forms={"assigned": "voice"})


def test_a_group_and_a_person_without_account_are_out_of_reach() -> None:
    for to in ("chat:hehua", "person:p-lichun"):
        with pytest.raises(Malformed):
            APP.encode(say(to=to))


@given(text=st.text(min_size=1, max_size=2500).filter(lambda t: t.strip()),
       labels=st.lists(st.sampled_from(["accept", "transfer", "resolve", "rate:good", "rate:fair", "rate:bad", "dispute"]), max_size=7, unique=True))
def test_any_text_with_any_buttons_fits(text: str, labels: list[str]) -> None:
    body(say(text, buttons=tuple((verb, "一二三四五六七八九十十一") for verb in labels)))
    body(say(text, buttons=tuple((verb, "好") for verb in labels), card_code="C"))


def test_the_access_token_is_asked_for_with_the_secret_and_put_in_when_sending() -> None:
    asked = APP.token_request()
    assert asked.method == "GET" and asked.url.endswith(f"/cgi-bin/gettoken?corpid={CORP}&corpsecret={calls.SECRET}")
    assert APP.with_token(Wire(url="https://x.example/send"), "a/b").url == "https://x.example/send?access_token=a%2Fb"
    assert APP.with_token(Wire(url="https://x.example/get?id=1"), "t").url.endswith("?id=1&access_token=t")


@pytest.mark.parametrize(("code", "answer", "wanted"), [
    (200, b'{"errcode":0,"errmsg":"ok","access_token":"T","expires_in":7200}', Token("T", 7200)),
    (200, b'{"errcode":0,"errmsg":"ok"}', TryLater), (200, b'{"errcode":0,"access_token":"","expires_in":7200}', TryLater),
    (200, b'{"errcode":40001,"errmsg":"x"}', Alarm), (200, b'{"errcode":45009,"errmsg":"x"}', TryLater), (0, b"", TryLater),
])
def test_the_answer_to_it_is_a_token_or_why_there_is_none(code: int, answer: bytes, wanted: Any) -> None:
    found = read_token(code, answer)
    assert found == wanted if isinstance(wanted, Token) else isinstance(found, wanted)


def test_what_the_platform_answers_is_read() -> None:
    assert APP.read_verdict(200, b'{"errcode":0,"errmsg":"ok","msgid":"x"}') == Delivered()
    assert isinstance(APP.read_verdict(200, b'{"errcode":42001,"errmsg":"x"}'), RefreshToken)
    assert isinstance(APP.read_receipt(200, b'{"errcode":42001,"errmsg":"x"}'), TryLater)
    assert isinstance(APP.read_receipt(200, b'{"errcode":81013,"errmsg":"x"}'), Refused)
    assert isinstance(APP.read_receipt(0, b""), TryLater)


@pytest.mark.parametrize("clear", [
    b"", b"x", b"<xml/>", b"<xml></xml>", b"<xml>x</xml>", b"<xml><MsgType/></xml>", b"<a/>", b"<xml><MsgType>text</MsgType></xml>",
    b"<xml><MsgType><a>b</a></MsgType></xml>", b"<xml><MsgType>text</MsgType><MsgType>text</MsgType></xml>", b"\xff\xfe",
    b'<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>', b'<?xml version="1.0" encoding="utf-99"?><xml/>',
    b"<xml><MsgType>event</MsgType></xml>", b"<a>" * 20_000, b"<xml>" + b"<a>" * 20_000 + b"</a>" * 20_000 + b"</xml>",
])
def test_xml_that_is_not_a_message_is_malformed(clear: bytes) -> None:
    for reader in (APP.parse, APP.notice):
        with pytest.raises(Malformed):
            reader(clear)


GOOD = {"ToUserName": CORP, "FromUserName": "zhangsan", "CreateTime": "1700000000", "MsgType": "text", "Content": "你好",
        "MsgId": "1", "AgentID": str(AGENT)}


@pytest.mark.parametrize("change", [
    {"ToUserName": "ww0"}, {"AgentID": "1"}, {"FromUserName": ""}, {"CreateTime": ""}, {"CreateTime": "9" * 30}, {"CreateTime": "-5"},
    {"CreateTime": "1"}, {"CreateTime": "٣"}, {"MsgId": ""}, {"MsgId": "9" * 300}, {"MsgType": "event", "Event": "template_card_event"},
    {"MsgType": "event", "Event": "template_card_event", "EventKey": "x"}, {"Content": "<a>b</a>"}, {"FromUserName": "<a/><b/>"},
])
def test_a_message_with_a_wrong_field_is_malformed(change: dict[str, str]) -> None:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in (GOOD | change).items())
    with pytest.raises(Malformed):
        APP.parse(f"<xml>{inner}</xml>".encode())


tags = st.sampled_from([*GOOD, "Event", "EventKey", "TaskId", "MediaId", "xml", "a"])
words = st.sampled_from(["text", "event", "image", "template_card_event", "enter_agent", "1700000000"]) | st.text(max_size=10)
elements = st.recursive(words, lambda inner: st.lists(st.tuples(tags, inner), max_size=5).map(
    lambda pairs: "".join(f"<{tag}>{value}</{tag}>" for tag, value in pairs)), max_leaves=10)


@given(inner=elements)
@settings(max_examples=200)
def test_any_xml_is_read_or_malformed(inner: str) -> None:
    head = "".join(f"<{name}>{value}</{name}>" for name, value in GOOD.items())
    for text in (inner, f"<xml>{inner}</xml>", f"<xml>{head}{inner}</xml>"):
        for reader in (APP.parse, APP.notice):
            try:
                reader(text.encode("utf-8", "replace"))
            except Malformed:
                continue


@given(query=st.dictionaries(st.sampled_from(["msg_signature", "timestamp", "nonce", "echostr"]), st.text(max_size=50)),
       body=st.binary(max_size=200) | elements.map(lambda t: f"<xml>{t}</xml>".encode("utf-8", "replace")))
def test_any_request_is_rejected(query: dict[str, str], body: bytes) -> None:
    with pytest.raises(Rejected):
        APP.verify(Wire(query=query, body=body), AT)
    with pytest.raises(Rejected):
        APP.greet(Wire(method="GET", query=query))


@given(st.binary(max_size=100))
def test_any_bytes_are_malformed(clear: bytes) -> None:
    with pytest.raises(Malformed):
        APP.parse(clear)


def test_an_envelope_for_another_app_is_rejected_before_it_is_opened() -> None:
    wire = WECOM.app_line(AT, "zhangsan", "你好")
    for old, new in ((CORP.encode(), b"ww00"), (str(AGENT).encode(), b"7")):
        with pytest.raises(Rejected, match="another app"):
            APP.verify(Wire(query=wire.query, body=wire.body.replace(old, new)), AT)


def test_a_file_is_taken_for_what_its_bytes_are() -> None:
    jpeg = b"\xff\xd8\xff\xe0rest"
    from bot.channels.wecom_crypto import Crypt

    taken = accepted(WECOM.media(jpeg), Crypt("", calls.keys()))
    assert (taken.kind, taken.data) == ("image/jpeg", jpeg) and "rest" not in repr(taken)
    assert kind_of(b"RIFF\0\0\0\0WEBPVP8") == "image/webp" and kind_of(b"<html>") is None and kind_of(b"") is None
    for wrong in (b"<html>", b"", bytes(MEDIA_MOST + 1)):
        with pytest.raises(Malformed):
            accepted(wrong)


@pytest.mark.parametrize(("url", "may"), [
    ("https://a.b.myqcloud.com/x?y", True), ("https://myqcloud.com/x", False), ("https://evilmyqcloud.com/x", False),
    ("http://a.myqcloud.com/x", False), ("https://a.myqcloud.com:8443/x", False), ("https://u:p@a.myqcloud.com/", False), ("https://u@a.myqcloud.com/", False),
    ("https://A.MyQcloud.com/x", True), ("https://a.myqcloud.com/\n", False), ("https://a.myqcloud.com:x/", False), ("", False),
])
def test_only_addresses_of_the_platform_are_asked(url: str, may: bool) -> None:
    assert allowed(url, ["https://*.myqcloud.com"]) is may
