"""Wrong use of the command line is one line on stderr, nothing on stdout, and exit 2."""

from __future__ import annotations

import pytest

from bot.cli import main


@pytest.mark.parametrize("words", [
    ["due", "2026-03-03T12:00:00Z"], ["nosuch"], ["digest", "--week"], ["digest", "--nosuch"], ["bench", "nosuch"],
])
def test_a_command_written_wrong_is_answered_with_one_line(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["lounge", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    assert (ended.value.code, out, err.count("\n")) == (2, "", 1)


def test_what_is_written_right_still_ends_well(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["lounge", "due", "2026-03-03T10:00:00+08:00", "5"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0 and capsys.readouterr().out.splitlines()[-1] == "2026-03-03T10:05:00+08:00"
