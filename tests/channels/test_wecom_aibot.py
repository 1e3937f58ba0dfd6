"""The AI bot hears what was said to it and answers in the one shape that is allowed, and never to the wrong chat."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import wecom_aibot_reply as reply
from bot.channels.base import Malformed, Rejected, Wire
from bot.channels.wecom_aibot_words import without_mention
from bot.channels.wecom_cards import key_of, pressed, task_id
from bot.channels.wecom_crypto import Crypt, Keys
from bot.messages import ButtonPress, ChatLine, Delivered, Outgoing, Refused, TryLater, Unknown
from tests.channels.wecom_payloads import AT, NAMES, aibot, captured, read, ruins, shape
from tests.channels.wecom_vectors import BY_ID
from tests.wecom import calls, checks
from tests.wecom.calls import Caller

URL = "https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=CODE"
BOT, WECOM = aibot(), Caller()
FILES = captured("wecom_aibot")


def say(to: str = "chat:hehua", text: str = "记下了，惊蛰去看。", **more: Any) -> Outgoing:
    wanted: dict[str, Any] = {"key": "k1", "at": AT, "to": to, "card": "opened", "text": text, "case": "HH-0312", "lounge": "hehua"}
    return Outgoing(**(wanted | more))


BUTTONS = (("accept", "接单"), ("rate:good", "满意"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_captured_callback_is_read_as_it_was_meant(path: Path) -> None:
    wire, row = read(path)
    body = BOT.verify(wire, AT)
    assert [shape(item) for item in BOT.parse(body)] == row["incoming"]
    assert shape(BOT.notice(body)) == row["notice"] and shape(BOT.asked(body)) == row["asked"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_captured_callback_in_ruins_is_rejected_or_malformed(path: Path) -> None:
    wire, _ = read(path)
    for how, ruin in ruins(wire):
        with pytest.raises((Rejected, Malformed)):
            BOT.parse(BOT.verify(ruin, AT))
            pytest.fail(f"{path.stem} was read although {how}")


def test_the_greeting_is_the_clear_word_alone() -> None:
    assert BOT.greet(WECOM.greeting(AT)) == b"6875309241"
    with pytest.raises(Rejected):
        BOT.greet(Wire(method="GET"))


def test_the_vector_of_a_message_gives_its_line_and_its_reply_the_vector_of_a_stream() -> None:
    row, wanted = BY_ID["I"], BY_ID["K"]
    wire = Wire(query=row.query, body=json.dumps({"encrypt": row.encrypt}).encode())
    bot = aibot()
    (line,) = bot.parse(bot.verify(wire, AT))
    assert isinstance(line, ChatLine) and line.chat == "wrCHAT1" and line.text == "@小助手 明天停水吗"
    clear = reply.stream("S-1", "**停水**：明天 9:00-17:00", finish=True)
    assert clear.decode() == wanted.clear
    sealed = Crypt("", calls.keys(), random=lambda n: b"fedcba9876543210").seal(clear, "1700000001", "nonce-1")
    assert (sealed.encrypt, sealed.signature) == (wanted.encrypt, wanted.signature)


def test_a_message_is_answered_at_once_with_an_open_stream_that_its_refreshes_close() -> None:
    call = WECOM.line(AT, "zhangsan", "@小客厅 电梯坏了", "wrCHAT1", message="M-1")
    first = WECOM.read(BOT.answer(call, []), call, "message")
    stream = BOT.asked(BOT.verify(call, AT)).stream
    assert first == {"msgtype": "stream", "stream": {"id": stream, "finish": False, "content": ""}}
    again = WECOM.refresh(AT, "zhangsan", stream, "wrCHAT1")
    assert BOT.parse(BOT.verify(again, AT)) == []
    waiting = WECOM.read(BOT.answer(again, []), again, "refresh")
    done = WECOM.read(BOT.answer(again, [say(), say(key="k2", text="还有一句")]), again, "refresh")
    assert waiting == first and done is not None
    assert done["stream"] == {"id": stream, "finish": True, "content": "记下了，惊蛰去看。\n\n还有一句", "feedback": {"id": "HH-0312"}}


def test_the_caller_may_close_a_stream_without_words_or_keep_it_open_with_some_or_name_it() -> None:
    call = WECOM.line(AT, "zhangsan", "@小客厅 你好", "wrCHAT1")
    closed = WECOM.read(BOT.answer(call, [], more=False), call, "message")
    kept = WECOM.read(BOT.answer(call, [say()], more=True, stream="entry-7"), call, "message")
    assert closed and closed["stream"]["finish"] is True
    assert kept and kept["stream"]["finish"] is False and kept["stream"]["id"] == "entry-7"


def test_buttons_become_a_card_in_a_first_answer_and_words_in_a_refresh() -> None:
    call = WECOM.line(AT, "zhangsan", "我的清单")
    mine = say("person:p-jingzhe", buttons=BUTTONS)
    shown = WECOM.read(BOT.answer(call, [mine]), call, "message")
    assert shown and [b["text"] for b in shown["template_card"]["button_list"]] == ["接单", "满意"]
    again = WECOM.refresh(AT, "zhangsan", "S-1")
    done = WECOM.read(BOT.answer(again, [mine]), again, "refresh")
    assert done and done["stream"]["content"].endswith("回：接单 HH-0312｜满意 HH-0312")


def test_what_is_for_one_person_or_another_lounge_is_never_said_in_a_group() -> None:
    call = WECOM.line(AT, "zhangsan", "@小客厅 进度", "wrCHAT1")
    for line in (say("person:p-jingzhe"), say("person:wecom:lisi"), say("chat:etime")):
        answer = WECOM.read(BOT.answer(call, [line], more=True), call, "message")
        assert answer and answer["stream"]["content"] == ""
    alone = WECOM.line(AT, "zhangsan", "进度")
    answer = WECOM.read(BOT.answer(alone, [say("person:wecom:lisi")], more=True), alone, "message")
    assert answer and answer["stream"]["content"] == ""


def test_a_press_changes_the_card_of_its_own_task_for_the_group_or_for_one() -> None:
    call = WECOM.press(AT, "zhangsan", key_of("accept", say()), "HH-0312@abc", "wrCHAT1")
    (press,) = BOT.parse(BOT.verify(call, AT))
    assert isinstance(press, ButtonPress) and (press.verb, press.case, press.lounge) == ("accept", "HH-0312", "hehua")
    assert BOT.answer(call, []).body == b""
    shown = WECOM.read(BOT.answer(call, [say(buttons=BUTTONS)]), call, "press")
    assert shown and shown["template_card"]["task_id"] == "HH-0312@abc" and "userids" not in shown
    mine = WECOM.read(BOT.answer(call, [say("person:p-jingzhe")]), call, "press")
    assert mine and mine["userids"] == ["zhangsan"] and mine["template_card"]["button_list"][0]["text"] == "看进展"
    assert BOT.answer(call, [say("person:wecom:lisi")]).body == b""


def test_a_changed_card_without_buttons_opens_the_page_where_there_is_one() -> None:
    call = WECOM.press(AT, "zhangsan", key_of("accept", say()), "t", "wrCHAT1")
    shown = WECOM.read(aibot(page="https://ke.example/c/{case}").answer(call, [say()]), call, "press")
    assert shown and shown["template_card"]["card_action"] == {"type": 1, "url": "https://ke.example/c/HH-0312"}
    bare = WECOM.read(BOT.answer(call, [say(case=None)]), call, "press")
    assert bare and bare["template_card"]["card_type"] == "text_notice"


def test_entering_is_welcomed_with_plain_text_and_feedback_with_nothing() -> None:
    enter = WECOM.event(AT, "lisi", "enter_chat", {})
    hello = WECOM.read(BOT.answer(enter, [say("person:wecom:lisi", "您好", case=None)]), enter, "enter")
    assert hello == {"msgtype": "text", "text": {"content": "您好"}}
    assert BOT.answer(enter, []) == Wire(code=200)
    judged = WECOM.event(AT, "lisi", "feedback_event", {"id": "HH-0312", "type": 1})
    assert BOT.answer(judged, [say("person:wecom:lisi")]) == Wire(code=200)


def test_an_answer_is_sealed_under_the_pair_its_callback_came_under() -> None:
    fresh = Keys.read("fresh", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
    from bot.channels.wecom_aibot import WeComAibot

    turning = WeComAibot(Crypt("", fresh, calls.keys(), AT + timedelta(hours=1)), NAMES, ["小客厅"])
    call = WECOM.line(AT, "zhangsan", "@小客厅 你好", "wrCHAT1")
    assert WECOM.read(turning.answer(call, []), call, "message")


def test_a_late_answer_goes_once_to_its_own_chat_at_an_address_of_the_platform() -> None:
    wire = BOT.encode(say(reply_url=URL, buttons=BUTTONS))
    body = json.loads(wire.body)
    assert wire.url == URL and body["msgtype"] == "markdown" and checks.late(body, "group") == checks.OK
    card = BOT.encode(say("person:p-jingzhe", reply_url=URL + "#alone", buttons=BUTTONS))
    assert card.url == URL and checks.late(json.loads(card.body), "single") == checks.OK
    assert json.loads(card.body)["msgtype"] == "template_card"
    wrong = [say(), say(reply_url="https://evil.example/r"), say(reply_url=URL.replace("https", "http")),
             say("person:p-jingzhe", reply_url=URL), say(reply_url=URL + "#alone")]
    for line in wrong:
        with pytest.raises(Malformed):
            BOT.encode(line)


@pytest.mark.parametrize("url", [
    "https://qyapi.weixin.qq.com.evil.example/r", "https://qyapi.weixin.qq.com@evil.example/r", "http://qyapi.weixin.qq.com/r",
    "https://qyapi.weixin.qq.com:444/r", "https://evil.example/https://qyapi.weixin.qq.com/", "//qyapi.weixin.qq.com/r",
    "https://qyapi.weixin.qq.com\\@evil.example/r", "https://qyapi.weixin.qq.com/r#alone", "x" * 5000, "https://[",
])
def test_a_reply_address_that_is_not_the_platforms_is_forgotten_and_the_line_kept(url: str) -> None:
    (line,) = BOT.parse(BOT.verify(WECOM.line(AT, "lisi", "@小客厅 漏水", "wrCHAT1", url=url), AT))
    assert isinstance(line, ChatLine) and line.reply_url == "" and line.text == "漏水"


def test_an_hour_is_the_life_of_a_reply_address_less_a_margin() -> None:
    assert reply.url_lives(AT, AT + timedelta(minutes=57))
    assert not reply.url_lives(AT, AT + timedelta(minutes=58)) and not reply.url_lives(AT, AT - timedelta(seconds=1))


@pytest.mark.parametrize(("text", "bare"), [
    ("@小客厅 漏水", "漏水"), ("@小客厅\u2005漏水", "漏水"), ("漏水 @小客厅", "漏水"), ("漏水@小客厅，快来", "漏水，快来"),
    ("@小客厅漏水", "漏水"), ("@小客 厅 漏水", "漏水"), ("@小客厅", ""), ("@小客厅长 在吗", "长 在吗"), ("@小客厅长 @小客厅 在吗", "@小客厅长 在吗"),
    ("@李姐 漏水", "@李姐 漏水"), ("问@", "问@"),
])
def test_only_the_bots_own_name_is_stripped_also_one_with_a_space(text: str, bare: str) -> None:
    assert without_mention(text, ("小客 厅", "小客厅")) == bare


def test_a_number_across_the_end_of_a_long_line_is_masked_before_it_is_cut() -> None:
    (line,) = BOT.parse(BOT.verify(WECOM.line(AT, "lisi", "长" * 1995 + "13800138000尾", "wrCHAT1"), AT))
    assert isinstance(line, ChatLine) and line.text.endswith("138**") and len(line.text) == 2000


def test_a_replay_is_known_by_its_nonce() -> None:
    one = WECOM.line(AT, "zhangsan", "你好")
    assert BOT.replay_key(one) == f"wecom_aibot/{one.query['nonce']}"
    assert BOT.replay_key(one) != BOT.replay_key(WECOM.line(AT, "zhangsan", "你好"))
    assert BOT.replay_key(WECOM.greeting(AT)) is None and BOT.replay_key(Wire()) is None


def test_another_bots_callback_is_malformed_where_the_bot_is_named() -> None:
    with pytest.raises(Malformed, match="another bot"):
        aibot(bot="AIBOT-2").parse(BOT.verify(WECOM.line(AT, "zhangsan", "你好"), AT))


def test_the_platforms_answer_is_read() -> None:
    assert BOT.read_receipt(200, b'{"errcode":0,"errmsg":"ok"}') == Delivered()
    assert isinstance(BOT.read_receipt(0, b""), Unknown) and isinstance(BOT.read_receipt(200, b"<html>"), Unknown)
    assert isinstance(BOT.read_receipt(200, b'{"errcode":40058,"errmsg":"x"}'), Refused)
    assert isinstance(BOT.read_receipt(503, b""), TryLater)


@given(verb=st.sampled_from(["accept", "rate:good", "progress"]), message=st.text(max_size=30), lounge=st.text(max_size=30))
def test_what_a_button_carries_is_read_back(verb: str, message: str, lounge: str) -> None:
    try:
        key = key_of(verb, say(message=message, lounge=lounge))
    except (Malformed, UnicodeEncodeError):
        return
    back = pressed(key)
    assert (back.case, back.message or "", back.lounge) == ("HH-0312", message, lounge)
    assert verb == ":".join([back.verb, *back.args.values()])


@pytest.mark.parametrize("key", ["", "press/", "accept", "press/accept///", "press/accept//", "press/../HH-0312//", "x" * 2000])
def test_a_key_that_is_not_ours_is_malformed(key: str) -> None:
    with pytest.raises(Malformed):
        pressed(key)


def test_a_line_has_one_task_id_and_another_line_another() -> None:
    assert task_id(say()) == task_id(say()) != task_id(say(key="k2"))
    assert checks.TASK.fullmatch(task_id(say())) and checks.TASK.fullmatch(task_id(say(case=None, key="\udcff")))


@given(text=st.text(max_size=3000), buttons=st.lists(st.tuples(st.just("accept"), st.text(min_size=1, max_size=20)), max_size=1))
@settings(max_examples=60)
def test_whatever_is_said_fits_the_platforms_limits(text: str, buttons: list[tuple[str, str]]) -> None:
    line = say(text="【HH-0312】" + text, buttons=tuple(buttons))
    for asked, clear in (("message", reply.card(line) if buttons else reply.stream("S", reply.words([line]), True)),
                         ("press", reply.update(line, "t")), ("enter", reply.welcome([line]))):
        assert checks.passive(json.loads(clear), asked) == checks.OK


words = st.text(max_size=20)
leaves = st.none() | st.booleans() | st.integers() | words | st.sampled_from(["text", "event", "single", "group", "mixed"])
trees = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=8)
fields = st.sampled_from(["msgid", "from", "msgtype", "chattype", "chatid", "text", "mixed", "image", "voice", "event", "quote",
                          "stream", "create_time", "response_url", "file"])


@given(body=st.binary(max_size=200) | st.binary(max_size=100).map(lambda b: b"1700000000 " + b))
def test_any_bytes_are_malformed_and_never_stumble(body: bytes) -> None:
    for reader in (BOT.parse, BOT.notice, BOT.asked):
        with pytest.raises(Malformed):
            reader(body)


@given(more=st.dictionaries(fields, trees, max_size=4), kind=st.sampled_from(["text", "mixed", "voice", "event", "stream", "image"]))
@settings(max_examples=200)
def test_any_json_is_read_or_malformed(more: dict[str, Any], kind: str) -> None:
    clear = {"msgid": "M", "from": {"userid": "u"}, "msgtype": kind, "chattype": "single"} | more
    body = b"1700000000 " + json.dumps(clear).encode()
    for reader in (BOT.parse, BOT.notice, BOT.asked):
        try:
            reader(body)
        except Malformed:
            continue


@given(query=st.dictionaries(st.sampled_from(["msg_signature", "timestamp", "nonce", "echostr"]), st.text(max_size=50)),
       body=st.binary(max_size=200) | st.text(max_size=60).map(lambda t: json.dumps({"encrypt": t}).encode()))
def test_any_request_is_rejected(query: dict[str, str], body: bytes) -> None:
    with pytest.raises(Rejected):
        BOT.verify(Wire(query=query, body=body), AT)
    with pytest.raises(Rejected):
        BOT.greet(Wire(method="GET", query=query))
    with pytest.raises(Rejected):
        BOT.answer(Wire(query=query, body=body), [])
