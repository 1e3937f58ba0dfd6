"""WeCom's API on this machine: tokens, app messages, robots, response_url and media, with its limits and its codes.

`POST /_control` makes it slow, drop or answer any code, and says who and what exists; `GET /_got` shows what it got.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.wecom import calls, checks

Seconds = Callable[[], float]
ROBOT_MINUTE, MEMBER_MINUTE = 20, 30
URL_LIVES, MEDIA_LIVES, CODE_LIVES, TOKEN_LIVES = 3600, 300, 72 * 3600, 7200
MOST = 200_000  # bytes of a request


@dataclass
class Fault:
    """What the next `times` calls of `path` meet: a delay, a code, an HTTP code, or a line cut before or after."""

    path: str
    times: int = 1
    errcode: int | None = None
    http: int = 0
    slow: float = 0.0
    drop: str = ""  # before: nothing was taken; after: it was, and only the answer is lost


@dataclass
class State:
    """Everything the stand-in knows; tests may read and set it directly."""

    now: Seconds = time.time
    corp: str = calls.CORP
    secret: str = calls.SECRET
    agent: int = calls.AGENT
    aes: str = calls.AES
    members: set[str] = field(default_factory=set)  # empty: everybody is known
    robots: set[str] = field(default_factory=lambda: {"robot-key"})
    token: str = ""
    token_until: float = 0.0
    tokens: int = 0  # how many were made
    old_tokens: set[str] = field(default_factory=set)
    urls: dict[str, tuple[str, float]] = field(default_factory=dict)  # response_code -> (chattype, until)
    cards: dict[str, float] = field(default_factory=dict)  # card code -> until; gone once used
    media: dict[str, tuple[bytes, float]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, list[float]] = field(default_factory=dict)
    bodies: dict[str, float] = field(default_factory=dict)  # what was sent to whom, to drop a second copy

    def expire(self) -> None:
        """The access token goes bad before its time."""
        self.old_tokens.add(self.token)
        self.token = ""

    def issue(self, chattype: str = "group") -> str:
        """A response_code for a response_url: one use, one hour."""
        code = f"URL-{len(self.urls) + 1}"
        self.urls[code] = (chattype, self.now() + URL_LIVES)
        return code

    def keep(self, data: bytes, encrypted: bool = True) -> str:
        """A file somebody sent; its id. An AI bot's is encrypted and lives five minutes."""
        name = f"MEDIA-{len(self.media) + 1}"
        kept = calls.Caller(aes=self.aes).media(data) if encrypted else data
        self.media[name] = (kept, self.now() + (MEDIA_LIVES if encrypted else 3 * 86_400))
        return name

    def many(self, who: str, most: int) -> bool:
        """Whether a minute already has its share; if not, this one counts."""
        now = self.now()
        recent = self.sent[who] = [at for at in self.sent.get(who, []) if now - at < 60]
        if len(recent) >= most:
            return True
        recent.append(now)
        return False


STATE: web.AppKey[State] = web.AppKey("wecom", State)
Answer = dict[str, Any]
Door = Callable[[State, web.Request, dict[str, Any]], Answer]


def _said(errcode: int, errmsg: str = "ok", **more: Any) -> Answer:
    return {"errcode": errcode, "errmsg": errmsg, **more}


def gettoken(state: State, request: web.Request, body: dict[str, Any]) -> Answer:
    """The same token while it is good; a new one after."""
    if request.query.get("corpid") != state.corp:
        return _said(40013, "invalid corpid")
    if request.query.get("corpsecret") != state.secret:
        return _said(40001, "invalid credential")
    if not state.token or state.now() >= state.token_until:
        state.old_tokens.add(state.token)
        state.tokens += 1
        state.token, state.token_until = f"token-{state.tokens}", state.now() + TOKEN_LIVES
    return _said(0, access_token=state.token, expires_in=int(state.token_until - state.now()))


def _token(state: State, request: web.Request) -> Answer | None:
    given = request.query.get("access_token", "")
    if not given:
        return _said(41001, "access_token missing")
    if given in state.old_tokens or given == state.token and state.now() >= state.token_until:
        return _said(42001, "access_token expired")
    return None if given == state.token else _said(40014, "invalid access_token")


