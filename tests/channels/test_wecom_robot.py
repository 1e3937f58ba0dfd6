"""The group robot says everything within its limits, in whole characters, and never twice what may have arrived."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Malformed, Rejected, Wire
from bot.channels.limits import ROBOT, Sliding, cut, size
from bot.channels.wecom_codes import (
    ALARM_WAIT,
    ALARMS,
    LATER,
    NEVER,
    REFRESH,
    Alarm,
    RefreshToken,
    as_receipt,
    by_code,
    verdict,
)
from bot.channels.wecom_names import Names, names_of
from bot.channels.wecom_robot import WeComRobot
from bot.messages import Delivered, Outgoing, Refused, TryLater, Unknown
from tests.front import sample
from tests.wecom import checks

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
NAMES = Names(accounts={"p-jingzhe": "jingzhe", "p-all": "@all"})
ROBOT_OF = WeComRobot({"hehua": "robot key"}, NAMES)


def say(text: str = "HH-0312 办完了。", **more: Any) -> Outgoing:
    wanted: dict[str, Any] = {"key": "k", "at": AT, "to": "chat:hehua", "card": "resolved", "text": text, "case": "HH-0312"}
    return Outgoing(**(wanted | more))


def body(line: Outgoing, robot: WeComRobot = ROBOT_OF) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(robot.encode(line).body)
    assert checks.robot(found) == checks.OK
    return found


def test_a_line_goes_to_the_robot_of_its_lounge_and_nowhere_else() -> None:
    assert ROBOT_OF.encode(say()).url == "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=robot%20key"
    for line in (say(to="chat:etime"), say(to="person:p-jingzhe"), say(to="person:hehua")):
        with pytest.raises(Malformed):
            ROBOT_OF.encode(line)


def test_people_are_mentioned_by_account_and_nobody_by_all() -> None:
    found = body(say(mention=("p-jingzhe", "wecom:lisi", "p-all", "nobody", "p-jingzhe")))
    assert found == {"msgtype": "text", "text": {"content": "HH-0312 办完了。", "mentioned_list": ["jingzhe", "lisi"]}}


def test_buttons_become_words_to_send() -> None:
    assert body(say(buttons=(("rate:bad", "不满意"), ("dispute", "没解决"))))["text"]["content"].endswith(
        "回：不满意 HH-0312｜没解决 HH-0312")


def test_what_is_too_long_for_text_is_markdown_that_mentions_and_links_only_what_we_mean() -> None:
    found = body(say("<@all> [看](http://x) " + "长" * 800, mention=("p-jingzhe",)))["markdown"]["content"]
    assert found.startswith("＜@all> [看]（http://x)") and found.endswith("\n<@jingzhe>")


def test_the_cards_that_show_need_a_page_and_mention_nobody() -> None:
    forms = {"resolved": "text_notice", "digest": "news_notice", "opened": "markdown"}
    plain = WeComRobot({"hehua": "k"}, NAMES, forms=forms)
    rich = WeComRobot({"hehua": "k"}, NAMES, forms=forms, page="https://ke.example/{case}", image="https://ke.example/i.png")
    assert body(say(), plain)["msgtype"] == "text" and body(say(card="opened"), plain)["msgtype"] == "markdown"
    shown = body(say("HH-0312 办完了\n换了新灯"), rich)["template_card"]
    assert shown["card_type"] == "text_notice" and shown["card_action"]["url"] == "https://ke.example/HH-0312"
    assert body(say(card="digest"), rich)["template_card"]["card_type"] == "news_notice"
    assert body(say(mention=("p-jingzhe",)), rich)["msgtype"] == "text"
    without = WeComRobot({"hehua": "k"}, NAMES, forms=forms, page="https://ke.example/")
    assert body(say(card="digest"), without)["template_card"]["card_type"] == "text_notice"
    with pytest.raises(ValueError, match="forms"):
        WeComRobot({}, NAMES, forms={"x": "voice"})


@given(text=st.text(min_size=1, max_size=3000).filter(lambda t: t.strip()), form=st.sampled_from(["text", "markdown", "text_notice", "news_notice"]))
def test_any_text_in_any_form_fits(text: str, form: str) -> None:
    robot = WeComRobot({"hehua": "k"}, NAMES, forms={"resolved": form}, page="https://x.example", image="https://x.example/i")
    body(say(text, mention=("p-jingzhe",) if form == "markdown" else ()), robot)


def test_a_robot_hears_nothing() -> None:
    with pytest.raises(Rejected):
        ROBOT_OF.verify(Wire(), AT)
    with pytest.raises(Malformed):
        ROBOT_OF.parse(b"{}")
    assert ROBOT_OF.greet(Wire()) is None and ROBOT_OF.answer(Wire(), []).code == 404


@given(text=st.text(max_size=60), most=st.integers(0, 80))
def test_a_cut_is_whole_characters_within_its_bytes(text: str, most: int) -> None:
    short = cut(text, most)
    assert size(short) <= most
    if size(text) <= most:
        assert short == text.encode("utf-8", "replace").decode()
    else:
        assert text.encode("utf-8", "replace").decode().startswith(short.removesuffix("…"))


instants = st.lists(st.integers(0, 300), max_size=60).map(sorted)


@given(offsets=instants, most=st.integers(1, 20))
def test_whoever_waits_as_told_never_sends_too_many_in_any_minute(offsets: list[int], most: int) -> None:
    window, late = Sliding(most, timedelta(seconds=61)), timedelta(0)
    sent: tuple[datetime, ...] = ()
    all_sent: list[datetime] = []
    for offset in offsets:
        now = AT + max(timedelta(seconds=offset), late)
        now += window.wait(sent, now)
        late = now - AT
        sent = window.after(sent, now)
        all_sent.append(now)
    for start in all_sent:
        assert sum(start <= at < start + timedelta(seconds=60) for at in all_sent) <= most
    assert len(sent) <= most


def test_a_clock_set_back_waits_a_minute_at_most() -> None:
    ahead = [AT + timedelta(hours=1)] * ROBOT.most
    assert ROBOT.wait(ahead, AT) == ROBOT.span
    assert ROBOT.most < 20 and ROBOT.span > timedelta(seconds=60)


@pytest.mark.parametrize("errcode", [*LATER, *REFRESH, *ALARMS, *NEVER, 0, 99999])
def test_every_code_has_one_meaning(errcode: int) -> None:
    homes = [errcode in table for table in (LATER, REFRESH, ALARMS, NEVER)]
    assert sum(homes) == (errcode not in (0, 99999))
    found = by_code(errcode)
    wanted = (TryLater, RefreshToken, Alarm, Refused)[homes.index(True)] if any(homes) else Refused if errcode else Delivered
    assert isinstance(found, wanted)


def test_a_limit_of_the_minute_is_waited_for_before_one_of_the_hour() -> None:
    waits = [by_code(45009, attempts=n) for n in (0, 1, 2, 9)]
    assert [w.seconds for w in waits if isinstance(w, TryLater)] == [60, 60, 3600, 3600]


def test_an_untrusted_address_is_an_alarm_that_names_it() -> None:
    found = by_code(60020, "not allow to access from your ip, hint: [x], from ip: 203.0.113.9, more")
    assert isinstance(found, Alarm) and "203.0.113.9" in found.why
    assert as_receipt(found) == TryLater(seconds=ALARM_WAIT, why=found.why)


@pytest.mark.parametrize(("code", "answer", "robot", "app"), [
    (200, b'{"errcode":0,"errmsg":"ok"}', Delivered, Delivered), (200, b"{}", Unknown, TryLater), (200, b"", Unknown, TryLater),
    (200, b'{"errcode":"45009"}', TryLater, TryLater), (200, b'{"errcode":93000,"errmsg":"x"}', Alarm, Alarm),
    (200, b'{"errcode":0,"invaliduser":"u"}', Refused, Refused), (200, b"[" * 5000, Unknown, TryLater), (0, b"", Unknown, TryLater),
    (503, b"", TryLater, TryLater), (429, b"", TryLater, TryLater), (500, b"", Unknown, TryLater), (404, b"", Refused, Refused),
    (302, b"", Refused, Refused), (204, b"", Unknown, TryLater),
])
def test_doubt_is_never_repeated_into_a_group_but_settled_where_copies_are_dropped(
        code: int, answer: bytes, robot: type, app: type) -> None:
    assert isinstance(verdict(code, answer), robot)
    assert isinstance(verdict(code, answer, repeatable=True), app)


@given(code=st.integers(0, 599), answer=st.binary(max_size=60))
def test_any_answer_is_read(code: int, answer: bytes) -> None:
    assert ROBOT_OF.read_receipt(code, answer) is not None


def test_an_unbound_account_never_passes_for_a_person_of_config() -> None:
    names = Names(people={"jingzhe": "p-jingzhe"}, accounts={"p-jingzhe": "jingzhe"})
    assert names.person("jingzhe") == "p-jingzhe" and names.person("p-jingzhe") == "wecom:p-jingzhe"
    assert names.account("wecom:lisi") == "lisi" and names.account("p-unknown") is None and names.account("other:lisi") is None
    assert names.reached("person:wecom:lisi") == "lisi"
    for to in ("chat:hehua", "person:p-unknown", "person:wecom:", ""):
        with pytest.raises(Malformed):
            names.reached(to)


def test_the_bindings_of_config_are_those_of_the_companys_channels() -> None:
    settings = sample()
    jingzhe = replace(settings.people["p-jingzhe"], addresses={"wecom_app": "jz", "plain": "p-jingzhe"})
    names = names_of(replace(settings, people={"p-jingzhe": jingzhe}), ["wecom_app", "wecom_aibot"])
    assert dict(names.people) == {"jz": "p-jingzhe"} and dict(names.accounts) == {"p-jingzhe": "jz"} and not names.lounges
    assert names_of(settings, ["plain"]).lounge("plain", "hehua") == "hehua"
