"""The shipped configuration is sound, and every kind of mistake in it is named by file, line and key."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import BadConfig, NoConfig, find, load
from bot.domain.assignment import ladder, stand_in
from bot.domain.case import Rung
from bot.domain.settings import Settings
from tests.config_mistakes import MISTAKES, Broken

SHIPPED = Path(__file__).resolve().parents[1] / "config"
MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
SECRET = {"LOUNGE_PLAIN_SECRET": "for tests only"}


@pytest.fixture(scope="module")
def shipped() -> Settings:
    return load(SHIPPED, {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "config"))


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Replace the first place where `old` stands in the file."""
    text = (folder / file).read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


def mistakes(folder: Path, environ: dict[str, str] | None = None, *, secrets: bool = False) -> list[str]:
    """Every mistake as its line."""
    try:
        load(folder, environ or {}, secrets=secrets)
    except BadConfig as bad:
        return [str(mistake) for mistake in bad.mistakes]
    return []


def at(folder: Path, file: str, marker: str) -> str:
    """`file:line` of the first line that holds the marker."""
    lines = (folder / file).read_text("utf-8").splitlines()
    return f"{file}:{next(n for n, line in enumerate(lines, 1) if marker in line)}"


def test_the_shipped_configuration_loads_without_a_mistake(shipped: Settings) -> None:
    assert (len(shipped.lounges), len(shipped.buildings), len(shipped.intents)) == (6, 28, 29)
    assert {lounge.code for lounge in shipped.lounges.values()} == {"XJ", "WH", "ES", "HH", "GH", "YQ"}
    assert all(len(intent.phrases) >= 12 for intent in shipped.intents.values())


def test_in_the_shipped_world_every_rung_of_every_building_is_a_named_person(shipped: Settings) -> None:
    for building in shipped.buildings.values():
        seats = ladder(building.lounge, building.name, MONDAY, shipped)
        assert [seat.rung for seat in seats] == list(Rung), building.name
        assert all(shipped.people[seat.person].addresses for seat in seats)


def test_in_the_shipped_world_every_attendant_has_a_present_stand_in(shipped: Settings) -> None:
    away = [p.name for p in shipped.people.values() if p.buildings and stand_in(p, shipped, MONDAY) is None]
    assert away == []


def test_values_come_out_in_the_types_of_settings(shipped: Settings) -> None:
    lounge, pace = shipped.lounges["hehua"], shipped.paces["emergency"]
    assert lounge.duty[1] == ("p-chunfen", "p-bailu") and lounge.kinds == ("resident",)
    assert pace.always and pace.accept == 10 and pace.name == "emergency"
    assert shipped.channels["plain"].on and shipped.channels["plain"].secrets == {"secret": "LOUNGE_PLAIN_SECRET"}
    assert shipped.local(MONDAY).hour == 10 and shipped.calendar.is_open(MONDAY)
    assert shipped.texts["opened"].buttons == () and shipped.texts["assigned"].buttons[0] == ("accept", "接单")
    assert shipped.buildings["禾花花园3栋"].grid == "hehua-g1" and shipped.buildings["五号交易广场"].floors == 4


def test_a_lounges_own_facts_come_before_the_shared_ones(shipped: Settings) -> None:
    own, shared = "客厅+在哪|客厅+几楼|客厅+怎么走", "借伞|雨伞+借|轮椅+借|借轮椅|工具箱|打气筒"
    keys = list(shipped.lounges["hehua"].facts)
    assert keys[0] == own and shared in keys
    assert shipped.lounges["hehua"].facts[own] != shipped.lounges["ghong"].facts[own]


def test_the_version_changes_with_any_byte_and_with_nothing_else(folder: Path) -> None:
    before = load(folder, {}).version
    assert load(folder, SECRET).version == before
    change(folder, "pace.yaml", "# How fast", "# how fast")
    assert load(folder, {}).version != before


def test_days_of_absence_run_from_midnight_to_midnight(folder: Path) -> None:
    absent = "    absences: [{first: 2026-11-02, last: 2026-11-03}]\n    name: 谷雨"
    change(folder, "people.yaml", "    name: 谷雨", absent)
    (absence,) = load(folder, {}).people["p-guyu"].absences
    assert absence.start == datetime(2026, 11, 1, 16, tzinfo=UTC)
    assert absence.until == datetime(2026, 11, 3, 16, tzinfo=UTC)


