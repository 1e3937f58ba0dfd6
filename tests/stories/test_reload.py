"""Settings change while the bot runs: all checked, swapped at once, open cases follow and ended ones never."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.config import load
from bot.domain.settings import Settings
from bot.reloading import Reloading, missing_years, swap, tell, unfollowable
from bot.shards import SHARDS, shard_of
from bot.store.keys import KEYS
from tests.front import CONFIG, Front, front
from tests.stories.test_one_appeal import member_of

BLOCKED = "3栋楼道里电动车堵得门都打不开，没人管吗"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield Path(shutil.copytree(CONFIG, tmp_path / "config"))


def changed(folder: Path, file: str, old: str, new: str) -> Settings:
    """The settings after one place of one file was edited."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return load(folder, {})


async def reload(f: Front, settings: Settings) -> None:
    """What a process does on a call, without the wire: swap, tell the lounges, let them answer."""
    await swap(f.rig, settings)
    await tell(f.rig, range(SHARDS))
    await f.rig.settle(f.now)


def without(folder: Path, person: str, heir: str) -> Settings:
    """The installation without one member; his buildings and his place on the roster are somebody else's now."""
    for file in ("people.yaml", "lounges.yaml", "places.yaml"):
        path = folder / file
        text = path.read_text("utf-8")
        if file == "people.yaml":
            start = text.index(f"  {person}:\n")
            end = text.index("\n  p-", start + 3) + 1
            entry, text = text[start:end], text[:start] + text[end:]
            mine = next(row for row in entry.splitlines() if "buildings:" in row)
            at = text.index("    substitute", text.index(f"  {heir}:\n"))
            old = next(row for row in text[text.index(f"  {heir}:\n"):].splitlines() if "buildings:" in row)
            text = text.replace(old, old[:-1] + ", " + mine.split("[")[1], 1)
            assert at
            text = text.replace(f"substitute: {person}\n", "substitute: p-bailu\n")
        else:
            text = text.replace(f"[{person}, ", "[").replace(f", {person}]", "]").replace(f"[{person}]", f"[{heir}]")
        path.write_text(text, "utf-8")
    return load(folder, {})


async def test_A30_a_changed_number_is_in_the_next_answer_without_a_restart(tmp_path: Path, folder: Path) -> None:
    async with front(tmp_path / "store", settings=load(folder, {})) as f:
        await f.say("hehua", "u_1", "你们电话多少")
        assert "0755-0000-0000" in f.heard("chat:hehua")[0].text
        await reload(f, changed(folder, "facts.yaml", "phone: 0755-0000-0000", "phone: 0755-0000-0009"))
        await f.say("hehua", "u_2", "你们电话多少")
        assert "0755-0000-0009" in f.heard("chat:hehua")[0].text


async def test_A29_evening_hours_of_one_date_are_in_the_answer_and_in_the_clock(tmp_path: Path, folder: Path) -> None:
    async with front(tmp_path / "store", "2026-11-04T10:00:00+08:00", settings=load(folder, {})) as f:  # a Wednesday
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        assert (await f.case("HH-0001")).due == f.now + timedelta(hours=2)
        await reload(f, changed(folder, "pace.yaml", "overrides: {}", 'overrides: {"2026-11-04": [["19:00", "21:00"]]}'))
        assert (await f.case("HH-0001")).due == f.now + timedelta(hours=11)  # 21:00 of that evening
        f.heard()
        await f.say("hehua", "u_2", "今天开门吗", "3栋-乙叔")
        said = f.heard("chat:hehua")[0].text
        assert "19:00–21:00" in said and "临时调整" in said and "下一次开门是今天（周三）19:00" in said


