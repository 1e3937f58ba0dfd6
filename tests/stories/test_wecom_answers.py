"""What goes back in the platform's own answer: streams that any worker ends, cards that change, one-shot addresses."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.base import Wire
from bot.channels.wecom_aibot_reply import STREAM_LIVES
from bot.channels.wecom_cards import key_of
from bot.messages import Outgoing
from bot.store.replies import Replies
from tests.wecom.calls import AES, Caller
from tests.wecom.house import GROUP, House, house

APPEAL = "3栋电梯坏了没人修 天天爬楼"
Json = dict[str, Any]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody comes to fetch, a test need not wait for as long as the bot does."""
    monkeypatch.setattr("bot.web.wecom_mouth.FETCHED_WITHIN", 0.6)


def stream_of(first: Json | None) -> str:
    assert first is not None and first["stream"]["finish"] is False and first["stream"]["content"] == ""
    return str(first["stream"]["id"])


async def test_the_stream_is_ended_by_whichever_worker_is_asked_and_stays_ended(tmp_path: Path) -> None:
    async with house(tmp_path, workers=2) as h:
        _, first = await h.says("resident-1", APPEAL)
        stream = stream_of(first)
        said = await h.ended("resident-1", stream, worker=1)
        assert "HH-0001" in said
        again = await h.refreshed("resident-1", stream)
        assert again["finish"] and again["content"] == said  # an answer that got lost on its way is given again
        assert not [row for row in h.state.got if row["path"] == "webhook/send" and "记下了" in json.dumps(row["body"])]


