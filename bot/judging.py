"""Lets the ears know what the semantic layer thinks of doubtful lines, before they are decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import structlog

from bot.channels.masking import mask
from bot.domain.settings import Settings
from bot.intents.heard import doubtful
from bot.intents.recognize import Ears
from bot.messages import ChatLine
from bot.semantic import Judge, open_judge
from bot.store.port import Entry

log = structlog.get_logger("meaning")


class Judging:
    """One judge and the ears that listen to it."""

    def __init__(self, judge: Judge, ears: Ears) -> None:
        self._judge = judge
        self.heed(ears)

    def heed(self, ears: Ears) -> None:
        """Have these ears (new ones after a reload) take the judge's opinions into account."""
        self._ears = ears
        ears.opinion = self._judge.said

    def doubtful(self, texts: Iterable[str]) -> list[str]:
        """The lines worth asking about: what the cheap layers are sure of is not asked."""
        return [text for text in dict.fromkeys(texts) if doubtful(self._ears.hear(text))]

    async def live(self, entries: Sequence[Entry]) -> None:
        """Ask about a batch that was just taken; when too much waits, the cheap layers decide alone."""
        texts = self.doubtful(e.what.text for e in entries if isinstance(e.what, ChatLine))
        if texts:
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


def open_judging(ears: Ears, settings: Settings, folder: Path | None) -> Judging | None:
    """The semantic layer for these ears; None (said in one line) where the optional encoder is not installed."""
    if folder is None:
        return None
    judge = open_judge(settings, folder, lambda why: log.warning("without meaning", why=why))
    return Judging(judge, ears) if judge is not None else None
