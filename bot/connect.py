"""Builds the channels of an installation from its settings and the secrets of its environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.channels.base import Channel
from bot.channels.plain import Plain
from bot.channels.wecom_aibot import WeComAibot
from bot.channels.wecom_app import WeComApp
from bot.channels.wecom_crypto import Crypt, Keys
from bot.channels.wecom_media import API, MEDIA_ORIGINS
from bot.channels.wecom_names import Names
from bot.channels.wecom_robot import WeComRobot
from bot.domain.settings import ChannelSettings, Settings

Environ = Mapping[str, str]


class Unusable(ValueError):
    """A channel is on but cannot work; the message names the channel and what to set, never a secret."""


def channels_of(settings: Settings, environ: Environ, names: Names) -> dict[str, Channel]:
    """The channels that are on and have their secrets. Raises Unusable."""
    found: dict[str, Channel] = {}
    for name, channel in settings.channels.items():
        if not channel.on or channel.kind not in _MAKE:
            continue
        try:
            made = _MAKE[channel.kind](settings, channel, environ, names)
        except ValueError as why:
            raise Unusable(f"channel {name}: {why}") from None
        if made is not None:
            found[name] = made
    return found


def secret(channel: ChannelSettings, purpose: str, environ: Environ) -> str:
    """A secret by its purpose; "" where it is not set."""
    return environ.get(channel.secrets.get(purpose, ""), "").strip()


def keys_of(channel: ChannelSettings, receiveid: str, environ: Environ) -> Crypt | None:
    """The cipher of a callback, with the previous pair while it is accepted. Raises ValueError."""
    token, aes = secret(channel, "token", environ), secret(channel, "aes_key", environ)
    if not (token and aes):
        return None
    old = [environ.get(channel.options.get(f"previous_{part}", ""), "") for part in ("token", "aes_key")]
    if not all(old):
        return Crypt(receiveid, Keys.read(token, aes))
    until = channel.options.get("previous_until", "")
    try:
        end = datetime.fromisoformat(until)
    except ValueError:
        end = None
    if end is None or end.tzinfo is None:
        raise ValueError("previous_until: must say until when the previous pair holds, like 2026-12-01T00:00:00+08:00")
    return Crypt(receiveid, Keys.read(token, aes), Keys.read(*old), end)


def _plain(settings: Settings, channel: ChannelSettings, environ: Environ, names: Names) -> Channel | None:
    key = environ.get(channel.secrets.get("secret", ""), "")
    return Plain(key.encode(), settings.lounges, environ.get(channel.options.get("out", ""), "")) if key else None


def _aibot(settings: Settings, channel: ChannelSettings, environ: Environ, names: Names) -> Channel | None:
    crypt = keys_of(channel, channel.options.get("receiveid", ""), environ)
    if crypt is None:
        return None
    base = channel.options.get("base", API)
    media = MEDIA_ORIGINS if base == API else (base, *MEDIA_ORIGINS)
    return WeComAibot(crypt, names, settings.bot_names, name=channel.name, bot=channel.options.get("bot", ""),
                      origins=(base,), media=media, page=channel.options.get("page", ""))


def _robot(settings: Settings, channel: ChannelSettings, environ: Environ, names: Names) -> Channel | None:
    keys = {lounge: key for lounge in channel.secrets if (key := robot_key(secret(channel, lounge, environ)))}
    if not keys:
        return None
    options = channel.options
    return WeComRobot(keys, names, name=channel.name, base=options.get("base", API), page=options.get("page", ""),
                      image=options.get("image", ""), forms=_forms(options))


def _app(settings: Settings, channel: ChannelSettings, environ: Environ, names: Names) -> Channel | None:
    options = channel.options
    crypt = keys_of(channel, options.get("corp", ""), environ)
    key = secret(channel, "secret", environ)
    if crypt is None or not key:
        return None
    if not options.get("agent", "").isdigit():
        raise ValueError("agent: must be the AgentId, a number")
    return WeComApp(crypt, names, options.get("corp", ""), int(options["agent"]), key, name=channel.name,
                    base=options.get("base", API), page=options.get("page", ""), forms=_forms(options))


def robot_key(given: str) -> str:
    """The key, also where the whole address of the robot was pasted."""
    return given.rpartition("key=")[2].partition("&")[0]


def _forms(options: Mapping[str, str]) -> dict[str, str]:
    """`form_<card>: markdown` says how a card is laid out."""
    return {name.removeprefix("form_"): form for name, form in options.items() if name.startswith("form_")}


_MAKE: dict[str, Callable[[Settings, ChannelSettings, Environ, Names], Channel | None]] = {
    "plain": _plain, "wecom_aibot": _aibot, "wecom_robot": _robot, "wecom_app": _app,
}
