"""A quarrel is known by its two sides; its class, its usual partners and who may mediate follow from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain import disputes, mediated
from bot.domain.case import Case
from bot.domain.effects import APPLY
from bot.domain.events import Event, Happened, Refusal
from bot.domain.mediation import BODY, FIRM, RESIDENT, Mediation
from bot.domain.settings import MEDIATOR, Person, Settings
from tests.front import sample

AT = datetime.fromisoformat("2026-11-02T10:00:00+08:00")


def case(gist: str, lounge: str = "xj-home", intent: str = "stall_encroachment", sender: str = "u_xj-home_a108",
         building: str | None = "香江家居广场A栋", **more: object) -> Case:
    known = Case(id="XJ-0001", lounge=lounge, intent=intent, building=building, opened_at=AT, touched_at=AT, gist=gist,
                 reporter=sender, reporter_name="某某", level="C", attendant="p-lichun")
    return replace(known, mediation=disputes.recognised(known, sample()), **more)  # type: ignore[arg-type]


def test_D06_a_neighbour_at_my_door_is_a_quarrel_of_shops_whose_second_side_is_to_be_confirmed() -> None:
    found = case("隔壁把货摆到我门口了")
    assert found.mediation is not None and found.building == "香江家居广场A栋"
    assert disputes.class_said(found, sample()) == "商户之间"
    assert disputes.other_said(found, sample()) == "A108 的隔壁（待确认）"
    assert case("消防通道堆满纸箱没人管").mediation is None  # nobody's neighbour: a general complaint


def test_D06_a_shop_that_is_named_is_the_second_side_and_stays_unsure() -> None:
    found = case("隔壁半亩灯影把样品灯摆到我家门口")
    assert found.mediation and (found.mediation.b_name, found.mediation.b_sure) == ("半亩灯影", False)


@pytest.mark.parametrize(("a", "b", "name"), [
    (RESIDENT, FIRM, "居民与企业"), (FIRM, RESIDENT, "居民与企业"), (RESIDENT, RESIDENT, "居民与居民"),
    (RESIDENT, BODY, "居民与社会团体"), (FIRM, FIRM, "商户之间"), (RESIDENT, "", "待确认"), ("", "", "待确认"),
])
def test_B10_the_class_follows_from_the_sorts_of_the_two_sides(a: str, b: str, name: str) -> None:
    found = case("隔壁把货摆到我门口了")
    kind = disputes.class_of(a, b, sample())
    assert disputes.class_said(found.but(mediation=Mediation(a=a, b=b, kind=kind)), sample()) == name


def test_B11_noise_of_a_factory_suggests_its_usual_partners_and_another_matter_the_classs() -> None:
    found = case("螺丝钉五金厂半夜机器响，吵得人没法睡", "xj-park", "noise", "u_9", "香江工业园1号宿舍")
    assert found.mediation and found.mediation.kind == "resident-firm"
    assert [sample().partners[p].name for p in found.mediation.proposed] == ["物业", "综合执法队"]
    assert found.partners == ()  # nothing is asked of anybody yet
    assert disputes.partners_for("", "noise", sample(), "xj-park") == ()


def people(count: int = 5) -> Settings:
    some = {f"m-{n}": Person(id=f"m-{n}", name=f"某{n}", roles=(MEDIATOR,), organisation="某调解室",
                             skills=("stall_encroachment",) if n == 1 else ()) for n in range(count)}
    base = sample()
    return replace(base, people={k: p for k, p in base.people.items() if MEDIATOR not in p.roles} | some)


def test_B08_ten_disputes_are_spread_over_five_mediators_evenly() -> None:
    conf, loads = people(), Counter[str]()
    for _ in range(10):
        first = disputes.offered(case("隔壁把货摆到我门口了"), loads, AT, conf)[0]
        loads[first] += 1
    assert len(loads) == 5 and max(loads.values()) - min(loads.values()) <= 1


def test_B08_of_equally_free_mediators_who_knows_the_matter_comes_first() -> None:
    assert disputes.offered(case("隔壁把货摆到我门口了"), {}, AT, people())[0] == "m-1"


@pytest.mark.parametrize("tie", ["u_xj-home_a108", "u_xj-home_a215", "xj-a108", "xj-a215", "香江家居广场A栋", "p-lichun"])
def test_B08_a_side_a_neighbour_or_a_relative_is_never_offered(tie: str) -> None:
    conf = people(3)
    tied = replace(conf, people={**conf.people, "m-1": replace(conf.people["m-1"], ties=(tie,))})
    found = case("隔壁半亩灯影把样品灯摆到我家门口")
    assert "m-1" in disputes.offered(found, {"m-0": 9, "m-2": 9}, AT, conf)
    assert "m-1" not in disputes.offered(found, {"m-0": 9, "m-2": 9}, AT, tied)


def test_B08_who_is_himself_a_side_is_never_offered() -> None:
    conf = people(2)
    assert disputes.offered(case("隔壁把货摆到我门口了", sender="m-0"), {}, AT, conf) == ("m-1",)


def climbs(found: Case) -> Case | Refusal:
    event = Happened(event=Event.ESCALATED, at=AT, by="p-lichun", note="劝不住")
    host = found.but(rung=found.rung.__class__("host"), attendant="p-daxue")
    return APPLY[Event.ESCALATED](host, replace(event, by="p-daxue"), sample())


def test_B12_a_quarrel_goes_to_the_street_only_after_one_attempt_on_the_spot() -> None:
    found = case("隔壁把货摆到我门口了")
    refused = climbs(found)
    assert isinstance(refused, Refusal) and refused.text == "local_first"
    note = Happened(event=Event.NOTED, at=AT, by="p-lichun", note="上门听了两边，还是谈不拢")
    tried = mediated.tried(found, note)
    assert isinstance(climbs(tried), Case)
    assert mediated.tried(found, replace(note, note="收到，明天看看")).mediation == found.mediation


@pytest.mark.parametrize("words", ["隔壁把货摆到我门口还动手打人", "隔壁在我门口拿刀比划"])
def test_B12_violence_danger_and_crime_need_no_attempt_first(words: str) -> None:
    assert isinstance(climbs(case(words)), Case)
    assert isinstance(climbs(case("隔壁把货摆到我门口了", urgent=True)), Case)


def test_the_time_from_signal_to_mediator_is_kept() -> None:
    found = mediated.suggested(case("隔壁把货摆到我门口了"), Happened(
        event=Event.MEDIATOR_SUGGESTED, at=AT, by="bot", args={"offered": "p-fangri,p-jiaomu", "signal": "1"}), sample())
    opened = mediated.opened(found, Happened(event=Event.MEDIATION_OPENED, at=AT + timedelta(minutes=12), by="p-lichun",
                                             args={"mediator": "p-fangri"}), sample())
    assert opened.mediation and opened.mediation.signal_at and opened.mediation.mediator_at
    assert opened.mediation.mediator_at - opened.mediation.signal_at == timedelta(minutes=12)


def test_a_worker_whose_name_bears_the_factorys_number_does_not_speak_for_the_factory() -> None:
    known = Case(id="YQ-0001", lounge="xj-park", intent="labor_dispute", building="香江工业园A厂房", opened_at=AT, touched_at=AT,
                 gist="螺丝钉五金厂三个月没发工资", reporter="u_9", reporter_name="A厂房-某某", level="C", attendant="p-dashu")
    found = disputes.recognised(known, sample())
    assert found is not None and (found.a, found.b, found.b_name) == (RESIDENT, FIRM, "螺丝钉五金厂")
