"""`lounge check` prints mistakes one a line, or who answers for every place, and exits accordingly."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.commands.check import check, register

SHIPPED = Path(__file__).resolve().parents[1] / "config"
AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
SECRET = {"LOUNGE_PLAIN_SECRET": "for tests only"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "config"))


def run(folder: Path, environ: dict[str, str] = SECRET, *, secrets: bool = True) -> tuple[int, list[str], str]:
    out, err = io.StringIO(), io.StringIO()
    code = check(folder, AT, environ, secrets=secrets, out=out, err=err)
    return code, out.getvalue().splitlines(), err.getvalue()


def test_a_sound_configuration_shows_who_answers_for_each_place_and_exits_0(folder: Path) -> None:
    code, lines, err = run(folder)
    assert (code, err) == (0, "")
    assert "6 个客厅，28 栋楼" in lines[0] and "缺口 0 处" in lines[2]
    (shop,) = [line.split() for line in lines if "2F-168" in line]
    assert shop == ["WH", "五号交易广场", "2F-168", "线头布行", "雨水", "处暑", "霜降", "大雪", "长庚", "北辰"]


def test_D14_gaps_come_before_the_table(folder: Path) -> None:
    people = folder / "people.yaml"
    people.write_text(people.read_text("utf-8").replace("[禾花花园7栋, 禾花花园8栋]", "[禾花花园7栋]"), "utf-8")
    code, lines, _ = run(folder)
    assert code == 0 and lines[2] == "缺口 1 处："
    assert lines[3].strip() == "楼栋没有自己的党员：禾花花园8栋（现在由第一网格的网格联络人寒露接手）"


def test_mistakes_stand_on_stdout_one_a_line_and_exit_1(folder: Path) -> None:
    for file, old, new in (("people.yaml", "substitute: p-guyu", "substitute: p-gone"), ("pace.yaml", "budgets:", "budget:")):
        text = (folder / file).read_text("utf-8")
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    code, lines, err = run(folder, {})
    assert (code, err) == (1, "")
    assert [line.split(":")[0] for line in lines] == ["channels.yaml", "pace.yaml", "pace.yaml", "people.yaml"]


def test_a_missing_secret_is_a_mistake_unless_only_the_files_are_asked_about(folder: Path) -> None:
    code, lines, _ = run(folder, {})
    assert code == 1 and "LOUNGE_PLAIN_SECRET is not set" in lines[0]
    assert any("禾花花园3栋" in line for line in lines[1:]), "the files are sound: the audit is still worth reading"
    assert run(folder, {}, secrets=False)[0] == 0


def test_a_folder_that_is_not_there_exits_2_with_one_line_on_stderr(tmp_path: Path) -> None:
    code, lines, err = run(tmp_path / "nowhere")
    assert (code, lines) == (2, []) and err == f"{tmp_path / 'nowhere'}: there is no such configuration folder\n"


def test_the_command_line_takes_the_folder_from_the_option_or_the_environment(folder: Path) -> None:
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    (folder / "channels.yaml").unlink()
    by_option = CliRunner().invoke(app, ["check", "--config", str(folder)])
    by_variable = CliRunner().invoke(app, ["check"], env={"LOUNGE_CONFIG": str(folder)})
    assert by_option.exit_code == by_variable.exit_code == 1
    assert by_option.stdout == by_variable.stdout == f"channels.yaml: this file is missing from {folder}\n"
