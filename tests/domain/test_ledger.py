"""The ledger's fields: written, read back, summed, and let go of when they are old."""

from __future__ import annotations

from bot.domain.ledger import KEPT_WEEKS, Count, Outcome, field, read, total, week_of, worn
from tests.domain.build import MONDAY, SETTINGS, at


def test_a_counter_says_week_outcome_reason_and_lounge() -> None:
    name = field(MONDAY, Outcome.HELD, "quiet", "yuan", SETTINGS)
    assert name == "ledger/2026-W10/held/quiet/yuan"
    assert read({name: "3", "sent/2026-03-02": "9"}) == (Count("2026-W10", Outcome.HELD, "quiet", "yuan", 3),)


def test_the_week_is_the_local_one_and_new_year_belongs_to_its_iso_week() -> None:
    assert week_of(at("2026-03-02 00:00"), SETTINGS) == "2026-W10" and week_of(at("2026-03-01 23:59"), SETTINGS) == "2026-W09"
    assert week_of(at("2027-01-01 10:00"), SETTINGS) == "2026-W53"


def test_figures_are_picked_by_week_and_lounge_and_summed_by_reason() -> None:
    fields = {field(MONDAY, Outcome.SENT, sort, lounge, SETTINGS): "2" for sort in ("ping", "answer") for lounge in ("a", "b")}
    assert total(read(fields), Outcome.SENT) == 8 and total(read(fields, lounge="a"), Outcome.SENT, "ping") == 2
    assert read(fields, week="2026-W11") == ()


def test_counters_are_kept_for_some_weeks_and_only_counters_are_swept() -> None:
    old, last = (at(f"2026-{day}") for day in ("01-04 23:59", "01-05 00:00"))
    assert KEPT_WEEKS == 8
    assert worn(field(old, Outcome.SENT, "ping", "a", SETTINGS), MONDAY, SETTINGS)
    assert not worn(field(last, Outcome.SENT, "ping", "a", SETTINGS), MONDAY, SETTINGS)
    assert not worn("case/YU-0001", MONDAY, SETTINGS)