async def test_whoever_speaks_to_the_bot_gets_a_word_also_where_there_is_nothing_to_do(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        _, first = await h.says("resident-1", "今天天气真好啊")
        assert "听到了" in await h.ended("resident-1", stream_of(first))
        _, second = await h.says("resident-1", "哈哈哈")
        stream_of(second)
        await asyncio.sleep(1.0)  # nobody fetches it: such a word is for the one who waits and is never said aloud
        assert not [row for row in h.state.got if "听到了" in json.dumps(row["body"], ensure_ascii=False)]


async def test_a_late_answer_goes_to_the_one_shot_address_once_and_then_to_the_robot(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        url = f"{h.base}/cgi-bin/aibot/response?response_code={h.state.issue('group')}"
        _, first = await h.says("resident-1", APPEAL, url=url)
        late = await h.got("aibot/response")
        assert "HH-0001" in late["body"]["markdown"]["content"]
        ended = await h.refreshed("resident-1", stream_of(first))
        assert ended["finish"] and "HH-0001" not in ended["content"]
        _, _ = await h.says("resident-1", "进度", url=url)
        await h.spoken("HH-0001")
        assert len([row for row in h.state.got if row["path"] == "aibot/response"]) == 1


async def test_a_one_shot_address_elsewhere_is_never_posted_to(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await h.says("resident-1", APPEAL, url="https://qyapi.weixin.qq.com.evil.example/aibot/response?response_code=1")
        await h.spoken("HH-0001")
        assert not [row for row in h.state.got if row["path"] == "aibot/response"]


async def _pressed(h: House, account: str, verb: str, task: str = "HH-0001@1", chat: str = GROUP) -> Json | None:
    key = key_of(verb, Outgoing(key="k", at=datetime.now(UTC), to="chat:hehua", card="", text="", case="HH-0001", lounge="hehua"))
    call = h.bot.press(datetime.now(UTC), account, key, task, chat)
    code, answer = await h.post(call)
    assert code == 200
    return h.bot.read(answer, call, "press")


async def test_a_press_on_a_card_of_the_bot_is_answered_with_the_changed_card(tmp_path: Path) -> None:
    async with house(tmp_path, {"p-chunfen": "chunfen"}) as h:
        await h.says("resident-1", APPEAL)
        await h.card("chunfen", "HH-0001")
        changed = await _pressed(h, "chunfen", "accept")
        assert changed is not None and changed["response_type"] == "update_template_card"
        assert changed["template_card"]["task_id"] == "HH-0001@1" and changed["userids"] == ["chunfen"]
        old = await _pressed(h, "resident-9", "accept")
        assert old is not None and "要由" in json.dumps(old, ensure_ascii=False)


async def test_a_press_that_nobody_answers_in_time_gets_an_empty_packet_and_the_words_go_another_way(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.callbacks.PRESS_WAITS", timedelta(seconds=0.1))
    async with house(tmp_path, {"p-chunfen": "chunfen"}) as h:
        await h.says("resident-1", APPEAL)
        await h.card("chunfen", "HH-0001")
        live = h.workers[0].live
        assert live is not None
        slow = h.rig.inbox.drain_once

        async def slower(shard: int, now: datetime) -> int:
            await asyncio.sleep(0.5)
            return await slow(shard, now)

        monkeypatch.setattr(h.rig.inbox, "drain_once", slower)
        assert await _pressed(h, "chunfen", "accept") is None
        await h.card("chunfen", "是您的了")


async def test_a_callback_that_was_answered_is_refused_and_one_that_is_repeated_is_not_taken_twice(tmp_path: Path) -> None:
    async with house(tmp_path, workers=2) as h:
        at = datetime.now(UTC)
        call = h.bot.line(at, "resident-1", f"@小客厅 {APPEAL}", GROUP, message="M-1")
        assert (await h.post(call))[0] == 200
        assert (await h.post(call))[0] == 403
        await h.until(lambda: h.workers[1].rig.store.nonces.seen("wecom_aibot/" + call.query["nonce"]))
        assert (await h.post(call, worker=1))[0] == 403
        retried = h.bot.line(at, "resident-1", f"@小客厅 {APPEAL}", GROUP, message="M-1")  # another nonce: a retry
        assert (await h.post(retried))[0] == 200
        await h.spoken("HH-0001")
        assert await h.store.reader.case("HH-0002") is None
        refresh = h.bot.refresh(at, "resident-1", "S", GROUP)
        assert [(await h.post(refresh))[0], (await h.post(refresh, worker=1))[0]] == [200, 403]


async def test_stale_forged_and_broken_callbacks_are_sent_away_in_one_line(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        now = datetime.now(UTC)
        assert (await h.post(h.bot.line(now - timedelta(seconds=301), "r", "@小客厅 在吗", GROUP)))[0] == 403
        assert (await h.post(Caller(token="other").line(now, "r", "@小客厅 在吗", GROUP)))[0] == 403
        assert (await h.post(h.bot.post('{ "FromUserName": :mycreate" }', now)))[0] == 400  # as the official sample has it
        assert (await h.post(Wire(body=b"\xff\x00", headers={"content-type": "application/json"})))[0] == 403
        good = h.bot.greeting(now)
        assert await h.post(good) == (200, Wire(body=b"6875309241"))
        assert (await h.post(h.app.greeting(now), "wecom_app"))[1].body == b"6875309241"


async def test_the_previous_pair_is_accepted_while_config_says_so_and_answered_in_kind(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        assert AES != "B" * 43
        old = Caller(token="oldtoken", aes="B" * 43)
        call = old.line(datetime.now(UTC), "resident-1", "@小客厅 哈哈哈", GROUP)
        code, answer = await h.post(call)
        assert code == 200 and old.read(answer, call, "message") is not None


async def test_a_line_is_taken_back_only_where_nobody_has_fetched_it(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        replies: Replies = h.store.replies
        line = Outgoing(key="k", at=datetime.now(UTC), to="chat:hehua", card="opened", text="记下了")
        assert await replies.put("bot/one", line)
        waiting = asyncio.create_task(replies.given("bot/one", 5.0))
        assert (await replies.fetch("bot/one"))[1] == [line] and await waiting
        assert await replies.put("bot/two", line) and not await replies.given("bot/two", 0.1)
        assert await replies.fetch("bot/two") == ("closed", []) and not await replies.put("bot/two", line)
        assert timedelta(minutes=6) == STREAM_LIVES
