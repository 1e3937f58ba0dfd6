"""Which addresses may be asked for what was sent along, and which bytes are accepted as what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.channels.base import Malformed
from bot.channels.wecom_crypto import Crypt

MEDIA_MOST = 20 << 20  # bytes, before decryption; the platform allows files of 100 MB, which nobody reads here
URL_MOST = 2048
API = "https://qyapi.weixin.qq.com"
MEDIA_ORIGINS = (API, "https://*.qq.com", "https://*.myqcloud.com", "https://*.qpic.cn")

# kind -> how its bytes begin: (offset, mark). What is not here is not kept.
_MARKS: dict[str, tuple[tuple[int, bytes], ...]] = {
    "image/jpeg": ((0, b"\xff\xd8\xff"),),
    "image/png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "image/gif": ((0, b"GIF87a"), (0, b"GIF89a")),
    "image/webp": ((8, b"WEBP"),),
    "audio/amr": ((0, b"#!AMR"),),
    "video/mp4": ((4, b"ftyp"),),
    "application/pdf": ((0, b"%PDF-"),),
}


@dataclass(frozen=True, slots=True)
class Media:
    """A file in clear, with what its bytes say it is (not what its name says)."""

    kind: str
    data: bytes = field(repr=False)


# An address with nothing in it that could be read in two ways; all others are taken apart.
_PLAIN = re.compile(r"([a-z]+://[a-z0-9-]+(?:\.[a-z0-9-]+)+)/[!-\[\]-~]*")


def allowed(url: str, origins: Sequence[str]) -> bool:
    """Whether a URL lies at one of the origins (`scheme://host[:port]`, `*.` for any host below), and nothing tricks us.

    No account, no backslash, no control character; the host exactly, so that `qyapi.weixin.qq.com.evil` is refused.
    """
    if len(url) <= URL_MOST and (plain := _PLAIN.fullmatch(url)) is not None:
        return any(_fits(plain[1], origin) for origin in origins)
    if not url or len(url) > URL_MOST or not url.isascii() or not url.isprintable() or "\\" in url or " " in url:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None or not host:
        return False
    here = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")
    return any(_fits(here, origin) for origin in origins)


def _fits(here: str, origin: str) -> bool:
    scheme, star, domain = origin.partition("*.")
    if not star:
        return here == origin
    return here.startswith(scheme) and here.removeprefix(scheme).endswith("." + domain)


def kind_of(data: bytes) -> str | None:
    """What the first bytes say a file is; None for what is not kept."""
    for kind, marks in _MARKS.items():
        if any(data[at:at + len(mark)] == mark for at, mark in marks):
            return kind
    return None


def accepted(data: bytes, crypt: Crypt | None = None) -> Media:
    """A fetched file, decrypted where `crypt` is given (AI bots), capped and recognised. Raises Malformed."""
    if len(data) > MEDIA_MOST:
        raise Malformed("media: too large")
    clear = crypt.media(data) if crypt is not None else data
    kind = kind_of(clear)
    if kind is None:
        raise Malformed("media: of a kind that is not kept")
    return Media(kind, clear)
