"""Lets the ears know what the semantic layer thinks of doubtful lines, before they are decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import structlog

from bot.channels.masking import mask
from bot.domain.settings import Settings
from bot.handlers.context import Here
from bot.handlers.wonder import wonders
from bot.intents.heard import doubtful
from bot.intents.recognize import Ears
from bot.messages import ChatLine
from bot.semantic import Judge, open_judge
from bot.store.port import Entry

log = structlog.get_logger("meaning")


class Judging:
    """One judge and the ears that listen to it."""

    def __init__(self, judge: Judge, ears: Ears, patient: bool = False) -> None:
        """`patient`: `before` waits for every opinion, however many, as a replay does; else what is too much is left."""
        self._judge, self._patient = judge, patient
        self.heed(ears)

    def heed(self, ears: Ears) -> None:
        """Have these ears (new ones after a reload) take the judge's opinions into account."""
        self._ears = ears
        ears.opinion, ears.near = self._judge.said, self._judge.near

    def doubtful(self, texts: Iterable[str]) -> list[str]:
        """The lines worth asking about: what the cheap layers are sure of is not asked."""
        return [text for text in dict.fromkeys(texts) if doubtful(self._ears.hear(text))]

    async def before(self, entries: Sequence[Entry], here: Here) -> None:
        """Ask about a batch that was just taken; when too much waits, the cheap layers decide alone."""
        lines = [entry.what for entry in entries if isinstance(entry.what, ChatLine)]
        await self._ask(self.doubtful(line.text for line in lines))
        await self._ask([text for line in lines for text in await wonders(line, here)])

    async def _ask(self, texts: Sequence[str]) -> None:
        if texts and self._patient:
            await self._judge.ahead(texts)
        elif texts:
            await self._judge.judge(texts)

    async def ahead(self, texts: Iterable[str]) -> None:
        """Ask about all of them and wait, however many: for a replay, which never sheds."""
        await self._judge.ahead(self.doubtful(mask(text) for text in texts))

    def ahead_now(self, texts: Iterable[str]) -> None:
        """The same for a command without an event loop."""
        self._judge.ahead_now(self.doubtful(texts))

    def close(self) -> None:
        """End the judge's worker."""
        self._judge.close()


def open_judging(ears: Ears, settings: Settings, folder: Path | None, patient: bool = False) -> Judging | None:
    """The semantic layer for these ears; None (said in one line) where the optional encoder is not installed."""
    if folder is None:
        return None
    judge = open_judge(settings, folder, lambda why: log.warning("without meaning", why=why))
    return Judging(judge, ears, patient) if judge is not None else None
