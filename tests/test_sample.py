"""The four invented weeks go through the real pipeline as they were meant, and their last week fills every section of a digest."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot import history
from bot.app import open_store_at
from bot.cli import app
from bot.digest import scopes, week
from bot.digest.archive import Archive
from bot.digest.edition import whole
from bot.digest.shape import Digest
from bot.digest.short import LIMIT, short
from tests.front import CONFIG, sample

MADE = datetime.fromisoformat("2026-11-16T09:00:00+08:00")
ASKED = "hehua-26"  # the line that is put before the host on Sunday evening, and opened by him on Monday
ANSWERED = "hehua-24"  # the question that config answers at once
SIDE = ("private", "press")


@dataclass(frozen=True)
class Played:
    rows: list[dict[str, Any]]
    decided: dict[str, dict[str, Any]]
    cases: dict[str, dict[str, Any]]
    digest: Digest

    def plays(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.rows:
            found.setdefault(str(row["id"]).rpartition("-")[0], []).append(row)
        return found


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    out, keep = tmp_path_factory.mktemp("out"), tmp_path_factory.mktemp("keep")
    done = CliRunner().invoke(app, ["sample", "--out", str(out), "--keep", str(keep), "--config", str(CONFIG)])
    assert done.exit_code == 0 and done.stdout == ""

    async def made() -> Digest:
        settings, wanted = sample(), week.parse(history.LAST)
        async with open_store_at(settings, keep) as store:
            return (await whole(store.weeks, settings, scopes.parse(history.SCOPE, settings), wanted, MADE, Archive(keep / "digests"))).digest

    return Played(lines(out / "sample.jsonl"), {row["id"]: row for row in lines(out / "decisions.jsonl")},
                  {row["id"]: row for row in lines(out / "cases.jsonl")}, asyncio.run(made()))


def test_every_matter_opens_one_case_and_every_move_on_it_is_carried_out(played: Played) -> None:
    for name, play in played.plays().items():
        if not any(mark in row for row in play for mark in SIDE):
            continue
        opened = {played.decided[row["id"]]["case"] for row in play} - {None}
        assert len(opened) == 1, f"{name}: {opened}"
        first = played.decided[play[0]["id"]]["decision"]
        assert first == ("ask" if name == ASKED else "open"), f"{name}: {play[0]['text']}"
        for row in play[1:]:
            decision = played.decided[row["id"]]
            assert decision["decision"] in ("attach", "act") and "没有照办" not in decision["why"], f"{row}: {decision['why']}"


def test_no_line_of_the_talk_between_opens_a_case_or_asks_the_host(played: Played) -> None:
    for name, play in played.plays().items():
        if any(mark in row for row in play for mark in SIDE) or name == ANSWERED:
            continue
        assert {played.decided[row["id"]]["decision"] for row in play} == {"ignore"}, name
    assert played.decided[f"{ANSWERED}-01"]["intent"] == "service_info"


def test_there_are_as_many_cases_as_matters_in_six_lounges_and_four_weeks(played: Played) -> None:
    matters = [play for play in played.plays().values() if any(mark in row for row in play for mark in SIDE)]
    assert len(played.cases) == len(matters) + 1 and 60 <= len(played.cases) <= 95
    assert {case["lounge"] for case in played.cases.values()} == set(history.LOUNGES)
    new = [sum(row[at] for row in played.digest.trend.values()) for at in range(8)]
    assert new[:4] == [0, 0, 0, 0] and all(new[4:]) and max(new) == new[7] > new[6]


def test_the_last_week_has_something_in_every_section(played: Played) -> None:
    found, counts = played.digest, played.digest.counts
    assert len(found.agenda) >= 5 and found.agenda[0].supporters >= 2
    assert all(counts[name] for name in ("across", "overdue", "silent", "unsatisfied_twice", "late", "merged", "withdrawn", "not_accepted",
                                         "answered", "urgent", "private", "partly", "unsolved", "unrated", "unreached", "fair", "dissatisfied",
                                         "response_late", "mediating", "mediations_agreed", "escalated", "transferred", "linked"))
    assert all(0.5 < (rate.value or 0) < 1 for rate in found.rates.values())
    lift = found.hot_spots[0]
    assert (lift.building, lift.cases) == ("禾花花园3栋", 5) and "电梯" in lift.category
    assert len(found.causes) >= 3 and next(iter(found.causes)) != "其他"
    assert found.check is not None and len(found.check.sample) >= 3
    assert found.loads[-1].heard > found.loads[-1].pings > 0 and found.quality


def test_the_numbers_of_the_digest_agree_with_each_other(played: Played) -> None:
    found, counts = played.digest, played.digest.counts
    assert counts["new"] == sum(line.new for line in found.by_category.values()) == sum(line.new for line in found.by_building.values())
    assert counts["ended"] == sum(counts[name] for name in ("closed", "withdrawn", "merged", "not_accepted"))
    assert counts["open"] == sum(found.ages.values()) == found.before["open"] + counts["new"] + counts["reopened"] - counts["ended"]
    assert counts["agenda"] == len(found.agenda) and sum(found.causes.values()) >= counts["dissatisfied"]
    text = short(found)
    assert str(counts["new"]) in found.lead and found.agenda[0].building in found.lead and found.lead in text and len(text.encode()) <= LIMIT


def test_why_somebody_was_not_satisfied_stands_in_the_journal(played: Played) -> None:
    said = [row["note"] for case in played.cases.values() for row in case["journal"] if row["event"] == "Rated"]
    assert any(note.startswith("不满意：") and "修了又坏" in note for note in said) and "满意" in said


def test_nobody_of_the_staff_is_named_in_it(played: Played) -> None:
    told = short(played.digest)
    assert not [person.name for person in sample().people.values() if person.name in told]


def test_a_line_that_cannot_be_read_is_named() -> None:
    for wrong in ("11-09 没有时间", "11-09 09:00 唱歌 一首"):
        with pytest.raises(history.BadPlay, match=wrong[-2:]):
            history.read("hehua", f"11-09 08:00 3栋-甲: 早\n{wrong}")


@pytest.mark.parametrize("words", [[], ["--keep", "full"]])
def test_it_says_in_one_line_what_it_needs(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").touch()
    done = CliRunner().invoke(app, ["sample", "--config", str(CONFIG), *(str(tmp_path / w) if w == "full" else w for w in words)])
    assert done.exit_code == 2 and done.stderr.count("\n") == 1 and done.stdout == ""
