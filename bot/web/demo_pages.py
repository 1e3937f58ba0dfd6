"""The demo's doors: the page, its live stream, what it posts, and where the bot's words arrive; loopback names only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from bot.channels.base import Rejected, Wire
from bot.domain.settings import Settings
from bot.web import demo_cast
from bot.web.demo import Demo
from bot.web.demo_views import STAGES
from bot.web.demo_week import PATH, Weekly

HERE = Path(__file__).parent
ALIVE = 20.0  # seconds after which the page is sent again though nothing changed
GATHER = 0.03  # seconds in which changes are sent together
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
                               "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
}
DEMO: web.AppKey[Demo] = web.AppKey("demo", Demo)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
T = TypeVar("T")


class Say(msgspec.Struct):
    """A line that the page wants said: in `lounge`'s group, or in private."""

    sender: str
    text: str
    name: str = ""
    lounge: str = ""
    private: bool = False


class Press(msgspec.Struct):
    """A button of a card: the bubble's id and the verb."""

    line: str
    verb: str


class Move(msgspec.Struct):
    """How far the clock goes on."""

    move: str


def add_pages(app: web.Application, demo: Demo, port: int) -> web.Application:
    """The demo's page and doors on the bot's own application, all of it behind the check of the Host header."""
    app[DEMO] = demo
    app.middlewares.append(guard(port))
    app.router.add_get("/", page)
    app.router.add_get("/demo/live", live)
    app.router.add_static("/demo/static", HERE / "static")
    weekly = Weekly()
    app.router.add_get(PATH + "{name:.*}", weekly.show)
    app.cleanup_ctx.append(weekly.live)
    for path, handler in (("say", say), ("press", press), ("clock", move), ("restart", restart), ("out", out)):
        app.router.add_post(f"/demo/{path}", handler)

    async def closing(_: web.Application) -> None:
        demo.close()

    app.on_shutdown.append(closing)
    return app


def guard(port: int) -> Middleware:
    """Refuse any Host that is not this machine's own name (DNS rebinding), and posts from other pages."""
    hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    if port == 80:
        hosts |= {"127.0.0.1", "localhost", "[::1]"}

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if request.headers.get("Host", "").lower() not in hosts:
            return web.Response(status=403, text="only for this machine\n")
        if origin is not None and origin.removeprefix("http://").lower() not in hosts:
            return web.Response(status=403, text="only from this page\n")
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.update(HEADERS)
        return answer

    return check


async def page(request: web.Request) -> web.Response:
    """The one page."""
    html = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
    settings = request.app[DEMO].rig.settings
    text = html.get_template("demo.html").render(stages=STAGES, cast=Markup(cast_json(settings)))
    return web.Response(text=text, content_type="text/html")


def cast_json(settings: Settings) -> str:
    """Lounges, voices and lines to try, safe inside a script element."""
    raw = msgspec.json.encode({
        "lounges": demo_cast.scenes(settings), "people": demo_cast.staff(settings), "timezone": settings.timezone,
        "bot": next(iter(settings.bot_names), "小客厅"),
    }).decode()
    return raw.replace("<", "\\u003c").replace("&", "\\u0026")


async def live(request: web.Request) -> web.StreamResponse:
    """Server-Sent Events: the whole page whenever it changed."""
    demo = request.app[DEMO]
    answer = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream; charset=utf-8"})
    try:
        await answer.prepare(request)
        await answer.write(b"retry: 1000\n\n")
        while not demo.closing.is_set():
            changed = demo.page.changed
            await answer.write(b"event: page\ndata: " + demo.snapshot() + b"\n\n")
            try:
                await asyncio.wait_for(changed.wait(), ALIVE)
            except TimeoutError:
                continue
            await asyncio.sleep(GATHER)
    except ConnectionResetError:
        pass  # the page was closed
    return answer


async def say(request: web.Request) -> web.Response:
    """POST /demo/say."""
    demo, wish = request.app[DEMO], await _read(request, Say)
    if isinstance(wish, web.Response):
        return wish
    text, sender = wish.text.strip(), wish.sender.strip()
    if not text or not sender or len(sender) > 100:
        return _no("说点什么吧")
    if not wish.private and wish.lounge not in demo.rig.settings.lounges:
        return _no("没有这个客厅")
    where = f"person:{sender}" if wish.private else f"chat:{wish.lounge}"
    return _told(await demo.say(where, sender, wish.name.strip()[:40], text))


async def press(request: web.Request) -> web.Response:
    """POST /demo/press."""
    demo, wish = request.app[DEMO], await _read(request, Press)
    if isinstance(wish, web.Response):
        return wish
    line = demo.page.lines.get(wish.line)
    if line is None or wish.verb not in dict(line.buttons) or not line.where.startswith("person:"):
        return _no("没有这个按钮")
    if line.case is None and line.message is None:
        return _no("这张卡片没有对应的事")
    return _told(await demo.press(line, wish.verb))


async def move(request: web.Request) -> web.Response:
    """POST /demo/clock."""
    demo, wish = request.app[DEMO], await _read(request, Move)
    if isinstance(wish, web.Response):
        return wish
    if wish.move not in ("30m", "1h", "morning"):
        return _no("时钟不会这样走")
    return _told(await demo.move(wish.move))


async def restart(request: web.Request) -> web.Response:
    """POST /demo/restart: the answer goes out first, then everything is cleared."""
    if request.content_type != "application/json":
        return _no("must be application/json", 415)
    demo = request.app[DEMO]
    asyncio.get_running_loop().call_later(0.05, demo.again.set)
    return web.json_response({}, status=202)


async def out(request: web.Request) -> web.Response:
    """POST /demo/out: what the bot says, signed by the plain channel like to any listener."""
    demo = request.app[DEMO]
    headers = {key.lower(): value for key, value in request.headers.items()}
    try:
        body = demo.plain.verify(Wire(headers=headers, body=await request.read()), datetime.now(UTC))
        row = msgspec.json.decode(body, type=dict[str, str | None])
    except Rejected:
        return _no("forged", 403)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _no("malformed")
    demo.arrived(row)
    return _told("")


async def _read(request: web.Request, kind: type[T]) -> T | web.Response:
    """The body as a value; only JSON, so that no form of another page can post here."""
    if request.content_type != "application/json":
        return _no("must be application/json", 415)
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _no("没看懂")


def _told(why: str) -> web.Response:
    return _no(why) if why else web.json_response({})


def _no(why: str, code: int = 400) -> web.Response:
    return web.Response(status=code, text=json.dumps({"error": why}, ensure_ascii=False), content_type="application/json")
