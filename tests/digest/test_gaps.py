"""What the coverage audit finds stands in the digest of every scope it concerns: places and seats, never a person."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.config import BadConfig, load
from bot.digest import scopes
from bot.digest.sureness import ABOUT, PEOPLES, gaps
from bot.digest.week import Week
from bot.domain.coverage import GAPS
from bot.domain.posts import Absence, Post, Shift, Team
from bot.domain.settings import Settings
from tests.digest.history import WEEK, two_communities

SETTINGS = two_communities()
FIRST, SECOND = "community:pinghu-hehua", "community:second"


def told(settings: Settings, scope: str = FIRST, week: Week = WEEK) -> tuple[str, ...]:
    return gaps(settings, scopes.parse(scope, settings), week.end)


def person(settings: Settings, who: str, **other: object) -> Settings:
    return replace(settings, people={**settings.people, who: replace(settings.people[who], **other)})  # type: ignore[arg-type]


def test_every_kind_of_gap_has_its_sentence() -> None:
    assert ABOUT.keys() | PEOPLES.keys() == GAPS.keys()


def test_B04_an_empty_seat_of_a_grid_is_shown_as_vacant_where_the_grid_is() -> None:
    seats: dict[str, str | None] = {"staff": "p-qiming", "enterprise": "p-bailu", "property": "p-guyu", "youth": None}
    grid = replace(SETTINGS.grids["hehua-g1"], seats=seats)
    settings = replace(SETTINGS, grids={**SETTINGS.grids, "hehua-g1": grid})
    assert told(settings) == ("第一网格：微网格的席位空缺，居民代表空缺。", "第一网格：微网格的席位空缺，青年志愿者空缺。")
    assert told(settings, SECOND) == () and told(SETTINGS) == ()


def test_B04_a_grid_with_an_empty_seat_loads_and_one_with_an_unknown_person_does_not(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(Path(__file__).resolve().parents[2] / "config", tmp_path / "config"))
    text = (folder / "places.yaml").read_text("utf-8")
    seats = "    liaison: p-hanlu\n    seats: {staff: p-qiming, youth: null}\n"
    (folder / "places.yaml").write_text(text.replace("    liaison: p-hanlu\n", seats, 1), "utf-8")
    assert load(folder, {}).grids["hehua-g1"].seats == {"staff": "p-qiming", "youth": None}
    (folder / "places.yaml").write_text(text.replace("    liaison: p-hanlu\n", seats.replace("p-qiming", "p-gone"), 1), "utf-8")
    with pytest.raises(BadConfig, match="p-gone is not in"):
        load(folder, {})


def test_D14_floors_shifts_teams_and_absences_are_told_by_place_in_their_own_community() -> None:
    away = person(SETTINGS, "p-chunfen", absences=(Absence(start=WEEK.start, until=WEEK.end + timedelta(days=3)),), substitute=None)
    found = told(away)
    places = "、".join(b for b in SETTINGS.people["p-chunfen"].buildings)
    assert f"{places}：{GAPS['away']}，现在直接转网格联络人。" in found and not any("春分" in line for line in found)
    assert told(away, SECOND) == ()

    floors = person(SETTINGS, "p-yushui", buildings=(), posts=(Post(building="五号交易广场", floors=(1, 2, 4)),))
    assert "五号交易广场3楼：楼层没有自己的党员。" in told(floors, SECOND) and told(floors) == ()

    shifts = {1: (Shift(start=time(8), end=time(12), people=("p-chushu",)), Shift(start=time(14), end=time(18), people=("p-chushu",)))}
    lounge = replace(SETTINGS.lounges["hall-5"], shifts=shifts, duty={d: who for d, who in SETTINGS.lounges["hall-5"].duty.items() if d != 1})
    torn = replace(SETTINGS, lounges={**SETTINGS.lounges, "hall-5": lounge})
    assert told(torn, SECOND) == ("五号交易广场商户客厅：班次之间空着，周一12:00到14:00没有人。",)

    teams = replace(SETTINGS, teams={"one": Team(id="one", name="一队", people=(), buildings=("五号交易广场",), shops=())})
    missing = told(teams, SECOND)
    assert missing and all("没有包干队伍" in line for line in missing)
