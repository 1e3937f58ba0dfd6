"""Who gets it: leaves, hand-overs, shifts, helpers and namesakes, by the front door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

from bot.domain.posts import Post, Shift
from bot.domain.settings import Person, Settings, Shop
from bot.handlers import record
from bot.shards import SHARDS
from tests.front import Front, front, sample
from tests.stories.test_one_appeal import member_of

BLOCKED = "3栋楼道里电动车堵得门都打不开，没人管吗"
BIN = "3栋楼下垃圾桶三天没人收 臭得开不了窗"
LAMP = "1栋楼道灯坏了一个礼拜 晚上黑麻麻"
OLD, NEW = "p-chunfen", "p-guyu"
HOST = sample().lounges["hehua"].host


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+08:00")


def with_people(changes: Mapping[str, Mapping[str, object]], settings: Settings | None = None) -> Settings:
    """The sample world with some people changed."""
    base = settings or sample()
    people = {k: replace(p, **changes[k]) if k in changes else p for k, p in base.people.items()}  # type: ignore[arg-type]
    return replace(base, people=people)


async def held(f: Front, who: str) -> list[str]:
    """我的清单 of somebody: the numbers in it, in its order."""
    f.heard()
    await f.tell(who, "我的清单")
    (line,) = f.heard(f"person:{who}")
    return [word for row in line.text.splitlines() for word in row.split() if word.startswith("HH-")]


# ---- hand-over


async def test_D11_a_member_who_hands_over_on_monday_keeps_todays_case(tmp_path: Path) -> None:
    async with front(tmp_path, "2026-11-06T10:00:00+08:00") as f:  # a Friday
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        f.heard()
        await f.tell(OLD, "交接 谷雨 周一")
        heard = {h.to: h for h in f.heard()}
        assert heard[f"person:{OLD}"].card == "handover_later" and "11月9日" in heard[f"person:{OLD}"].text
        assert heard[f"person:{HOST}"].card == "handover_host" and heard[f"person:{NEW}"].card == "handover_coming"
        await f.say("hehua", "u_2", BIN, "3栋-乙叔")
        assert (await f.case("HH-0002")).attendant == OLD, "it is still Friday"
        for number in ("HH-0001", "HH-0002"):
            await f.press(OLD, "accept", number)
        await f.until(at("2026-11-09T09:30:00"))
        offered = [h for h in f.heard(f"person:{NEW}") if h.card == "handover_list"]
        assert len(offered) == 1 and "HH-0001" in offered[0].text and "HH-0002" in offered[0].text
        assert [(await f.case(n)).attendant for n in ("HH-0001", "HH-0002")] == [OLD, OLD], "nobody's it is never"
        await f.say("hehua", "u_3", LAMP, "1栋-丙姨")
        assert (await f.case("HH-0003")).attendant == NEW, "since Monday it is the other's"


async def test_D11_the_mapping_is_read_at_the_messages_own_time(tmp_path: Path) -> None:
    async with front(tmp_path, "2026-11-06T10:00:00+08:00") as f:
        await f.tell(OLD, "交接 谷雨 11月9日")
        await f.until(at("2026-11-09T00:00:05"))
        await f.post({"lounge": "hehua", "id": "late", "at": "2026-11-08T23:59:59+08:00", "sender": "u_1", "name": "3栋-甲婆婆",
                      "text": BLOCKED})
        await f.post({"lounge": "hehua", "id": "new", "at": "2026-11-09T00:00:00+08:00", "sender": "u_2", "name": "1栋-丙姨",
                      "text": LAMP})
        assert [(await f.case(n)).attendant for n in ("HH-0001", "HH-0002")] == [OLD, NEW]


async def handed(f: Front) -> None:
    """Three open cases of one member, two by the same resident, offered to another."""
    await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
    await f.say("hehua", "u_1", "1栋电梯坏了没人修 天天爬楼", "3栋-甲婆婆")
    await f.say("hehua", "u_2", "2栋门口路灯坏了一个礼拜 晚上黑麻麻", "2栋-乙叔")
    await f.press(OLD, "accept", "HH-0001")
    f.heard()
    await f.tell(OLD, "交接 谷雨")


async def test_D11_taken_one_by_one_it_is_never_ownerless_and_the_old_member_loses_sight_at_that_minute(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await handed(f)
        lists = [h for h in f.heard(f"person:{NEW}") if h.card == "handover_list"]
        assert len(lists) == 1 and ("takeall", "全部接手") in lists[0].buttons
        assert [verb for verb, _ in lists[0].buttons[1:]] == ["take:c", "take:b", "take:d"] or len(lists[0].buttons) == 4
        assert [(await f.case(f"HH-000{n}")).attendant for n in (1, 2, 3)] == [OLD] * 3
        await f.press(OLD, "note", "HH-0001", "还没交出去，我先盯着")
        assert (await f.case("HH-0001")).attendant == OLD
        f.heard()
        await f.tell(NEW, "接手 HH-0001")
        case = await f.case("HH-0001")
        assert (case.attendant, case.state, case.offered, case.asked) == (NEW, "handling", "", ())
        cards = [(h.to, h.card) for h in f.heard()]
        assert sorted(cards) == sorted([(f"person:{NEW}", "taken_ok"), ("person:u_1", "moved"), (f"person:{OLD}", "handed_away")])
        assert "HH-0001" not in await held(f, OLD) and await held(f, NEW) == ["HH-0001"]
        for verb, words in (("note", "我去看过了"), ("resolve", "已经都挪走了"), ("accept", ""), ("transfer", "立夏")):
            f.heard()
            await f.press(OLD, verb, "HH-0001", words)
            assert [h.card for h in f.heard(f"person:{OLD}")] == ["refuse_part"], verb
        assert (await f.case("HH-0001")).attendant == NEW
        assert [(await f.case(f"HH-000{n}")).attendant for n in (2, 3)] == [OLD, OLD], "what was not taken is still his"


async def test_D11_taken_all_at_once_each_resident_hears_of_it_once(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await handed(f)
        f.heard()
        await f.tell(NEW, "全部接手")
        heard = f.heard()
        assert [h.card for h in heard if h.to == "person:u_1"] == ["moved_all"]
        assert [h.card for h in heard if h.to == "person:u_2"] == ["moved"]
        assert [h.card for h in heard if h.to == f"person:{OLD}"] == ["handed_away"]
        assert [h.card for h in heard if h.to == f"person:{NEW}"] == ["taken_ok"]
        assert {(await f.case(f"HH-000{n}")).attendant for n in (1, 2, 3)} == {NEW} and await held(f, OLD) == []
        assert len(await held(f, NEW)) == 3
        for n in (1, 2, 3):
            told = record.lines(await f.case(f"HH-000{n}"), await f.rig.store.reader.journal(f"HH-000{n}"), sample())
            assert [line for line in told if "谷雨 移交" in line]
        await f.tell(NEW, "全部接手")
        assert [h.card for h in f.heard(f"person:{NEW}")] == ["take_none"]


async def test_D11_the_buttons_of_the_list_take_one_or_all(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await handed(f)
        (card,) = [h for h in f.heard(f"person:{NEW}") if h.card == "handover_list"]
        verb, label = card.buttons[-1]
        await f.press(NEW, "take", card.case or "", grade=verb.partition(":")[2])
        taken = [n for n in ("HH-0001", "HH-0002", "HH-0003") if (await f.case(n)).attendant == NEW]
        assert len(taken) == 1 and str(int(taken[0][-4:])) in label
        await f.press(NEW, "takeall", card.case or "")
        assert {(await f.case(f"HH-000{n}")).attendant for n in (1, 2, 3)} == {NEW}


async def test_D11_nobody_else_takes_what_was_offered_to_another(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await handed(f)
        f.heard()
        await f.tell("p-lixia", "接手 HH-0001")
        (no,) = f.heard("person:p-lixia")
        assert no.card == "refuse_take" and "春分" in no.text and (await f.case("HH-0001")).attendant == OLD


async def test_a_host_hands_over_for_a_member_who_has_gone(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.tell(HOST, "交接 春分 谷雨")
        await f.tell(NEW, "接单 HH-0001")
        case = await f.case("HH-0001")
        assert (case.attendant, case.state) == (NEW, "handling")


async def test_a_hand_over_may_be_called_off_while_it_is_not_taken(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await handed(f)
        await f.tell(NEW, "接手 HH-0001")
        f.heard()
        await f.tell(OLD, "交接取消")
        heard = f.heard()
        assert [h.card for h in heard if h.to == f"person:{OLD}"] == ["handover_off"]
        assert [h.card for h in heard if h.to == f"person:{NEW}"] == ["handover_undone"], "who had the list in hand is told"
        await f.tell(NEW, "全部接手")
        assert [h.card for h in f.heard(f"person:{NEW}")] == ["take_none"]
        assert [(await f.case(f"HH-000{n}")).attendant for n in (1, 2, 3)] == [NEW, OLD, OLD]


async def test_a_hand_over_for_a_day_nobody_can_read_is_asked_again_and_moves_nothing(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        for words in ("交接 谷雨 去年", "交接 谷雨 以后再说"):
            await f.tell(OLD, words)
            assert {h.card for h in f.heard()} == {"handover_whom"}
        await f.tell(OLD, "交接给谷雨吧")
        assert "handed_none" in [h.card for h in f.heard(f"person:{OLD}")]


async def test_to_a_member_of_another_lounge_a_case_is_not_there_whatever_he_asks(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        f.heard()
        for words in ("进度 HH-0001", "为何派给我 HH-0001", "办结 HH-0001 好了"):
            await f.tell("p-yushui", words)
            assert [h.card for h in f.heard()] == ["case_gone"]


# ---- leave


async def test_who_is_to_stand_in_and_is_not_known_is_asked_for(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.tell(OLD, "请假 明天 由丁丑代")
        assert [h.card for h in f.heard()] == ["need_person"]


async def test_a_leave_sends_what_is_new_to_who_was_named_until_its_last_day(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.tell(OLD, "请假 11月3日 到 11月5日 由 立夏 代")
        heard = {h.to: h for h in f.heard()}
        assert heard[f"person:{OLD}"].text == "记下了，您11月3日到11月5日请假，这几天新来的事先由立夏接。提前回来的话，回“销假”。"
        assert heard["person:p-lixia"].card == "leave_sub" and heard[f"person:{HOST}"].card == "leave_host"
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        assert (await f.case("HH-0001")).attendant == OLD, "the leave begins tomorrow"
        await f.until(at("2026-11-03T09:30:00"))
        await f.say("hehua", "u_2", LAMP, "1栋-丙姨")
        case = await f.case("HH-0002")
        assert case.attendant == "p-lixia" and case.why_attendant == "禾花花园1栋由春分负责，春分请假，由替班的立夏接手"
        await f.until(at("2026-11-06T09:30:00"))
        await f.say("hehua", "u_3", "2栋门口路灯坏了一个礼拜 晚上黑麻麻", "2栋-乙叔")
        assert (await f.case("HH-0003")).attendant == OLD, "the last day is over"


async def test_a_leave_may_be_cut_short_and_a_host_may_say_it_for_another(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.tell(HOST, "请假 春分 今天到周五 由谷雨代")
        assert [h.card for h in f.heard(f"person:{HOST}")] == ["leave_noted"]
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        assert (await f.case("HH-0001")).attendant == NEW
        await f.forward(hours=1)
        await f.tell(OLD, "销假")
        await f.say("hehua", "u_2", LAMP, "1栋-丙姨")
        assert (await f.case("HH-0002")).attendant == OLD


async def test_two_who_stand_in_for_each_other_on_the_same_days_leave_it_to_the_liaison(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.tell(OLD, "请假 今天到周五 由谷雨代")
        await f.tell(NEW, "请假 今天到周五 由春分代")
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        case = await f.case("HH-0001")
        assert (case.attendant, case.rung) == ("p-hanlu", "liaison")
        assert case.why_attendant == "禾花花园3栋由春分负责，春分请假，替班的谷雨也请假，由第一网格的网格联络人寒露接手"


async def test_nobody_takes_leave_for_somebody_else_but_a_host(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.post({"press": "leave", "id": "x", "lounge": "hehua", "case": "HH-0001", "sender": "p-lixia",
                      "args": {"person": OLD, "start": "2026-11-01T00:00:00+08:00", "until": "2026-12-01T00:00:00+08:00"}})
        for n, args in enumerate(({}, {"start": "x", "until": "y"}, {"start": "2026-11-01", "until": "2026-12-01"})):
            await f.post({"press": "leave", "id": f"y{n}", "lounge": "hehua", "message": "m", "sender": OLD, "args": args})
        assert "staff" not in await f.rig.store.reader.overlay("hehua"), "what cannot be read is not kept"
        await f.tell("u_9", "请假 今天到周五 由谷雨代")
        assert [h.card for h in f.heard("person:u_9")] == ["staff_only"]
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        assert (await f.case("HH-0001")).attendant == OLD


# ---- duty


def shifts() -> Settings:
    """The sample world with a morning and an afternoon shift in one lounge."""
    base = sample()
    day = (Shift(start=time(8), end=time(12), people=(OLD,)), Shift(start=time(12), end=time(20), people=(NEW,)))
    lounge = replace(base.lounges["hehua"], shifts=dict.fromkeys(range(1, 8), day))
    return replace(base, lounges={**base.lounges, "hehua": lounge})


NOWHERE = "楼道里电动车堵得门都打不开，没人管吗"


async def test_D19_at_twelve_sharp_the_new_shift_is_on_and_has_what_lies_untouched_once(tmp_path: Path) -> None:
    from bot.reloading import tell

    async with front(tmp_path, "2026-11-02T11:00:00+08:00", settings=shifts()) as f:
        for _ in range(2):  # however often a process takes the lounge
            await tell(f.rig, range(SHARDS))
            await f.rig.settle(f.now)
        await f.say("hehua", "u_1", NOWHERE, "开心就好")
        await f.say("hehua", "u_2", "快递柜坏了 东西拿不出来 谁来修修", "云淡风轻")
        await f.press(OLD, "accept", "HH-0002")
        await f.until(at("2026-11-02T11:59:59"))
        assert (await f.case("HH-0001")).attendant == OLD
        f.heard()
        await f.until(at("2026-11-02T12:00:00"))
        assert (await f.case("HH-0001")).attendant == NEW and (await f.case("HH-0002")).attendant == OLD
        assert [(h.card, h.at) for h in f.heard(f"person:{NEW}")] == [("shift_list", at("2026-11-02T12:00:00"))]
        await f.say("hehua", "u_3", "电动车堵在大门口 出不去", "随风")
        assert (await f.case("HH-0003")).attendant == NEW
        await f.until(at("2026-11-02T13:00:00"))
        assert not [h for h in f.heard(f"person:{NEW}") if h.card == "shift_list"]
        assert await held(f, OLD) == ["HH-0002"]
        assert (await f.case("HH-0001")).why_attendant.endswith("春分下班时还没人接，换由值班的谷雨接手")


async def test_D19_a_line_of_the_last_second_belongs_to_the_shift_of_that_second(tmp_path: Path) -> None:
    async with front(tmp_path, "2026-11-02T12:00:03+08:00", settings=shifts()) as f:
        await f.post({"lounge": "hehua", "id": "a", "at": "2026-11-02T11:59:59+08:00", "sender": "u_1", "name": "开心就好",
                      "text": NOWHERE})
        await f.post({"lounge": "hehua", "id": "b", "at": "2026-11-02T12:00:00+08:00", "sender": "u_2", "name": "云淡风轻",
                      "text": "快递柜坏了 东西拿不出来 谁来修修"})
        assert [(await f.case(n)).attendant for n in ("HH-0001", "HH-0002")] == [OLD, NEW]


# ---- owner and helper, load, several organisations


def helped() -> Settings:
    return with_people({"p-lixia": {"posts": (Post(building="禾花花园3栋", helper=True),)}})


async def test_A02_owner_and_helper_get_the_card_once_and_only_the_owner_is_reminded(tmp_path: Path) -> None:
    async with front(tmp_path, settings=helped()) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        heard = [(h.to, h.card) for h in f.heard()]
        assert heard.count((f"person:{OLD}", "assigned")) == 1 and heard.count(("person:p-lixia", "assist")) == 1
        await f.say("hehua", "p-lixia", "我先去看看", reply_to="m1")
        assert (await f.case("HH-0001")).state == "assigned", "a helper's word does not stop the owner's clock"
        await f.forward(minutes=125)
        late = f.heard()
        assert [h.card for h in late if h.to == f"person:{OLD}"] == ["remind"] and not [h for h in late if h.to == "person:p-lixia"]


async def test_A02_a_helper_is_asked_for_by_name_and_owns_nothing(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        f.heard()
        await f.tell(OLD, "协办 HH-0001 立夏")
        assert {(h.to, h.card) for h in f.heard()} == {(f"person:{OLD}", "assist_ok"), ("person:p-lixia", "assist")}
        await f.tell("p-lixia", "办结 HH-0001 车都挪走了")
        assert [h.card for h in f.heard("person:p-lixia")] == ["refuse_may"]
        await f.tell("p-lixia", "跟进 HH-0001 已经挪走两辆")
        assert "Noted" in await f.events("HH-0001")


async def test_whoever_has_enough_on_his_hands_is_passed_over_unless_lives_are_at_stake(tmp_path: Path) -> None:
    async with front(tmp_path, settings=with_people({OLD: {"most": 1}})) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.say("hehua", "u_2", LAMP, "1栋-丙姨")
        first, second = await f.case("HH-0001"), await f.case("HH-0002")
        assert (first.attendant, second.attendant) == (OLD, NEW) and "手上已经满了" in second.why_attendant
        await f.say("hehua", "u_3", "2栋楼下有人晕倒了 快来人", "2栋-乙叔")
        assert (await f.case("HH-0003")).attendant == OLD


def twofold() -> Settings:
    """One person in two organisations, acting for the second at one building."""
    return with_people({
        OLD: {"also": ("红色物业联合体",), "buildings": ("禾花花园1栋", "禾花花园2栋"),
              "posts": (Post(building="禾花花园3栋", organisation="红色物业联合体"),)}})


async def test_B06_a_person_in_two_organisations_sees_both_queues_and_nobody_else_sees_more(tmp_path: Path) -> None:
    async with front(tmp_path, settings=twofold()) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.say("hehua", "u_2", LAMP, "1栋-丙姨")
        assert [(await f.case(n)).organisation for n in ("HH-0001", "HH-0002")] == ["红色物业联合体", "禾花花园党支部"]
        f.heard()
        await f.tell(OLD, "我的清单")
        (both,) = f.heard(f"person:{OLD}")
        assert "（红色物业联合体）" in both.text and "（禾花花园党支部）" in both.text and both.text.count("HH-") == 2
        await f.tell(OLD, "我的清单 红色物业")
        (one,) = f.heard(f"person:{OLD}")
        assert "HH-0001" in one.text and "HH-0002" not in one.text
        assert await held(f, NEW) == [] and await held(f, "p-jiamu") == []
        assert len(await f.rig.store.reader.open_cases("hehua")) == 2, "each is counted once"


# ---- lists and reasons


async def test_D12_my_list_is_by_due_time_equal_to_the_store_and_what_is_closed_vanishes(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.forward(minutes=20)
        await f.say("hehua", "u_2", LAMP, "1栋-丙姨")
        await f.press(OLD, "accept", "HH-0001")
        mine = [c for c in await f.rig.store.reader.open_cases("hehua") if c.attendant == OLD]
        by_due = [c.id for c in sorted(mine, key=lambda c: c.due or c.opened_at)]
        assert by_due == ["HH-0002", "HH-0001"] == await held(f, OLD)
        await f.tell("u_2", "撤回 HH-0002")
        assert await held(f, OLD) == ["HH-0001"]
        await f.press(OLD, "resolve", "HH-0001", "物业把车都挪走了，画了线")
        assert await held(f, OLD) == ["HH-0001"], "until the reporter has said so it is his"
        await f.forward(days=10)
        assert (await f.case("HH-0001")).state == "closed" and await held(f, OLD) == [], "the clock closed it, unsaid"


async def test_why_me_answers_with_the_chain_in_one_sentence(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.tell(OLD, "请假 今天到周五 由谷雨代")
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        f.heard()
        await f.tell(NEW, "为何派给我")
        assert [h.text for h in f.heard()] == ["HH-0001：禾花花园3栋由春分负责，春分请假，由替班的谷雨接手。"]


# ---- shops


def namesakes() -> Settings:
    """The sample world with two shops of one name in two buildings."""
    base = sample()
    more = {n: Shop(id=n, name="糖水铺子", building=b, number=door, trade="餐饮")
            for n, b, door in (("t-1", "广弘中心A座", "A108"), ("t-2", "广弘中心D座", "D220"))}
    return replace(base, shops={**base.shops, **more})


async def test_D05_two_shops_of_one_name_are_asked_about_once_and_never_guessed(tmp_path: Path) -> None:
    async with front(tmp_path, settings=namesakes()) as f:
        said = await f.say("ghong", "u_1", "糖水铺子把桌子都摆到走道上了 推婴儿车过不去", "随风")
        case = await f.case(said.case or "")
        assert case.shop == "" and case.building is None
        asked = [h for h in f.heard() if h.card in ("which_shop", "opened_where")]
        assert [h.to for h in asked] == ["chat:ghong"] and "1. 广弘中心A座A108；2. 广弘中心D座D220" in asked[0].text
        await f.say("ghong", "u_2", "2", "路过的")
        assert (await f.case(case.id)).shop == "", "another's number is only a number"
        await f.say("ghong", "u_1", "2", "随风")
        case = await f.case(case.id)
        assert (case.shop, case.building, case.attendant) == ("t-2", "广弘中心D座", member_of("广弘中心D座"))
        assert [h.card for h in f.heard() if h.card == "which_shop"] == []


async def test_D05_the_answer_may_be_a_button_or_the_shops_own_number(tmp_path: Path) -> None:
    async with front(tmp_path, settings=namesakes()) as f:
        first = await f.say("ghong", "u_1", "糖水铺子把桌子都摆到走道上了 推婴儿车过不去", "随风")
        buttons = next(h.buttons for h in f.heard() if h.card == "which_shop")
        assert buttons == (("which:a", "A108"), ("which:b", "D220"))
        await f.press("u_2", "which", first.case or "", grade="a")
        assert (await f.case(first.case or "")).shop == "", "only who was asked may say"
        await f.press("u_1", "which", first.case or "", grade="a")
        assert (await f.case(first.case or "")).shop == "t-1"
        second = await f.say("ghong", "u_3", "糖水铺子门口的垃圾堆了三天没人收 臭死了", "云淡风轻")
        await f.say("ghong", "u_3", "D220那家", "云淡风轻")
        assert (await f.case(second.case or "")).shop == "t-2"


async def test_D05_a_name_with_its_number_or_building_is_one_shop(tmp_path: Path) -> None:
    async with front(tmp_path, settings=namesakes()) as f:
        for words in ("A座108糖水铺子把桌子都摆到走道上了 推婴儿车过不去", "糖水铺子（A108）门口的垃圾堆了三天没人收 臭死了"):
            said = await f.say("ghong", "u_1", words, "随风")
            case = await f.case(said.case or "")
            assert (case.shop, case.building) == ("t-1", "广弘中心A座"), words
        assert not [h for h in f.heard() if h.card == "which_shop"]


async def test_who_is_forgotten_is_no_longer_asked_which_shop(tmp_path: Path) -> None:
    async with front(tmp_path, settings=namesakes()) as f:
        await f.say("ghong", "u_1", "糖水铺子把桌子都摆到走道上了 推婴儿车过不去", "随风")
        assert "shop/u_1" in await f.rig.store.reader.overlay("ghong")
        await f.tell("u_1", "删除我的信息")
        assert not [name for name in await f.rig.store.reader.overlay("ghong") if "u_1" in name]


# ---- riders


RIDER = "我是骑手，充电柜又坏了，换不了电跑不了单，有人管吗"


async def test_E27_a_rider_without_a_building_is_asked_once_and_belongs_to_his_station(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        said = await f.say("hehua", "u_r", RIDER, "阿风")
        case = await f.case(said.case or "")
        assert (case.building, case.attendant) == (None, HOST), "nobody's station yet: the host has it"
        asked = f.heard("chat:hehua")
        assert [h.card for h in asked] == ["opened_station"] and "骑手驿站" in asked[0].text and "哪一栋" not in asked[0].text
        await f.say("hehua", "u_r", "就在骑手驿站门口", "阿风")
        case = await f.case(case.id)
        assert (case.station, case.attendant) == ("rest-hehua", "p-bailu")
        assert "骑手驿站" in case.why_attendant
        assert [h.card for h in f.heard("person:p-bailu")] == ["assigned"]
        await f.press("p-bailu", "accept", case.id)
        await f.press("p-bailu", "resolve", case.id, "换电柜的电源修好了，当面试过一块")
        await f.tell("u_r", "满意")
        assert (await f.case(case.id)).state == "closed"


# ---- coordinators and those who enlist


async def test_A01_a_provider_who_links_a_unit_is_refused_with_a_coordinators_name(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        f.heard()
        await f.tell(OLD, "联动 HH-0001 物业")
        (no,) = f.heard(f"person:{OLD}")
        assert no.card == "refuse_may" and "寒露" in no.text and "冬至" in no.text
        assert (await f.case("HH-0001")).partners == ()
        await f.tell("p-hanlu", "联动 HH-0001 物业")
        assert (await f.case("HH-0001")).partners == ("property",)
        rows = await f.rig.store.reader.journal("HH-0001")
        assert [(r.event, r.by) for r in rows][-1] == ("Linked", "p-hanlu")


async def test_B15_who_enlists_twice_has_one_record_and_no_day_is_kept(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.tell("u_5", "报到 第一网格 会修电器 周末有空")
        assert {h.card for h in f.heard()} == {"enlist_ok", "enlisted"}
        await f.forward(days=2)
        await f.tell("u_5", "报到 第一网格 会修电器 周末有空")
        assert [h.card for h in f.heard()] == ["enlist_again"], "nothing new, nobody is told"
        await f.tell("u_5", "报到 第三网格 会修电器 周日下午")
        fields = (await f.rig.store.reader.person("u_5")).fields
        kept = [value for name, value in fields.items() if name.startswith("enlist")]
        assert kept == ['{"grid": "hehua-g3", "can": "会修电器 周日下午"}']
        await f.tell("u_5", "报到")
        assert [h.card for h in f.heard("person:u_5")][-1] == "enlist_where"
        await f.tell("u_5", "删除我的信息")
        assert not [n for n in (await f.rig.store.reader.person("u_5")).fields if n.startswith("enlist")]


def test_the_sample_people_named_here_are_there() -> None:
    people: Mapping[str, Person] = sample().people
    assert people[OLD].name == "春分" and people[NEW].name == "谷雨" and people["p-lixia"].name == "立夏"


async def test_who_has_left_a_case_hears_whose_it_is_and_is_promised_nothing(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.tell(OLD, "交接 谷雨")
        await f.tell(NEW, "全部接手")
        f.heard()
        await f.tell(OLD, "办结 HH-0001 已经搬走了")
        (no,) = f.heard(f"person:{OLD}")
        assert no.card == "refuse_part" and "谷雨" in no.text and "记进去" not in no.text
        await f.tell("p-jingzhe", "办结 HH-0001 已经搬走了")
        assert [h.card for h in f.heard("person:p-jingzhe")] == ["case_gone"], "who works elsewhere learns nothing of it"


async def test_D19_replay_and_demo_wind_the_shifts_without_being_told_of_settings(tmp_path: Path) -> None:
    from bot.domain.posts import Shift
    from bot.handlers import shift

    base = sample()
    lounge = replace(base.lounges["hehua"], shifts={1: (Shift(start=time(8), end=time(12), people=(OLD,)), Shift(start=time(12), end=time(18), people=(NEW,)))})
    settings = replace(base, lounges={**base.lounges, "hehua": lounge})
    assert [one[2].key.split("/")[2] for one in shift.begun(settings, at("2026-11-02T10:00:00"))] == ["hehua"]
    async with front(tmp_path, settings=settings) as f:
        await f.rig.forwarded(shift.begun(settings, f.now))
        await f.rig.settle(f.now)
        due = [d for d in (await f.rig.store.clock.next_due_all()).values() if d is not None]
        assert min(due) == at("2026-11-02T12:00:00")
