"""The demo page in a real browser, from the first line to 满意, by mouse and by keyboard, wide and narrow."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.web.chromium import Tab, browser, chromium
from tests.web.serving import demo_at

LIVE = "typeof page !== 'undefined' && page !== null"
NO_SIDEWAYS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest_asyncio.fixture
async def tab(tmp_path: Path) -> AsyncIterator[Tab]:
    program = chromium()
    if program is None:
        install = "no Chromium on PATH: apt-get install -y chromium fonts-noto-cjk"
        if os.geteuid() == 0 or os.environ.get("CI"):
            pytest.fail(install)
        pytest.skip(install)
    async with demo_at(tmp_path / "demo") as demo, browser(program, tmp_path / "profile") as page:
        await page.call("Page.enable")
        await page.call("Runtime.enable")
        await page.size(1280, 800)
        await page.call("Page.navigate", url=f"{demo.base}/")
        await page.until(LIVE)
        yield page


async def test_a_newcomer_gets_from_the_first_line_to_satisfied(tab: Tab, tmp_path: Path) -> None:
    await tab.click("#examples", "灯坏了")
    await tab.sees("#group-log", "编号 HH-0001")
    await tab.sees("#phone-log", "【HH-0001】")
    assert await tab.run("document.querySelector('#owner').value") == "p-chunfen"
    await tab.sees("#thought", "立案")
    assert await tab.run("document.querySelectorAll('#thought mark').length") > 0
    await tab.sees("#case", "已派单")
    await tab.sees("#case", "还有")
    assert await tab.text("#stages .now") == "分拨"

    await tab.click("#phone-log", "接单")
    await tab.sees("#group-log", "已经接手")
    await tab.until("document.querySelector('#stages .now')?.innerText === '办理'")
    await tab.click("#phone-log", "办结")
    await tab.sees("#phone-log", "是怎么办好的")
    await tab.type("#reply", "物业换了两盏灯，晚上都亮了")
    await tab.sees("#phone-log", "现在怎么样了")
    assert await tab.run("document.querySelector('#owner').value") == "guest-hehua-1"
    await tab.until("document.querySelector('#stages .now')?.innerText === '评价'")
    await tab.click("#phone-log", "满意")
    await tab.sees("#phone-log", "结案了")
    await tab.sees("#case-state", "已结案")
    await tab.sees("#strip-note", "满意")
    assert await tab.run("document.querySelectorAll('#stages .done').length") == 5
    await tab.picture(tmp_path / "wide.png")
    await tab.size(390, 844, phone=True)
    assert await tab.run(NO_SIDEWAYS)


async def test_the_page_works_with_the_keyboard_and_every_control_has_a_name(tab: Tab) -> None:
    await tab.type("#say", "快来人啊，有人晕倒在3栋门口了！")
    await tab.sees("#group-log", "120")
    await tab.sees("#phone-log", "【紧急 HH-0001】")
    await tab.run("document.querySelector('#phone-log .keys button').focus()")
    for kind in ("keyDown", "keyUp"):
        await tab.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    await tab.sees("#case-state", "办理中")
    await tab.call("Accessibility.enable")
    tree = (await tab.call("Accessibility.getFullAXTree"))["nodes"]
    controls = [node for node in tree if node.get("role", {}).get("value") in ("button", "combobox", "textbox", "log")]
    assert len(controls) > 10
    assert [node for node in controls if not node.get("name", {}).get("value")] == []


async def test_the_clock_is_moved_and_the_reminder_arrives_without_a_reload(tab: Tab) -> None:
    await tab.run("window.mark = 'never reloaded'")
    await tab.click("#examples", "灯坏了")
    await tab.sees("#phone-log", "接单就行")
    for _ in range(2):
        await tab.click(".moves", "到明早")
        await tab.until("!page.busy")
    await tab.sees("#case", "催办")
    await tab.sees("#clock", "09:0")
    await tab.click(".moves", "重新开始")
    await tab.click(".moves", "确定清空？")
    await tab.until(f"{LIVE} && page.lines.length === 0")
    await tab.sees("#group-log", "还没有人说话")
    assert await tab.run("window.mark") == "never reloaded"


async def test_what_somebody_types_is_never_taken_for_markup(tab: Tab) -> None:
    await tab.type("#say", "<img src=x onerror='window.hacked=1'><b>三栋的灯坏了好几天没人修</b>")
    await tab.sees("#group-log", "<b>三栋的灯坏了好几天没人修</b>")
    await tab.sees("#thought", "<img")
    assert not await tab.run("window.hacked")


@pytest.mark.parametrize("width", [390, 768, 1280, 1920])
async def test_nothing_scrolls_sideways_at_any_width(tab: Tab, width: int) -> None:
    await tab.size(width, 844)
    await tab.click("#examples", "灯坏了")
    await tab.sees("#phone-log", "接单就行")
    assert await tab.run(NO_SIDEWAYS)
