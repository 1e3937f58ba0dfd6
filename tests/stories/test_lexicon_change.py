"""The lexicon changes while the bot runs: an accepted line is heard, a wrong file is named and the old one stays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import load
from bot.lexicon_files import Proposal, accept
from bot.reloading import SETTINGS, Reloading
from tests.front import CONFIG, Front, front

SECRET = {"LOUNGE_PLAIN_SECRET": "for tests only"}
LINE = "墙后面滴答滴答数了一夜"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield Path(shutil.copytree(CONFIG, tmp_path / "config"))


def reloading(f: Front, folder: Path) -> Reloading:
    return Reloading(f.rig, folder, SECRET, "w1", lambda settings: None, lambda: ())


async def test_a_wrong_lexicon_file_is_named_with_its_line_and_the_old_one_stays_in_force(tmp_path: Path, folder: Path) -> None:
    async with front(tmp_path / "store", settings=load(folder, {})) as f:
        before = f.rig.ears
        noise = folder / "intents" / "noise.yaml"
        sound = noise.read_bytes()
        for wrong in (sound.replace(b"id: noise\n", b"id: noises\n"), sound.replace(b"phrases:\n", b"phrases: [\n"),
                      sound.replace(b"phrases:\n", "phrases:\n  - 吵\n".encode()),
                      sound.replace(b"phrases:\n", "phrases:\n  - 试写的一句\n  - 试写的一句\n".encode())):
            noise.write_bytes(wrong)
            assert not await reloading(f, folder).follow()
            assert "intents/noise.yaml:" in f.rig.alarms.now[SETTINGS]
            assert f.rig.ears is before
        noise.write_bytes(sound)
        assert await reloading(f, folder).follow()
        assert SETTINGS not in f.rig.alarms.now


async def test_an_accepted_line_is_heard_after_the_reload(tmp_path: Path, folder: Path) -> None:
    async with front(tmp_path / "store", settings=load(folder, {})) as f:
        unsure = f.rig.ears.hear(LINE).score
        accept(folder, [Proposal(LINE, None, "noise")])
        assert await reloading(f, folder).follow()
        heard = f.rig.ears.hear(LINE)
        assert heard.intent == "noise" and heard.score > unsure
