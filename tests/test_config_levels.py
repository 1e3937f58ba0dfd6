"""levels.yaml and the presets of pace.yaml: every name known, nothing needed that an installation can do without."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import load
from bot.domain.levels import triage
from tests.test_config import change, folder, mistakes  # noqa: F401  (a fixture)


@pytest.mark.parametrize(("file", "old", "new", "why"), [
    ("levels.yaml", "  noise: {community", "  nois: {community", "levels.yaml:{line}: table.nois: there is no intent nois"),
    ("levels.yaml", "lounge: hehua", "lounge: nowhere", "levels.yaml:{line}: stations.rest-hehua.lounge: there is no lounge nowhere"),
    ("levels.yaml", "1: [p-bailu]", "1: [p-gone]", "levels.yaml:{line}: stations.rest-hehua.duty.1[0]: there is no person p-gone"),
    ("pace.yaml", "bj4-7d: {like: normal", "bj4-7d: {like: usual", "pace.yaml:{line}: presets.bj4-7d.like: there is no pace usual under paces"),
    ("pace.yaml", "  sz-normal: {", "  normal: {", "pace.yaml:{line}: presets.normal: normal stands under paces too; give it another name"),
])
def test_a_mistake_in_the_powers_or_the_presets_is_named_by_file_line_and_key(
    folder: Path, file: str, old: str, new: str, why: str,  # noqa: F811
) -> None:
    change(folder, file, old, new)
    line = next(n for n, text in enumerate((folder / file).read_text("utf-8").splitlines(), 1)
                if new in text and (new != "  normal: {" or "like:" in text))
    assert why.format(line=line) in mistakes(folder)


def test_without_a_table_of_powers_every_category_has_its_own_level(folder: Path) -> None:  # noqa: F811
    (folder / "levels.yaml").unlink()
    settings = load(folder, {})
    assert settings.levels.table == {} and triage("transport", "地铁施工", settings).level == "A"


def test_an_intent_may_run_at_a_preset(folder: Path) -> None:  # noqa: F811
    change(folder, "intents/noise.yaml", "pace: normal", "pace: bj4-7d")
    settings = load(folder, {})
    pace = settings.pace_of("noise")
    assert (pace.handle, pace.handle_plain, pace.progress) == (10080, True, settings.paces["normal"].progress)
