"""The gate as people meet it: a night of messages and the morning line; a bad week in which nobody is called too often."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, product
from pathlib import Path

from bot.domain.gate import quiet
from bot.domain.ledger import Count, Outcome, read, total
from tests.front import Front, front, sample
from tests.stories.test_one_appeal import member_of

HOST = sample().lounges["hehua"].host


def local(at: datetime) -> datetime:
    return sample().local(at)


async def test_C11_a_night_of_messages_is_acknowledged_at_once_and_told_in_one_line_in_the_morning(tmp_path: Path) -> None:
    async with front(tmp_path, "2026-11-02T22:10:00+08:00") as f:
        member, night = member_of("禾花花园3栋"), f.heard
        lines = (("u_1", "3栋楼道里电动车堵得门都打不开，没人管吗"), ("u_2", "2栋二单元电梯又停了 老人下不来楼"),
                 ("u_3", "1栋楼道灯坏了一个礼拜 晚上黑麻麻"))
        for n, (who, text) in enumerate(lines, 1):
            await f.forward(minutes=30)
            assert (await f.say("hehua", who, text, f"{who}-街坊")).decision == "open"
            heard = night()
            assert [h.to for h in heard] == ["chat:hehua"] and f"HH-000{n}" in heard[0].text  # no @, no phone rings
        await f.until(datetime.fromisoformat("2026-11-03T08:59:59+08:00"))
        assert f.heard() == []
        await f.until(datetime.fromisoformat("2026-11-03T09:00:00+08:00"))
        morning = f.heard(f"person:{member}")
        assert [h.card for h in morning] == ["morning"] and morning[0].text.startswith("早，攒下 3 件")
        assert all(f"HH-000{n}" in morning[0].text for n in (1, 2, 3))
        fields = (await f.rig.store.reader.person(member)).fields
        assert total(read(fields, "2026-W45"), Outcome.HELD, "quiet") == 3
        assert total(read(fields, "2026-W45"), Outcome.FOLDED) == 3 and total(read(fields), Outcome.SENT, "ping") == 1


async def test_D22_somebody_fainted_calls_duty_and_host_once_at_any_hour_and_a_joke_does_not(tmp_path: Path) -> None:
    async with front(tmp_path, "2026-11-02T23:00:00+08:00") as f:
        await f.say("hehua", "u_1", "有人晕倒了", "3栋-甲婆婆")
        heard = f.heard()
        assert heard[0].to == "chat:hehua" and "120" in heard[0].text and heard[0].at == f.now
        called = Counter(h.to for h in heard[1:])
        duty = sample().lounges["hehua"].duty[1][0]
        assert set(called.values()) == {1} and {f"person:{duty}", f"person:{HOST}"} <= called.keys()
        await f.say("hehua", "u_2", "累晕了哈哈", "5栋-乙叔")
        assert f.heard() == []


BUILDINGS = [*(f"禾花花园{n}栋" for n in range(1, 9)), *(f"香江工业园{n}号宿舍" for n in range(1, 7))]
MATTERS = (
    "{}楼道里电动车堵得门都打不开，没人管吗", "{}楼下垃圾桶三天没人收 臭得开不了窗", "{}电梯坏了没人修 天天爬楼",
    "{}楼道灯坏了一个礼拜 晚上黑麻麻", "{}楼上半夜又在拖桌子 吵得小孩睡不着", "{}停水一天了 做不了饭",
    "{}门口有人违建搭棚子 没人管", "{}充电桩全坏了 车没法充电", "{}物业乱收费 停车费又涨了", "{}有人偷电瓶车 昨晚丢了两辆",
    "{}消防通道被杂物堵死了 一直没人清理", "{}楼上漏水漏到我家 天花板都湿了", "{}门口占道停车 出不去了", "{}下水道堵了 污水往外冒",
    "{}老鼠蟑螂多得不得了 没人来消杀",
)


async def bad_week(f: Front) -> int:
    """Two hundred appeals in seven days to the members of fourteen buildings, of whom nobody answers anything."""
    taken = 0
    for n, (matter, building) in enumerate(islice(product(MATTERS, BUILDINGS), 200)):
        await f.until(f.now + timedelta(minutes=50))
        lounge = "hehua" if building.startswith("禾花") else "xj-park"
        said = await f.say(lounge, f"u_{n}", matter.format(building), f"街坊{n}")
        taken += said.decision in ("open", "attach")
    return taken


async def ledger(f: Front, home: str) -> tuple[Count, ...]:
    return read((await f.rig.store.reader.person(home)).fields)


async def test_two_hundred_appeals_in_a_week_call_nobody_beyond_the_budget_and_no_reporter_hears_less(tmp_path: Path) -> None:
    tight = replace(sample(), budgets=replace(sample().budgets, person_per_day=4))
    async with front(tmp_path, "2026-11-02T07:00:00+08:00", settings=tight) as f:
        assert await bad_week(f) >= 180
        heard, staff = f.heard(), [f"person:{p}" for p in tight.people]
        calls = Counter((h.to, local(h.at).date()) for h in heard if h.to in staff and h.card != "emergency_card")
        assert max(calls.values()) == 4
        assert {h.card for h in heard if h.to in staff and quiet(h.at, tight)} <= {"emergency_card"}
        spared = sum([total(await ledger(f, p), Outcome.HELD, "budget") for p in tight.people])
        assert spared > len(calls)  # the week would have called them far more often
        for home in [*(f"u_{n}" for n in range(200)), "chat:hehua", "chat:xj-park"]:
            counts = await ledger(f, home)  # nothing for a resident was put off by a budget or swallowed
            assert not total(counts, Outcome.HELD, "budget") and not total(counts, Outcome.DROPPED, "again"), home
        acknowledged = {h.case for h in heard if h.to.startswith(("chat:", "person:u_"))}
        for lounge in ("hehua", "xj-park"):
            assert {c.id for c in await f.rig.store.reader.open_cases(lounge)} <= acknowledged
