"""Units from outside come in by the host's word alone, and see what they are asked about and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.config import BadConfig, load
from bot.messages import Fetched
from bot.shards import shard_of
from tests.front import CONFIG, Front, front, sample

NUMBER, ONE = "XJ-0001", "u_xj-home_a108"
HOST = "p-daxue"


async def quarrel(f: Front) -> str:
    await f.say("xj-home", ONE, "隔壁半亩灯影把样品灯摆到我家门口，我电话13800001111", "A108-云朵软床")
    member = (await f.case(NUMBER)).attendant
    await f.tell(member, "对方 A215")
    return member


def to(f: Front, who: str) -> list[str]:
    return [h.card for h in f.phone.got if h.to == f"person:{who}"]


async def test_B11_nobody_outside_is_told_before_the_host_says_so(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await quarrel(f)
        contacts = [sample().partners[p].contact for p in ("property", "market")]
        assert to(f, HOST) == ["partners_ask"] and not any(to(f, c) for c in contacts)
        await f.press(HOST, "link", NUMBER)
        case = await f.case(NUMBER)
        assert set(case.partners) == {"property", "market"} and case.mediation and case.mediation.proposed == ()
        assert all(to(f, c) == ["partner_card"] for c in contacts)
        assert to(f, ONE).count("linked") == 1


async def test_B11_what_another_coordinator_wants_waits_for_the_host(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await quarrel(f)
        await f.press("p-shuangjiang", "link", NUMBER, "司法所")
        assert (await f.case(NUMBER)).partners == () and to(f, "p-yimu") == []
        assert to(f, "p-shuangjiang")[-1] == "partners_wait" and to(f, HOST)[-1] == "partners_ask"
        await f.press(HOST, "link", NUMBER)
        assert (await f.case(NUMBER)).partners == ("justice",) and to(f, "p-yimu") == ["partner_card"]


async def test_A14_a_lawyer_sees_words_and_pictures_but_no_number_no_door_no_name_and_no_other_case(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await quarrel(f)
        await f.say("xj-home", "u_5", "B栋货梯坏了好几天，货都上不去", "B102-桌椅")
        case = await f.case(NUMBER)
        await f.tell(HOST, f"联动 {NUMBER} 司法所")
        await picture(f, "0123456789ab")
        await f.tell("p-yimu", f"进度 {NUMBER}")
        seen = [h for h in f.phone.got if h.to == "person:p-yimu"]
        assert [h.card for h in seen] == ["partner_card", "partner_view"]
        assert all("样品灯" in h.text for h in seen) and "0123456789ab" in seen[1].text
        text = "".join(h.text for h in seen)
        assert "13800001111" not in text and "A108" not in text and (case.unit or "108") not in text.replace(NUMBER, "")
        await f.tell("p-yimu", "进度 XJ-0002")
        await f.tell("p-jiamu", f"进度 {NUMBER}")
        assert not any("货梯" in h.text for h in f.phone.got if h.to == "person:p-yimu")
        assert not any("样品灯" in h.text for h in f.phone.got if h.to == "person:p-jiamu")


async def picture(f: Front, digest: str) -> None:
    """A picture that was kept with the case."""
    await f.rig.forwarded([(shard_of("xj-home"), digest, Fetched(key=digest, at=f.now, case=NUMBER, kind="image", digest=digest,
                                                                   sender=ONE))])
    await f.rig.settle(f.now)


def test_B09_a_department_that_cannot_be_reached_is_refused_when_the_config_loads(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder)
    people = folder / "people.yaml"
    text = people.read_text(encoding="utf-8")
    people.write_text(text.replace("    organisation: 司法所\n    addresses: {plain: p-yimu}\n", "    organisation: 司法所\n"), encoding="utf-8")
    with pytest.raises(BadConfig, match="reaches nobody"):
        load(folder, {})
    people.write_text(text, encoding="utf-8")
    rules = folder / "mediation.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("partners: [物业, 市场监管]", "partners: [仙女座分局]"), encoding="utf-8")
    with pytest.raises(BadConfig, match="仙女座分局"):
        load(folder, {})


async def test_E28_a_wage_matter_leaves_a_group_in_which_the_employer_sits_before_any_detail_is_asked(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        employer = "u_etime_1203"
        assert any(s.contact == employer for s in sample().shops.values())
        said = await f.say("etime", "u_w1", "公司三个月没发工资了，老板一直拖", "某某")
        assert said.intent == "labor_dispute"
        got = f.heard()
        assert not [h for h in got if h.to == "chat:etime"] and [h.card for h in got if h.to == "person:u_w1"] == ["opened_wage"]
        await f.tell("u_w1", "在1203，拖了三个月，一共七个人")
        await f.forward(days=3)
        assert not [h for h in f.phone.got if h.to in ("chat:etime", f"person:{employer}")]
