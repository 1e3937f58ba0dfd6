"""The command line: stdout holds the result alone, everything else goes to stderr."""

from __future__ import annotations

import logging
import os
import sys
from typing import cast

import typer

from bot.commands import (
    bench,
    bind,
    board,
    chats,
    check,
    demo,
    digest,
    doctor,
    hours,
    lexicon,
    recognize,
    reload,
    replay,
    run,
    sample,
    shadow,
)
from bot.commands.settings import settings_or_exit
from bot.log import set_up

# Every wrong use of typer's: it has no public name, and only `BadParameter` of its children has one.
WRONG_USE = cast("type[typer.BadParameter]", typer.BadParameter.__base__)

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  help="党员服务客厅: hears appeals in lounge groups and sees each one through to its end.")
for part in (run, demo, replay, recognize, check, reload, chats, bind, doctor, shadow, lexicon, bench, digest, sample, board):
    part.register(app)
hours.register(app, lambda: settings_or_exit(None, os.environ).calendar)


def main() -> None:
    """Entry point of the `lounge` command."""
    set_up(logging.WARNING)  # `run` says more; nothing ever prints the locals of a fault
    try:
        code = app(standalone_mode=False)
    except WRONG_USE as wrong:  # one line that says what and where, as for every other wrong use
        where = wrong.ctx.command_path if wrong.ctx else "lounge"
        if said := " ".join(wrong.format_message().split()):  # nothing where a bare `lounge` has printed its help
            print(f"{where}: {said} (--help says more)", file=sys.stderr)
        sys.exit(wrong.exit_code)
    except typer.Abort:
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
