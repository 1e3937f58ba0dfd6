"""The stand-in for WeCom keeps the real one's rules, and what our channels send passes them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.base import Wire
from bot.channels.wecom_codes import Alarm, RefreshToken, Token, read_token
from bot.channels.wecom_crypto import Crypt
from bot.channels.wecom_robot import WeComRobot
from bot.messages import Delivered, Outgoing, Refused, TryLater
from tests.channels.wecom_payloads import AT, NAMES, aibot, app
from tests.wecom import calls
from tests.wecom.control import make_app
from tests.wecom.server import State

Client = TestClient[Any, Any]


class Desk:
    """The stand-in with a clock moved by hand."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        self.state = State(now=lambda: self.now)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def wecom(desk: Desk) -> AsyncIterator[Client]:
    async with TestClient(TestServer(make_app(desk.state))) as client:
        yield client


def say(to: str = "chat:hehua", text: str = "办完了。", **more: Any) -> Outgoing:
    wanted: dict[str, Any] = {"key": "k", "at": AT, "to": to, "card": "resolved", "text": text, "case": "HH-0312"}
    return Outgoing(**(wanted | more))


async def send(wecom: Client, wire: Wire) -> tuple[int, bytes]:
    path = "/" + wire.url.split("/", 3)[3]
    async with wecom.request(wire.method, path, data=wire.body or None, headers=dict(wire.headers)) as answer:
        return answer.status, await answer.read()


async def token(wecom: Client) -> str:
    found = read_token(*await send(wecom, app().token_request()))
    assert isinstance(found, Token)
    return found.value


async def tell(wecom: Client, **wishes: Any) -> dict[str, Any]:
    async with wecom.post("/_control", json=wishes) as answer:
        assert answer.status == 200, await answer.text()
        found: dict[str, Any] = await answer.json()
        return found


async def shown(wecom: Client, path: str) -> list[bool]:
    async with wecom.get("/_got", params={"path": path}) as answer:
        return [row["shown"] for row in (await answer.json())["got"]]


async def test_a_token_is_the_same_until_it_ends_and_a_wrong_secret_is_an_alarm(wecom: Client, desk: Desk) -> None:
    first = await token(wecom)
    assert await token(wecom) == first and desk.state.tokens == 1
    desk.now += 7200
    assert await token(wecom) != first
    desk.state.secret = "changed"
    assert isinstance(read_token(*await send(wecom, app().token_request())), Alarm)


async def test_what_the_app_sends_is_taken_once_and_its_card_can_be_changed_once(wecom: Client) -> None:
    channel, good = app(), await token(wecom)
    card = channel.with_token(channel.encode(say("person:p-jingzhe", buttons=(("accept", "接单"),))), good)
    for _ in range(2):
        assert channel.read_verdict(*await send(wecom, card)) == Delivered()
    assert await shown(wecom, "message/send") == [True, False]
    code = (await tell(wecom, card=True))["code"]
    change = channel.with_token(channel.encode(say("person:p-jingzhe", card_code=code)), good)
    assert channel.read_verdict(*await send(wecom, change)) == Delivered()
    assert isinstance(channel.read_verdict(*await send(wecom, change)), Refused)


async def test_a_bad_token_asks_for_a_new_one(wecom: Client) -> None:
    channel, good = app(), await token(wecom)
    wire = channel.encode(say("person:p-jingzhe"))
    assert isinstance(channel.read_verdict(*await send(wecom, wire)), Refused)
    assert isinstance(channel.read_verdict(*await send(wecom, channel.with_token(wire, "made-up"))), RefreshToken)
    await tell(wecom, expire_tokens=True)
    assert isinstance(channel.read_verdict(*await send(wecom, channel.with_token(wire, good))), RefreshToken)
    assert channel.read_verdict(*await send(wecom, channel.with_token(wire, await token(wecom)))) == Delivered()


async def test_strangers_wrong_agents_and_a_full_minute_are_met_as_the_real_one_meets_them(wecom: Client) -> None:
    channel, good = app(), await token(wecom)
    await tell(wecom, members=["zhangsan"])
    stranger = channel.with_token(channel.encode(say("person:wecom:lisi")), good)
    assert isinstance(channel.read_verdict(*await send(wecom, stranger)), Refused)
    for number in range(32):
        wire = channel.with_token(channel.encode(say("person:p-jingzhe", f"第{number}条")), good)
        assert channel.read_verdict(*await send(wecom, wire)) == Delivered()
    assert (await shown(wecom, "message/send"))[1:] == [True] * 30 + [False] * 2


