"""A platform that is down keeps the bot waiting, ever more patiently, and nothing it promised is lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.messages import TryLater
from tests.front import front


async def test_what_a_platform_could_not_take_for_hours_arrives_once_and_in_order(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        f.phone.receipts = [TryLater(seconds=5)] * 24  # for each of two destinations and more: hours of trying
        await f.say("hehua", "u_1", "3栋楼道里电动车堵得门都打不开，没人管吗", "3栋-甲婆婆")
        assert f.heard() == [] and (await f.case("HH-0001")).open  # the case is right all the while
        await f.forward(hours=3)
        heard = f.heard()
        assert [h.card for h in heard if h.to == "chat:hehua"].count("opened") == 1
        assert not f.phone.receipts and heard[0].at - f.now < timedelta()


async def test_tries_come_ever_more_rarely(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        f.phone.receipts = [TryLater(seconds=5)] * 500
        await f.say("hehua", "u_1", "3栋楼道里电动车堵得门都打不开，没人管吗", "3栋-甲婆婆")
        await f.forward(hours=2)
        assert 430 < len(f.phone.receipts) < 490
