"""Opens and seals what WeCom encrypts (WXBizMsgCrypt), checking everything and saying nothing of the content.

Source: platforms.md 10.1. The signature is compared in constant time before a byte is decrypted; padding, length and
receiver are then held to the letter, because the library at hand checks none of them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.channels.base import Malformed, Rejected

BLOCK = 32  # of the padding; the cipher's own block is 16
HEAD = 20  # 16 random bytes and the length
MAX_AGE = 300  # seconds that a signed callback may be off, either way
KEPT = 512  # callbacks under way: each is opened when it comes and once more for its answer
GREETING_MOST = 64  # a genuine echostr is a decimal number


@dataclass(frozen=True, slots=True)
class Keys:
    """One Token and EncodingAESKey of a console page; neither is ever shown."""

    token: str = field(repr=False)
    aes: bytes = field(repr=False)

    @classmethod
    def read(cls, token: str, aes_key: str) -> Keys:
        """From what the console page shows. Raises ValueError that names the wrong part and not its value."""
        if not token or not token.isascii():
            raise ValueError("Token: must not be empty, and only letters and digits")
        if len(aes_key) != 43 or not (aes_key.isascii() and aes_key.isalnum()):
            raise ValueError("EncodingAESKey: must be 43 letters and digits")
        return cls(token, base64.b64decode(aes_key + "="))  # the last bits may be set: some encoders leave them so


@dataclass(frozen=True, slots=True)
class Sealed:
    """What goes into an envelope."""

    encrypt: str
    signature: str
    timestamp: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What came out of one: the clear bytes and the pair under which the answer must be sealed."""

    clear: bytes
    keys: Keys


def sign(token: str, timestamp: str, nonce: str, encrypt: str) -> str:
    """The value of msg_signature."""
    parts = sorted([token, timestamp, nonce, encrypt])
    return hashlib.sha1("".join(parts).encode("utf-8", "replace")).hexdigest()


class Crypt:
    """The cipher of one bot or app. `receiveid` is the corp id for an app and "" for an AI bot of the company's own."""

    def __init__(self, receiveid: str, keys: Keys, previous: Keys | None = None, until: datetime | None = None,
                 random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        """`previous` is accepted before `until`, so that a console page can be changed without losing a callback."""
        if previous is not None and until is None:
            raise ValueError("a previous pair needs a time until which it holds")
        self._receiveid, self._keys, self._previous = receiveid.encode(), keys, previous
        self._until, self._random = until, random
        self._opened = lru_cache(KEPT)(self._open)

    def open(self, query: Mapping[str, str], encrypt: str, now: datetime) -> Opened:
        """A callback's clear bytes, once signature, age, padding, length and receiver hold. Raises Rejected."""
        opened = self.reopen(query, encrypt)
        if opened.keys is not self._keys and not (self._until is not None and now < self._until):
            raise Rejected("signed with a pair that is no longer accepted")
        if abs(now.timestamp() - int(query["timestamp"])) > MAX_AGE:
            raise Rejected("stale or early")
        return opened

    def reopen(self, query: Mapping[str, str], encrypt: str) -> Opened:
        """As `open` for what was just opened: without looking at the time. Raises Rejected."""
        return self._opened(query.get("timestamp", ""), query.get("nonce", ""), query.get("msg_signature", ""), encrypt)

    def _open(self, timestamp: str, nonce: str, signature: str, encrypt: str) -> Opened:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise Rejected("no timestamp")
        if not 1 <= len(nonce) <= 128:
            raise Rejected("no nonce")
        given = signature.encode("utf-8", "replace")
        for keys in (self._keys, self._previous):
            if keys is not None and hmac.compare_digest(sign(keys.token, timestamp, nonce, encrypt).encode(), given):
                return Opened(_decrypted(keys, encrypt, self._receiveid), keys)
        raise Rejected("signature does not fit")

    def greeting(self, query: Mapping[str, str]) -> bytes:
        """The clear echostr of a set-up handshake. Raises Rejected.

        Only the current pair, and only a short word: else a caught callback sent back as a greeting would be read aloud.
        """
        echo = query.get("echostr", "").replace(" ", "+")  # a plus sign that was not quoted arrives as a space
        opened = self.reopen(query, echo)
        if opened.keys is not self._keys:
            raise Rejected("signed with a pair that is no longer accepted")
        if not (0 < len(opened.clear) <= GREETING_MOST and opened.clear.isalnum()):
            raise Rejected("not a greeting")
        return opened.clear

    def seal(self, clear: bytes, timestamp: str, nonce: str, keys: Keys | None = None) -> Sealed:
        """Encrypt and sign, with the current pair where none is named."""
        keys = keys or self._keys
        text = self._random(16) + len(clear).to_bytes(4, "big") + clear + self._receiveid
        encrypt = base64.b64encode(_through(keys.aes, _pad(text), out=True)).decode("ascii")
        return Sealed(encrypt, sign(keys.token, timestamp, nonce, encrypt), timestamp, nonce)

    def media(self, data: bytes) -> bytes:
        """The bytes of a file the bot was sent: no framing, only padding. Raises Malformed."""
        for keys in (self._keys, self._previous):
            if keys is not None and data and len(data) % BLOCK == 0:
                clear = _unpad(_through(keys.aes, data, out=False))
                if clear is not None:
                    return clear
        raise Malformed("media: does not decrypt")



def _decrypted(keys: Keys, encrypt: str, receiveid: bytes) -> bytes:
    """What was sealed, held to the letter. Raises Rejected."""
    try:
        data = base64.b64decode(encrypt.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise Rejected("not base64") from None
    if not data or len(data) % BLOCK:
        raise Rejected("not whole blocks")
    text = _unpad(_through(keys.aes, data, out=False))
    if text is None or len(text) < HEAD:
        raise Rejected("padding does not fit")
    end = HEAD + int.from_bytes(text[16:HEAD], "big")
    if end > len(text):
        raise Rejected("length does not fit")
    if text[end:] != receiveid:
        raise Rejected("meant for somebody else")
    return text[HEAD:end]


def _pad(text: bytes) -> bytes:
    """PKCS#7 to 32 bytes; a whole block where nothing is missing."""
    missing = BLOCK - len(text) % BLOCK
    return text + bytes([missing]) * missing


def _unpad(text: bytes) -> bytes | None:
    """Without its padding; None where that is not between 1 and 32 equal bytes."""
    count = text[-1]
    if not 1 <= count <= BLOCK or text[-count:] != bytes([count]) * count:
        return None
    return text[:-count]


def _through(key: bytes, data: bytes, out: bool) -> bytes:
    """AES-256-CBC with the first half of the key as the initial vector, as the platform has it."""
    step = _cipher(key).encryptor() if out else _cipher(key).decryptor()
    return step.update(data) + step.finalize()


@lru_cache(16)
def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