@pytest.mark.parametrize("broken", MISTAKES, ids=[broken.name for broken in MISTAKES])
def test_one_mistake_gives_exactly_its_one_line(broken: Broken, folder: Path) -> None:
    change(folder, broken.file, broken.old, broken.new)
    place = at(folder, broken.named or broken.file, broken.marker)
    assert mistakes(folder) == [f"{place}: {broken.key}: {broken.why}"]


def test_B01_a_building_in_two_grids_is_named_with_both(folder: Path) -> None:
    change(folder, "places.yaml", "      - 恒路E时代1栋", "      - 禾花花园3栋\n      - 恒路E时代1栋")
    (line,) = mistakes(folder)
    assert line.endswith("grids.hehua-g4.buildings[0]: building 禾花花园3栋 is in grid hehua-g1 already; leave it in one grid")


def test_B01_a_building_in_no_grid_or_lounge_is_named(folder: Path) -> None:
    change(folder, "places.yaml", "      - 五号交易广场\n", "")
    change(folder, "lounges.yaml", "buildings: [五号交易广场]", "buildings: [五号馆]")
    here = at(folder, "places.yaml", "五号交易广场: {")
    assert mistakes(folder) == [
        f"{at(folder, 'lounges.yaml', '[五号馆]')}: lounges.hall-5.buildings[0]: "
        "building 五号馆 is not under buildings of places.yaml",
        f"{here}: buildings.五号交易广场: building 五号交易广场 is in no grid; list it under one of places.yaml",
        f"{here}: buildings.五号交易广场: building 五号交易广场 is in no lounge; list it under one of lounges.yaml",
    ]


def test_B02_a_grid_without_a_reachable_liaison_is_refused(folder: Path) -> None:
    change(folder, "places.yaml", "    liaison: p-xiaoxue\n", "")
    change(folder, "places.yaml", "liaison: p-hanlu", "liaison: p-lichun")
    lines = mistakes(folder)
    assert [line.partition(": ")[2] for line in lines] == [
        "grids.hehua-g1.liaison: liaison p-lichun has not the role liaison; add it to people.p-lichun.roles",
        "grids.hehua-g4.liaison: this key is missing",
    ]


def test_B09_a_partner_without_a_contact_or_with_one_nobody_can_reach_is_refused(folder: Path) -> None:
    change(folder, "people.yaml", "scope: [司法所, 法律援助], contact: p-yimu", "scope: [司法所, 法律援助]")
    change(folder, "people.yaml", "{plain: p-jitu}", "{}")
    assert [line.partition(": ")[2] for line in mistakes(folder)] == [
        "partners.justice.contact: this key is missing",
        "partners.fire.contact: contact p-jitu reaches nobody; give an address on a channel that is on",
    ]


def test_a_phrase_of_two_intents_is_named_in_the_second(folder: Path) -> None:
    for stem in ("noise", "utilities"):
        change(folder, f"intents/{stem}.yaml", "phrases:\n", "phrases:\n  - 试写的一句\n")
    place = at(folder, "intents/utilities.yaml", "试写的一句")
    assert mistakes(folder) == [f"{place}: phrases[0]: 试写的一句 is a phrase of noise too; keep it in one"]


def test_a_line_that_is_also_a_near_miss_is_named(folder: Path) -> None:
    for part in ("lines", "near"):
        change(folder, "intents/noise.yaml", f"{part}:\n", f"{part}:\n  - 试写的一整句\n")
    (line,) = mistakes(folder)
    assert line.endswith("near[0]: the same line stands under lines; it cannot be both")


def test_the_intent_that_is_urgent_and_nothing_else_must_exist(folder: Path) -> None:
    (folder / "intents" / "emergency.yaml").unlink()
    (line,) = mistakes(folder)
    assert line.startswith("intents/emergency.yaml: this file is missing; ")


def test_the_paces_that_code_falls_back_on_must_exist(folder: Path) -> None:
    change(folder, "pace.yaml", "  normal:\n", "  usual:\n")
    change(folder, "pace.yaml", "  emergency:", "  hurry:")
    lines = mistakes(folder)
    place = at(folder, "pace.yaml", "paces:")
    assert f"{place}: paces: the pace normal is missing; cases of an intent that is gone run on it" in lines
    assert f"{place}: paces: the pace emergency is missing; all urgent cases run on it" in lines
    assert f"{at(folder, 'intents/noise.yaml', 'pace:')}: pace: there is no pace normal in pace.yaml" in lines


