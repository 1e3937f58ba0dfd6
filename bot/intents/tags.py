"""Finds table words in a line by one look-up for each pair of neighbouring characters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Tags:
    """An index of words; each word raises its tags. Compiled once."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        """`words`: tag -> the words (in normal form) that raise it."""
        self._index: dict[str, list[tuple[str, str]]] = {}
        for tag, listed in words.items():
            for word in listed:
                self._index.setdefault(word[:2], []).append((word, tag))

    def found(self, text: str) -> dict[str, str]:
        """Tag -> the first word in the line that raised it."""
        out: dict[str, str] = {}
        get = self._index.get
        for start in range(len(text)):
            if rows := get(text[start : start + 2]):
                for word, tag in rows:
                    if tag not in out and text.startswith(word, start):
                        out[tag] = word
            if rows := get(text[start]):
                for word, tag in rows:
                    out.setdefault(tag, word)
        return out