async def test_a_robot_is_held_to_twenty_in_any_minute_and_to_its_key(wecom: Client, desk: Desk) -> None:
    robot = WeComRobot({"hehua": "robot-key", "etime": "gone"}, NAMES)
    for _ in range(20):
        assert robot.read_verdict(*await send(wecom, robot.encode(say()))) == Delivered()
        desk.now += 1
    assert isinstance(robot.read_verdict(*await send(wecom, robot.encode(say()))), TryLater)
    desk.now += 41
    assert robot.read_verdict(*await send(wecom, robot.encode(say()))) == Delivered()
    assert isinstance(robot.read_verdict(*await send(wecom, robot.encode(say("chat:etime")))), Alarm)


async def test_a_reply_address_is_good_once_and_for_an_hour(wecom: Client, desk: Desk) -> None:
    url = (await tell(wecom, issue="group"))["url"]
    bot = aibot(origins=[url.rsplit("/cgi-bin", 1)[0]])
    wire = bot.encode(say(reply_url=url))
    assert bot.read_verdict(*await send(wecom, wire)) == Delivered()
    assert isinstance(bot.read_verdict(*await send(wecom, wire)), Refused)
    late = (await tell(wecom, issue="group"))["url"]
    desk.now += 3600
    assert isinstance(bot.read_verdict(*await send(wecom, bot.encode(say(reply_url=late)))), Refused)


async def test_media_is_encrypted_and_gone_after_five_minutes(wecom: Client, desk: Desk) -> None:
    name = desk.state.keep(b"\xff\xd8\xff-picture")
    async with wecom.get(f"/aibot-media/{name}") as answer:
        assert Crypt("", calls.keys()).media(await answer.read()) == b"\xff\xd8\xff-picture"
    desk.now += 300
    async with wecom.get(f"/aibot-media/{name}") as answer:
        assert answer.status == 404
    kept = desk.state.keep(b"plain", encrypted=False)
    good = await token(wecom)
    async with wecom.get("/cgi-bin/media/get", params={"media_id": kept, "access_token": good}) as answer:
        assert await answer.read() == b"plain"
    async with wecom.get("/cgi-bin/media/get", params={"media_id": kept}) as answer:
        assert (await answer.json())["errcode"] == 41001


@pytest.mark.parametrize("errcode", [-1, 45009, 45033, 60020, 93000, 40058])
async def test_it_answers_any_code_as_often_as_it_is_told(wecom: Client, errcode: int) -> None:
    robot = WeComRobot({"hehua": "robot-key"}, NAMES)
    await tell(wecom, fault={"path": "webhook/send", "times": 1, "errcode": errcode})
    assert robot.read_verdict(*await send(wecom, robot.encode(say()))) != Delivered()
    assert robot.read_verdict(*await send(wecom, robot.encode(say()))) == Delivered()


async def test_a_cut_line_tells_nothing_of_whether_it_arrived(wecom: Client) -> None:
    robot = WeComRobot({"hehua": "robot-key"}, NAMES)
    for drop in ("before", "after"):
        await tell(wecom, fault={"path": "webhook/send", "drop": drop})
        with pytest.raises(aiohttp.ClientError):
            await send(wecom, robot.encode(say()))
    assert await shown(wecom, "webhook/send") == [True]


@pytest.mark.parametrize(("path", "body"), [
    ("webhook/send?key=robot-key", {"msgtype": "text", "text": {"content": "长" * 683}}),
    ("webhook/send?key=robot-key", {"msgtype": "text", "text": {"content": ""}}),
    ("webhook/send?key=robot-key", {"msgtype": "template_card", "template_card": {"card_type": "button_interaction"}}),
    ("webhook/send?key=robot-key", {"msgtype": "carrier_pigeon"}),
    ("webhook/send?key=robot-key", []),
    ("webhook/send", {"msgtype": "text", "text": {"content": "x"}}),
])
async def test_what_breaks_a_limit_is_not_taken(wecom: Client, path: str, body: Any) -> None:
    async with wecom.post(f"/cgi-bin/{path}", json=body) as answer:
        assert answer.status == 200 and (await answer.json())["errcode"] != 0


async def test_a_wish_it_does_not_know_is_refused(wecom: Client) -> None:
    for wishes in ({"rain": True}, {"fault": {"path": "nowhere"}}, {"issue": "both"}):
        async with wecom.post("/_control", json=wishes) as answer:
            assert answer.status == 400
    await tell(wecom, fault={"path": "webhook/send", "errcode": -1}, clear=True)
    robot = WeComRobot({"hehua": "robot-key"}, NAMES)
    assert robot.read_verdict(*await send(wecom, robot.encode(say()))) == Delivered()
    async with wecom.delete("/_got"):
        assert await shown(wecom, "webhook/send") == []
