"""The stand-in as an application: the API's doors, its media, and the two doors for whoever tests with it."""

from __future__ import annotations

import base64
from dataclasses import fields
from typing import Any

from aiohttp import web

from tests.wecom.server import DOORS, MOST, STATE, Fault, State, _token, card_code, door


def make_app(state: State | None = None) -> web.Application:
    """The whole stand-in. `state` is the caller's to look into."""
    app = web.Application(client_max_size=MOST)
    app[STATE] = state or State()
    for path, (method, said) in DOORS.items():
        app.router.add_route(method, f"/cgi-bin/{path}", door(path, said))
    app.router.add_get("/cgi-bin/media/get", app_media)
    app.router.add_get("/aibot-media/{name}", bot_media)
    app.router.add_post("/_control", control)
    app.router.add_get("/_got", got)
    app.router.add_delete("/_got", forget)
    return app


async def bot_media(request: web.Request) -> web.Response:
    """A file an AI bot was sent: encrypted, its name in the header, gone after five minutes."""
    return _media(request.app[STATE], request.match_info["name"])


async def app_media(request: web.Request) -> web.Response:
    """A file an app was sent: in clear, against the access token."""
    state = request.app[STATE]
    wrong = _token(state, request)
    return web.json_response(wrong) if wrong is not None else _media(state, request.query.get("media_id", ""))


def _media(state: State, name: str) -> web.Response:
    data, until = state.media.get(name, (b"", 0.0))
    if until <= state.now():
        return web.Response(status=404)
    return web.Response(body=data, headers={"content-disposition": f'attachment; filename="{name}.jpg"'})


async def got(request: web.Request) -> web.Response:
    """Everything that came, oldest first; `?path=webhook/send` for one door."""
    only = request.query.get("path")
    rows = [row for row in request.app[STATE].got if only in (None, row["path"])]
    return web.json_response({"got": rows, "tokens": request.app[STATE].tokens})


async def forget(request: web.Request) -> web.Response:
    """Begin a new page."""
    request.app[STATE].got.clear()
    return web.json_response({})


async def control(request: web.Request) -> web.Response:
    """One JSON object; each member is one wish, and the answer says what came of it:

    `fault` {path, times, errcode, http, slow, drop} · `expire_tokens` true · `members`, `robots` [names] ·
    `issue` "group" or "single" (a response_url) · `card` true (a card code) · `media` base64, `media_plain` base64 ·
    `clear` true (no more faults).
    """
    state: State = request.app[STATE]
    wishes: dict[str, Any] = await request.json()
    done: dict[str, Any] = {}
    known = {one.name for one in fields(Fault)}
    for wish, value in wishes.items():
        match wish:
            case "fault" if isinstance(value, dict) and set(value) <= known and value.get("path") in DOORS:
                state.faults.append(Fault(**value))
            case "expire_tokens":
                state.expire()
            case "members" | "robots":
                setattr(state, wish, set(value))
            case "issue" if value in ("group", "single"):
                done["url"] = f"{request.url.origin()}/cgi-bin/aibot/response?response_code={state.issue(value)}"
            case "card":
                done["code"] = card_code(state)
            case "media" | "media_plain":
                done["media"] = state.keep(base64.b64decode(value), encrypted=wish == "media")
            case "clear":
                state.faults.clear()
            case _:
                return web.json_response({"error": f"{wish}: unknown, or not what it takes"}, status=400)
    return web.json_response(done)
