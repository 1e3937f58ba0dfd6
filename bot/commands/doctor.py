"""`lounge doctor`: looks at each channel that is on, and says what is missing and what to do about it."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import aiohttp
import typer

from bot.app import channels_of
from bot.bindings import Bindings
from bot.channels.base import Channel, Wire
from bot.channels.wecom_app import WeComApp
from bot.channels.wecom_codes import ALARMS, Alarm, Token, read_token, verdict
from bot.channels.wecom_media import API
from bot.channels.wecom_robot import WeComRobot
from bot.commands.settings import settings_or_exit
from bot.connect import Unusable, keys_of
from bot.domain.settings import ChannelSettings, Settings
from bot.messages import Delivered, Refused
from bot.web.calls import call

PUBLIC = "LOUNGE_PUBLIC_URL"  # under which address the world reaches the bot, like https://bot.example.org
WELL, ILL = "好", "要处理"
# errcode -> what to do, on which console page
DO = {
    "60020": "在应用页面的“企业可信IP”里加上括号里的出口 IP", "40001": "核对应用页面的 Secret，再设到环境变量里",
    "40013": "核对“我的企业”页面最下面的企业ID", "48002": "在应用页面开启这个接口的权限", "60011": "检查应用的可见范围和权限",
    "93000": "群里的机器人被移走了或者地址不对：在群机器人页面重新复制 Webhook 地址",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `do` says what to do where it is not well, `well` None where it was not looked at."""

    what: str
    well: bool | None
    told: str
    do: str = ""


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("doctor", help="Check every channel that is on, and say what to do.")(command)


def command(config: Annotated[Path | None, typer.Option("--config", help="the installation's folder")] = None) -> None:
    """One line a finding; exit code 1 where something has to be done."""
    settings = settings_or_exit(config, os.environ)
    findings = asyncio.run(examine(settings, os.environ))
    for one in findings:
        mark = "·" if one.well is None else "✓" if one.well else "✗"
        print(f"{mark} {one.what}：{one.told}" + (f"\n    → {one.do}" if one.do else ""))
    raise typer.Exit(1 if any(one.well is False for one in findings) else 0)


async def examine(settings: Settings, environ: Mapping[str, str]) -> list[Finding]:
    """Everything there is to know of the channels that are on; nothing is sent to anybody."""
    on = [one for one in settings.channels.values() if one.on]
    if not on:
        return [Finding("渠道", False, "一个都没开", "在 channels.yaml 里把要用的渠道写成 on: true")]
    found = [finding for one in on for finding in _secrets(one, environ)]
    try:
        channels = channels_of(settings, environ, Bindings(settings).names)
    except Unusable as why:
        return [*found, Finding("配置", False, str(why), "改好以后再运行一次")]
    async with aiohttp.ClientSession() as http:
        for one in on:
            channel = channels.get(one.name)
            if channel is not None:
                found += [finding async for finding in _reached(one, channel, environ, http)]
    return found


def _secrets(one: ChannelSettings, environ: Mapping[str, str]) -> list[Finding]:
    """The variables that are not set, by name."""
    missing = [variable for variable in one.secrets.values() if not environ.get(variable)]
    if not missing:
        return [Finding(f"{one.name} 密钥", True, WELL)]
    if one.kind == "wecom_robot" and len(missing) < len(one.secrets):
        return [Finding(f"{one.name} 密钥", None, f"没有设 {'、'.join(missing)}，这些客厅的群里不会说话")]
    return [Finding(f"{one.name} 密钥", False, f"没有设 {'、'.join(missing)}", "在服务的环境变量文件里设好，再重启服务")]


async def _reached(one: ChannelSettings, channel: Channel, environ: Mapping[str, str],
                   http: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    """What only shows when the platform, or our own address, is asked."""
    if isinstance(channel, WeComApp):
        yield await _app(one, channel, http)
    if isinstance(channel, WeComRobot):
        for lounge, variable in one.secrets.items():
            if environ.get(variable):
                yield await _robot(one, channel, lounge, http)
    if one.kind in ("wecom_aibot", "wecom_app"):
        yield await _callback(one, environ, http)


async def _app(one: ChannelSettings, app: WeComApp, http: aiohttp.ClientSession) -> Finding:
    """A token, and one harmless question with it: the trusted address shows only then."""
    what = f"{one.name} 接口"
    found = read_token(*await call(http, app.token_request()))
    if not isinstance(found, Token):
        return _verdict(what, found)
    asked = Wire(method="GET", url=f"{one.options.get('base', API)}/cgi-bin/getcallbackip")
    return _verdict(what, verdict(*await call(http, app.with_token(asked, found.value))))


async def _robot(one: ChannelSettings, robot: WeComRobot, lounge: str, http: aiohttp.ClientSession) -> Finding:
    """An empty text is refused for being empty where the key is good, and for the key where it is not."""
    found = verdict(*await call(http, robot.probe(lounge)))
    fine = isinstance(found, Delivered) or isinstance(found, Refused) and found.why.startswith(("44004", "40058"))
    return Finding(f"{one.name} {lounge}", True, WELL) if fine else _verdict(f"{one.name} {lounge}", found)


def _verdict(what: str, found: object) -> Finding:
    if isinstance(found, Delivered):
        return Finding(what, True, WELL)
    why = str(getattr(found, "why", "不明"))
    do = DO.get(why.partition(":")[0], "看看这台机器能不能访问 qyapi.weixin.qq.com，过一会儿再试")
    known = isinstance(found, Alarm) or why.partition(":")[0].isdigit() and int(why.partition(":")[0]) in ALARMS
    return Finding(what, False, f"{ILL}（{why}）", do if known or not isinstance(found, Refused) else "按错误码查平台的说明")


async def _callback(one: ChannelSettings, environ: Mapping[str, str], http: aiohttp.ClientSession) -> Finding:
    """What the console page does when it checks an address: a sealed word that must come back in clear."""
    what, base = f"{one.name} 回调地址", environ.get(PUBLIC, "").rstrip("/")
    if not base:
        return Finding(what, None, f"没有看：设 {PUBLIC}（例如 https://bot.example.org）后再运行一次")
    crypt = keys_of(one, one.options.get("corp" if one.kind == "wecom_app" else "receiveid", ""), environ)
    if crypt is None:
        return Finding(what, False, "没有 Token 和 EncodingAESKey", "先设好密钥")
    word = str(secrets.randbelow(10**16)).encode()
    sealed = crypt.seal(word, str(int(datetime.now(UTC).timestamp())), secrets.token_hex(8))
    query = urlencode({"msg_signature": sealed.signature, "timestamp": sealed.timestamp, "nonce": sealed.nonce,
                       "echostr": sealed.encrypt})
    url = f"{base}/hooks/{one.name}"
    code, body = await call(http, Wire(method="GET", url=f"{url}?{query}"))
    if code == 200 and body == word:
        return Finding(what, True, f"{WELL}（{url}）")
    told = "连不上" if code in (0, 503) else f"HTTP {code}"
    return Finding(what, False, f"{ILL}（{url} {told}）", "检查域名、证书、反向代理有没有把 /hooks/ 转到本机端口，服务是否在运行")

