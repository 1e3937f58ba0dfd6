"""Up the ladder and back, past it in one hop, to a station, through a holiday: cases on their way, by the front door."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.settings import Settings
from bot.handlers import record
from bot.messages import Refused
from tests.front import Front, front, sample
from tests.stories.test_one_appeal import member_of

AREAS = {a.kind: a for a in sample().areas.values()}
STREET, DISTRICT = AREAS["street"].desk or "", AREAS["district"].desk or ""
WAGES = "A厂房这边工资拖了两个月了 老板电话也不接 怎么办"
BLOCKED = "3栋楼道里电动车堵得门都打不开，没人管吗"


async def climbing(f: Front) -> str:
    """A wage case: two are silent, the next has no power over it, the host sends it up, the street sends it back."""
    said = await f.say("xj-park", "u_9", WAGES, "A厂房-丁")
    number = said.case or ""
    while (await f.case(number)).rung.value != "liaison":
        await f.forward(minutes=30)
    liaison = (await f.case(number)).attendant
    await f.press(liaison, "accept", number)
    await f.press(liaison, "escalate", number, "要劳动监察出面，社区说了厂里不认")
    host = (await f.case(number)).attendant
    await f.until(datetime.fromisoformat("2026-11-03T09:20:00+08:00"))
    await f.press(host, "escalate", number, "工厂老板不露面，请街道牵头")
    await f.forward(minutes=30)
    await f.press(STREET, "accept", number)
    await f.press(STREET, "note", number, "和人社窗口约了老板，明天上午三方见面")
    await f.until(datetime.fromisoformat("2026-11-04T11:40:00+08:00"))
    await f.press(STREET, "note", number, "三方见了面，厂里认了账，在写还款承诺")
    await f.until(datetime.fromisoformat("2026-11-05T11:30:00+08:00"))
    member = member_of("香江工业园A厂房")
    await f.tell(STREET, f"转派 {number} {sample().people[member].name} 已签还款承诺，请盯着周五发放")
    await f.press(member, "accept", number)
    await f.until(datetime.fromisoformat("2026-11-06T16:40:00+08:00"))
    await f.press(member, "resolve", number, "拖欠的两个月工资周五已到账，厂里保证按月发")
    await f.tell("u_9", "满意")
    return number


async def test_C15_a_wage_case_climbs_to_the_street_and_back_and_its_age_goes_on(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        began = f.now
        number = await climbing(f)
        case = await f.case(number)
        assert case.state == "closed" and case.grade == "good" and case.opened_at == began and case.level == "B"
        assert case.attendant == member_of("香江工业园A厂房") and case.organisation
        events = await f.events(number)
        assert events.count("Escalated") >= 3 and "Transferred" in events and events[-1] == "Rated"
        rows = await f.rig.store.reader.journal(number)
        told = record.lines(case, rows, sample())
        assert all("停留" in line for line in told if "到点自动 上报" in line)
        assert not [h for h in f.phone.got if h.to == "chat:xj-park"], "a wage matter is nobody's business in the group"
        assert all("u_9" not in line for line in told)


async def test_a_holiday_week_stops_the_clocks_and_not_the_answers(tmp_path: Path) -> None:
    async with front(tmp_path, "2026-09-30T17:30:00+08:00") as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        f.heard()
        due = (await f.case("HH-0001")).due
        await f.until(datetime.fromisoformat("2026-10-07T12:00:00+08:00"))
        assert not [h for h in f.heard() if h.card.startswith("remind")] and (await f.case("HH-0001")).rung == "attendant"
        await f.say("hehua", "u_1", "进度", "3栋-甲婆婆")
        assert [h.card for h in f.heard()] == ["progress"], "whoever asks is answered, on a holiday too"
        assert due == datetime.fromisoformat("2026-10-08T10:30:00+08:00")
        await f.until(datetime.fromisoformat("2026-10-08T10:40:00+08:00"))
        assert [h.card for h in f.heard(f"person:{member_of('禾花花园3栋')}")] == ["remind"]
        assert [h for h in await f.events("HH-0001") if h == "Escalated"] == []


async def test_C20_what_is_the_districts_goes_there_in_one_hop_and_the_community_is_informed(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        said = await f.say("hehua", "u_3", "门口那路公交半小时都等不来一班 上班天天迟到 能不能加密一点", "5栋-乙叔")
        assert said.intent == "transport"
        case = await f.case(said.case or "")
        assert (case.attendant, case.level, case.rung) == (DISTRICT, "A", "district")
        assert await f.events(case.id) == ["Reported", "Assigned"]
        host = f"person:{sample().lounges['hehua'].host}"
        heard = f.heard()
        assert [(h.card, h.buttons) for h in heard if h.to == host] == [("informed", ())], "informed, and not asked"
        assert [h.card for h in heard if h.to == f"person:{DISTRICT}"] == ["assigned"]


def without(intent: str) -> Settings:
    """The sample world whose table of powers does not know a category."""
    shipped = sample()
    return replace(shipped, levels=replace(shipped.levels, table={
        name: row for name, row in shipped.levels.table.items() if name != intent}))


async def test_C19_what_the_table_does_not_know_waits_with_the_host_who_is_asked(tmp_path: Path) -> None:
    async with front(tmp_path, settings=without("ebike_parking")) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        case, host = await f.case("HH-0001"), sample().lounges["hehua"].host
        assert (case.state, case.level, case.attendant) == ("reported", "", host)
        assert [h.card for h in f.heard(f"person:{host}")] == ["triage"]
        await f.tell(host, f"转派 HH-0001 {sample().people[member_of('禾花花园3栋')].name}")
        case = await f.case("HH-0001")
        assert (case.state, case.level, case.attendant) == ("assigned", "C", member_of("禾花花园3栋"))


async def test_C19_a_host_who_does_not_say_is_asked_once_and_then_the_street_is(tmp_path: Path) -> None:
    async with front(tmp_path, settings=without("ebike_parking")) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.forward(hours=6)
        case = await f.case("HH-0001")
        assert case.attendant == STREET and case.level == "B"
        assert [h.card for h in f.heard(f"person:{sample().lounges['hehua'].host}")].count("remind_dispatch") == 1


async def test_A24_one_reporter_and_three_supporters_hear_the_result_once_and_the_group_one_line(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        for number, who in enumerate(("u_2", "u_3", "u_4"), 1):
            await f.say("hehua", who, "我家门口也是，轮椅根本过不去", f"3栋-{number}号", reply_to="m1")
        assert len((await f.case("HH-0001")).supporters) == 3
        f.heard()
        await f.press(member_of("禾花花园3栋"), "resolve", "HH-0001", "物业把车都挪走了，画了线")
        told = [h.to for h in f.heard()]
        for to in ("person:u_1", "person:u_2", "person:u_3", "person:u_4", "chat:hehua"):
            assert told.count(to) == 1
        assert (await f.events("HH-0001")).count("Delivered") == 4
        await f.tell("u_1", "满意")
        assert (await f.case("HH-0001")).state == "closed"


async def test_A25_a_result_that_does_not_arrive_keeps_the_case_from_closing(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.say("hehua", "u_2", "我家门口也是，轮椅根本过不去", "3栋-乙叔", reply_to="m1")
        member = member_of("禾花花园3栋")

        async def refuse(line: object, now: datetime, ask: object = f.phone.deliver) -> object:
            gone = getattr(line, "to", "") == "person:u_2"
            return Refused(why="blocked") if gone else await ask(line, now)  # type: ignore[operator]

        f.phone.deliver = refuse  # type: ignore[method-assign,assignment]
        await f.press(member, "resolve", "HH-0001", "物业把车都挪走了，画了线")
        await f.tell("u_1", "满意")
        assert (await f.case("HH-0001")).state == "resolved", "a supporter has not heard it"
        await f.forward(days=12)
        case = await f.case("HH-0001")
        assert case.state == "resolved" and case.due is not None
        assert [h.card for h in f.heard(f"person:{member}")].count("remind_deliver") == 1
        await f.tell(member, "跟进 HH-0001 已告知")
        assert (await f.case("HH-0001")).state == "closed"


async def test_D17_a_high_risk_goes_to_the_street_with_its_record_and_leaves_the_group(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "5栋楼下配电箱门掉了 电线露在外面 小孩天天在那玩", "5栋-甲婆婆")
        member, host = member_of("禾花花园5栋"), sample().lounges["hehua"].host
        await f.press(member, "accept", "HH-0001")
        f.heard()
        await f.tell(host, "风险 HH-0001 高")
        assert [h.card for h in f.heard(f"person:{host}")] == ["refuse_high"] and not (await f.case("HH-0001")).tier
        await f.tell(host, f"风险 HH-0001 高 {sample().people[member].name} 11月6日 先断电再修")
        case = await f.case("HH-0001")
        assert (case.tier, case.attendant, case.risk_owner, case.private) == ("high", STREET, member, True)
        record_card = next(h for h in f.heard(f"person:{STREET}") if h.card == "risk_handed")
        assert "上报诉求" in record_card.text and "接单" in record_card.text and "11月6日" in record_card.text
        await f.press(STREET, "accept", "HH-0001")
        await f.press(STREET, "resolve", "HH-0001", "供电所换了箱门，加了锁")
        assert not [h for h in f.heard() if h.to == "chat:hehua"]


async def test_E27_a_rider_is_asked_once_where_and_then_his_stations_roster_has_it(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_7", "我是骑手，楼下充电柜天天跳闸 电都充不上 没人修", "风一样")
        case, host = await f.case("HH-0001"), sample().lounges["hehua"].host
        assert case.building is None and case.attendant == host
        assert [h.card for h in f.heard("chat:hehua")] == ["opened_station"]
        await f.say("hehua", "u_7", "就骑手驿站那个", "风一样")
        case = await f.case("HH-0001")
        assert case.station == "rest-hehua" and case.attendant == sample().levels.stations["rest-hehua"].duty[1][0]


async def test_C05_a_suggestion_is_answered_by_a_person_within_the_month_and_nobody_is_hurried(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        said = await f.say("hehua", "u_1", "我来献一策 把3栋楼下的宣传栏挪到电梯厅 等电梯时都能看", "3栋-甲婆婆")
        assert said.intent == "suggestion"
        member = f"person:{member_of('禾花花园3栋')}"
        f.heard()
        await f.until(datetime.fromisoformat("2026-11-18T12:00:00+08:00"))
        assert f.heard(member) == [], "nobody is hurried while there is time"
        await f.until(datetime.fromisoformat("2026-11-21T12:00:00+08:00"))
        assert [h.card for h in f.heard(member)] == ["remind_reply"]
        await f.tell(member.removeprefix("person:"), "办结 HH-0001 采纳了，下周物业来挪")
        await f.tell("u_1", "满意")
        assert (await f.case("HH-0001")).state == "closed" and "Escalated" not in await f.events("HH-0001")


async def test_C02_a_case_of_somebody_who_left_the_installation_falls_to_the_host(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        member = member_of("禾花花园3栋")
        f.rig.settings = replace(f.rig.settings, people={k: p for k, p in sample().people.items() if k != member})
        await f.say("hehua", "u_1", "今天又堵上了 3栋楼道里电动车", "3栋-甲婆婆")
        case = await f.case("HH-0001")
        assert case.attendant == sample().lounges["hehua"].host and case.open


async def test_one_decline_and_then_the_host_decides(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        began = (await f.case("HH-0001")).opened_at
        await f.press(member_of("禾花花园3栋"), "decline", "HH-0001", "这一栋不归我了")
        second = (await f.case("HH-0001")).attendant
        await f.press(second, "decline", "HH-0001", "我只管5栋")
        case, host = await f.case("HH-0001"), sample().lounges["hehua"].host
        assert case.attendant == host and case.opened_at == began
        await f.press(host, "decline", "HH-0001", "我也不管")
        assert (await f.case("HH-0001")).attendant == host
        assert [h.card for h in f.heard(f"person:{host}")][-1] == "refuse_decides"


async def test_what_waits_for_the_reporter_is_not_counted_against_the_handler(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        member = member_of("禾花花园3栋")
        await f.press(member, "accept", "HH-0001")
        limit = (await f.case("HH-0001")).handle_by
        await f.press(member, "ask", "HH-0001", "是东边楼道还是西边楼道？")
        await f.forward(hours=5)
        await f.tell("u_1", "东边楼道")
        case = await f.case("HH-0001")
        assert case.state == "handling" and limit is not None and case.handle_by is not None
        assert case.handle_by - limit >= timedelta(hours=3) and case.paused == 180
