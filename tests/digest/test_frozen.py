"""What was sent stays as it was sent, byte for byte; a correction is a new edition that says what it puts right."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime, time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.app import open_store_at
from bot.cli import app
from bot.digest import files, record, scopes
from bot.digest.archive import Altered, Archive
from bot.digest.correction import changed
from bot.digest.week import parse
from bot.domain.case import Row
from bot.domain.settings import Settings
from bot.domain.weekly import Weekly
from bot.reloading import tell
from bot.shards import SHARDS, shard_of
from bot.store.codec import pack_row
from bot.store.keys import KEYS
from tests.digest.history import made_of, two_communities, world
from tests.front import Heard, front, sample

COMMUNITY, WEEK = "community:pinghu-hehua", parse("2026-W45")
NINE = datetime.fromisoformat("2026-11-09T09:00:00+08:00")
SETTINGS = replace(sample(), weekly=Weekly(at=time(9), to={COMMUNITY: ("desk",)}))


@pytest.fixture(autouse=True)
def no_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing takes a second and is tried elsewhere."""
    monkeypatch.setattr(files, "paper", lambda page, out: out.write_bytes(b"%PDF-") and "" or "")
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A store whose week was posted."""
    async def fill() -> None:
        async with front(tmp_path / "data", settings=SETTINGS) as f:
            f.rig.post_digests(tmp_path / "data" / "digests")
            await tell(f.rig, range(SHARDS))
            await f.say("hehua", "u-1", "3栋楼道灯坏了好几天，晚上看不见", "3栋-李姐")
            await f.until(NINE)
            assert [h.to for h in f.heard() if h.card == "digest"] == ["person:p-qiming"]

    asyncio.run(fill())
    return tmp_path / "data"


def recorded_late(data: Path) -> None:
    """A row that belongs to the week, and was not there when it was counted."""
    async def add() -> None:
        async with open_store_at(SETTINGS, data) as store:
            row = Row(at=datetime.fromisoformat("2026-11-05T10:00:00+08:00"), event="Declined", by="p-chunfen", note="")
            await store.client.rpush(KEYS[shard_of("hehua")].journal("HH-0001"), pack_row(row))

    asyncio.run(add())


def digest(data: Path, out: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["digest", "--week", str(WEEK), "--scope", COMMUNITY, "--data", str(data), "--out", str(out), *more])


def written(out: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in out.iterdir()}


def sent(data: Path, edition: int) -> dict[str, bytes]:
    place = data / "digests/community/pinghu-hehua" / str(WEEK) / str(edition)
    return {one.name: one.read_bytes() for one in place.iterdir() if one.name != "sealed.json"}


def told_after(data: Path, settings: Settings = SETTINGS) -> list[Heard]:
    """What the bot says when it runs again on a store."""
    async def run() -> list[Heard]:
        async with front(data, "2026-11-09T10:00:00+08:00", settings=settings) as f:
            await f.forward(minutes=1)
            return [h for h in f.heard() if h.card == "digest"]

    return asyncio.run(run())


def test_what_was_sent_is_written_again_byte_for_byte_whatever_the_store_holds_by_now(data: Path, tmp_path: Path) -> None:
    recorded_late(data)
    done = digest(data, tmp_path / "out")
    assert done.exit_code == 0 and "as it was sent" in done.output
    assert written(tmp_path / "out") == sent(data, 1) and {"digest.json", "cases.csv", "digest.html"} <= sent(data, 1).keys()


def test_a_correction_is_a_second_edition_that_says_why_and_each_figure_and_is_posted(data: Path, tmp_path: Path) -> None:
    before = sent(data, 1)
    recorded_late(data)
    done = digest(data, tmp_path / "out", "--correct", "周四的退单当时没有记上")
    assert done.exit_code == 0, done.output
    told = json.loads(written(tmp_path / "out")[record.NAME])
    assert told["edition"] == 2 and told["changed"][0] == "更正原因：周四的退单当时没有记上。"
    assert "退单由 0 次改为 1 次。" in told["changed"] and not any("新增" in line for line in told["changed"])
    assert sent(data, 1) == before and sent(data, 2) == written(tmp_path / "out")
    assert told["check"] == json.loads(before[record.NAME])["check"] and told["loads"] == json.loads(before[record.NAME])["loads"]
    heard = told_after(data)
    assert [h.to for h in heard] == ["person:p-qiming"] and "第 2 版更正：更正原因：周四的退单当时没有记上。" in heard[0].text
    assert told_after(data) == []
    assert digest(data, tmp_path / "later").exit_code == 0 and written(tmp_path / "later") == sent(data, 2)


def test_where_no_figure_differs_there_is_no_second_edition(data: Path, tmp_path: Path) -> None:
    done = digest(data, tmp_path / "out", "--correct", "想改一改")
    assert done.exit_code == 0 and "no figure differs" in done.output
    assert written(tmp_path / "out") == sent(data, 1) and told_after(data) == []


@pytest.mark.parametrize("more", [["--correct", "为什么", "--week", "2026-W40"], ["--correct", " "]])
def test_nothing_is_corrected_that_was_not_sent_or_without_a_reason(data: Path, tmp_path: Path, more: list[str]) -> None:
    done = digest(data, tmp_path / "out", *more)
    assert done.exit_code == 2 and "correct" in done.output and len(done.output.strip().splitlines()) == 1


def test_a_file_that_somebody_prettified_is_not_passed_on(data: Path, tmp_path: Path) -> None:
    place = data / "digests/community/pinghu-hehua" / str(WEEK) / "1" / "digest.json"
    place.write_bytes(place.read_bytes().replace(b'"value": 1', b'"value": 0', 1))
    done = digest(data, tmp_path / "out")
    assert done.exit_code == 2 and "is not what was sent" in done.output
    seal = place.parent / "sealed.json"
    old = json.loads(seal.read_bytes())
    seal.write_text(json.dumps({**old, "files": {**old["files"], "digest.json": sha256(place.read_bytes()).hexdigest()}}))
    done = digest(data, tmp_path / "out")  # nor where the list of hashes was mended with it
    assert done.exit_code == 2 and "is not what was posted" in done.output


def test_of_two_that_freeze_at_once_the_first_stays(tmp_path: Path) -> None:
    archive, scope = Archive(tmp_path), scopes.parse(COMMUNITY, sample())

    def quick(out: Path) -> None:
        (out / "a").write_text("first")

    def slow(out: Path) -> None:
        archive.freeze(scope, WEEK, 1, NINE, quick)
        (out / "a").write_text("second")

    edition = archive.freeze(scope, WEEK, 1, NINE, slow)
    assert edition.files() == {"a": b"first"} and [one.name for one in archive.place(scope, WEEK).iterdir()] == ["1"]
    (edition.folder / "a").unlink()
    with pytest.raises(Altered):
        edition.files()


def test_a_seed_is_drawn_once_and_is_nobodys_to_read(tmp_path: Path) -> None:
    archive, scope = Archive(tmp_path), scopes.parse(COMMUNITY, sample())
    assert archive.opened(scope, WEEK) == ""
    seed = archive.seed(scope, WEEK)
    assert seed == archive.seed(scope, WEEK) == archive.opened(scope, WEEK) and len(seed) == 64
    assert archive.seed(scope, WEEK.plus(1)) != seed
    file = archive.place(scope, WEEK) / "seed"
    assert file.stat().st_mode & 0o077 == 0


def test_every_figure_that_differs_is_said_and_an_equal_record_says_nothing() -> None:
    settings = two_communities()
    cases = world(3, settings=settings)
    before: dict[str, Any] = record.record(made_of(cases, settings=settings).digest)
    now: dict[str, Any] = record.record(made_of(cases[:-10], settings=settings).digest)
    told = changed(before, now)
    differ = [name for name, old in before["figures"].items() if old["value"] != now["figures"][name]["value"]]
    assert differ and changed(before, before) == ()
    for name in differ:
        old, new = before["figures"][name], now["figures"][name]
        assert f"{old['label']}由 {old['value']} {old['unit']}改为 {new['value']} {new['unit']}。" in told
    assert all(line.count("。") == 1 and line.endswith("。") for line in told)
