"""`lounge reload` and SIGHUP on running processes: all of them change, or none, and what is wrong is said."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from bot.config import load
from bot.store.embedded import Embedded
from tests.faults.bot_process import ROOT, SECRET, BotProcess


def lounge(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command as somebody types it."""
    known = {"PYTHONPATH": str(ROOT), "LOUNGE_PLAIN_SECRET": SECRET, "PATH": "/usr/bin:/bin", **environ}
    return subprocess.run([sys.executable, "-m", "bot.cli", *words], env=known, capture_output=True, text=True, timeout=60)


def write(folder: Path, file: str, old: str, new: str) -> str:
    """Edit one place; the version that the folder has then ("" where it is broken)."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    try:
        return load(folder, {}).version
    except Exception:
        return ""


async def test_every_process_changes_at_once_and_a_mistake_changes_none(tmp_path: Path) -> None:
    config = Path(shutil.copytree(ROOT / "config", tmp_path / "config"))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(Embedded(tmp_path / "redis"))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        bots = [BotProcess(tmp_path / name, redis_url=url) for name in ("one", "two")]
        for bot in bots:
            bot.folder.mkdir()
            await bot.start("--config", str(config))
            stack.push_async_callback(bot.stop)
        first = load(config, {}).version
        for bot in bots:
            await bot.well(http, version=first)
        second = write(config, "facts.yaml", "phone: 0755-0000-0000", "phone: 0755-0000-0009")
        done = lounge("reload", "--config", str(config), REDIS_URL=url)
        assert (done.returncode, done.stdout.count(f"已换到版本 {second}")) == (0, 2), done
        for bot in bots:
            await bot.well(http, version=second)

        assert write(config, "pace.yaml", "accept: 120", "accept: soon") == ""
        refused = lounge("reload", "--config", str(config), REDIS_URL=url)
        assert refused.returncode == 1 and "pace.yaml" in refused.stderr and "paces.normal.accept" in refused.stderr
        assert bots[0].process is not None
        bots[0].process.send_signal(signal.SIGHUP)
        await bots[0].logged("paces.normal.accept")
        found = await bots[0].well(http, version=second)  # the old ones stay in force
        assert "pace.yaml" in found["alarms"]["settings"]

        third = write(config, "pace.yaml", "accept: soon", "accept: 90")
        bots[0].process.send_signal(signal.SIGHUP)
        for bot in bots:  # one was told, both follow
            await bot.well(http, version=third)
        assert "settings" not in (await bots[0].well(http))["alarms"]


def test_with_nothing_running_the_settings_are_only_checked(tmp_path: Path) -> None:
    done = lounge("reload", "--config", str(ROOT / "config"), LOUNGE_DATA=str(tmp_path / "data"))
    assert done.returncode == 0 and "下次启动" in done.stdout and not (tmp_path / "data").exists()
    assert lounge("reload", "--config", str(tmp_path / "nowhere")).returncode == 2
