"""`lounge due` and `lounge spent` answer on stdout alone and refuse in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.commands.hours import read_calendar, register
from bot.domain.hours import WorkCalendar, calendar_from
from bot.holidays import official
from tests.domain.golden_hours import DUE, SAMPLE

YAML = """
tz: Asia/Shanghai
week:
  1-5: [[09:00, 12:00], [14:00, 18:00]]
  7: [["09:00", "12:00"], ["14:00", "18:00"]]
holidays: chinesecalendar
"""
START = "2026-03-02T09:00+08:00"


def shipped() -> WorkCalendar:
    return calendar_from(SAMPLE, official=official)


def run(*typed: str) -> tuple[int, str, str]:
    app = typer.Typer()
    register(app, shipped)
    result = CliRunner().invoke(app, list(typed))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def refusal(*typed: str) -> str:
    code, out, err = run(*typed)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1 and err.endswith("\n")
    return err


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "calendar.json"
    path.write_text(json.dumps(SAMPLE), encoding="utf-8")
    return path


@pytest.mark.parametrize(("case", "start", "minutes", "expected"), DUE, ids=[row[0] for row in DUE])
def test_A28_each_known_case_comes_out_of_the_command(
    file: Path, case: str, start: str, minutes: int, expected: str
) -> None:
    answer = run("due", f"{start}+08:00", str(minutes), "--calendar", str(file))
    assert answer == (0, f"{expected}:00+08:00\n", "")
    back = run("spent", f"{start}+08:00", f"{expected}+08:00", "--calendar", str(file))
    assert back == (0, f"{minutes}\n", "")


def test_A29_a_file_with_an_evening_opening_is_heeded(tmp_path: Path) -> None:
    path = tmp_path / "evening.yaml"
    path.write_text(YAML + "overrides: {2026-03-04: [[19:00, 21:00]]}\n", encoding="utf-8")
    answer = run("due", "2026-03-03T17:30+08:00", "60", "--calendar", str(path))
    assert answer == (0, "2026-03-04T19:30:00+08:00\n", "")


def test_yaml_with_bare_clocks_says_the_same_as_json(tmp_path: Path, file: Path) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text(YAML, encoding="utf-8")
    assert read_calendar(path) == read_calendar(file)


def test_without_a_file_the_installations_own_calendar_answers_in_its_zone() -> None:
    assert run("due", "2026-03-02T01:00Z", "180") == (0, "2026-03-02T12:00:00+08:00\n", "")


def test_pauses_may_be_given_many_times() -> None:
    first, second = "2026-03-02T10:00+08:00/2026-03-02T11:00+08:00", "2026-03-02T06:00Z/2026-03-02T07:00Z"
    pauses = ("--pause", first, "--pause", second)
    assert run("due", START, "120", *pauses)[1] == "2026-03-02T12:00:00+08:00\n"
    assert run("due", START, "121", *pauses)[1] == "2026-03-02T15:01:00+08:00\n"
    assert run("spent", START, "2026-03-02T18:00+08:00", *pauses)[1] == "300\n"


def test_parts_of_minutes_are_taken_and_given_as_plain_numbers() -> None:
    assert run("due", START, "0.5")[1] == "2026-03-02T09:00:30+08:00\n"
    assert run("spent", START, "2026-03-02T10:30:30+08:00")[1] == "90.5\n"
    assert run("spent", START, "2026-03-02T09:00:01+08:00")[1] == "0.0166666667\n"
    assert run("spent", START, START)[1] == "0\n"


def test_a_year_without_holiday_data_is_announced_once_and_the_answer_still_comes() -> None:
    code, out, err = run("due", "2099-12-31T17:00+08:00", "1")
    assert code == 0 and out.count("\n") == 1
    assert err.count("\n") == 1 and "2099" in err
    assert run("due", START, "1")[2] == ""


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (("due", START, "-5"), "-5"),
        (("due", START, "soon"), "soon"),
        (("due", START, "nan"), "nan"),
        (("due", START, "9" * 40), "MINUTES"),
        (("due", START, "9" * 20), "两百年"),
        (("due", "2026-03-02T09:00", "5"), "START"),
        (("due", "yesterday\nevening", "5"), "START"),
        (("due", START, "5", "--pause", START), "--pause"),
        (("due", START, "5", "--pause", f"{START}/2026-03-01T09:00+08:00"), "--pause"),
        (("due", START, "5", "--pause", f"{START}/2026-03-03T09:00"), "--pause"),
        (("due", "9999-12-31T23:59Z", "5"), ""),
        (("due", "0001-01-01T00:00+08:00", "5"), ""),
        (("spent", "0001-01-01T00:00+08:00", START), ""),
        (("spent", START, "2026-03-01T09:00+08:00"), "END"),
        (("spent", START, "2026-03-03"), "END"),
        (("due", START, "5", "--calendar", "/nowhere/at/all.yaml"), "/nowhere/at/all.yaml"),
        (("due", START, "5", "--calendar", "/"), "/"),
    ],
)
def test_wrong_use_is_refused_in_one_line_that_names_the_place(typed: tuple[str, ...], named: str) -> None:
    assert named in refusal(*typed)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b'{"week": {}}', "week"),
        (b'{"week": {"1-5": [["09:00", "12:00"]]}, "tz": "Mars/Base"}', "Mars/Base"),
        (b"[1, 2]", "calendar"),
        (b"", "calendar"),
        (b"week: [unclosed\nholidays: {", "calendar"),
        (b"week: {1: [[09:00, 12:00]]}\nholidays: [2026-02-30]", "calendar"),
        (b"\xff\xfe\x00", "calendar"),
        (b"[" * 20_000, "calendar"),
        (b"!!python/object:os.system {}", "calendar"),
        (b"{[1]: 2}", "calendar"),
        (b"#" * (1 << 20) + b"x", "1 MiB"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_in_a_line(tmp_path: Path, content: bytes, named: str) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_bytes(content)
    err = refusal("due", START, "5", "--calendar", str(path))
    assert named in err and str(path) in err
