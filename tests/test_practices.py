"""Every practice that we claim to hold has tests that bear its number, in the files that are named for it."""

from __future__ import annotations

import re

from tests.rows import ROOT, practices, state

ROWS = practices()


def test_each_practice_stands_once_and_in_words_of_its_own() -> None:
    assert len({row["row"] for row in ROWS}) == len(ROWS) and len({row["says"] for row in ROWS}) == len(ROWS)
    assert all(re.fullmatch(r"[A-E]\d\d", row["row"]) and row["says"].strip() for row in ROWS)


def test_each_practice_has_its_numbered_test_in_every_file_that_it_names() -> None:
    for row in ROWS:
        for file in row["test"]:
            assert f"def test_{row['row']}_" in (ROOT / file).read_text(encoding="utf-8"), f"{row['row']} in {file}"


def test_a_practice_holds_only_while_all_its_tests_do() -> None:
    row = {"row": "C01", "test": ["a.py"]}
    assert state(row, {"a.py::test_C01_x": {"passed"}, "b.py::test_C01_y": {"failed"}}) == ("test_C01_x", "holds")
    assert state(row, {"a.py::test_C01_x[1]": {"passed"}, "a.py::test_C01_x[2]": {"failed"}}) == ("test_C01_x", "FAILS")
    assert state(row, {}) == ("", "no test")
