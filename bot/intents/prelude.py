"""Who spoke in the group just before a line: people go on about their own matter when staff has answered."""

from __future__ import annotations

from collections.abc import Sequence

from bot.intents.speech import is_staff

Spoke = tuple[str, str]  # sender, nickname
FEW = 4  # lines
# The line before is somebody else's; it is staff's; one of the last few is; one since the speaker's own last line is.
SIGNS = ("after_another", "after_staff", "staff_near", "staff_since")


def prelude(talk: Sequence[Spoke], sender: str) -> tuple[str, ...]:
    """Which of SIGNS hold for a line of `sender`; `talk` is who spoke lately in the group, in that sequence."""
    if not talk:
        return ()
    since = next((n for n, (who, _) in enumerate(reversed(talk)) if who == sender), len(talk))
    staff = [is_staff(name) for _, name in talk]
    held = (since > 0, staff[-1], any(staff[-FEW:]), any(staff[len(staff) - since:]))
    return tuple(sign for sign, so in zip(SIGNS, held, strict=True) if so)
