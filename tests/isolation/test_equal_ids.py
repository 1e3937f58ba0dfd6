"""Platforms number their messages as they like: equal ids of equal senders in many groups stay many messages, and a retry stays one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import Rig, channels_of, open_store_at
from bot.bindings import Bindings
from bot.clocks import Virtual
from tests.isolation.street import BLOCKED, ENVIRON, START, Left, Mouth, Street, street

COUNT = 36  # twice and more as many lounges as shards: some share one
HOST = "p-dongzhi.kaaa"
UNSURE = "楼下那棵树又掉东西了"


async def told_alike(folder: Path) -> tuple[Left, dict[str, object]]:
    """The same ids again and again, from the same people; one person is host of all lounges, another works in all."""
    base = street(COUNT)
    lounges = {one.id: replace(one, host=HOST) for one in base.lounges.values()}
    settings = replace(base, lounges=lounges)
    found: dict[str, object] = {}
    async with open_store_at(settings, folder, {}) as store:
        clock, left = Virtual(START), Left(settings)
        rig = Rig(settings, store, channels_of(settings, ENVIRON, Bindings(settings).names), Mouth(), clock)
        rig.own_all()
        here = Street(rig, clock, left)
        rows: list[dict[str, object]] = [{"lounge": one, "id": "m1", "sender": "u1", "name": "3栋A座-甲婆婆", "text": BLOCKED} for one in lounges]
        found["fresh"], found["again"] = await here.rows(rows), await here.rows(rows)
        await here.calls((one, "u1", "m1", "我家楼道里也是，电动车堵得门都打不开，没人管吗") for one in lounges)
        await here.rows({"lounge": one, "id": "m1", "sender": "u2", "name": "乙叔", "text": "我也是", "reply_to": "m1"} for one in lounges)
        await here.rows({"lounge": one, "id": "m3", "sender": "u1", "name": "甲婆婆", "text": "进度"} for one in lounges)
        await here.rows({"press": "accept", "case": f"{one.code}-0001", "id": "b1", "sender": HOST} for one in lounges.values())
        await here.rows({"private": True, "id": "x1", "sender": f"p-guyu.{one.id}", "text": f"退单 {one.code}-0001 不归我管"}
                        for one in lounges.values())
        await here.rows({"lounge": one, "id": "m9", "sender": f"u9-{one}", "text": UNSURE} for one in lounges)
        for one in lounges:
            left.cases[one] = list(await store.reader.open_cases(one))
    return left, found


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> tuple[Left, dict[str, object]]:
    return asyncio.run(told_alike(tmp_path_factory.mktemp("alike")))


def test_D13_one_id_of_one_sender_in_many_groups_is_many_messages_and_a_retry_is_none(alike: tuple[Left, dict[str, object]]) -> None:
    left, found = alike
    assert found["fresh"] == [True] * COUNT and found["again"] == [False] * COUNT
    for one, lounge in left.settings.lounges.items():
        first = left.cases[one][0]
        assert (first.id, first.reporter, first.lounge) == (f"{lounge.code}-0001", "u1", one)


def test_D13_one_id_on_two_platforms_is_two_voices_of_the_same_lounge(alike: tuple[Left, dict[str, object]]) -> None:
    for one, cases in alike[0].cases.items():
        assert {s.sender for s in cases[0].supporters} == {"wecom:u1", "u2"}, one


def test_D13_progress_asked_in_a_group_tells_of_that_lounge_alone(alike: tuple[Left, dict[str, object]]) -> None:
    left = alike[0]
    for one, lounge in left.settings.lounges.items():
        (answer,) = [line for line, _ in left.said if line.to == f"chat:{one}" and line.key.startswith("m3/")]
        assert f"{lounge.code}-0001" in answer.text and answer.text.count("-0001") == 1


def test_D13_one_id_pressed_on_many_cases_is_carried_out_on_each(alike: tuple[Left, dict[str, object]]) -> None:
    left = alike[0]
    answers = [line for line, _ in left.said if line.to == f"person:{HOST}" and line.card in ("refuse_may", "accepted_ok")]
    assert len(answers) == COUNT and {line.case for line in answers} == {cases[0].id for cases in left.cases.values()}


def test_D13_one_id_of_many_people_brings_each_his_answer(alike: tuple[Left, dict[str, object]]) -> None:
    left = alike[0]
    answered = [line.to for line, _ in left.said if line.card in ("refuse_part", "refuse_may") and line.to.startswith("person:p-guyu.")]
    assert sorted(answered) == sorted(f"person:p-guyu.{one}" for one in left.settings.lounges)


def test_D13_one_id_of_doubtful_lines_in_many_groups_brings_their_one_host_each_of_them(alike: tuple[Left, dict[str, object]]) -> None:
    asked = [line for line, outcome in alike[0].said if line.to == f"person:{HOST}" and line.card == "ask_host"]
    assert sorted(line.lounge for line in asked) == sorted(alike[0].settings.lounges)
