"""A replay gives the same bytes for the same log, whole or in halves, reads no labels, and says no in one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import bot.app
from bot import weights
from bot.intents.recognize import Ears
from bot.replay import BadLog, Item, read_log, replay
from tests.front import CONFIG, sample

LOG = Path(__file__).parent / "data" / "logs" / "small.jsonl"
FILES = ("cases", "decisions", "outbox")
Files = dict[str, bytes]


@cache
def ears(_: object) -> Ears:
    """Made once: recognising is pure and takes a while to set up."""
    return weights.ears(sample())


@pytest.fixture(autouse=True)
def one_pair_of_ears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.app, "ears", lambda settings: ears(settings.version))


async def run(items: list[Item], out: Path, **how: Any) -> Files:
    """The three files of a replay."""
    await replay(sample(), items, out, meaning=CONFIG, **how)
    return {name: (out / f"{name}.jsonl").read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """What the command line makes of the whole log; it is piped, so that it has no terminal."""
    out = tmp_path_factory.mktemp("whole")
    done = command("replay", str(LOG), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert done.stdout == b"" and done.stderr.count(b"\n") == 1 and b"%" not in done.stderr  # no progress bar in a pipe
    return {name: (out / f"{name}.jsonl").read_bytes() for name in FILES}


def command(*words: str) -> subprocess.CompletedProcess[bytes]:
    """`lounge <words>`, as a shell script would call it."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("LOUNGE_", "REDIS_"))}
    return subprocess.run([sys.executable, "-m", "bot.cli", *words, "--config", str(CONFIG)], capture_output=True, check=False,
                          cwd=CONFIG.parent, env=environ, timeout=120)


