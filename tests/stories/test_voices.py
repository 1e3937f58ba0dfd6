"""Several voices and several hands: seconds, merging, splitting, doubts, refusals, lists, private talk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.domain.settings import Settings, Thresholds
from tests.front import front, sample
from tests.stories.test_one_appeal import member_of

HOST = sample().lounges["hehua"].host
STREET = next(a.desk for a in sample().areas.values() if a.kind == "street")
BLOCKED = "3栋楼道里电动车堵得门都打不开，没人管吗"


async def test_a_second_voice_is_kept_and_told_the_outcome_once(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.say("hehua", "u_2", "我家门口也是，轮椅根本过不去", "3栋-乙叔")
        assert [s.sender for s in (await f.case("HH-0001")).supporters] == ["u_2"]
        f.heard()
        await f.press(member_of("禾花花园3栋"), "resolve", "HH-0001", "物业把车都挪走了，画了线")
        told = [h.to for h in f.heard()]
        assert told.count("person:u_1") == told.count("person:u_2") == told.count("chat:hehua") == 1


async def test_a_supporter_may_split_off_what_is_not_the_same(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.say("hehua", "u_2", "我家门口也是，轮椅根本过不去", "3栋-乙叔")
        await f.tell("u_2", "拆分 HH-0001")
        first, second = await f.case("HH-0001"), await f.case("HH-0002")
        assert first.supporters == () and second.reporter == "u_2" and second.attendant
        assert set(first.messages).isdisjoint(second.messages)


async def test_a_host_puts_two_cases_together_and_every_voice_is_told(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.say("hehua", "u_5", "5栋楼下垃圾桶三天没人收 臭得开不了窗", "5栋-乙叔")
        f.heard()
        await f.tell(HOST, "并案 HH-0002 HH-0001")
        assert (await f.case("HH-0002")).state == "merged"
        assert "u_5" in [s.sender for s in (await f.case("HH-0001")).supporters]
        assert any("HH-0001" in h.text for h in f.heard("person:u_5"))


async def test_not_accepting_needs_a_second_person(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.tell(HOST, "不予受理 HH-0001 属于法院在审的案子")
        await f.tell(HOST, "不予受理 HH-0001 属于法院在审的案子")
        assert (await f.case("HH-0001")).open
        assert STREET is not None
        await f.tell(STREET, "不予受理 HH-0001 已核，法院在审")
        assert (await f.case("HH-0001")).state == "not_accepted"


async def test_a_member_with_several_cases_chooses_by_number(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        member = member_of("禾花花园3栋")
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.say("hehua", "u_2", "3栋一楼的垃圾三天没人收 苍蝇乱飞", "3栋-丙")
        f.heard()
        await f.tell(member, "接单")
        listed = f.heard(f"person:{member}")[0]
        assert listed.card == "which" and "HH-0001" in listed.text and "HH-0002" in listed.text
        await f.tell(member, "2")
        states = {(await f.case(n)).state.value for n in ("HH-0001", "HH-0002")}
        assert states == {"assigned", "handling"}


async def test_my_list_is_what_the_store_holds_and_closed_ones_vanish(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        member = member_of("禾花花园3栋")
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.say("hehua", "u_2", "3栋一楼的垃圾三天没人收 苍蝇乱飞", "3栋-丙")
        await f.tell("u_2", "撤回 HH-0002")
        f.heard()
        await f.tell(member, "我的清单")
        text = f.heard(f"person:{member}")[0].text
        assert "HH-0001" in text and "HH-0002" not in text


async def test_a_private_matter_leaves_the_group_at_once(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        said = await f.say("xj-park", "u_9", "A厂房这边工资拖了两个月了 老板电话也不接 怎么办", "A厂房-丁")
        assert said.intent == "labor_dispute"
        heard = f.heard()
        assert not [h for h in heard if h.to == "chat:xj-park"]
        assert [h.card for h in heard if h.to == "person:u_9"] == ["opened_wage"]


async def test_why_is_it_mine_is_answered_in_one_sentence(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        member = member_of("禾花花园3栋")
        f.heard()
        await f.tell(member, "为何派给我 HH-0001")
        assert "禾花花园3栋" in f.heard(f"person:{member}")[0].text


async def test_help_and_menu_fit_one_screen(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "@小客厅 帮助", "3栋-甲婆婆")
        await f.tell("u_1", "菜单")
        for line in f.heard():
            assert len(line.text.splitlines()) <= 8 and len(line.text) <= 200


async def test_a_transfer_goes_to_the_named_person_and_the_reporter_is_told_who_has_it_now(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        other = sample().people[member_of("禾花花园5栋")]
        f.heard()
        await f.tell(member_of("禾花花园3栋"), f"转派 HH-0001 {other.name} 他在车棚旁边")
        assert (await f.case("HH-0001")).attendant == other.id
        heard = f.heard()
        assert any(h.to == f"person:{other.id}" and h.card == "assigned" for h in heard)
        assert any(h.to == "person:u_1" and other.name in h.text for h in heard)


def shy() -> Settings:
    """The sample, asking the host about everything it would otherwise open."""
    return replace(sample(), thresholds=Thresholds(open=100.0, ask=40.0, margin=6.0))


async def test_a_doubtful_line_is_put_before_the_host_and_never_before_the_group(tmp_path: Path) -> None:
    async with front(tmp_path, settings=shy()) as f:
        assert (await f.say("hehua", "u_3", BLOCKED, "3栋-戊")).decision == "ask"
        heard = f.heard()
        assert [(h.to, h.card) for h in heard] == [(f"person:{HOST}", "ask_host")]
        assert ("open", "立案") in heard[0].buttons
        await f.tell(HOST, "立案")
        opened = [h for h in f.heard() if h.card == "doubt_opened"]
        case = await f.case(opened[0].case or "")
        assert case.reporter == "u_3" and case.building == "禾花花园3栋"


async def test_the_host_says_it_is_no_appeal_and_nothing_opens(tmp_path: Path) -> None:
    async with front(tmp_path, settings=shy()) as f:
        await f.say("hehua", "u_3", BLOCKED, "3栋-戊")
        await f.tell(HOST, "不是诉求")
        assert [h.card for h in f.heard()] == ["ask_host", "doubt_dismissed"]
        assert not list(await f.rig.store.reader.open_cases("hehua"))


async def test_the_host_corrects_the_kind_of_matter(tmp_path: Path) -> None:
    async with front(tmp_path, settings=shy()) as f:
        await f.say("hehua", "u_3", BLOCKED, "3栋-戊")
        await f.tell(HOST, "应为 安全隐患")
        assert (await f.case("HH-0001")).intent == "safety_hazard"


async def test_forgetting_a_person_leaves_no_word_of_his_in_the_store_and_keeps_the_count(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_secret", BLOCKED + "，我是楼上轮椅的", "3栋-暗号婆婆")
        await f.tell("u_secret", "删除我的信息")
        assert [h.card for h in f.heard("person:u_secret")][-1] == "forgotten"
        case = await f.case("HH-0001")
        assert case.open and case.reporter == "" and "轮椅" not in case.gist
        client = f.rig.store.client
        await client.delete(*[key async for key in client.scan_iter("*talk*")])  # expires by itself in minutes
        found = []
        async for key in client.scan_iter("*"):
            dumped = await client.dump(key)
            kind = await client.type(key)
            if kind in (b"list", "list"):
                dumped = b"".join(await client.lrange(key, 0, -1))
            if b"u_secret" in (dumped or b"") and b":seen:" not in key and b"feed" not in key:
                found.append(key)
        assert not found
