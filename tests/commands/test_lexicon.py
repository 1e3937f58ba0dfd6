"""`lounge lexicon` names what is weak, explains a line, and adds only what a person accepts."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.lexicon import PREFIX, proposed
from bot.config import BadConfig, load
from bot.domain.settings import Settings
from bot.intents.audit import Finding, audit
from bot.intents.explain import explain
from bot.intents.place import PlaceParser
from bot.lexicon_files import Proposal, Unusable, accept, appended, read, written
from tests.intents.ears import CONFIG, ears, shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONFIG, tmp_path / "config"))


def small(**lists: tuple[str, ...]) -> Settings:
    """Two intents with these words for the first, and next to nothing for the second."""
    noise, lift = shipped().intents["noise"], shipped().intents["facility_repair"]
    empty: dict[str, tuple[str, ...]] = dict.fromkeys(("phrases", "cues", "lines", "near"), ())
    one = replace(noise, **{**empty, **lists})
    other = replace(lift, **{**empty, "phrases": ("电梯又停了半天",), "lines": ("电梯又停了半天 腿都爬软了",)})
    return replace(shipped(), intents={"noise": one, "facility_repair": other}, chatter=())


def kinds(settings: Settings) -> set[tuple[str, str]]:
    return {(f.kind, f.phrase) for f in audit(settings)}


def test_a_phrase_that_no_line_of_its_own_holds_is_silent() -> None:
    found = kinds(small(phrases=("半夜拖凳子", "凌晨敲铁管"), lines=("楼上又半夜拖凳子",)))
    assert ("silent", "凌晨敲铁管") in found and ("silent", "半夜拖凳子") not in found


def test_a_phrase_that_hits_a_near_miss_is_loose_and_shows_it() -> None:
    settings = small(phrases=("唱歌唱到天亮",), near=("昨晚朋友聚会 唱歌唱到天亮 开心",))
    assert Finding("loose", "noise", "唱歌唱到天亮", 1, "昨晚朋友聚会 唱歌唱到天亮 开心") in audit(settings)


def test_near_copies_are_twins_within_an_intent_and_overlaps_between_two() -> None:
    found = kinds(small(phrases=("楼上天天半夜拖凳子", "楼上天天半夜拖椅子", "电梯又停了半天啊")))
    assert ("twin", "楼上天天半夜拖凳子") in found
    assert ("overlap", "电梯又停了半天啊") in found


def test_a_line_of_two_intents_is_an_overlap() -> None:
    assert ("overlap", "电梯又停了半天 腿都爬软了") in kinds(small(lines=("电梯又停了半天 腿都爬软了",)))


def test_report_prints_a_row_for_each_intent_and_json_a_row_for_each_finding() -> None:
    run = CliRunner().invoke(app, ["lexicon", "report", "--limit", "1", "--config", str(CONFIG)])
    assert run.exit_code == 0
    assert all(intent.name in run.output for intent in shipped().intents.values())
    rows = CliRunner().invoke(app, ["lexicon", "report", "--json", "--config", str(CONFIG)]).output.splitlines()
    assert {"kind", "intent", "phrase", "count", "example"} == set(json.loads(rows[0]))


def test_an_explanation_shows_every_layer_and_ends_with_the_decision() -> None:
    world = shipped()
    places = PlaceParser(world.buildings, world.shops, world.lounges)
    rows = explain("三棟電梯又困人了!! 你们到底管不管", world, ears(), places, name="3栋-甲叔", lounge="hehua")
    layers = [row.layer for row in rows]
    assert layers[0] == "规范" and layers[-1] == "结论"
    assert {"语气", "地点", "词组", "线索", "像不像诉求", "像第1类", "像第5类", "紧急", "情绪"} <= set(layers)
    said = {row.layer: row.found for row in reversed(rows)}
    assert said["规范"].startswith("三栋电梯又困人了") and "禾花花园3栋" in said["地点"]
    assert ears().hear("三棟電梯又困人了!! 你们到底管不管", name="3栋-甲叔").why in said["结论"]


@pytest.mark.parametrize("line", ["", "[捂脸]", "[red]x[/red]", "谢谢", "\ud800"])
def test_try_explains_any_line(line: str) -> None:
    run = CliRunner().invoke(app, ["lexicon", "try", line, "--config", str(CONFIG)])
    assert run.exit_code == 0 and "结论" in run.output


def test_try_in_an_unknown_lounge_says_which_there_are() -> None:
    run = CliRunner().invoke(app, ["lexicon", "try", "停水了", "--lounge", "nowhere", "--config", str(CONFIG)])
    assert run.exit_code == 2 and "hehua" in run.output


def test_hosts_corrections_are_proposed_until_the_lexicon_holds_them() -> None:
    known = shipped().intents["noise"].near[0]
    overlay = {
        PREFIX + "m2": json.dumps({"text": "隔壁练琴练得真不错", "was": "noise", "should": None}),
        PREFIX + "m1": json.dumps({"text": "夜里管子\n一直嗡嗡响", "was": "utilities", "should": "noise"}),
        PREFIX + "m3": json.dumps({"text": known, "was": "noise", "should": None}),
        "doubt/m4": "{}",
    }
    assert proposed(overlay, "hehua", shipped()) == [
        Proposal("夜里管子 一直嗡嗡响", "utilities", "noise", "hehua"), Proposal("隔壁练琴练得真不错", "noise", None, "hehua")]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    wanted = [Proposal('他说: "#3 -不是"', "noise", None, "hehua"), Proposal("yes", None, "noise", "")]
    (tmp_path / "p.yaml").write_text(written(wanted), "utf-8")
    assert read(tmp_path / "p.yaml") == wanted
    (tmp_path / "none.yaml").write_text(written([]), "utf-8")
    assert read(tmp_path / "none.yaml") == []


def test_accepted_lines_stand_at_the_end_of_their_list_and_nothing_else_changes(folder: Path) -> None:
    file = folder / "intents" / "noise.yaml"
    before = file.read_text("utf-8")
    added = accept(folder, [Proposal("夜里管子一直嗡嗡响", "utilities", "noise"), Proposal('练琴: "不错" #好听', "noise", None),
                            Proposal("夜里管子一直嗡嗡响", None, "noise")])
    assert added == {"intents/noise.yaml": 2}
    kept = [row for row in file.read_text("utf-8").splitlines() if row in before.splitlines()]
    assert kept == before.splitlines()
    noise = load(folder).intents["noise"]
    assert noise.lines[-1] == "夜里管子一直嗡嗡响" and noise.near[-1] == '练琴: "不错" #好听'
    assert accept(folder, [Proposal("夜里管子一直嗡嗡响", None, "noise")]) == {"intents/noise.yaml": 0}


def test_comments_and_lists_of_any_indent_are_kept() -> None:
    text = "near:   # 近似\n- 甲\n# 尾注\nlines:\n    - 丙\n    - 丁\n      戊\n\nid: x\n"
    assert appended(text, "near", ["乙"]) == text.replace("- 甲\n", "- 甲\n- 乙\n")
    assert appended(text, "lines", ["己"]) == text.replace("      戊\n", "      戊\n    - 己\n")


def test_an_acceptance_that_would_spoil_the_lexicon_changes_nothing_and_is_named(folder: Path) -> None:
    noise = shipped().intents["noise"]
    before = {path: path.read_bytes() for path in (folder / "intents").glob("*")}
    (folder / "intents" / "noise.yaml").write_bytes(before[folder / "intents" / "noise.yaml"].replace(b"id: noise", b"id: nosie"))
    with pytest.raises(Unusable) as spoilt:
        accept(folder, [Proposal("夜里管子一直嗡嗡响", None, "noise")])
    assert "noise.yaml" in spoilt.value.mistakes[0]
    with pytest.raises(Unusable, match="there is no such intent"):
        accept(folder, [Proposal(noise.near[0], "nosuch", None)])
    after = {path: path.read_bytes() for path in (folder / "intents").glob("*")}
    assert {p.name for p in after} == {p.name for p in before}
    assert [p.name for p in after if after[p] != before[p]] == ["noise.yaml"]


@pytest.mark.parametrize(("text", "said"), [
    ("- {text: 甲\n", ":2: not valid YAML"), ("text: 甲\n", ":1: expected a list"), ("- 甲\n", ":1: expected text"),
    ("- {text: 甲, was: noise}\n- {text: '', was: noise}\n", ":2: expected text"), ("- {text: 甲}\n", ":1: expected text"),
])
def test_a_wrong_file_of_proposals_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "p.yaml").write_text(text, "utf-8")
    run = CliRunner().invoke(app, ["lexicon", "accept", str(tmp_path / "p.yaml"), "--config", str(CONFIG)])
    assert run.exit_code == 1 and said in run.output.replace("\n", "")


# what stands in the file -> what is said of it
WRONG = [
    ("an unknown intent", b"id: noise\n", b"id: noises\n", "the id is noises but the file is noise.yaml"),
    ("a duplicate phrase", b"phrases:\n", "phrases:\n  - 试写的一句\n  - 试写的一句\n".encode(), "is listed twice here"),
    ("a phrase of one character", b"phrases:\n", "phrases:\n  - 吵\n".encode(), "is one character"),
    ("bad YAML", b"phrases:\n", b"phrases: [\n", "not valid YAML"),
]


@pytest.mark.parametrize(("old", "new", "said"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_lexicon_file_is_named_by_file_and_line_and_is_not_used(folder: Path, old: bytes, new: bytes, said: str) -> None:
    file = folder / "intents" / "noise.yaml"
    file.write_bytes(file.read_bytes().replace(old, new, 1))
    with pytest.raises(BadConfig) as wrong:
        load(folder)
    mistake = next(m for m in wrong.value.mistakes if said in m.why)
    assert mistake.file == "intents/noise.yaml" and mistake.line