def rows(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


async def test_the_same_log_gives_the_same_bytes_again(whole: Files, tmp_path: Path) -> None:
    assert await run(read_log(LOG), tmp_path) == whole


async def test_two_halves_with_a_restart_between_give_the_same_as_one(whole: Files, tmp_path: Path) -> None:
    items = read_log(LOG)
    for cut in (9, 28):
        keep, half = tmp_path / f"keep-{cut}", [items[:cut], items[cut:]]
        first = await run(half[0], tmp_path / "first", keep=keep, until=half[0][-1].at)
        second = await run(half[1], tmp_path / "second", keep=keep)
        assert second["cases"] == whole["cases"]
        assert first["outbox"] + second["outbox"] == whole["outbox"]
        assert first["decisions"] + second["decisions"] == whole["decisions"]


async def test_labels_are_never_read(whole: Files, tmp_path: Path) -> None:
    bare, wrong = tmp_path / "bare.jsonl", tmp_path / "wrong.jsonl"
    logged = [json.loads(line) for line in LOG.read_text(encoding="utf-8").splitlines()]
    assert any("gold" in row for row in logged)
    bare.write_text("\n".join(json.dumps({k: v for k, v in row.items() if k != "gold"}) for row in logged), encoding="utf-8")
    wrong.write_text("\n".join(json.dumps({**row, "gold": {"intent": "noise", "role": "report"}}) for row in logged), encoding="utf-8")
    assert [item.raw for item in read_log(bare)] == [item.raw for item in read_log(wrong)] == [item.raw for item in read_log(LOG)]
    assert await run(read_log(bare), tmp_path / "out") == whole


def test_decisions_have_one_row_for_each_line_in_the_order_of_the_file(whole: Files) -> None:
    decided = rows(whole["decisions"])
    assert [row["id"] for row in decided] == [json.loads(line)["id"] for line in LOG.read_text(encoding="utf-8").splitlines()]
    assert {tuple(row) for row in decided} == {("id", "decision", "intent", "case", "why")}
    assert {row["decision"] for row in decided} <= {"open", "attach", "ask", "act", "ignore"}


def test_decisions_follow_the_file_even_where_its_times_do_not(tmp_path: Path) -> None:
    mixed = tmp_path / "mixed.jsonl"
    lines = LOG.read_text(encoding="utf-8").splitlines()
    mixed.write_text("\n".join([lines[5], "", lines[2], lines[0]]), encoding="utf-8")
    items = read_log(mixed)
    assert [item.index for item in items] == [2, 1, 0] and [item.raw["id"] for item in items] == ["h-01", "h-03", "e-01"]


@pytest.mark.parametrize("lost", ["b-04", "b-05", "p-05", "p-06", "p-07", "z-01", "z-02"])
def test_what_leads_nowhere_is_ignored_with_its_reason_and_the_replay_goes_on(whole: Files, lost: str) -> None:
    (row,) = [row for row in rows(whole["decisions"]) if row["id"] == lost]
    assert row["decision"] == "ignore" and row["why"] and row["case"] is None


def test_references_find_the_case_and_the_person(whole: Files) -> None:
    cases = {case["opened_by"]: case for case in rows(whole["cases"])} | {case["messages"][0]: case for case in rows(whole["cases"])}
    events = {message: [row["event"] for row in cases[message]["journal"]] for message in ("h-03", "w-01", "h-11", "h-12", "x-01")}
    assert cases["h-03"]["state"] == "closed" and {"Accepted", "Noted", "Resolved", "Rated"} <= set(events["h-03"])
    assert {"Accepted", "Resolved"} <= set(events["w-01"])
    assert cases["h-11"]["rounds"] == 2 and "Disputed" in events["h-11"]
    assert "Accepted" in events["h-12"] and cases["x-01"]["state"] == "withdrawn"
    assert cases["h-13"]["urgent"] is True
    assert "e-01" in cases  # the host's word on a doubtful line, a day later


def test_what_was_said_has_five_fields_and_ascending_times(whole: Files) -> None:
    said = rows(whole["outbox"])
    assert said and {tuple(row) for row in said} == {("at", "to", "card", "text", "case")}
    assert [row["at"] for row in said] == sorted(row["at"] for row in said)
    assert all(row["at"].endswith("+08:00") and row["to"].startswith(("chat:", "person:")) for row in said)


def test_cases_come_by_number_within_lounge_in_the_outside_words(whole: Files) -> None:
    cases = rows(whole["cases"])
    lounges = list(sample().lounges)
    assert [case["id"] for case in cases] == [c["id"] for c in sorted(cases, key=lambda c: (lounges.index(c["lounge"]), c["id"]))]
    assert {tuple(case) for case in cases} == {(
        "id", "lounge", "intent", "building", "unit", "urgent", "heated", "state", "level", "attendant", "opened_by", "opened_at",
        "messages", "supporters", "rounds", "journal")}
    assert "13800138000" not in b"".join(whole.values()).decode()


BROKEN = {
    "no JSON": b'{"id":"a"\n', "no object": b"[1]\n", "no time": b'{"id":"a"}\n', "no id": b'{"at":"2026-11-02T08:00:00+08:00"}\n',
    "no zone": b'{"id":"a","at":"2026-11-02T08:00:00"}\n', "odd time": b'{"id":"a","at":"soon"}\n', "not UTF-8": b'{"id":"\xff"}\n',
    "a time that is a number": b'{"id":"a","at":7}\n', "far too deep": b"[" * 100_000, "out of all calendars": b'{"id":"a","at":"0001-01-01T00:00:00+14:00"}',
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_log_that_cannot_be_read_is_told_in_one_line_with_its_place(tmp_path: Path, what: str) -> None:
    log = tmp_path / "broken.jsonl"
    log.write_bytes(b'{"id":"a","at":"2026-11-02T08:00:00+08:00"}\n' + BROKEN[what])
    with pytest.raises(BadLog) as told:
        read_log(log)
    assert "\n" not in str(told.value) and str(log) in str(told.value)
    assert what == "not UTF-8" or f"{log}:2: " in str(told.value)


@pytest.mark.parametrize("words", [
    ("nowhere.jsonl", "--out", "OUT"), ("LOG", "--out", "OUT", "--until", "soon"), ("LOG", "--out", "OUT", "--until", "2026-11-02"),
    ("LOG", "--out", "FILE/below"), ("LOG", "--out", "OUT", "--keep", "FILE/below"), ("OUT", "--out", "OUT"),
])
def test_wrong_use_is_one_line_and_exit_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "out").mkdir()
    put = {"LOG": str(LOG), "OUT": str(tmp_path / "out"), "FILE": str(tmp_path / "file")}
    done = command("replay", *(put.get(word, word.replace("FILE", put["FILE"])) for word in words))
    assert done.returncode == 2 and done.stdout == b""
    assert done.stderr.count(b"\n") == 1 and b"Traceback" not in done.stderr, done.stderr.decode()


async def test_an_empty_log_gives_three_empty_files(tmp_path: Path) -> None:
    log = tmp_path / "empty.jsonl"
    log.write_text("\ufeff\n\n", encoding="utf-8")
    assert await run(read_log(log), tmp_path / "out") == dict.fromkeys(FILES, b"")


def test_a_log_from_windows_reads_the_same(tmp_path: Path) -> None:
    log = tmp_path / "windows.jsonl"
    log.write_bytes(b"\xef\xbb\xbf" + LOG.read_bytes().replace(b"\n", b"\r\n"))
    assert [item.raw for item in read_log(log)] == [item.raw for item in read_log(LOG)]


def test_the_test_log_is_sound_json_lines() -> None:
    with open(LOG, encoding="utf-8") as lines:
        assert all(json.loads(line)["id"] for line in lines)
