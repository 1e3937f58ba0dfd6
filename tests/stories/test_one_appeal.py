"""One appeal, from its first word to closing, through the front door."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tests.front import front, sample


def member_of(building: str) -> str:
    return next(p.id for p in sample().people.values() if building in p.buildings and "attendant" in p.roles)


async def test_a_complaint_reaches_the_buildings_member_and_ends_with_a_rating(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        said = await f.say("hehua", "u_1", "3栋楼道里电动车堵得门都打不开，没人管吗", "3栋-甲婆婆")
        assert said.decision == "open" and said.intent == "ebike_parking" and said.case == "HH-0001"
        member = member_of("禾花花园3栋")
        group, card = f.heard()
        assert group.to == "chat:hehua" and "HH-0001" in group.text and "\n" not in group.text
        assert card.to == f"person:{member}" and ("accept", "接单") in card.buttons

        await f.press(member, "accept", "HH-0001")
        assert (await f.case("HH-0001")).state == "handling"
        await f.press(member, "resolve", "HH-0001", "物业已把车挪到车棚，门口画了线，今晚再看一次")
        asked = [h for h in f.heard("person:u_1") if h.card == "ask_rating"]
        assert len(asked) == 1 and ("rate:good", "满意") in asked[0].buttons

        await f.tell("u_1", "满意")
        case = await f.case("HH-0001")
        assert case.state == "closed" and case.grade == "good" and case.due is None
        assert await f.events("HH-0001") == ["Reported", "Assigned", "Accepted", "Resolved", "Delivered", "Rated"]


async def test_not_solved_opens_a_new_round_and_the_age_goes_on(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "5栋楼下垃圾桶三天没人收 臭得开不了窗", "5栋-乙叔")
        member, opened = member_of("禾花花园5栋"), (await f.case("HH-0001")).opened_at
        await f.press(member, "resolve", "HH-0001", "已经联系环卫清运，桶也冲洗了")
        await f.tell("u_1", "没解决 还是臭")
        case = await f.case("HH-0001")
        assert case.rounds == 2 and case.state == "assigned" and case.attendant == member and case.opened_at == opened
        assert any(h.card == "reopened" and "还是臭" in h.text for h in f.heard(f"person:{member}"))


async def test_silence_is_reminded_once_a_rung_and_then_climbs_to_the_district(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋二单元电梯又停了 老人下不来楼", "3栋-丙姨")
        await f.forward(days=14)
        events = await f.events("HH-0001")
        case = await f.case("HH-0001")
        assert case.open and case.rung == "district" and case.level == "A" and case.due is not None
        assert events.count("Escalated") >= 4
        for h in f.heard():
            local = h.at.astimezone(sample().local(h.at).tzinfo)
            assert h.card.startswith(("opened", "assigned")) or 8 <= local.hour < 22


async def test_silence_after_the_result_closes_as_unrated_and_never_as_satisfied(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋楼道灯坏了一个礼拜 晚上黑麻麻", "3栋-丁婶")
        await f.press(member_of("禾花花园3栋"), "resolve", "HH-0001", "电工王师傅换了新灯，今晚亮了")
        await f.forward(days=10)
        case = await f.case("HH-0001")
        assert case.state == "closed" and case.grade is None
        assert [h.card for h in f.heard("person:u_1")].count("remind_rating") == 1


async def test_an_urgent_case_that_closes_unrated_has_the_host_call_once_and_a_late_rating_saves_the_call(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        for n, building in ((1, 3), (2, 5)):
            said = await f.say("hehua", f"u_{n}", f"{building}栋电梯困人了，里面有老人，快来人", f"{building}栋-丁婶")
            assert (await f.case(said.case or "")).urgent
            await f.press(member_of(f"禾花花园{building}栋"), "resolve", said.case or "", "人接出来了，电梯停用检修")
        while (await f.case("HH-0001")).open or (await f.case("HH-0002")).open:
            await f.forward(hours=1)
        assert set((await f.case("HH-0001")).deadlines) == {"callback"}
        await f.tell("u_2", "满意 HH-0002")
        assert (await f.case("HH-0002")).deadlines == {}
        f.heard()
        await f.forward(days=4)
        calls = [h for h in f.heard() if h.card == "remind_after"]
        assert [(h.to, h.case) for h in calls] == [(f"person:{sample().lounges['hehua'].host}", "HH-0001")]
        assert (await f.case("HH-0001")).deadlines == {} and (await f.case("HH-0001")).grade is None


async def test_a_member_who_just_answers_in_the_group_is_working(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋楼道里电动车堵得门都打不开，没人管吗", "3栋-甲婆婆")
        member = member_of("禾花花园3栋")
        await f.say("hehua", member, "收到，我明天上午去看")
        case = await f.case("HH-0001")
        assert case.state == "handling" and case.responded_at is not None
        f.heard()
        await f.forward(hours=4)
        assert not [h for h in f.heard(f"person:{member}") if h.card == "remind"]


async def test_a_button_without_words_asks_once_and_takes_the_next_private_line(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋楼道里电动车堵得门都打不开，没人管吗", "3栋-甲婆婆")
        member = member_of("禾花花园3栋")
        await f.press(member, "resolve", "HH-0001")
        assert [h.card for h in f.heard(f"person:{member}")][-1] == "need_note_resolve"
        await f.tell(member, "和物业一起把车都挪进车棚了")
        case = await f.case("HH-0001")
        assert case.state == "resolved" and case.result == "和物业一起把车都挪进车棚了"


async def test_at_night_the_resident_is_answered_and_nobody_is_pinged(tmp_path: Path) -> None:
    async with front(tmp_path, "2026-11-02T23:40:00+08:00") as f:
        await f.say("hehua", "u_1", "3栋楼上又在拖桌子 吵得小孩睡不着", "3栋-甲婆婆")
        first = f.heard()
        assert [h.to for h in first] == ["chat:hehua"]
        await f.say("hehua", "u_1", "进度")
        assert [h.card for h in f.heard()] == ["progress"]
        await f.until(datetime.fromisoformat("2026-11-03T09:00:00+08:00"))
        cards = f.heard(f"person:{member_of('禾花花园3栋')}")
        assert [c.card for c in cards] == ["assigned"] and cards[0].at >= datetime.fromisoformat("2026-11-03T09:00+08:00")


async def test_an_emergency_names_the_hotline_and_calls_member_duty_and_host_at_any_hour(tmp_path: Path) -> None:
    async with front(tmp_path, "2026-11-02T23:00:00+08:00") as f:
        said = await f.say("hehua", "u_1", "3栋楼下有人晕倒了 快来人", "3栋-甲婆婆")
        assert said.decision == "open"
        heard = f.heard()
        assert heard[0].to == "chat:hehua" and "120" in heard[0].text
        called = {h.to.removeprefix("person:") for h in heard[1:]}
        assert {member_of("禾花花园3栋"), sample().lounges["hehua"].host} <= called


async def test_who_may_not_is_refused_in_one_plain_sentence(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋楼道里电动车堵得门都打不开，没人管吗", "3栋-甲婆婆")
        f.heard()
        await f.tell("u_2", "接单 HH-0001")
        refused = f.heard("person:u_2")
        assert len(refused) == 1 and "负责的党员" in refused[0].text and "接单" in refused[0].text
        assert (await f.case("HH-0001")).state == "assigned"


async def test_thanks_opens_nothing(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        assert (await f.say("hehua", "u_9", "漏水问题已经解决了,谢谢")).decision == "ignore"
        assert f.heard() == []


async def test_the_reporter_is_asked_where_and_the_case_moves_to_that_buildings_member(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_7", "楼道里电动车堵得门都打不开，没人管吗", "开心就好")
        assert "哪一栋" in f.heard("chat:hehua")[0].text
        await f.say("hehua", "u_7", "6栋", "开心就好")
        case = await f.case("HH-0001")
        assert case.building == "禾花花园6栋" and case.attendant == member_of("禾花花园6栋")


async def test_the_same_line_sent_twice_is_taken_once(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        row = {"lounge": "hehua", "id": "same", "sender": "u_1", "name": "3栋-甲婆婆", "text": "3栋电梯坏了没人修"}
        assert await f.post(dict(row)) == [True]
        assert await f.post(dict(row)) == [False]
        assert len(f.heard("chat:hehua")) == 1


async def test_an_old_button_is_answered_with_where_the_case_stands(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋电梯坏了没人修 天天爬楼", "3栋-甲婆婆")
        await f.tell("u_1", "撤回 HH-0001")
        f.heard()
        member = member_of("禾花花园3栋")
        await f.press(member, "accept", "HH-0001")
        answer = f.heard(f"person:{member}")
        assert len(answer) == 1 and "已撤回" in answer[0].text