def message_send(state: State, request: web.Request, body: dict[str, Any]) -> Answer:
    """A message of the app; a second copy and what is over a member's minute are dropped without a word."""
    if (wrong := _token(state, request)) is not None:
        return wrong
    code, why = checks.app(body, state.agent)
    if code:
        return _said(code, why)
    to = [name for name in str(body.get("touser", "")).split("|") if name]
    if not to:
        return _said(82001, "receivers empty")
    bad = [name for name in to if state.members and name not in state.members]
    if len(bad) == len(to):
        return _said(81013, "all receivers invalid", invaliduser="|".join(bad))
    answer = _said(0, msgid=f"APP-{len(state.got) + 1}", **({"invaliduser": "|".join(bad)} if bad else {}))
    if body.get("template_card", {}).get("card_type") in checks.ASKS:
        answer["response_code"] = card_code(state)
    copy = json.dumps([body.get(part) for part in ("touser", "msgtype", str(body.get("msgtype")))], sort_keys=True)
    twice = body.get("enable_duplicate_check") == 1 and state.bodies.get(copy, 0.0) > state.now()
    state.bodies[copy] = max(state.bodies.get(copy, 0.0), state.now() + body.get("duplicate_check_interval", 1800))
    answer["_shown"] = not twice and not state.many(f"member/{to[0]}", MEMBER_MINUTE)
    return answer


def card_code(state: State) -> str:
    """A code with which one card may be changed once, for 72 hours: of a message sent, or of a press."""
    code = f"CARD-{len(state.cards) + len(state.got) + 1}"
    state.cards[code] = state.now() + CODE_LIVES
    return code


def message_update(state: State, request: web.Request, body: dict[str, Any]) -> Answer:
    """The change of a card."""
    if (wrong := _token(state, request)) is not None:
        return wrong
    code, why = checks.update(body, state.agent)
    if code:
        return _said(code, why)
    good = state.cards.pop(str(body.get("response_code", "")), 0.0) > state.now()
    return _said(0) if good else _said(40058, "invalid response_code")


def webhook_send(state: State, request: web.Request, body: dict[str, Any]) -> Answer:
    """A robot's post."""
    key = request.query.get("key", "")
    if key not in state.robots:
        return _said(93000, "invalid webhook url")
    code, why = checks.robot(body)
    if code:
        return _said(code, why)
    return _said(45009, "api freq out of limit") if state.many(f"robot/{key}", ROBOT_MINUTE) else _said(0)


def aibot_response(state: State, request: web.Request, body: dict[str, Any]) -> Answer:
    """The one-shot late answer; which code a used URL gives is not documented."""
    code = request.query.get("response_code", "")
    chattype, until = state.urls.get(code, ("", 0.0))
    if until <= state.now():
        return _said(40058, "response_code invalid or used")
    wrong, why = checks.late(body, chattype)
    if wrong:
        return _said(wrong, why)
    state.urls[code] = (chattype, 0.0)
    return _said(0)


def callback_ips(state: State, request: web.Request, body: dict[str, Any]) -> Answer:
    """From where callbacks come; asked for only to see whether the token is good here."""
    return _token(state, request) or _said(0, ip_list=["127.0.0.1"])


DOORS: dict[str, tuple[str, Door]] = {
    "gettoken": ("GET", gettoken), "message/send": ("POST", message_send),
    "message/update_template_card": ("POST", message_update), "webhook/send": ("POST", webhook_send),
    "aibot/response": ("POST", aibot_response), "getcallbackip": ("GET", callback_ips),
}


def door(path: str, said: Door) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler: faults first, then the platform's own answer, and everything is written down."""

    async def handle(request: web.Request) -> web.StreamResponse:
        state = request.app[STATE]
        fault = next((f for f in state.faults if f.path == path and f.times > 0), None)
        if fault is not None:
            fault.times -= 1
            await asyncio.sleep(fault.slow)
        raw = await request.read()
        if fault is not None and fault.drop == "before":
            return _cut(request)
        if fault is not None and (fault.http or fault.errcode is not None):
            answer = _said(fault.errcode or 0, "as told") if not fault.http else {"http": fault.http}
            _write(state, path, request, raw, answer, False)
            return web.json_response(answer) if not fault.http else web.Response(status=fault.http)
        try:
            body = json.loads(raw) if raw else {}
            answer = said(state, request, body) if isinstance(body, dict) else _said(40058, "not an object")
        except ValueError:
            answer = _said(40058, "not JSON")
        shown = bool(answer.pop("_shown", answer["errcode"] == 0))
        _write(state, path, request, raw, answer, shown)
        return _cut(request) if fault is not None and fault.drop else web.json_response(answer)

    return handle


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _write(state: State, path: str, request: web.Request, raw: bytes, answer: Answer, shown: bool) -> None:
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        body = {"raw": base64.b64encode(raw).decode()}
    state.got.append({"at": state.now(), "path": path, "query": dict(request.query), "body": body, "shown": shown,
                      "answer": answer})
