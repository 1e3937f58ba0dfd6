"""Logs as JSON lines on stderr, with personal numbers masked whatever is passed in."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot.channels.masking import mask


def _masked(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}


class _Stderr:
    """Stderr as it was when the logs were set up; where that has been closed since, stderr as it is now."""

    def __init__(self) -> None:
        self._given = sys.stderr

    def write(self, text: str) -> int:
        return (sys.stderr if self._given.closed else self._given).write(text)

    def flush(self) -> None:
        (sys.stderr if self._given.closed else self._given).flush()


def set_up(level: int = logging.INFO) -> None:
    """Configure logging once, for a command that serves."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _masked,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(_Stderr()),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )
