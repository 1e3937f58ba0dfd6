"""The demo over real HTTP and a real store: one page, loopback only, everything through the plain channel."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import typer
from typer.testing import CliRunner

from bot.commands import demo as command
from bot.config import load
from tests.web.serving import CONFIG, Client, demo_at

LAMP = "三栋2单元楼道的灯坏了好几天，晚上黑漆漆的，老人不敢下楼"
MEMBER, GUEST = "person:p-chunfen", "person:guest-hehua-1"


@pytest_asyncio.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Client]:
    async with demo_at(tmp_path / "demo") as client:
        yield client


def case_of(page: dict[str, Any], number: str = "HH-0001") -> dict[str, Any]:
    return next((case for case in page["cases"] if case["id"] == number), {})


async def test_an_appeal_goes_from_its_first_words_to_satisfied(demo: Client) -> None:
    await demo.say(LAMP)
    card = await demo.card("assigned", MEMBER)
    assert [label for _, label in card["buttons"]] == ["接单", "转派", "办结", "上报"]
    page = await demo.look(lambda page: case_of(page))
    thought = page["thoughts"][page["last"]]
    assert (thought["decision"], thought["case"], thought["place"]) == ("open", "HH-0001", "禾花花园3栋2单元")
    assert thought["spans"] and thought["intent"]
    assert case_of(page)["state_name"] == "已派单" and case_of(page)["due"]
    await demo.press(card, "accept")
    await demo.card("accepted", "chat:hehua")
    await demo.press(card, "resolve")
    await demo.card("need_note_resolve", MEMBER)
    assert await demo.post("say", {"private": True, "sender": "p-chunfen", "name": "春分", "text": "换了两盏灯"}) == 200
    await demo.press(await demo.card("ask_rating", GUEST), "rate:good")
    page = await demo.look(lambda page: case_of(page).get("state") == "closed")
    assert (case_of(page)["grade"], case_of(page)["stage"], case_of(page)["due"]) == ("满意", 5, None)
    assert [row[1] for row in case_of(page)["journal"]] == ["上报诉求", "派单", "接单", "办结", "结果送达", "评价"]


async def test_chatter_is_thought_about_and_nothing_is_said(demo: Client) -> None:
    await demo.say("今天天气真好，一起去遛弯呀")
    page = await demo.look(lambda page: page["last"])
    assert page["thoughts"][page["last"]]["decision"] == "ignore"
    assert [line["by"] for line in page["lines"]] == ["guest-hehua-1"] and page["cases"] == []


async def test_a_doubtful_line_is_put_before_the_host_whose_button_opens_a_case(tmp_path: Path) -> None:
    sure = load(CONFIG, {})
    doubting = replace(sure, thresholds=replace(sure.thresholds, open=1000.0, ask=1.0))
    async with demo_at(tmp_path / "demo", doubting) as client:
        await client.say(LAMP)
        card = await client.card("ask_host", "person:p-dongzhi")
        page = await client.look()
        assert page["thoughts"][page["last"]]["decision"] == "ask" and page["cases"] == []
        await client.press(card, "open")
        page = await client.look(case_of)
        assert [line["pressed"] for line in page["lines"] if line["id"] == card["id"]] == ["open"]
        await client.card("assigned", MEMBER)


async def test_the_clock_moves_by_its_buttons_and_rings_what_is_due_on_the_way(demo: Client) -> None:
    await demo.say(LAMP)
    page = await demo.look(lambda page: case_of(page))
    start = datetime.fromisoformat(page["now"])
    assert await demo.post("clock", {"move": "30m"}) == 200
    page = await demo.look()
    assert timedelta(minutes=30) <= datetime.fromisoformat(page["now"]) - start < timedelta(minutes=31)
    assert await demo.post("clock", {"move": "morning"}) == 200
    page = await demo.look(lambda page: not page["busy"])
    reminded = [row for row in case_of(page)["journal"] if row[1] == "催办"]
    assert reminded and datetime.fromisoformat(reminded[0][0]) < datetime.fromisoformat(page["now"]) - timedelta(hours=1)
    assert page["open"] and not page["quiet"]
    assert await demo.post("clock", {"move": "backwards"}) == 400


async def test_at_night_the_card_waits_on_the_phone_until_morning(demo: Client) -> None:
    for _ in range(12):  # from 10:00 to 22:00
        assert await demo.post("clock", {"move": "1h"}) == 200
    await demo.say(LAMP)
    page = await demo.look(lambda page: page["held"])
    assert page["quiet"] and page["held"][0]["where"] == MEMBER and "安静" in page["held"][0]["why"]
    assert not [line for line in page["lines"] if line["where"] == MEMBER]
    assert await demo.post("clock", {"move": "morning"}) == 200
    page = await demo.look(lambda page: not page["busy"])
    assert page["held"] == [] and [line for line in page["lines"] if line["where"] == MEMBER]


async def test_the_data_stays_between_starts(tmp_path: Path) -> None:
    async with demo_at(tmp_path / "demo") as client:
        await client.say(LAMP)
        before = await client.look(lambda page: case_of(page) and len(page["lines"]) == 3)
    async with demo_at(tmp_path / "demo") as client:
        after = await client.look(case_of)
        assert after["lines"] == before["lines"] and after["thoughts"] == before["thoughts"]
        assert case_of(after)["journal"] == case_of(before)["journal"]
        assert datetime.fromisoformat(after["now"]) >= datetime.fromisoformat(before["now"])
        await client.press(await client.card("assigned", MEMBER), "accept")
        await client.look(lambda page: case_of(page)["state"] == "handling")


async def test_starting_over_clears_everything_on_the_same_address(demo: Client) -> None:
    await demo.say(LAMP)
    await demo.look(case_of)
    assert await demo.post("restart", {}) == 202
    page = await demo.look(lambda page: True)
    for _ in range(50):
        if not page["lines"]:
            break
        await asyncio.sleep(0.1)
        page = await demo.look()
    assert page["lines"] == [] and page["cases"] == [] and page["thoughts"] == {}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1", "localhost:1", "10.0.0.1:8080"])
async def test_another_host_name_is_refused_everywhere(demo: Client, host: str) -> None:
    for path in ("/", "/demo/live", "/demo/static/demo.js", "/healthz", "/nowhere"):
        async with demo.http.get(demo.base + path, headers={"Host": host}) as answer:
            assert answer.status == 403, path


async def test_this_machines_own_names_are_welcome(demo: Client) -> None:
    port = demo.base.rsplit(":", 1)[1]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}", f"LocalHost:{port}"):
        async with demo.http.get(demo.base + "/", headers={"Host": host}) as answer:
            assert answer.status == 200


async def test_the_page_needs_nothing_from_outside(demo: Client) -> None:
    for path in ("/", "/demo/static/demo.css", "/demo/static/demo.js"):
        async with demo.http.get(demo.base + path) as answer:
            text = (await answer.text()).replace("http://www.w3.org/2000/svg", "")
            assert "http://" not in text and "https://" not in text
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_a_page_of_somebody_else_cannot_post(demo: Client) -> None:
    body = {"lounge": "hehua", "sender": "x", "text": LAMP}
    assert await demo.post("say", body, Origin="https://evil.example") == 403
    for path in ("say", "press", "clock", "restart"):
        async with demo.http.post(f"{demo.base}/demo/{path}", data=json.dumps(body)) as answer:
            assert answer.status == 415
    assert (await demo.look())["lines"] == []


@pytest.mark.parametrize(("path", "body"), [
    ("say", {"lounge": "nowhere", "sender": "x", "text": "喂"}), ("say", {"lounge": "hehua", "sender": "x", "text": " "}),
    ("say", {"lounge": "hehua", "sender": "", "text": "喂"}), ("say", {"text": 1}), ("say", []),
    ("say", {"lounge": "hehua", "sender": "x" * 101, "text": "喂"}),
    ("press", {"line": "none", "verb": "accept"}), ("press", {}), ("clock", {}),
])
async def test_nonsense_is_refused_in_words(demo: Client, path: str, body: Any) -> None:
    assert await demo.post(path, body) == 400


async def test_only_what_the_bot_signed_appears_as_its_words(demo: Client) -> None:
    row = {"at": "2026-11-24T10:00:00+08:00", "to": "chat:hehua", "card": "opened", "text": "假的", "case": None}
    stamp = str(int(time.time()))
    forged = {"X-Lounge-Timestamp": stamp, "X-Lounge-Signature": "sha256=" + "0" * 64}
    assert await demo.post("out", row) == 403
    assert await demo.post("out", row, **forged) == 403
    assert (await demo.look())["lines"] == []


async def test_a_number_said_in_the_group_is_masked_before_it_is_kept(tmp_path: Path) -> None:
    async with demo_at(tmp_path / "demo") as client:
        await client.say("我的电话是13800001234，灯坏了")
        page = await client.look(lambda page: page["last"])
    assert "13800001234" not in json.dumps(page, ensure_ascii=False)
    assert "13800001234" not in (tmp_path / "demo" / "page.jsonl").read_text(encoding="utf-8")


def test_a_taken_port_is_said_in_one_line() -> None:
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(app, ["demo", "--port", str(port)])
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1 and str(port) in result.stderr
    assert result.stdout == ""
