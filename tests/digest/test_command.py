"""The digest out of a real store: through the front door, read back, written as files."""

from __future__ import annotations

import asyncio
import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.digest import record, scopes, table
from bot.digest.make import make
from bot.digest.week import parse
from bot.store.codec import pack_row, peek_row, unpack_row
from tests.front import Front, front, sample

NEXT_MONDAY = datetime.fromisoformat("2026-11-09T09:00:00+08:00")
WEEK = parse("2026-W45")


async def a_week(door: Front) -> None:
    """One appeal that ends well with two voices, one that nobody answers, in two lounges."""
    first = await door.say("hehua", "u-1", "3栋2单元楼道灯坏了好几天，晚上看不见", name="3栋-李姐")
    assert first.case
    await door.say("hehua", "u-2", "我们3栋楼道灯也是，黑漆漆的", name="3栋-阿美")
    await door.forward(minutes=20)
    case = await door.case(first.case)
    await door.press(case.attendant, "accept", case.id)
    await door.press(case.attendant, "resolve", case.id, note="灯管换好了，请看看")
    await door.press("u-1", "rate", case.id, grade="good")
    await door.say("etime", "u-3", "1栋电梯又停了，上不去楼，快来修", name="1栋-行政")
    await door.until(NEXT_MONDAY)


@pytest.mark.asyncio
async def test_a_week_through_the_front_door_is_counted_from_the_store(tmp_path: Path) -> None:
    async with front(tmp_path) as door:
        await a_week(door)
        reading, settings = door.rig.store.weeks, sample()
        made = await make(reading, settings, scopes.city(settings), WEEK, NEXT_MONDAY)
        one = await make(reading, settings, scopes.parse("lounge:hehua", settings), WEEK, NEXT_MONDAY)
        after = await make(reading, settings, scopes.city(settings), WEEK.plus(1), NEXT_MONDAY + timedelta(days=7))
    counts = made.digest.counts
    assert (counts["new"], counts["people"], counts["responded"], counts["good"]) == (2, 3, 1, 1)
    assert one.digest.counts["new"] == 1 and one.digest.counts["solved"] == 1
    assert after.digest.before["new"] == 2 and after.digest.counts["open"] == counts["open"] >= 1
    assert made.digest.loads[-1].heard > 0 and made.digest.loads[-1].pings > 0 and made.digest.loads[-1].cases == 2


@pytest.mark.asyncio
async def test_a_line_that_comes_days_late_is_found_in_the_week_it_was_written_down(tmp_path: Path) -> None:
    async with front(tmp_path, start="2026-11-04T10:00:00+08:00") as door:
        await door.post({"lounge": "hehua", "id": "m1", "sender": "u-1", "name": "3栋-李姐", "text": "3栋楼道灯坏了，晚上看不见路，快来修",
                         "at": "2026-10-31T22:00:00+08:00"})
        case = door.decisions["m1"].case
        assert case
        rows = await door.rig.store.reader.journal(case)
        assert rows[0].at < WEEK.start and all(row.recorded == door.now for row in rows[:1])
        assert case in {one.id for one in await door.rig.store.reader.week_cases("hehua", "2026-W45")}
        settings = sample()
        made = await make(door.rig.store.weeks, settings, scopes.city(settings), WEEK, NEXT_MONDAY)
    assert (made.digest.counts["new"], made.digest.before["new"], made.digest.counts["late"]) == (1, 0, 1)


def test_the_command_writes_every_file_and_says_nothing_on_stdout(tmp_path: Path) -> None:
    async def fill() -> None:
        async with front(tmp_path / "data") as door:
            await a_week(door)

    asyncio.run(fill())
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["digest", "--week", "2026-W45", "--scope", "street:pinghu", "--data", str(tmp_path / "data"),
                                    "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert {one.name for one in out.iterdir()} >= {"digest.html", "digest.xlsx", "digest.md", "digest.json", "cases.csv"}
    told = json.loads((out / record.NAME).read_bytes())
    assert told["week"] == "2026-W45" and told["figures"]["new"]["value"] == 2 and told["rates"]["response"]["formula"]
    assert (out / table.NAME).read_bytes().startswith(b"\xef\xbb\xbf")
    with (out / table.NAME).open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 2


@pytest.mark.parametrize(("more", "word"), [
    (["--week", "2026-W60"], "2026-W60"), (["--scope", "street:nowhere"], "street:nowhere"), ([], "no store"),
])
def test_wrong_use_is_one_line_and_two(more: list[str], word: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["digest", "--data", str(tmp_path / "none"), "--out", str(tmp_path / "out"), *more])
    said = done.output.strip()
    assert done.exit_code == 2 and word in said and "\n" not in said


def test_a_row_keeps_what_it_came_to_and_what_was_stored_before_still_reads() -> None:
    import msgspec

    old = msgspec.msgpack.encode([NEXT_MONDAY.astimezone(UTC), "Rated", "u-1", "好"])
    row = unpack_row(old)
    assert (row.mark, row.led, row.recorded) == ("", "", None)
    assert peek_row(pack_row(row)).event == "Rated"


def test_the_columns_of_the_csv_are_documented_each_in_its_own_words() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "digest-columns.md").read_text(encoding="utf-8")
    missing = [name for name in table.columns() if f"| {name} |" not in text]
    assert not missing
