"""Names and scores: stable shards, instants that never ring early."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.keys import KEYS, Homes, from_ms, iso_week, number_of, shard_of_address, shard_of_home, to_ms
from tests.store.samples import LOUNGE, SHARD

instants = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@given(instants)
def test_a_score_is_never_before_its_instant_and_less_than_a_millisecond_after(at: datetime) -> None:
    assert timedelta(0) <= from_ms(to_ms(at)) - at < timedelta(milliseconds=1)
    assert float(to_ms(at)) == to_ms(at)


def test_a_case_number_finds_its_lounge_and_shard() -> None:
    homes = Homes({"HH": LOUNGE})
    assert homes.lounge_of("HH-0312") == LOUNGE
    assert homes.shard_of_case("HH-0312") == SHARD
    assert homes.lounge_of("ZZ-0001") is None and homes.shard_of_case("0001") is None


def test_an_address_a_group_and_its_lounge_share_a_shard() -> None:
    assert shard_of_address(f"chat:{LOUNGE}") == shard_of_home(f"chat:{LOUNGE}") == SHARD
    assert shard_of_address("person:u1") == shard_of_address("u1") == shard_of_home("u1")


@pytest.mark.parametrize(("case_id", "number"), [("HH-0312", 312), ("A-B-12", 12), ("HH-", 0), ("nothing", 0)])
def test_the_running_number_is_read_from_the_case_id(case_id: str, number: int) -> None:
    assert number_of(case_id) == number


def test_a_week_turns_on_monday_in_shenzhen() -> None:
    sunday = datetime(2026, 11, 8, 15, 59, tzinfo=UTC)
    assert iso_week(sunday) == "2026-W45"
    assert iso_week(sunday + timedelta(minutes=1)) == "2026-W46"


def test_all_keys_of_a_shard_carry_its_tag() -> None:
    names = [name for keys in KEYS for name in (keys.inbox, keys.clock, keys.case("HH-1"), keys.person("chat:x"))]
    assert all("{" in name and name.startswith("lounge:{") for name in names)
    assert KEYS[7].inbox == "lounge:{07}:inbox"
