"""A case on WeCom from end to end, over real HTTP: what the platform posts, and what it gets."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.wecom.house import house
from tests.wecom.server import Fault

MEMBER = "p-chunfen"  # in charge of building 3


async def test_a_whole_case_on_wecom_from_the_groups_line_to_satisfied(tmp_path: Path) -> None:
    async with house(tmp_path, {MEMBER: "chunfen"}) as h:
        _, first = await h.says("resident-1", "3栋电梯坏了没人修 天天爬楼")
        assert first is not None and first["stream"]["finish"] is False
        said = await h.spoken("HH-0001")  # nobody came to fetch the answer and there is no one-shot address: the robot says it
        assert "春分" in said["body"]["text"]["content"]

        card = await h.card("chunfen", "HH-0001")
        assert card["body"]["template_card"]["card_type"] == "button_interaction"
        code = await h.presses("chunfen", card, "接单")
        changed = await h.got("message/update_template_card")
        assert changed["body"]["response_code"] == code and changed["body"]["userids"] == ["chunfen"]
        await h.spoken("已经接手")

        await h.tells("chunfen", "办结 HH-0001 换了门机，试了三趟")
        await h.spoken("换了门机")
        rating = await h.card("resident-1", "换了门机")
        await h.presses("resident-1", rating, "满意")
        thanks = await h.got("message/update_template_card")
        assert thanks["body"]["userids"] == ["resident-1"] and "谢谢" in str(thanks["body"])
        case = await h.store.reader.case("HH-0001")
        assert case is not None and case.state.value == "closed" and case.grade == "good"


async def test_a_group_whose_platform_is_slow_keeps_neither_its_member_nor_other_lounges_waiting(tmp_path: Path) -> None:
    async with house(tmp_path, {MEMBER: "chunfen"}) as h:
        await h.says("resident-1", "3栋电梯坏了没人修 天天爬楼")
        await h.spoken("HH-0001")
        card = await h.card("chunfen", "HH-0001")
        h.state.faults.append(Fault("webhook/send", times=9, slow=5.0))
        posts = len([row for row in h.state.got if row["path"] == "webhook/send"])
        await h.presses("chunfen", card, "接单")  # the group is told, and its platform takes its time
        await h.until(lambda: h.state.faults[-1].times < 9)
        async with asyncio.timeout(2.5):
            await h.tells("chunfen", "我的清单")
            await h.card("chunfen", "1. HH-0001")
        assert len([row for row in h.state.got if row["path"] == "webhook/send"]) == posts
