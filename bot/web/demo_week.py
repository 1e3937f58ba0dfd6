"""The demo's weekly digest: the sample history is played once, by processes of its own, and its pages are shown."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web

from bot.history import LAST, SCOPE

PATH = "/demo/week/"
KINDS = {"digest.html": "text/html", "digest.pdf": "application/pdf", "cases.csv": "text/csv", "digest.md": "text/plain",
         "digest.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
PATIENCE = 180.0  # seconds for one of the two processes
WAIT = ('<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>诉求周报</title>'
        '<p style="margin:20vh auto;text-align:center;font:18px sans-serif">正在把四个星期的记录走一遍，排成周报，大约二十秒……</p></html>')


class Weekly:
    """One digest for one run of the demo, made when somebody first asks for it."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="lounge-week-")
        self._making: asyncio.Task[str] | None = None

    async def show(self, request: web.Request) -> web.Response:
        """GET /demo/week/[file]: the page or a file of the same edition; while it is made, a page that looks again."""
        name = request.match_info["name"] or "digest.html"
        if name not in KINDS:
            raise web.HTTPNotFound
        if self._making is None:
            self._making = asyncio.create_task(made(Path(self._folder.name)))
        if not self._making.done():
            return web.Response(text=WAIT, content_type="text/html")
        file, why = Path(self._folder.name) / "out" / name, self._making.result()
        if not file.is_file():
            return web.Response(status=503, text=f"周报没有排出来：{why or name}\n")
        charset = "utf-8" if KINDS[name].startswith("text/") else None
        return web.Response(body=await asyncio.to_thread(file.read_bytes), content_type=KINDS[name], charset=charset)

    async def live(self, _: web.Application) -> AsyncIterator[None]:
        """Ends what is under way with the demo, and leaves nothing behind."""
        yield
        if self._making is not None:
            self._making.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._making
        self._folder.cleanup()


async def made(folder: Path) -> str:
    """Play the four weeks and lay out the last one in `folder`/out. Returns "" or why not."""
    store = str(folder / "store")
    for words in (("sample", "--keep", store),
                  ("digest", "--data", store, "--week", LAST, "--scope", SCOPE, "--out", str(folder / "out"))):
        why = await _run(*words)
        if why:
            return why
    return ""


async def _run(*words: str) -> str:
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot.cli", *words, stdout=pipe, stderr=pipe)
    try:
        _, said = await asyncio.wait_for(running.communicate(), PATIENCE)
    except TimeoutError:
        return "等得太久了"
    finally:
        if running.returncode is None:
            running.terminate()
            await running.wait()
    return said.decode(errors="replace").strip() or "没有说原因" if running.returncode else ""
