"""The workbook: a sheet a section, native charts, numbers as numbers, and no formula from outside."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from bot.digest.book import SHEETS, book
from bot.digest.shape import Digest, Line
from tests.digest.examples import empty, huge, rich


def parts(digest: Digest, at: Path) -> dict[str, str]:
    book(digest, at / "digest.xlsx")
    with zipfile.ZipFile(at / "digest.xlsx") as packed:
        return {name: packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml")}


def sheet(files: dict[str, str], name: str) -> str:
    return files[f"xl/worksheets/sheet{list(SHEETS).index(name) + 1}.xml"]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return parts(rich(), tmp_path_factory.mktemp("book"))


def test_there_is_a_sheet_for_every_section(files: dict[str, str]) -> None:
    assert re.findall(r'<sheet name="([^"]+)"', files["xl/workbook.xml"]) == list(SHEETS)


def test_headings_are_frozen_on_every_sheet(files: dict[str, str]) -> None:
    assert all('state="frozen"' in sheet(files, name) for name in SHEETS)


def test_charts_are_native_and_read_the_cells(files: dict[str, str]) -> None:
    charts = [text for name, text in files.items() if name.startswith("xl/charts/chart")]
    assert len(charts) >= 7
    assert all("<c:f>" in text for text in charts)
    assert any("pattFill" in text for text in charts)  # hatched: readable in black and white


def test_numbers_are_numbers_with_their_unit_in_the_format(files: dict[str, str]) -> None:
    assert all(f"&quot; {unit}&quot;" in files["xl/styles.xml"] for unit in ("件", "人次", "天", "条"))
    assert re.search(r"<v>44</v>", sheet(files, "一周总览"))


def test_no_text_is_ever_a_formula_or_a_link(tmp_path: Path) -> None:
    bad = '=HYPERLINK("http://a","点我")'
    point = replace(rich().agenda[0], gist=bad, holder="+1", building="@SUM(A1)", reasons=("-1",))
    made = parts(replace(rich(), agenda=(point,), by_building={bad: Line(new=1)}, gaps=("=1+1", "http://a.example/")), tmp_path)
    assert not any("<f>" in text or "<hyperlink" in text for name, text in made.items() if name.startswith("xl/worksheets"))


def test_no_decision_point_is_missing(tmp_path: Path) -> None:
    text = sheet(parts(huge(700), tmp_path), "需要拍板")
    assert all(f"HH-{at:05d}" in text for at in range(700))


def test_every_figure_is_in_the_overview(files: dict[str, str]) -> None:
    assert sheet(files, "一周总览").count("<row ") >= 3 + len(rich().counts)


def test_an_empty_week_makes_a_workbook_too(tmp_path: Path) -> None:
    assert "没有登记诉求" in sheet(parts(empty(), tmp_path), "一周总览")
