"""The sample of the spot-check is what the seed and the list of closed cases make it, with any tool."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.digest import spot
from bot.digest.archive import Archive
from bot.digest.edition import checked
from bot.digest.week import KEPT
from tests.digest.history import MADE, WEEK, made_of, world

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "digest-check.md"
SEED = "5e" * 32


def test_the_documented_shell_lines_draw_the_same_sample() -> None:
    script = re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[0]
    told = subprocess.run(["bash", "-c", f"seed={SEED}\n{script}"], capture_output=True, text=True, check=True).stdout
    assert [line.split()[1] for line in told.splitlines()] == list(spot.drawn(SEED, ("HH-0003", "HH-0001", "HH-0002")))


@given(st.sets(st.integers(1, 9_999).map("HH-{:04d}".format), max_size=300), st.randoms())
def test_the_order_of_the_list_means_nothing_and_one_in_ten_is_drawn(closed: set[str], random: object) -> None:
    shuffled = list(closed)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    drawn = spot.drawn(SEED, shuffled)
    assert drawn == spot.drawn(SEED, sorted(closed)) and set(drawn) <= closed and len(set(drawn)) == len(drawn)
    assert len(drawn) == min(len(closed), 20, max(3, -(-len(closed) // 10)))


def test_another_seed_draws_another_sample() -> None:
    closed = [f"HH-{n:04d}" for n in range(1, 101)]
    assert len({spot.drawn(spot.fresh(), closed) for _ in range(5)}) == 5


def test_a_seed_stays_secret_until_its_week_is_over(tmp_path: Path) -> None:
    made, archive = made_of(world(3)), Archive(tmp_path)
    scope, running = made.digest.scope, WEEK
    archive.seed(scope, running)
    early = checked(made, scope, running.plus(1), running.end - timedelta(seconds=1), archive)
    assert early.seed == "" and early.sample == ()
    assert checked(made, scope, running.plus(1), running.end, archive).seed == archive.seed(scope, running)


def test_without_an_edition_the_sample_is_of_what_the_store_says_was_closed(tmp_path: Path) -> None:
    made, archive = made_of(world(3, 200)), Archive(tmp_path)
    seed = archive.seed(made.digest.scope, WEEK.plus(-1))
    found = checked(made, made.digest.scope, WEEK, MADE, archive)
    closed = spot.closed_in(made.facts, KEPT - 1)
    assert closed and found.seed == seed and found.sample == spot.drawn(seed, closed)
    assert found.hash == spot.seal(archive.seed(made.digest.scope, WEEK))
