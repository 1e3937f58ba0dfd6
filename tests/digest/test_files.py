"""The page, the paper and what is said when one of them cannot be made."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from bot.digest import files, fonts
from bot.digest.charts import all_charts
from bot.digest.page import page
from bot.digest.shape import Digest
from tests.digest.examples import corrected, empty, huge, rich


def shown(digest: Digest) -> str:
    return page(digest, all_charts(digest))


def test_sections_stand_in_their_succession() -> None:
    html = shown(rich())
    assert html.index(rich().lead) < html.index('id="agenda"')
    assert re.findall(r'<section id="(\w+)"', html) == [
        "agenda", "flow", "rates", "mediation", "spots", "causes", "gaps", "ledger", "check", "quality"]


def test_the_page_needs_nothing_from_outside() -> None:
    html = shown(rich())
    assert not re.search(r"<(script|link|img|iframe)|src=|@import|url\((?!#)", html)
    assert not set(re.findall(r"https?://[^\"' <]+", html)) - {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_the_same_digest_gives_the_same_page() -> None:
    assert shown(rich()) == shown(rich())


def test_what_people_wrote_is_only_words() -> None:
    bad = "<script>alert(1)</script>"
    point = replace(rich().agenda[0], gist=bad, holder=bad, building=bad, reasons=(bad,))
    html = shown(replace(rich(), agenda=(point,), gaps=(bad,), quality=(bad,), causes={bad: 1}, lead=bad,
                         by_building={bad: rich().by_building["禾花花园居民客厅 禾花花园3栋"]}, trend={bad: (1,) * 8}, heat={bad: {bad: 2}}))
    assert "<script" not in html and "&lt;script&gt;" in html


def test_no_decision_point_is_missing_from_the_page() -> None:
    html = shown(huge(600))
    assert all(f"HH-{at:05d}" in html for at in range(600))


def test_paper_says_how_many_points_it_leaves_to_the_page() -> None:
    html = page(huge(600), all_charts(rich()), most=200)
    assert "另有 400 件见 digest.html 和 digest.xlsx" in html


def test_many_buildings_become_one_line_and_the_sum_stays() -> None:
    digest = huge(0)
    html, total = shown(digest), sum(line.new for line in digest.by_building.values())
    assert "其余 2776 栋" in html and f"{total:,}" in html


def test_a_rate_stands_over_its_formula_and_what_is_kept_apart() -> None:
    html = shown(rich())
    assert "92.9%" in html and "按时回应 39 件 ÷ 应回应 42 件" in html
    assert all(label in html for label in ("未评价", "未接通", "部分解决", "不予受理"))


def test_a_private_matter_shows_no_words() -> None:
    assert "（涉及个人隐私，不列内容）" in shown(rich())


def test_an_empty_week_is_one_line() -> None:
    html = shown(empty())
    assert "<section" not in html and html.count('<p class="lead">') == 1


def test_a_new_edition_says_what_it_puts_right() -> None:
    assert "第 2 版更正" in shown(corrected()) and corrected().changed[0] in shown(corrected())


def test_all_files_are_written_and_each_is_announced(tmp_path: Path) -> None:
    heard: list[str] = []
    missing = files.write_all(rich(), tmp_path / "new", tick=heard.append)
    assert heard == ["digest.html", "digest.md", "digest.xlsx", "digest.pdf"]
    if missing:
        pytest.skip(missing[0])
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(heard)
    printed = (tmp_path / "new" / "digest.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    inside = b"".join(zlib.decompressobj().decompress(raw) for raw in re.findall(rb"stream\r?\n(x.*?)endstream", printed, re.S))
    assert b"CJK-SC" in printed + inside or b"Noto" not in printed + inside
    assert b"CJK-JP" not in printed + inside  # Chinese forms of the characters, also within the charts


def test_without_a_chinese_font_the_package_is_named_and_the_other_files_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "chinese_fonts", lambda: ())
    (tmp_path / "digest.pdf").write_bytes(b"last week's")
    missing = files.write_all(rich(), tmp_path)
    assert len(missing) == 1 and "fonts-noto-cjk" in missing[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digest.html", "digest.md", "digest.xlsx"]


def test_a_machine_without_fontconfig_has_no_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert fonts.chinese_fonts() == ()