async def test_open_cases_follow_a_new_pace_with_a_row_and_ended_ones_never(tmp_path: Path, folder: Path) -> None:
    async with front(tmp_path / "store", settings=load(folder, {})) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        await f.say("hehua", "u_2", "5栋楼下垃圾桶三天没人收 臭得开不了窗", "5栋-乙叔")
        await f.tell("u_2", "撤回 HH-0002")
        before, ended, start = await f.case("HH-0001"), await f.case("HH-0002"), f.now
        await f.forward(minutes=10)
        pace = changed(folder, "pace.yaml", "  normal:\n    accept: 120", "  normal:\n    accept: 60")
        await reload(f, pace)
        after = await f.case("HH-0001")
        assert before.due == start + timedelta(hours=2) and after.due == start + timedelta(hours=1)
        assert after.touched_at == before.touched_at and after.opened_at == before.opened_at
        rows = await f.rig.store.reader.journal("HH-0001")
        assert rows[-1].event == "SettingsChanged" and rows[-1].by == "bot" and "改为" in rows[-1].note
        assert await f.case("HH-0002") == ended and "SettingsChanged" not in await f.events("HH-0002")
        f.heard()
        await f.forward(minutes=51)
        assert [h.card for h in f.heard(f"person:{member_of('禾花花园3栋')}")] == ["remind"]


async def test_settings_that_make_no_difference_to_a_case_leave_no_row(tmp_path: Path, folder: Path) -> None:
    async with front(tmp_path / "store", settings=load(folder, {})) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        before = await f.case("HH-0001")
        await reload(f, changed(folder, "facts.yaml", "phone: 0755-0000-0000", "phone: 0755-0000-0009"))
        assert await f.case("HH-0001") == before


async def test_a_member_who_is_gone_from_config_hands_his_cases_to_the_host(tmp_path: Path, folder: Path) -> None:
    async with front(tmp_path / "store", settings=load(folder, {})) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        opened = (await f.case("HH-0001")).opened_at
        member, host = member_of("禾花花园3栋"), f.rig.settings.lounges["hehua"].host
        f.heard()
        await reload(f, without(folder, member, "p-guyu"))
        case = await f.case("HH-0001")
        assert case.attendant == host and case.opened_at == opened and member not in case.asked and case.due
        assert "HandedOver" in await f.events("HH-0001")
        heard = f.heard()
        assert {h.to for h in heard} == {f"person:{host}", "person:u_1"}
        assert "不在名单" in next(h.text for h in heard if h.to == f"person:{host}")


async def test_a_lounge_with_open_cases_may_not_vanish_nor_change_its_code(tmp_path: Path, folder: Path) -> None:
    async with front(tmp_path / "store", settings=load(folder, {})) as f:
        await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")
        renamed = changed(folder, "lounges.yaml", "code: HH", "code: HX")
        assert [str(m) for m in await unfollowable(f.rig, renamed)] == [
            "lounges.yaml: lounges.hehua.code: its case numbers begin with HH"]


