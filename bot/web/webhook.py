"""The front door: reads raw bytes, has the channel verify and parse them, and answers once they are durable."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.app import Rig
from bot.channels.base import Channel, Malformed, Rejected, Wire
from bot.channels.wecom_aibot import WeComAibot
from bot.channels.wecom_app import WeComApp
from bot.messages import ButtonPress, ChatLine, Incoming
from bot.store.port import Lost
from bot.web.callbacks import Callbacks
from bot.web.digests import opening
from bot.web.health import Counts, health, metrics

MOST = 1 << 20  # bytes of a request
AHEAD, BEHIND = timedelta(days=1), timedelta(days=30)  # a line's own time may be this far from the conduct clock

RIG: web.AppKey[Rig] = web.AppKey("rig", Rig)
CALLBACKS: web.AppKey[Callbacks] = web.AppKey("callbacks", Callbacks)
COUNTS: web.AppKey[Counts] = web.AppKey("counts", Counts)
log = structlog.get_logger("webhook")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(rig: Rig) -> web.Application:
    """An application with /hooks/<channel>[/<name>], /digests/<secret>/<file>, /healthz and /metrics."""
    app = web.Application(client_max_size=MOST)
    app[RIG] = rig
    app[CALLBACKS] = Callbacks(rig, _plausible)
    app[COUNTS] = Counts()
    app.router.add_route("GET", "/hooks/{channel}", greet)
    app.router.add_route("GET", "/hooks/{channel}/{name}", greet)
    app.router.add_post("/hooks/{channel}", receive)
    app.router.add_post("/hooks/{channel}/{name}", receive)
    app.router.add_get("/digests/{secret}/{name}", opening(rig))
    app.router.add_get("/healthz", health_page)
    app.router.add_get("/metrics", metrics_page)
    return app


async def receive(request: web.Request) -> web.Response:
    """The door itself, and the count of who was sent away."""
    answer = await _received(request)
    request.app[COUNTS].refused += 400 <= answer.status < 500
    return answer


async def _received(request: web.Request) -> web.Response:
    """Three beats, none of which decides: read, verify and parse, ingest."""
    rig, counts = request.app[RIG], request.app[COUNTS]
    name = request.match_info.get("name") or request.match_info["channel"]
    channel = rig.channels.get(name)
    if channel is None:
        return _no(404, "no such channel", name)
    official = isinstance(channel, WeComAibot | WeComApp)  # what they post is known by its signature, not by its type
    if not official and request.content_type not in ("application/json", "text/xml", "application/xml", "text/plain"):
        return _no(415, "unsupported content type", name)
    if channel.name == "plain" and request.content_type != "application/json":
        return _no(415, "must be application/json", name)
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        return _no(413, "larger than 1 MiB", name)
    except (web.RequestPayloadError, ConnectionResetError):  # cut off, or not packed as it says
        return _no(400, "broke off", name)
    wire = Wire(method="POST", url=request.path, query=dict(request.query), body=body,
                headers={key.lower(): value for key, value in request.headers.items()})
    try:
        if isinstance(channel, WeComAibot | WeComApp):
            return await _called(request, channel, wire)
        return await _taken(rig, counts, channel, wire)
    except Rejected as why:
        return _no(403, str(why), name)
    except Malformed as why:
        return _no(400, str(why), name)
    except Lost:
        return _no(503, "not stored, send it again", name)


async def _taken(rig: Rig, counts: Counts, channel: Channel, wire: Wire) -> web.Response:
    """Verify and parse, ingest, say how much was new. Raises Rejected, Malformed, Lost."""
    incoming = channel.parse(channel.verify(wire, datetime.now(UTC)))
    _plausible(incoming, rig.clock.now())
    fresh = await rig.ingest(incoming)
    counts.taken += sum(fresh)
    counts.seen += len(fresh) - sum(fresh)
    return web.json_response({"taken": sum(fresh), "seen": len(fresh) - sum(fresh)})


async def _called(request: web.Request, channel: WeComAibot | WeComApp, wire: Wire) -> web.Response:
    """A callback that is answered in its own platform's words. Raises Rejected, Malformed, Lost."""
    counts, told = request.app[COUNTS], await request.app[CALLBACKS].receive(channel, wire)
    counts.taken += told.taken
    counts.seen += told.seen
    return web.Response(status=told.wire.code, body=told.wire.body, headers=dict(told.wire.headers))


def _plausible(incoming: list[Incoming], now: datetime) -> None:
    """Refuse a line from another age: its clocks would all be wrong. Raises Malformed.

    The index counts what was read; messages of unknown types are not in it.
    """
    for index, item in enumerate(incoming):
        if isinstance(item, ChatLine | ButtonPress) and not now - BEHIND <= item.at <= now + AHEAD:
            raise Malformed("at: too far from now", index)


class _OneLine(logging.Handler):
    """Says in one line what aiohttp would tell with a traceback and with the bytes that it could not read."""

    def emit(self, record: logging.LogRecord) -> None:
        fault = record.exc_info[1] if record.exc_info else None
        if isinstance(fault, HttpProcessingError | ConnectionError):
            log.warning("refused", code=400, why=f"not HTTP: {type(fault).__name__}", channel="")
        else:
            log.error("a request fell over", exc_info=record.exc_info)


def http_log() -> logging.Logger:
    """The logger to give to a runner of this app."""
    logger = logging.getLogger("lounge.http")
    logger.propagate, logger.handlers = False, [_OneLine(logging.WARNING)]
    return logger


async def greet(request: web.Request) -> web.Response:
    """A platform's set-up handshake."""
    rig = request.app[RIG]
    name = request.match_info.get("name") or request.match_info["channel"]
    channel = rig.channels.get(name)
    wire = Wire(method="GET", url=request.path, query=dict(request.query),
                headers={key.lower(): value for key, value in request.headers.items()})
    try:
        answer = channel.greet(wire) if channel is not None else None
    except (Rejected, Malformed) as why:
        return _no(403 if isinstance(why, Rejected) else 400, str(why), name)
    return _no(404, "nothing to greet", name) if answer is None else web.Response(body=answer, content_type="text/plain")


def _no(code: int, why: str, channel: str) -> web.Response:
    """A refusal: one log line without the content, one JSON line for the sender."""
    log.warning("refused", code=code, why=why, channel=channel[:40])
    return web.json_response({"error": why}, status=code)


async def health_page(request: web.Request) -> web.Response:
    """200 while the store answers, else 503; with the figures that tell whether work is waiting."""
    code, facts = await health(request.app[RIG])
    return web.json_response(facts, status=code)


async def metrics_page(request: web.Request) -> web.Response:
    """Prometheus text, for loopback only; what a proxy of this machine passes on is somebody else's."""
    passed_on = {"X-Forwarded-For", "X-Real-IP", "Forwarded"} & request.headers.keys()
    if passed_on or request.remote not in ("127.0.0.1", "::1", None):
        return web.Response(status=403, text="metrics are for this machine only\n")
    body = await metrics(request.app[RIG], request.app[COUNTS])
    return web.Response(body=body, headers={"content-type": "text/plain; version=0.0.4; charset=utf-8"})
