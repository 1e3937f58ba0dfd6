"""What the tone of later lines makes of a case: heat adds up over its lines, and a cry for help calls people once."""

from __future__ import annotations

from pathlib import Path

from tests.front import front


async def test_mild_anger_of_several_people_makes_a_case_heated(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋楼道灯坏了一周了", "3栋-甲婆婆")
        case = await f.case("HH-0001")
        assert case.heated == 0
        await f.say("hehua", "u_1", "3栋这灯报修第五次了 没一个人来 糊弄谁呢", "3栋-甲婆婆")
        await f.say("hehua", "u_2", "我们这边也是 收钱跑得比谁都快 灯坏了就装瞎", "3栋-乙叔")
        case = await f.case("HH-0001")
        assert len(case.messages) == 3 and case.heated >= 1 and case.heat > 0


async def test_thanks_adds_no_heat(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋楼道灯坏了一周了", "3栋-甲婆婆")
        before = await f.case("HH-0001")
        await f.say("hehua", "u_1", "好的 谢谢", "3栋-甲婆婆")
        after = await f.case("HH-0001")
        assert (after.heat, after.heated) == (before.heat, 0)


async def test_a_hazard_that_catches_fire_becomes_urgent_and_calls_everyone_once(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋楼道电线垂下来了 没人管", "3栋-甲婆婆")
        case = await f.case("HH-0001")
        assert not case.urgent
        f.heard()
        await f.say("hehua", "u_1", "起火了 楼道全是烟 快来人", "3栋-甲婆婆")
        case = await f.case("HH-0001")
        said = f.heard()
        assert case.urgent
        assert sum(h.card == "emergency" for h in said) == 1
        called = [h.to for h in said if h.card == "emergency_card"]
        assert called and len(called) == len(set(called))
        await f.say("hehua", "u_1", "火更大了 快点", "3栋-甲婆婆")
        assert not [h for h in f.heard() if h.card in ("emergency", "emergency_card")]


async def test_a_cry_for_help_after_another_matter_is_a_case_of_its_own(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋垃圾三天没收了 臭得很", "3栋-甲婆婆")
        await f.say("hehua", "u_1", "快来人 我妈晕倒了叫不醒", "3栋-甲婆婆")
        first, second = await f.case("HH-0001"), await f.case("HH-0002")
        assert not first.urgent and second.urgent


async def test_a_bystander_from_another_building_joins_the_alarm_and_one_who_cries_for_his_own_does_not(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋五楼厨房着火了 窗户冒黑烟 快来人", "3栋-甲婆婆")
        await f.say("hehua", "u_2", "我在楼下看到火苗了 快报警", "6栋-乙叔")
        first = await f.case("HH-0001")
        assert first.urgent and len(first.messages) == 2 and [v.sender for v in first.supporters] == ["u_2"]
        await f.say("hehua", "u_3", "救命 我妈晕倒在厨房 叫不醒", "8栋-丙嫂")
        own = await f.case("HH-0002")
        assert own.urgent and own.building == "禾花花园8栋"


async def test_staff_who_say_that_they_are_on_the_way_open_no_second_alarm(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋五楼厨房着火了 窗户冒黑烟 快来人", "3栋-甲婆婆")
        said = await f.say("hehua", "u_9", "保安已经往上跑了 火还在烧 已打119 楼上的快下来", "禾花物业-小秦")
        assert (said.decision, said.case) == ("ignore", None)
        await f.say("hehua", "u_9", "7栋有人晕倒在一楼 快打120", "禾花物业-小秦")
        other = await f.case("HH-0002")
        assert other.urgent and other.building == "禾花花园7栋"


async def test_who_answers_back_by_quoting_a_complaint_about_him_is_no_second_voice_and_a_fellow_sufferer_is(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hall-5", "u_1", "隔壁又把货堆到我店门口 客人都进不来", "2F-168甲记童装")
        await f.say("hall-5", "u_2", "就两个箱子 你自己那个模特不也摆外面", "2F-169乙家鞋行", reply_to="m1")
        await f.say("hall-5", "u_3", "我门口也是这样 天天堆得走不了路", "2F-170丙姐袜业", reply_to="m1")
        assert [v.sender for v in (await f.case("WH-0001")).supporters] == ["u_3"]


async def test_a_reminder_of_the_clock_is_no_talk_that_a_second_voice_could_join(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋楼道灯坏了一周了", "3栋-甲婆婆")
        spoken = (await f.case("HH-0001")).spoken_at
        await f.forward(hours=26)
        case = await f.case("HH-0001")
        assert case.touched_at > spoken == case.spoken_at
        await f.say("hehua", "u_1", "3栋楼道灯还是没人来修", "3栋-甲婆婆")
        assert (await f.case("HH-0001")).spoken_at > spoken
