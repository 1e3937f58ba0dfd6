"""A fault of ours must not take a lounge down with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.handlers.context import Here
from bot.store.port import Entry
from tests.front import front


async def test_an_entry_that_cannot_be_decided_is_buried_after_five_tries_and_the_lounge_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with front(tmp_path) as f:
        heard = f.rig.ears.hear
        tries = []

        def breaks(text: str, **more: Any) -> Any:
            if "炸" in text:
                tries.append(text)
                raise ZeroDivisionError("a fault of ours")
            return heard(text, **more)

        monkeypatch.setattr(f.rig.ears, "hear", breaks)
        await f.say("hehua", "u_1", "炸了炸了", "3栋-甲")
        after = await f.say("hehua", "u_2", "3栋楼道里电动车堵得门都打不开，没人管吗", "3栋-乙")
        assert len(tries) == 5 and f.rig.inbox.buried == 1
        assert after.case == "HH-0001"


async def test_a_fault_while_a_batch_is_only_looked_at_leaves_the_cheap_layers_to_decide(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        looked = []

        async def breaks(entries: Sequence[Entry], here: Here) -> None:
            looked.append((len(entries), here.now))
            raise ZeroDivisionError("a fault of ours")

        f.rig.inbox.before = breaks
        said = await f.say("hehua", "u_2", "3栋楼道里电动车堵得门都打不开，没人管吗", "3栋-乙")
        assert (1, f.now) in looked and said.case == "HH-0001"
