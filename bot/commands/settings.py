"""Loads the settings for a command, or leaves with one line for each mistake."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import typer

from bot.config import BadConfig, find, load
from bot.domain.settings import Settings


def settings_or_exit(config: Path | None, environ: Mapping[str, str], *, secrets: bool = False) -> Settings:
    """The settings of an installation; mistakes go to stderr and end the command with 2."""
    try:
        return load(find(str(config) if config else None, environ), environ, secrets=secrets)
    except BadConfig as bad:
        for mistake in bad.mistakes:
            print(mistake, file=sys.stderr)
    except OSError as why:
        print(why, file=sys.stderr)
    raise typer.Exit(2)