async def test_many_open_cases_are_gone_through_in_slices(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.handlers.reload.SLICE", 2)
    async with front(tmp_path / "store", settings=load(folder, {})) as f:
        for building in range(1, 6):
            await f.say("hehua", f"u_{building}", f"{building}栋楼道里电动车堵得门都打不开，没人管吗", f"{building}栋-甲")
        await reload(f, changed(folder, "pace.yaml", "  normal:\n    accept: 120", "  normal:\n    accept: 60"))
        for number in range(1, 6):
            assert (await f.events(f"HH-000{number}")).count("SettingsChanged") == 1


async def test_a_year_without_holidays_is_an_alarm_until_somebody_adds_it(tmp_path: Path, folder: Path) -> None:
    async with front(tmp_path / "store", settings=load(folder, {})) as f:
        far = f.now.replace(year=2090)
        missing_years(f.rig, far)
        assert "2090" in f.rig.alarms.now["holidays"]
        missing_years(f.rig, f.now.replace(year=2025, month=6))
        assert "holidays" not in f.rig.alarms.now


async def test_B20_the_visit_day_inside_the_spring_festival_moves_to_a_working_day_and_is_told_once(
    tmp_path: Path, folder: Path,
) -> None:
    for policy, expected in (("before", "2026-02-14T09:00:00+08:00"), ("after", "2026-02-24T09:00:00+08:00")):
        settings = changed(folder, "pace.yaml", "{day: 15, policy: before}", f"{{day: 15, policy: {policy}}}")
        async with front(tmp_path / policy, "2026-02-02T10:00:00+08:00", settings=settings) as f:
            for _ in range(3):  # however often a process takes the lounge
                await tell(f.rig, range(SHARDS))
                await f.rig.settle(f.now)
            await f.forward(days=27)
            told = [h for h in f.heard() if h.card == "visit_day" and "禾花" in h.text]
            assert [h.at for h in told] == [datetime.fromisoformat(expected)]
            await tell(f.rig, range(SHARDS))
            await f.forward(days=30)
            assert len([h for h in f.heard() if h.card == "visit_day" and "禾花" in h.text]) == 1  # March's
        (folder / "pace.yaml").write_text((CONFIG / "pace.yaml").read_text("utf-8"), "utf-8")


async def test_B20_a_month_that_was_told_is_not_told_again_when_the_policy_changes(tmp_path: Path, folder: Path) -> None:
    async with front(tmp_path / "store", "2026-02-12T10:00:00+08:00", settings=load(folder, {})) as f:
        await tell(f.rig, range(SHARDS))
        await f.rig.settle(f.now)
        await f.forward(days=3)
        assert [h.card for h in f.heard()].count("visit_day") == 6  # one for each lounge, on the 14th
        await reload(f, changed(folder, "pace.yaml", "{day: 15, policy: before}", "{day: 15, policy: after}"))
        assert (await f.rig.store.reader.overlay("hehua"))["visitday"] == "2026-02"
        wound = [key async for key, _ in f.rig.store.client.zscan_iter(KEYS[shard_of("hehua")].clock, "chore/visitday/hehua/*")]
        assert wound == [b"chore/visitday/hehua/2026-03"]
        await f.forward(days=13)
        assert [h.card for h in f.heard()].count("visit_day") == 0


def follower(f: Front, folder: Path) -> Reloading:
    return Reloading(f.rig, folder, {}, "one", lambda settings: None, lambda: range(SHARDS))


async def started(f: Front, folder: Path) -> None:
    """What a process does when it starts: look at what was in force before, then tell its lounges."""
    one = follower(f, folder)
    await one.recall()
    await one.tell(range(SHARDS))
    await f.rig.settle(f.now)


async def test_settings_that_were_changed_while_nobody_ran_wind_the_alarms_anew_once(folder: Path, tmp_path: Path) -> None:
    async with front(tmp_path / "data", settings=load(folder, {})) as f:
        await started(f, folder)
        number = (await f.say("hehua", "u_1", BLOCKED, "3栋-甲婆婆")).case or ""
        before = (await f.case(number)).due
        await started(f, folder)  # the same settings
        assert "SettingsChanged" not in await f.events(number)
    slower = changed(folder, "pace.yaml", "    accept: 120\n", "    accept: 150\n")
    for _ in range(2):  # a second start finds nothing left to do
        async with front(tmp_path / "data", start="2026-11-02T10:20:00+08:00", settings=slower) as f:
            await started(f, folder)
            case = await f.case(number)
            assert before is not None and case.due == before + timedelta(hours=2, minutes=30), "with the noon between"
            rows = [row for row in await f.rig.store.reader.journal(number) if row.event == "SettingsChanged"]
            assert len(rows) == 1 and "接单时限由" in rows[0].note


async def test_settings_of_before_that_nobody_can_read_any_more_stop_no_start(folder: Path, tmp_path: Path) -> None:
    async with front(tmp_path / "data", settings=load(folder, {})) as f:
        await f.rig.store.client.hset("lounge:settings", mapping={"version": "older", "files": b"no archive"})
        await started(f, folder)
        assert f.rig.before is None and await f.rig.store.client.hget("lounge:settings", "version") == f.rig.settings.version.encode()
