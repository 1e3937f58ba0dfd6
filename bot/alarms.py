"""What a person has to put right at a platform: said once in the log, and in /healthz until it is right again."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

log = structlog.get_logger("alarms")


class Alarms:
    """By what is wrong (a channel, or one robot of it); of this process."""

    def __init__(self) -> None:
        self._now: dict[str, str] = {}

    @property
    def now(self) -> Mapping[str, str]:
        """What stands: name -> why."""
        return self._now

    def ring(self, name: str, why: str) -> None:
        """One log line for each new reason."""
        if self._now.get(name) != why:
            log.error("somebody has to put this right", what=name, why=why)
        self._now[name] = why

    def still(self, name: str) -> None:
        """It works again."""
        if self._now.pop(name, None) is not None:
            log.info("this is right again", what=name)
