"""The outbox through the one gate: folding, order, the ledger, and what must hold over any history of lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from bot.domain.gate import quiet, waits_field
from bot.domain.ledger import Outcome, read, total
from bot.domain.settings import Settings, Text
from bot.messages import Delivered, Outgoing, Refused, TryLater
from tests.domain.build import HOST_1, MEMBER, MONDAY, REPORTER, SETTINGS, assigned, at
from tests.domain.build import settings as installation
from tests.loops.fake import Desk

TEXTS: Mapping[str, Text] = {"morning": Text(text="{count} 件\n{items}"), "morning_group": Text(text="{count} 条\n{items}")}
NIGHT, MORNING = at("2026-03-02 23:00"), at("2026-03-03 09:00")


def conf(**more: int) -> Settings:
    return replace(installation(**more), texts=TEXTS)  # type: ignore[arg-type]


def line(n: int = 1, to: str = f"person:{MEMBER}", card: str = "linked", *, now: datetime = NIGHT, ping: bool = True,
         urgent: bool = False, case: str | None = None, due: datetime | None = None, text: str = "") -> Outgoing:
    return Outgoing(key=f"k{n}", at=now, to=to, card=card, text=text or f"第{n}句", ping=ping, urgent=urgent, case=case,
                    lounge="yuan", due=due, summary=f"第{n}件", part="responsible")


def counts(desk: Desk, home: str = MEMBER) -> dict[tuple[str, str], int]:
    return {(c.outcome.value, c.reason): c.times for c in read(desk.memory.homes.get(home, {}))}


def test_C11_what_a_member_missed_at_night_comes_as_one_line_at_opening_by_due_time() -> None:
    desk = Desk(conf())
    desk.say(NIGHT, line(1, due=at("2026-03-05 10:00")), line(2, due=at("2026-03-04 10:00")), line(3))
    assert desk.wire.said == []
    desk.until(MORNING)
    assert desk.cards() == ["morning"] and desk.texts() == ["3 件\n1. 第2件\n2. 第1件\n3. 第3件"]
    assert desk.wire.said[0][0] == MORNING


def test_one_line_alone_is_said_as_itself() -> None:
    desk = Desk(conf())
    desk.say(NIGHT, line(1))
    desk.until(MORNING)
    assert desk.texts() == ["第1句"]


def test_a_residents_lines_stay_whole() -> None:
    desk = Desk(conf())
    desk.say(NIGHT, line(1, f"person:{REPORTER}"), line(2, f"person:{REPORTER}"))
    desk.until(MORNING)
    assert desk.texts() == ["第1句", "第2句"] and desk.wire.said[0][0] == at("2026-03-03 08:00")


def test_a_group_hears_its_night_in_one_line() -> None:
    desk = Desk(conf())
    desk.say(NIGHT, line(1, "chat:yuan", "accepted"), line(2, "chat:yuan", "resolved"))
    desk.until(MORNING)
    assert desk.texts() == ["2 条\n1. 第1句\n2. 第2句"]


def test_a_case_stands_once_in_the_morning_line_as_it_was_last_told() -> None:
    desk = Desk(conf())
    for n, case in ((1, "YU-0001"), (2, "YU-0002"), (3, "YU-0001")):
        desk.say(NIGHT + timedelta(minutes=n), line(n, case=case, now=NIGHT + timedelta(minutes=n)))
    desk.until(MORNING)
    assert desk.texts() == ["2 件\n1. 第2件\n2. 第3件"]


def test_no_reminder_goes_before_the_card_that_it_reminds_of() -> None:
    desk = Desk(conf(person_per_day=1))
    desk.memory.cases["YU-0001"] = assigned()
    card = line(1, card="assigned", case="YU-0001", now=MONDAY)
    desk.wire.receipts = [TryLater(seconds=1800)]
    desk.say(MONDAY, card)  # the platform does not take it for half an hour
    desk.say(MONDAY + timedelta(minutes=5), line(2, card="remind", case="YU-0001", now=MONDAY))
    assert desk.wire.said == []
    desk.until(MONDAY + timedelta(days=2))
    order = [item.key for _, item in desk.wire.said]
    assert order[0] != "k2" and waits_field("YU-0001") not in desk.memory.homes[MEMBER]


def test_a_reminder_that_waits_with_its_card_is_part_of_the_same_line() -> None:
    desk = Desk(conf())
    desk.memory.cases = {"YU-0001": assigned(), "YU-0002": assigned()}
    desk.say(NIGHT, line(1, card="assigned", case="YU-0001"), line(2, card="remind", case="YU-0001"),
             line(3, card="assigned", case="YU-0002"))
    desk.until(MORNING + timedelta(hours=3))
    assert desk.texts() == ["2 件\n1. 第2件\n2. 第3件"]


def test_the_ledger_counts_what_was_sent_held_folded_and_dropped_for_whom_and_why() -> None:
    desk = Desk(conf(person_per_day=2))
    desk.say(MONDAY, *(line(n, now=MONDAY) for n in (1, 2, 3)), line(4, now=MONDAY, text="第1句"))
    assert counts(desk) == {("sent", "ping"): 2, ("held", "budget"): 1, ("dropped", "again"): 1}
    desk.say(NIGHT, line(5), line(6, ping=False), line(7, urgent=True, ping=False))
    assert counts(desk)[("held", "quiet")] == 1 and counts(desk)[("sent", "answer")] == counts(desk)[("sent", "urgent")] == 1
    desk.until(MORNING)
    assert counts(desk)[("folded", "morning")] == 2 and counts(desk)[("sent", "ping")] == 3
    assert {c.week for c in read(desk.memory.homes[MEMBER])} == {"2026-W10"}
    assert {c.lounge for c in read(desk.memory.homes[MEMBER])} == {"yuan"}


def test_a_line_that_waits_twice_is_held_once_in_the_ledger() -> None:
    desk = Desk(conf(person_per_day=1))
    desk.say(MONDAY, line(1, now=MONDAY), line(2, now=MONDAY))
    desk.say(MONDAY + timedelta(days=1) - timedelta(hours=1, minutes=30), line(3, now=MONDAY))  # 08:30, it takes that day's
    desk.until(MONDAY + timedelta(days=4))
    assert counts(desk)[("held", "budget")] == 1


def test_what_is_no_longer_true_is_dropped_and_counted() -> None:
    desk = Desk(conf())
    desk.memory.cases["YU-0001"] = assigned().but(attendant=HOST_1)
    desk.say(MONDAY, line(1, card="remind", case="YU-0001", now=MONDAY))
    assert desk.wire.said == [] and counts(desk) == {("dropped", "untrue"): 1}


def test_old_counters_are_swept_when_new_ones_are_written() -> None:
    desk = Desk(conf())
    desk.memory.homes[MEMBER] = {"sent/2026-03-01": "3", "said/2026-03-01/0a": "1", "ledger/2025-W40/sent/ping/yuan": "9",
                                 "ledger/2026-W02/sent/ping/yuan": "4", "case/YU-0001": "responsible"}
    desk.say(MONDAY, line(1, now=MONDAY))
    kept = desk.memory.homes[MEMBER]
    assert "sent/2026-03-01" not in kept and "said/2026-03-01/0a" not in kept and "ledger/2025-W40/sent/ping/yuan" not in kept
    assert kept["ledger/2026-W02/sent/ping/yuan"] == "4" and kept["case/YU-0001"] == "responsible"


@dataclass(frozen=True)
class Able:
    posts_freely: bool = True
    private: bool = True
    text_bytes: int = 0


def test_what_the_channel_forbids_is_buried_where_somebody_sees_it() -> None:
    desk = Desk(conf(), able=lambda to: Able(posts_freely=False, private=False))
    desk.say(MONDAY, line(1, "chat:yuan"), line(2), line(3, "chat:yuan", ping=False))
    assert desk.texts() == ["第3句"]  # an answer to who spoke is allowed
    assert [item.key for item, _ in desk.memory.buried] == ["k1", "k2"]
    assert counts(desk) == {("refused", "channel"): 1}


def test_a_line_fits_the_bytes_of_its_channel() -> None:
    desk = Desk(conf(), able=lambda to: Able(text_bytes=20))
    desk.say(MONDAY, line(1, text="字" * 30, now=MONDAY))
    assert desk.texts() == ["字" * 5 + "…"] and len(desk.texts()[0].encode()) <= 20


def test_a_refusal_of_the_platform_is_buried_and_counted() -> None:
    desk = Desk(conf())
    desk.wire.receipts = [Refused(why="blocked")]
    desk.say(MONDAY, line(1, now=MONDAY))
    assert desk.memory.buried[0][1] == "blocked" and counts(desk) == {("refused", "platform"): 1}


Step = tuple[int, int, str, bool, bool, int]
STEPS = st.lists(st.tuples(
    st.integers(0, 7 * 1440), st.integers(0, 3), st.sampled_from(["linked", "assigned", "remind", "noted", "answered"]),
    st.booleans(), st.booleans(), st.integers(0, 40)), max_size=60)
RECEIVERS = (f"person:{MEMBER}", f"person:{HOST_1}", f"person:{REPORTER}", "chat:yuan")


@pytest.mark.parametrize("most", [1, 3])
@trying(max_examples=60, deadline=None)
@given(steps=STEPS, trouble=st.lists(st.integers(0, 5), max_size=30))
def test_over_any_history_no_ping_breaks_the_quiet_or_the_budget_and_nothing_is_lost(
    most: int, steps: list[Step], trouble: list[int],
) -> None:
    rules, desk = conf(person_per_day=most, group_per_day=most), Desk(conf(person_per_day=most, group_per_day=most))
    desk.wire.receipts = [TryLater(seconds=60) if x == 0 else Delivered() for x in trouble]
    promised: list[Outgoing] = []
    for n, (minute, who, card, ping, urgent, case) in enumerate(sorted(steps)):
        now = MONDAY + timedelta(minutes=minute)
        desk.until(now)
        promised.append(line(n, RECEIVERS[who], card, now=now, ping=ping and not urgent, urgent=urgent, case=f"YU-{case:04d}"))
        desk.say(now, promised[-1])
    end = MONDAY + timedelta(days=120)
    desk.until(end)
    assert not desk.memory.held and not desk.memory.waiting
    pings = [(now, item) for now, item in desk.wire.said if item.ping and not item.urgent]
    assert not [now for now, item in pings if quiet(now, rules)]
    days = Counter((item.to, rules.local(now).date()) for now, item in pings if item.to != f"person:{REPORTER}")
    assert max(days.values(), default=0) <= most
    counted = [c for fields in desk.memory.homes.values() for c in read(fields)]
    outcomes = Counter(what.split(":")[0] for _, what in desk.outcomes)
    assert sum(outcomes[x] for x in ("delivered", "folded", "dropped")) == len(promised)
    assert total(counted, Outcome.SENT) == len(desk.wire.said) and total(counted, Outcome.FOLDED) == outcomes["folded"]
    assert total(counted, Outcome.DROPPED) == outcomes["dropped"]
    if not trouble:
        late = [item for now, item in desk.wire.said if (item.urgent or not item.ping) and now != item.at]
        assert late == []


def test_the_installation_of_these_tests_is_the_small_one() -> None:
    assert SETTINGS.lounges.keys() == {"yuan"}
