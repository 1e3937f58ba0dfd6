"""Prints a page: WeasyPrint in a process of its own, so that what Pango and the fonts take goes back when the paper is out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bot.digest import fonts

SECONDS = 120  # longer means that something hangs
NO_LIBRARY = 3  # exit code: Pango or its like is not installed


def paper(html: str, to: Path) -> str:
    """Writes the page as PDF; "" when it is there, else the sentence that says what is missing. Nothing outside is ever fetched.

    Raises RuntimeError where the page itself could not be printed, which is a mistake of ours.
    """
    to.unlink(missing_ok=True)
    if not fonts.chinese_fonts():
        return fonts.NO_FONT
    done = subprocess.run([sys.executable, "-m", "bot.digest.paper", str(to.resolve())], input=html.encode(), capture_output=True,
                          timeout=SECONDS, check=False, cwd=Path(__file__).resolve().parents[2])
    if done.returncode == NO_LIBRARY:
        return fonts.NO_PANGO
    if done.returncode:
        raise RuntimeError(f"{to.name}: {done.stderr.decode(errors='replace')[-800:]}")
    return ""


def main() -> int:
    """The process: HTML on stdin, the path of the PDF as its argument."""
    try:
        from weasyprint import HTML  # type: ignore[import-untyped]
    except OSError:  # the package is there, Debian's libraries under it are not
        return NO_LIBRARY
    HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=refuse).write_pdf(sys.argv[1])
    return 0


def refuse(url: str, *_: object, **__: object) -> object:
    """The page holds all it needs; whatever asks for more came from outside."""
    raise ValueError(f"a digest fetches nothing: {url}")


if __name__ == "__main__":
    sys.exit(main())