def test_an_empty_list_of_an_intent_is_named(folder: Path) -> None:
    file = folder / "intents" / "noise.yaml"
    file.write_text(file.read_text("utf-8").split("near:")[0] + "near: []\n", "utf-8")
    place = at(folder, "intents/noise.yaml", "near:")
    assert mistakes(folder) == [f"{place}: near: should hold at least 1 item"]


@pytest.mark.parametrize(("raw", "why"), [
    (b"a: [1, 2\nb: 3\n", "not valid YAML: "),
    (b"quiet: \xff\n", "not UTF-8 text (byte 7); save it as UTF-8"),
    (b"- a\n- b\n", "expected keys with values at the top of the file"),
    (b"", "expected keys with values at the top of the file"),
    (b"a: \t'x\n", "not valid YAML: "),
    (b"a: b\x00c\n", "not valid YAML: "),
    (b"? [a, b]\n: 1\n", "not valid YAML: "),
    (b"a: !!python/object:os.system x\n", "not valid YAML: "),
])
def test_a_file_that_cannot_be_parsed_is_one_line_and_blames_nothing_else(raw: bytes, why: str, folder: Path) -> None:
    (folder / "pace.yaml").write_bytes(raw)
    (line,) = mistakes(folder)
    assert line.startswith("pace.yaml") and why in line and "\n" not in line


@pytest.mark.parametrize("file", ["places", "people", "lounges", "pace", "texts.zh", "channels"])
def test_a_missing_file_is_named_and_blames_no_other(file: str, folder: Path) -> None:
    (folder / f"{file}.yaml").unlink()
    assert mistakes(folder) == [f"{file}.yaml: this file is missing from {folder}"]


def test_a_folder_without_intents_says_so(folder: Path) -> None:
    shutil.rmtree(folder / "intents")
    assert "intents: there is no intent; add a file for each, e.g. noise.yaml" in mistakes(folder)


def test_mistakes_of_every_file_are_told_at_once(folder: Path) -> None:
    for broken in MISTAKES:
        if broken.together:
            change(folder, broken.file, broken.old, broken.new)
    expected = {f"{at(folder, b.named or b.file, b.marker)}: {b.key}: {b.why}" for b in MISTAKES if b.together}
    assert len(expected) >= 6 and set(mistakes(folder)) == expected


def test_a_broken_entry_does_not_make_those_who_refer_to_it_wrong(folder: Path) -> None:
    change(folder, "people.yaml", "    organisation: 五号馆党支部\n", "    organisation: 5\n")
    assert mistakes(folder) == [
        f"{at(folder, 'people.yaml', 'organisation: 5')}: people.p-yushui.organisation: should be a valid string, not 5"
    ]


def test_a_secret_is_demanded_only_where_the_channel_is_to_be_used(folder: Path) -> None:
    place = at(folder, "channels.yaml", "secrets: {")
    why = "environment variable LOUNGE_PLAIN_SECRET is not set; set it or turn the channel off"
    assert mistakes(folder) == []
    assert mistakes(folder, SECRET, secrets=True) == []
    for environ in ({}, {"LOUNGE_PLAIN_SECRET": ""}):
        assert mistakes(folder, environ, secrets=True) == [f"{place}: channels.plain.secrets.secret: {why}"]


def test_a_folder_that_is_not_there_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NoConfig, match="there is no such configuration folder"):
        load(tmp_path / "nowhere", {})


def test_the_option_beats_the_variable_beats_the_folder_here_beats_the_sample(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find("named", {"LOUNGE_CONFIG": "elsewhere"}) == Path("named")
    assert find(None, {"LOUNGE_CONFIG": "elsewhere"}) == Path("elsewhere")
    assert find(None, {}) == Path("config")
    (folder / "lounges.yaml").unlink()  # another program's folder of the same name
    assert (find(None, {}) / "lounges.yaml").is_file()


def test_who_has_no_address_yet_may_bind_an_account_of_the_app_where_there_is_one(folder: Path) -> None:
    change(folder, "people.yaml", "{plain: p-lichun}", "{}")
    assert any("attendant p-lichun reaches nobody" in line for line in mistakes(folder))
    change(folder, "channels.yaml", "kind: wecom_app\n    on: false", "kind: wecom_app\n    on: true")
    assert not any("p-lichun reaches nobody" in line for line in mistakes(folder))
