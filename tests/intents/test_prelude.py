"""Who spoke just before a line, as signs."""

from __future__ import annotations

import pytest

from bot.intents.prelude import SIGNS, prelude

ME, OTHER, STAFF = ("u_me", "3栋-李姐"), ("u_x", "老周"), ("u_wy", "禾花物业-小秦")


@pytest.mark.parametrize(("talk", "signs"), [
    ((), ()),
    ((ME,), ()),
    ((OTHER,), ("after_another",)),
    ((ME, STAFF), ("after_another", "after_staff", "staff_near", "staff_since")),
    ((STAFF, ME), ("staff_near",)),  # he has spoken since
    ((ME, STAFF, OTHER), ("after_another", "staff_near", "staff_since")),
    ((ME, STAFF, OTHER, OTHER, OTHER, OTHER), ("after_another", "staff_since")),
    ((STAFF, OTHER, OTHER, OTHER, OTHER), ("after_another", "staff_since")),  # he has not spoken at all
])
def test_it_is_known_who_spoke_last_and_whether_staff_has_spoken_since(talk: tuple[tuple[str, str], ...], signs: tuple[str, ...]) -> None:
    assert prelude(talk, "u_me") == signs
    assert set(signs) <= set(SIGNS)
