"""Quarrels through the front door: from the first angry line to a signed agreement and its after-check, each side apart."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.mediation import Mediation
from tests.front import Front, front, sample

ONE, TWO, NUMBER = "u_xj-home_a108", "u_xj-home_a215", "XJ-0001"
FIRST = "隔壁又把货堆到我店门口，说了三次不听，当我好欺负是吧！！"
GROUP = "chat:xj-home"


async def angry(f: Front, words: str = FIRST) -> str:
    """The first line; returns the member whose building it is."""
    said = await f.say("xj-home", ONE, words, "A108-云朵软床")
    assert said.decision == "open" and said.case == NUMBER
    return (await f.case(NUMBER)).attendant


async def known(f: Front) -> Mediation:
    found = (await f.case(NUMBER)).mediation
    assert found is not None
    return found


def cards(f: Front, who: str) -> list[str]:
    return [h.card for h in f.phone.got if h.to == f"person:{who}"]


async def mediator_of(f: Front) -> str:
    found = (await f.case(NUMBER)).mediator
    assert found is not None
    return found


async def agreed(f: Front) -> tuple[str, str]:
    """A quarrel that has come as far as the wording of an agreement: (member, mediator)."""
    member = await angry(f)
    await f.press(member, "accept", NUMBER)
    await f.tell(member, "对方 A215")
    await f.tell(member, "调解 1")
    mediator = await mediator_of(f)
    for words in ("稳情绪 两边都请到茶桌坐下了", "分别听 诉求人 气的是没人打招呼", "分别听 对方 到了货没处卸", "讲情理 地线画清楚，大家都好做"):
        await f.tell(mediator, f"步骤 {words}")
    await f.tell(mediator, "步骤 协议 货架收回自家线内，卸货赶在八点前，11月10日前把线画好")
    return member, mediator


async def test_D06_two_shops_quarrel_over_goods_at_the_door_and_end_with_an_agreement_that_is_kept(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        member = await angry(f)
        assert [h.card for h in f.heard(f"person:{member}")] == ["dispute_heated"] and cards(f, ONE) == ["opened_dispute"]
        await f.forward(minutes=12)
        await f.press(member, "accept", NUMBER)
        await f.tell(member, "对方 A215")
        await f.tell(member, "调解 1")
        found, mediator = await known(f), await mediator_of(f)
        assert found.mediator_at and found.signal_at and found.mediator_at - found.signal_at == timedelta(minutes=12)
        await f.tell(mediator, "约 后天下午三点")
        await f.tell(member, "可以")
        assert "visit_told" in cards(f, ONE) and "visit_told_other" in cards(f, TWO)
        await f.until(datetime.fromisoformat("2026-11-04T17:30:00+08:00"))
        soon = [h for h in f.phone.got if h.card == "visit_soon"]
        assert {h.to for h in soon} == {f"person:{member}", f"person:{mediator}"}
        assert {f"{sample().local(h.at):%d %H:%M}" for h in soon} == {"04 14:00"}
        assert "visit_record" in cards(f, mediator)
        for words in ("稳情绪 两边都请到茶桌坐下了", "分别听 诉求人 气的是没人打招呼", "分别听 对方 到了货没处卸",
                      "讲情理 地线画清楚，大家都好做", "协议 货架收回自家线内，卸货赶在八点前，11月10日前把线画好"):
            await f.tell(mediator, f"步骤 {words}")
        await f.tell(ONE, "同意")
        assert (await f.case(NUMBER)).state == "mediating" and "agreement_done" not in cards(f, TWO)
        await f.press(TWO, "agree", NUMBER, grade="yes")
        case = await f.case(NUMBER)
        assert case.state == "resolved" and "货架收回" in case.result and "agreement_done" in cards(f, TWO)
        await f.tell(ONE, "满意")
        assert (await f.case(NUMBER)).state == "closed"
        await f.until(datetime.fromisoformat("2026-11-11T10:30:00+08:00"))
        assert "fulfil_ask" in cards(f, ONE) and "fulfil_ask" in cards(f, TWO) and "fulfil_check" in cards(f, mediator)
        await f.tell(TWO, "线画好了，货都收进来了")
        assert any(h.card == "side_said" and "线画好了" in h.text for h in f.phone.got if h.to == f"person:{mediator}")
        await f.tell(mediator, "步骤 履约回访 线画好了，这几天没再吵")
        assert (await known(f)).steps[-1] == "check" and (await f.case(NUMBER)).due is None
        assert not [h for h in f.phone.got if h.to == GROUP]


async def test_D08_the_member_gets_two_free_mediators_and_one_number_calls_the_first(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        member = await angry(f)
        found, (card,) = await known(f), f.heard(f"person:{member}")
        names = [sample().people[p].name for p in found.offered]
        assert len(names) == 2 and all(name in card.text for name in names)
        assert [verb for verb, _ in card.buttons][1:] == ["mediate:first", "mediate:second"]
        await f.tell(member, "调解 3")
        assert (await f.case(NUMBER)).mediator is None and cards(f, member)[-1] == "which_mediator"
        await f.tell(member, "调解 1")
        assert (await f.case(NUMBER)).mediator == found.offered[0] and cards(f, found.offered[0]) == ["invited"]
        rows = await f.rig.store.reader.journal(NUMBER)
        assert any(row.event == "MediationOpened" and "从发现到请人0分钟" in row.note for row in rows)


async def test_D07_a_calm_quarrel_offers_nobody_an_angry_one_two_and_a_furious_one_rings_at_night(tmp_path: Path) -> None:
    async with front(tmp_path / "calm") as f:
        member = await angry(f, "隔壁把货摆到我门口了")
        assert cards(f, member) == ["assigned_dispute"] and (await known(f)).signal_at is None
    async with front(tmp_path / "night", "2026-11-02T23:30:00+08:00") as f:
        member = await angry(f)
        assert cards(f, member) == []  # angry: the morning is soon enough
        for words in ("你个骗子王八蛋，给老子滚出来！！！", "再摆过来我弄死你，不信你试试！！！"):
            await f.say("xj-home", ONE, words, "A108-云朵软床")
        assert (await f.case(NUMBER)).heated == 2 and "dispute_alarm" in cards(f, member)
        assert not [h for h in f.phone.got if h.to == GROUP]


async def test_D07_for_half_an_hour_after_the_signal_and_ever_after_the_group_hears_nothing_of_it(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        promised: list[str] = []
        f.rig.said.append(lambda line, outcome: promised.append(line.card) if line.to == GROUP else None)
        member = await angry(f)
        await f.press(member, "accept", NUMBER)
        await f.tell(member, "跟进 已经到店门口了，在劝")
        await f.say("xj-home", ONE, "进度", "A108-云朵软床")
        await f.forward(minutes=30)
        await f.press(member, "resolve", NUMBER, "两家当面讲和了，货已经搬开")
        await f.forward(days=6)
        assert not [h for h in f.phone.got if h.to.startswith("chat:")] and not promised


async def test_D09_a_mediator_who_cannot_come_is_replaced_by_the_next_and_never_asked_again(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        member = await angry(f)
        await f.tell(member, "调解 1")
        gone = await mediator_of(f)
        await f.tell(gone, "约 明天上午十点")
        await f.press(gone, "decline", NUMBER)
        found = await known(f)
        assert (await f.case(NUMBER)).mediator is None and gone not in found.offered and found.visit_at is None
        assert cards(f, member)[-1] == "mediator_declined" and cards(f, gone)[-1] == "invite_declined"
        assert not (await f.rig.store.reader.person(gone)).fields.get(f"case/{NUMBER}")
        await f.press(member, "mediate", NUMBER, grade="first")
        assert (await mediator_of(f)) == found.offered[0] and cards(f, found.offered[0]) == ["invited"]
        assert not [h for h in f.phone.got if h.to == GROUP]


async def test_D09_a_mediator_in_whose_place_another_is_called_is_told_and_has_the_case_no_more(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        member = await angry(f)
        await f.tell(member, "调解 1")
        gone = await mediator_of(f)
        await f.tell(gone, "约 明天上午十点")
        await f.tell(member, "调解 2")
        assert await mediator_of(f) != gone and cards(f, gone)[-1] == "mediator_replaced" and (await known(f)).visit_at is None
        assert f"case/{NUMBER}" not in (await f.rig.store.reader.person(gone)).fields


async def test_D07_the_other_side_answering_back_in_the_group_is_its_account_and_never_support(tmp_path: Path) -> None:
    for name, words, side in (("A215-半亩灯影", "说谁呢！你血口喷人，谁堵你门了？！！", "u_other"), ("路人", "你血口喷人！谁堵你门了？！！", "")):
        async with front(tmp_path / name) as f:
            member = await angry(f)
            heat = (await f.case(NUMBER)).heat
            said = await f.say("xj-home", "u_other", words, name)
            case = await f.case(NUMBER)
            assert (said.decision, said.case) == ("attach", NUMBER) and case.supporters == () and case.heat > heat
            assert case.mediation and (case.mediation.b_sender, case.mediation.b_sure) == (side, False)
            told = [h for h in f.phone.got if "血口喷人" in h.text]
            assert {h.to for h in told} == {f"person:{member}"} and not [h for h in f.phone.got if h.to == GROUP]
            assert (await f.events(NUMBER)).count("Detailed") == 1


async def test_D07_a_bystander_with_another_shop_or_only_a_kind_word_is_not_the_other_side(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        member = await angry(f)
        await f.tell(member, "对方 A215")
        before = (await f.events(NUMBER)).count("Detailed")
        for name, words in (("A108-云朵软床", "你自己看看监控"), ("B102-路过", "你血口喷人吧，谁堵你门了"), ("好邻居", "大家消消气，有话好好说")):
            await f.say("xj-home", f"u_{name}", words, name)
        assert (await f.events(NUMBER)).count("Detailed") == before and (await known(f)).b_sender == TWO


async def test_D09_a_list_used_up_goes_to_member_and_host_in_plain_words(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        member = await angry(f)
        for _ in range(5):
            await f.tell(member, "调解 1")
            await f.press(await mediator_of(f), "decline", NUMBER)
        assert cards(f, member)[-1] == "mediator_none" and cards(f, sample().lounges["xj-home"].host)[-1] == "mediator_none"
        assert (await f.case(NUMBER)).state == "mediating"


async def test_D09_a_time_is_proposed_changed_and_asked_again_where_it_says_nothing(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        member = await angry(f)
        await f.tell(member, "调解 1")
        mediator = await mediator_of(f)
        for words, card in (("约 改天", "visit_again_vague"), ("约 昨天下午", "visit_again_past"), ("约 明天8点", "visit_again_half"),
                            ("约 明天半夜两点", "visit_again_night"), ("约 明天三点或四点", "visit_again_either")):
            await f.tell(mediator, words)
            assert cards(f, mediator)[-1] == card and (await known(f)).visit_at is None
        await f.tell(mediator, "约 明天下午三点")
        await f.tell(member, "换个时间")
        assert (await known(f)).visit_at is None and cards(f, mediator)[-1] == "visit_off"
        await f.tell(ONE, "约 周五上午")
        assert cards(f, member)[-1] == cards(f, mediator)[-1] == "visit_ask"
        await f.press(member, "visit", NUMBER, grade="yes")
        await f.press(mediator, "visit", NUMBER, grade="yes")
        assert cards(f, mediator)[-1] == "visit_set"
        assert (await f.events(NUMBER)).count("VisitAgreed") == 2


async def test_a_member_makes_an_appointment_in_plain_words_and_the_clock_stands_still(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", "3栋楼道灯坏了一个礼拜 晚上黑麻麻", "3栋-丁婶")
        member = (await f.case("HH-0001")).attendant
        await f.press(member, "accept", "HH-0001")
        await f.tell(member, "约 明天下午三点")
        case = await f.case("HH-0001")
        assert case.paused_until == datetime.fromisoformat("2026-11-03T15:00:00+08:00") and case.paused_at is not None
        assert any(h.card == "visit_coming" and "11月3日周二下午3:00" in h.text for h in f.phone.got if h.to == "person:u_1")


async def test_D10_the_agreement_is_said_yes_to_by_each_side_in_private_and_no_sends_it_back(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        _, mediator = await agreed(f)
        for who in (ONE, TWO):
            card = next(h for h in f.phone.got if h.to == f"person:{who}" and h.card == "agreement_ask")
            assert "货架收回" in card.text and [label for _, label in card.buttons] == ["同意", "不同意"]
        await f.say("xj-home", ONE, "同意", "A108-云朵软床")
        assert (await known(f)).signed == ()  # in the group it is only a word
        await f.tell(ONE, "同意")
        await f.tell(TWO, "不同意 八点前来不及")
        assert (await known(f)).signed == () and any("来不及" in h.text for h in f.phone.got if h.to == f"person:{mediator}")
        assert not any("来不及" in h.text for h in f.phone.got if h.to == f"person:{ONE}")
        await f.tell(mediator, "步骤 协议 货架收回自家线内，卸货赶在九点前")
        await f.tell(ONE, "同意")
        await f.tell(TWO, "同意")
        assert (await f.case(NUMBER)).state == "resolved"


async def test_a_side_without_an_account_signs_before_the_mediators_eyes(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        member = await angry(f)
        await f.tell(member, "对方 隔壁新开的灯饰店")
        await f.tell(member, "调解 1")
        mediator = await mediator_of(f)
        for words in ("稳情绪 坐下来喝茶了", "分别听 诉求人 没人打招呼", "分别听 对方 没处卸货", "讲情理 都是街坊邻里", "协议 货架收回自家线内"):
            await f.tell(mediator, f"步骤 {words}")
        await f.tell(ONE, "同意")
        await f.tell(mediator, "步骤 协议 对方当面签了")
        assert (await f.case(NUMBER)).state == "resolved"


async def test_a_mediation_that_fails_tells_both_sides_which_ways_the_law_offers(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        member, mediator = await agreed(f)
        await f.tell(mediator, "调解不成 两边都不肯让半步")
        case = await f.case(NUMBER)
        assert case.state == "handling" and case.attendant == member and case.mediation and case.mediation.failed_at
        for who in (ONE, TWO):
            told = [h.text for h in f.phone.got if h.to == f"person:{who}" and h.card == "failed"]
            assert len(told) == 1 and "人民调解委员会" in told[0] and "法院" in told[0] and "半步" not in told[0]


async def test_a_month_without_an_end_is_laid_before_member_and_mediator(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        member, mediator = await agreed(f)
        await f.forward(days=29)
        assert "remind_mediate" not in cards(f, member) + cards(f, mediator)
        await f.forward(days=3)
        assert "remind_mediate" in cards(f, member) and "remind_mediate" in cards(f, mediator)


async def test_B12_the_host_cannot_send_a_quarrel_to_the_street_before_it_was_tried_here(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        member, host = await angry(f), sample().lounges["xj-home"].host
        await f.press(member, "escalate", NUMBER, "两家都很凶，我劝不住")
        assert (await f.case(NUMBER)).attendant == host  # up to the host is still here
        await f.press(host, "escalate", NUMBER, "请街道来")
        assert (await f.case(NUMBER)).level == "C" and cards(f, host)[-1] == "local_first"
        await f.tell(host, f"调解 {NUMBER} 1")
        await f.tell(await mediator_of(f), "步骤 稳情绪 两边都请到茶桌坐下了")
        await f.press(host, "escalate", NUMBER, "请街道来")
        assert (await f.case(NUMBER)).level == "B"
