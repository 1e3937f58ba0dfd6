"""Groups and accounts that nobody knows yet: listed, bound, welcomed once; and a lounge on trial that only its host sees."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.handlers.binding import BINDINGS, chat_field, code_field, lent
from bot.handlers.shadow import report
from bot.messages import Arranged
from bot.store.keys import KEYS
from tests.wecom.house import House, house

APPEAL = "3栋电梯坏了没人修 天天爬楼"
HOST = "p-dongzhi"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody comes to fetch answers here."""
    monkeypatch.setattr("bot.web.wecom_mouth.FETCHED_WITHIN", 0.2)


def posted(h: House, words: str) -> list[dict[str, Any]]:
    return [row for row in h.state.got if words in json.dumps(row["body"], ensure_ascii=False)]


async def arrange(h: House, name: str, value: str) -> None:
    await h.rig.ingest([Arranged(id=f"{name}/{value}", at=h.rig.clock.now(), name=name, value=value)])

    async def stands() -> bool:
        return (await h.store.reader.overlay(BINDINGS)).get(name) == value

    await h.until(stands)


async def code(h: House, word: str, person: str, lives: timedelta = timedelta(minutes=10)) -> None:
    await arrange(h, code_field(word), lent(person, h.rig.clock.now() + lives))


async def test_an_unknown_group_is_listed_without_its_words_and_works_once_it_is_bound(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        _, first = await h.says("resident-1", APPEAL, chat="wrNEW")
        assert first is not None and first["stream"]["finish"] and "还没有接到" in first["stream"]["content"]
        (stranger,) = await h.store.strangers.all()
        assert (stranger.kind, stranger.channel, stranger.id) == ("chat", "wecom_aibot", "wrNEW")
        for keys in KEYS:
            assert await h.store.client.xlen(keys.inbox) == 0
        assert APPEAL.encode() not in b"".join([await h.store.client.dump(key) or b"" for key in await h.store.client.keys("*")])
        await arrange(h, chat_field("wecom_aibot", "wrNEW"), "hehua")
        letter = await h.spoken("能做什么")
        text = letter["body"]["text"]["content"]
        assert "记什么" in text and "删除我的信息" in text and "第1版" in text
        await h.says("resident-1", APPEAL, chat="wrNEW")
        await h.spoken("HH-0001")
        assert len(posted(h, "能做什么")) == 1


async def test_a_group_that_config_binds_gets_the_letter_with_its_first_line_and_never_again(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        for _ in range(3):
            await h.says("resident-1", "进度")
        await h.spoken("能做什么")
        await h.says("resident-2", APPEAL)
        await h.spoken("HH-0001")
        assert len(posted(h, "能做什么")) == 1


async def test_a_code_binds_one_account_once_within_ten_minutes(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await code(h, "ABCD2345", "p-chunfen")
        await h.tells("acc-1", "绑定 abcd2345")
        assert "春分" in str(await h.card("acc-1", "绑上了"))
        await h.says("resident-1", APPEAL)
        await h.card("acc-1", "HH-0001")
        await h.tells("acc-1", "接单 HH-0001")
        await h.spoken("已经接手")
        await h.tells("acc-2", "绑定 ABCD2345")
        await h.card("acc-2", "不对")
        await code(h, "LATE2345", "p-guyu", timedelta(seconds=-1))
        await h.tells("acc-2", "绑定 LATE2345")
        await h.card("acc-2", "不对")
        await h.tells("acc-1", "绑定 LATE2345")
        await h.card("acc-1", "不用绑定")


async def test_five_wrong_codes_are_enough_even_for_who_then_has_the_right_one(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await code(h, "GOOD2345", "p-chunfen")
        for left in (4, 3, 2, 1):
            await h.tells("acc-1", f"绑定 WRONG{left}")
            await h.card("acc-1", f"还能再试 {left} 次")
        await h.tells("acc-1", "绑定WRONG2345")
        await h.card("acc-1", "试的次数多了")
        h.state.bodies.clear()  # the platform drops the same words for some seconds
        await h.tells("acc-1", "绑定 GOOD2345")
        await h.card("acc-1", "试的次数多了")
        assert "acc-1" not in h.workers[0].bindings.names.people


async def test_help_and_the_first_opening_of_the_app_say_what_is_kept_and_how_to_object(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        at = datetime.now(UTC)
        for second in range(3):
            event = h.app.app(at + timedelta(seconds=second), "acc-1", "event", Event="enter_agent", EventKey="")
            assert (await h.post(event, "wecom_app"))[0] == 200
        await h.card("acc-1", "记什么")
        await h.tells("acc-1", "帮助")
        await h.card("acc-1", "说明第1版")
        assert len(posted(h, "记什么")) == 1
        enter = h.bot.event(at, "acc-2", "enter_chat", {})
        _, answer = await h.post(enter)
        told = h.bot.read(answer, enter, "enter")
        assert told is not None and "删除我的信息" in told["text"]["content"]


async def test_on_trial_nothing_is_said_in_the_group_and_the_host_judges_what_would_have_been_done(tmp_path: Path) -> None:
    async with house(tmp_path, {HOST: "host"}, shadow=True) as h:
        call, first = await h.says("resident-1", APPEAL)
        assert first is None  # no stream is opened that would have to say something
        card = await h.card("host", "试运行")
        assert "春分" in str(card["body"])
        await h.presses("host", card, "采纳")
        await h.got("message/update_template_card")
        await h.says("resident-2", "帮助")
        await h.says("resident-2", "5栋门口垃圾堆了三天没人收，臭死了")
        second = await h.card("host", "试运行")
        await h.presses("host", second, "忽略")
        await h.got("message/update_template_card")
        assert not posted(h, "chat:") and not [row for row in h.state.got if row["path"] in ("webhook/send", "aibot/response")]
        assert await h.store.reader.case("HH-0001") is None
        *_, total = report(await h.store.reader.overlay("hehua"))
        assert (total.shown, total.adopted, total.skipped, total.agreement) == (2, 1, 1, 0.5)
        assert call.query


async def test_a_file_that_belongs_to_a_case_is_kept_and_one_that_does_not_is_never_asked_for(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await h.says("resident-1", APPEAL)
        await h.spoken("HH-0001")
        picture = h.state.keep(b"\xff\xd8\xff" + b"lift" * 50)
        url = f"{h.base}/aibot-media/{picture}"
        mixed = {"msg_item": [{"msgtype": "text", "text": {"content": "@小客厅 HH-0001 就是这样"}},
                              {"msgtype": "image", "image": {"url": url}}]}
        wire = h.bot.aibot(datetime.now(UTC), "resident-1", "wrHEHUA", msgtype="mixed", mixed=mixed)
        assert (await h.post(wire))[0] == 200

        async def noted() -> bool:
            return any("附件已存" in row.note for row in await h.store.reader.journal("HH-0001"))

        await h.until(noted)
        assert len(list(tmp_path.glob("media/HH-0001/*.jpg"))) == 1

        await h.tells("resident-1", "删除我的信息")
        await h.until(lambda: not list(tmp_path.glob("media/*")))
        assert not [row for row in await h.store.reader.journal("HH-0001") if "附件" in row.note]


async def test_what_somebody_thinks_of_an_answer_is_a_row_of_its_case_and_counted_for_its_lounge(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await h.says("resident-1", APPEAL)
        await h.spoken("HH-0001")
        for about, kind in (("HH-0001", 2), ("nothing-known", 1)):
            judged = {"id": about, "type": kind, "inaccurate_reason_list": [1], "content": "没说几点来"}
            call = h.bot.event(datetime.now(UTC), "resident-1", "feedback_event", judged, "wrHEHUA")
            assert (await h.post(call))[0] == 200
            assert (await h.post(call))[0] == 403  # the same once more

        async def both() -> bool:
            counted = [name for name in await h.store.reader.overlay("hehua") if name.startswith("judged/")]
            return sorted(name.split("/")[-1] for name in counted) == ["bad", "good"]

        await h.until(both)
        notes = [row.note for row in await h.store.reader.journal("HH-0001") if "机器人" in row.note]
        assert notes == ["觉得机器人的回答没帮上忙（没答到点上）：没说几点来"]
