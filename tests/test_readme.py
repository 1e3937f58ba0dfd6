"""What README shows is what the code does."""

from __future__ import annotations

from pathlib import Path

from bot.domain.tables import diagram

ROOT = Path(__file__).resolve().parent.parent


def test_the_diagram_in_readme_is_drawn_from_the_table() -> None:
    assert f"```mermaid\n{diagram()}\n```" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_folder_and_picture_that_readme_names_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for folder in ("domain", "intents", "channels", "handlers", "store", "loops", "web"):
        assert f"`bot/{folder}/`" in text and (ROOT / "bot" / folder).is_dir()
    assert (ROOT / "docs" / "demo.png").stat().st_size > 10_000
