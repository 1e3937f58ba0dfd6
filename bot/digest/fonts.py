"""Says whether this machine has a Chinese font, and what to install where it has none: a page of boxes is worse than no page."""

from __future__ import annotations

import shutil
import subprocess

PACKAGE = "fonts-noto-cjk"
NO_FONT = f"没有生成 digest.pdf：本机没有中文字体，打印会是一片方框。请安装 Debian 软件包 {PACKAGE}（sudo apt-get install {PACKAGE}）后重试。"
NO_PANGO = ("没有生成 digest.pdf：本机缺少排版库。请安装 Debian 软件包 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig "
            "（sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig）后重试。")


def chinese_fonts() -> tuple[str, ...]:
    """Families that hold Chinese, as fontconfig lists them; empty where there is none or no fontconfig to ask."""
    asked = shutil.which("fc-list")
    if asked is None:
        return ()
    said = subprocess.run([asked, ":lang=zh", "family"], capture_output=True, text=True, timeout=30, check=False)
    return tuple(sorted({line.split(",")[0].strip() for line in said.stdout.splitlines() if line.strip()}))
