"""What hosts and desks look after: the stuck cases, the risks by kind and tier, and the journal of one case."""

from __future__ import annotations

from pathlib import Path

from tests.front import Front, front, sample
from tests.stories.test_one_appeal import member_of

BLOCKED = "3栋楼道里电动车堵得门都打不开，没人管吗"
HOST = sample().lounges["hehua"].host
DESK = next(a.desk for a in sample().areas.values() if a.kind == "street")


async def told(f: Front, who: str, text: str) -> str:
    """The one thing that somebody is answered in private."""
    f.heard()
    await f.tell(who, text)
    return next(h.text for h in f.heard(f"person:{who}"))


async def test_D33_the_host_and_the_street_see_what_is_stuck_until_it_moves(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        number = (await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")).case or ""
        member = member_of("禾花花园3栋")
        await f.press(member, "accept", number)
        assert await told(f, HOST, "卡点") == "在办 1 件，没有卡住的。"
        await f.press(member, "decline", number, "不是我这栋的通道")
        holder = (await f.case(number)).attendant
        await f.press(holder, "accept", number)
        await f.press(holder, "link", number, "物业")
        await f.forward(days=9)  # nobody does anything but the clock
        for who in (HOST, DESK):
            page = await told(f, who or "", "卡点")
            assert page.startswith("卡住的有 1 件") and f"1. {number} 禾花花园3栋" in page and "个工作日没有动静" in page
        await f.press((await f.case(number)).attendant, "note", number, "约了物业明天清")
        assert "没有动静" not in await told(f, HOST, "卡点")


async def test_D17_risks_are_shown_by_kind_and_tier_with_owner_and_day(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        number = (await f.say("xj-park", "u_9", "A厂房这边工资拖了两个月了 老板电话也不接 怎么办", "A厂房-丁")).case or ""
        host, owner = sample().lounges["xj-park"].host, member_of("香江工业园A厂房")
        before = await told(f, host, "风险")
        await f.tell(host, f"风险 {number} 高 {sample().people[owner].name} 11月9日 老板失联")
        after = await told(f, host, "风险")
        kind = sample().intents[(await f.case(number)).intent].risk
        assert f"{kind}：高0" in before and f"{kind}：高1" in after
        assert f"1. {number} 香江工业园A厂房" in after and f"负责人{sample().people[owner].name}，11月9日前有结果" in after


async def test_the_journal_of_a_case_is_for_who_works_on_it_or_answers_for_it(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        number = (await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")).case or ""
        read = await told(f, HOST, f"记录 {number}")
        assert read.splitlines()[0].startswith(f"{number} 禾花花园3栋") and "上报诉求：“3栋楼道里电动车" in read and " 派单：" in read
        assert "没找到" in await told(f, member_of("香江工业园A厂房"), f"记录 {number}")
        assert "派单" not in await told(f, "u_1", f"记录 {number}")
        assert "没有客厅" in await told(f, member_of("禾花花园3栋"), "卡点")


async def test_in_a_group_these_words_are_ordinary_talk(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        f.heard()
        for text in ("卡点", "记录 HH-0001", "风险"):
            assert (await f.say("hehua", HOST, text)).decision == "ignore"
        assert f.heard() == []
