"""What config knows is answered at once, at any hour, and nobody is called for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.front import Front, front, sample
from tests.stories.test_one_appeal import member_of

NIGHT = "2026-11-03T02:00:00+08:00"


async def asked(f: Front, text: str, sender: str = "u_1", lounge: str = "hehua") -> str:
    """What the group hears to a question; nobody else hears anything, and no case stays open."""
    await f.say(lounge, sender, text, "3栋-甲婆婆")
    heard = f.heard()
    assert [h.to for h in heard] == [f"chat:{lounge}"], (text, [(h.to, h.text) for h in heard])
    assert not await f.rig.store.reader.open_cases(lounge)
    return heard[0].text


async def test_A06_where_to_measure_blood_pressure_is_answered_with_room_and_todays_hours(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        said = await asked(f, "哪里能量血压？")
        assert "服务大厅" in said and "今天（周一）9:00–12:00、14:00–18:00" in said


async def test_A28_saturday_is_answered_no_with_the_next_opening(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        said = await asked(f, "周六开门吗")
        assert "周六（11月7日）不开门" in said and "下一次开门是周日（11月8日）9:00" in said


async def test_B16_a_guide_comes_with_the_day_it_was_last_checked(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        said = await asked(f, "居住证续签带什么")
        assert "身份证" in said and "2026-10-15 核对" in said
        await f.say("hehua", "u_2", "港澳通行证怎么办", "3栋-乙叔")
        opened = list(await f.rig.store.reader.open_cases("hehua"))  # nothing known: a person answers, never a guess
        assert len(opened) == 1 and opened[0].attendant
        assert "港澳通行证" in f.heard(f"person:{opened[0].attendant}")[0].text


async def test_C23_the_free_bus_is_answered_with_its_times_and_date(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        said = await asked(f, "红芯巴士几点")
        assert "7:30" in said and "核对" in said


async def test_E11_a_need_leads_to_the_stations_and_a_wound_to_the_emergency_path(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        said = await asked(f, "哪里能歇脚")
        assert "东站" in said and "北站" in said and "7:00–21:00" in said
        for need in ("哪里能充电", "哪里能喝水", "哪里有水喝？"):
            assert "东站" in await asked(f, need)
        await f.say("hehua", "u_1", "受伤了", "3栋-甲婆婆")
        assert f.heard()[0].text.startswith("先打电话：120")


@pytest.mark.parametrize(("alias", "room"), [
    ("办事窗口在几楼", "一站式服务窗口"), ("书屋在哪", "职工书屋"), ("活动室几点开门", "文体活动室"), ("母婴室在哪里", "爱心妈妈小屋"),
    ("心灵驿站怎么走", "心灵驿站"), ("调解室在哪", "法律调解室"), ("健身房在几楼", "职工健身区"), ("会议室能借吗", "职工能量营"),
])
async def test_E12_every_room_is_known_by_its_everyday_name(tmp_path: Path, alias: str, room: str) -> None:
    async with front(tmp_path) as f:
        said = await asked(f, alias)
        assert room in said and "服务中心" in said and ("开门" in said)


async def test_who_tells_others_of_a_room_is_not_answered(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        for line in ("活动室周六给孩子们用，大家早点来", "我在书屋等你们", "律师周二在调解室坐班的"):
            assert (await f.say("hehua", "u_1", line, "3栋-甲婆婆")).decision in ("ignore", "ask"), line
        assert not [h for h in f.heard() if h.to == "chat:hehua"]


async def test_E17_a_number_answers_the_menu_for_the_asker_only(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "菜单", "3栋-甲婆婆")
        menu = f.heard("chat:hehua")[0].text
        assert len(menu.splitlines()) <= 8 and "1 借文体活动室" in menu and "今天" in menu
        assert (await f.say("hehua", "u_2", "3", "3栋-乙叔")).decision == "ignore"  # somebody else's number is a number
        taken = await f.say("hehua", "u_1", "3", "3栋-甲婆婆")
        assert taken.decision == "open" and taken.intent == "legal_aid" and "律师" in (await f.case("HH-0001")).gist
        assert (await f.say("hehua", "u_1", "3", "3栋-甲婆婆")).decision != "open"  # once


async def test_E17_an_old_menu_is_no_longer_meant(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "菜单")
        await f.forward(minutes=11)
        assert (await f.say("hehua", "u_1", "1")).decision == "ignore"


async def test_E17_in_private_the_number_goes_to_the_askers_own_lounge(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋楼道里电动车堵得门都打不开，没人管吗", "3栋-甲婆婆")
        await f.tell("u_1", "菜单")
        f.heard()
        await f.tell("u_1", "5")
        assert "直接问就行" in f.heard("person:u_1")[0].text
        await f.tell("u_1", "菜单")
        await f.tell("u_1", "1")
        assert (await f.case("HH-0002")).intent == "culture_sports" and (await f.case("HH-0002")).reporter == "u_1"


async def test_E26_help_is_four_plain_entries_on_one_screen(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.tell("u_1", "帮助")
        said = f.heard("person:u_1")[0].text
        entries = [row for row in said.splitlines() if row.startswith("·")]
        assert 1 <= len(entries) <= 4 and len(said.splitlines()) <= 8
        assert "有困难" in entries[0] and "累了乏了" in entries[1] and "交朋友" in entries[2]


async def test_D18_at_two_at_night_progress_by_number_is_answered_and_no_member_is_called(tmp_path: Path) -> None:
    async with front(tmp_path, "2026-11-02T10:00:00+08:00") as f:
        await f.say("hehua", "u_1", "3栋电梯坏了没人修 天天爬楼", "3栋-甲婆婆")
        await f.say("hehua", "u_1", "5栋楼下垃圾桶三天没人收 臭得开不了窗", "3栋-甲婆婆")
        await f.press(member_of("禾花花园3栋"), "accept", "HH-0001")
        await f.until(sample().local(f.now).replace(day=3, hour=2))
        f.heard()
        for text in ("进度 1", "进度 0001", "进度 HH-0001"):
            await f.say("hehua", "u_1", text, "3栋-甲婆婆")
        await f.tell("u_1", "进度 1")
        heard = f.heard()
        assert [h.to for h in heard] == ["chat:hehua"] * 3 + ["person:u_1"]
        assert all("HH-0001" in h.text and "HH-0002" not in h.text for h in heard)


async def test_D18_at_night_questions_are_answered_too(tmp_path: Path) -> None:
    async with front(tmp_path, NIGHT) as f:
        assert "现在没开" in await asked(f, "现在开门吗")


async def test_a_question_in_private_is_answered_whatever_else_is_under_way(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.tell("u_9", "周六开门吗")  # nobody knows which lounge is his
        assert "不开门" in f.heard("person:u_9")[0].text
        await f.say("hehua", "u_1", "3栋楼道里电动车堵得门都打不开，没人管吗", "3栋-甲婆婆")
        f.heard()
        await f.tell("u_1", "周六开门吗")
        assert "不开门" in f.heard("person:u_1")[0].text
        assert "周六" not in (await f.case("HH-0001")).gist
