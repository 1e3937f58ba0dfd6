"""Prints every practice with its tests and whether they hold now: `make rows`."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "tests" / "practices.yaml"


def practices() -> list[dict[str, Any]]:
    """The rows of practices.yaml, `test` always a list of files."""
    rows: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return [{**row, "test": row["test"] if isinstance(row["test"], list) else [row["test"]]} for row in rows]


class Outcomes:
    """Remembers how every test ended."""

    def __init__(self) -> None:
        self.of: dict[str, set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.of[report.nodeid].add(report.outcome)


def state(row: dict[str, Any], outcomes: dict[str, set[str]]) -> tuple[str, str]:
    """(the names of its tests, holds | FAILS | no test)."""
    marked = {node: found for node, found in outcomes.items()
              if f"test_{row['row']}_" in node and node.split("::")[0] in row["test"]}
    names = sorted({node.split("::")[-1].split("[")[0] for node in marked})
    missing = [file for file in row["test"] if not any(node.startswith(f"{file}::") for node in marked)]
    if not names or missing:
        return "\n".join(names), "no test" + (f" in {', '.join(missing)}" if names else "")
    return "\n".join(names), "holds" if all(found == {"passed"} for found in marked.values()) else "FAILS"


def main(wanted: list[str]) -> int:
    """Run the tests of the wanted rows (all, if none is named) and print the table; 1 where one does not hold."""
    rows = [row for row in practices() if not wanted or row["row"] in wanted]
    files = sorted({file for row in rows for file in row["test"] if (ROOT / file).is_file()})
    outcomes = Outcomes()
    chosen = " or ".join(f"test_{row['row']}_" for row in rows)
    pytest.main(["-q", "-p", "no:cacheprovider", "--no-header", "--tb=no", "-k", chosen, *files], plugins=[outcomes])
    print()
    bad = 0
    for row in rows:
        names, how = state(row, outcomes.of)
        bad += how != "holds"
        print(f"{row['row']}  {how:8}  {row['says']}")
        print("\n".join(f"               {name}" for name in names.split("\n") if name))
    print(f"{len(rows)} practices, {len(rows) - bad} hold")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
