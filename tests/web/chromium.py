"""Drives a real headless Chromium over its DevTools protocol: enough to open a page, run script in it, look at it."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic", "--hide-scrollbars", "--remote-debugging-port=0",
)
PATIENCE = 20.0  # seconds until something that should show up is missed


def chromium() -> str | None:
    """The path of a Chromium, None where there is none."""
    return next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)


class Tab:
    """One page of the browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._ids = socket, itertools.count(1)

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol and its result; events in between are passed over."""
        wanted = next(self._ids)
        await self._socket.send_json({"id": wanted, "method": method, "params": params})
        while True:
            message = await self._socket.receive_json(timeout=PATIENCE)
            if message.get("id") == wanted:
                assert "error" not in message, message["error"]
                result: dict[str, Any] = message["result"]
                return result

    async def run(self, script: str) -> Any:
        """The value of a script in the page."""
        answer = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def until(self, script: str) -> Any:
        """Wait until a script gives something true, and return it."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while not (value := await self.run(script)):
            assert asyncio.get_running_loop().time() < end, f"never came true: {script}\n{await self.text('body')}"
            await asyncio.sleep(0.05)
        return value

    async def text(self, where: str) -> str:
        """What the element shows."""
        return str(await self.run(f"document.querySelector({json.dumps(where)})?.innerText ?? ''"))

    async def sees(self, where: str, words: str) -> None:
        """Wait until the element shows these words."""
        await self.until(f"(document.querySelector({json.dumps(where)})?.innerText ?? '').includes({json.dumps(words)})")

    async def click(self, where: str, label: str) -> None:
        """Click the last button inside `where` that carries this label, with a real mouse."""
        find = f"""(() => {{
          const found = [...document.querySelectorAll({json.dumps(where + ' button')})].filter(
            (b) => b.innerText.trim() === {json.dumps(label)} && !b.disabled).at(-1);
          if (!found) return null;
          found.scrollIntoView({{ block: "center" }});
          const box = found.getBoundingClientRect();
          return [box.x + box.width / 2, box.y + box.height / 2];
        }})()"""
        x, y = await self.until(find)
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def type(self, where: str, words: str) -> None:
        """Type into a field and press Enter."""
        await self.run(f"document.querySelector({json.dumps(where)}).focus()")
        await self.call("Input.insertText", text=words)
        for kind in ("keyDown", "keyUp"):
            await self.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")

    async def size(self, width: int, height: int, *, phone: bool = False) -> None:
        """Give the page a window of this size in CSS pixels."""
        await self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)

    async def picture(self, path: Path, *, whole: bool = False) -> None:
        """A PNG of what the window shows (`whole`: of the whole page)."""
        shot = await self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        await asyncio.to_thread(path.write_bytes, base64.b64decode(shot["data"]))


@asynccontextmanager
async def browser(program: str, folder: Path) -> AsyncIterator[Tab]:
    """A fresh browser with one empty tab; ended with the block. `folder` becomes its profile."""
    process = await asyncio.create_subprocess_exec(
        program, *FLAGS, f"--user-data-dir={folder}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, env={**os.environ, "LANG": "zh_CN.UTF-8"})
    try:
        port = await _port(folder / "DevToolsActivePort")
        async with aiohttp.ClientSession() as http:
            async with http.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [page for page in await answer.json() if page["type"] == "page"]
            async with http.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                yield Tab(socket)
    finally:
        process.terminate()
        await process.wait()


async def _port(path: Path) -> int:
    """The port that the browser chose, once it has written it down."""
    for _ in range(int(PATIENCE / 0.05)):
        lines = await asyncio.to_thread(_lines, path)
        if len(lines) >= 2:
            return int(lines[0])
        await asyncio.sleep(0.05)
    raise AssertionError("the browser did not start")


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
