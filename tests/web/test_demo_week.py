"""The demo's 看周报: a page that waits while the sample history is played, then the digest and its files."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.web import demo_week
from bot.web.demo_week import PATH
from tests.web.serving import demo_at


async def laid_out(folder: Path) -> str:
    """As if both processes had done their work."""
    await asyncio.sleep(0)
    (folder / "out").mkdir()
    (folder / "out" / "digest.html").write_text("<h1>禾花社区</h1>", encoding="utf-8")
    return ""


async def failed(folder: Path) -> str:
    """As if the first process had said no."""
    return "this configuration does not know the sample lounges"


async def test_the_page_links_to_the_digest_and_waits_until_it_is_laid_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_week, "made", laid_out)
    async with demo_at(tmp_path / "demo") as demo:
        async with demo.http.get(f"{demo.base}/") as page:
            assert f'href="{PATH}"' in await page.text()
        async with demo.http.get(demo.base + PATH) as first:
            assert 'http-equiv="refresh"' in await first.text()
        async with demo.http.get(demo.base + PATH) as then:
            assert then.status == 200 and "禾花社区" in await then.text()
        for name in ("digests", "../page.jsonl", "sealed.json"):
            async with demo.http.get(demo.base + PATH + name) as other:
                assert other.status == 404


async def test_where_it_cannot_be_made_the_page_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_week, "made", failed)
    async with demo_at(tmp_path / "demo") as demo:
        async with demo.http.get(demo.base + PATH):
            pass
        async with demo.http.get(demo.base + PATH) as then:
            assert then.status == 503 and "does not know" in await then.text()
