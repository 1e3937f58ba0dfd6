"""What counts in which week, what stands on the agenda, what is apart from every rate, and what an empty week says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from random import Random

import pytest

from bot.digest import record, week
from bot.digest.burden import loads
from bot.digest.causes import SAID, UNSAID, cause
from bot.digest.make import Made
from bot.digest.names import ELSE
from bot.domain.case import Supporter
from bot.domain.coverage import audit
from bot.domain.events import Event as E
from bot.domain.stuck import stuck
from tests.digest.history import WEEK, Recorded, did, facts_of, made_of, opened, two_communities, world

SETTINGS = two_communities()
MONDAY = WEEK.start
LAST_SECOND = WEEK.start - timedelta(seconds=1)


def fresh(at: datetime, number: int = 1, **more: object) -> Recorded:
    more = {"intent": "noise", "private": False, "urgent": False, "building": "禾花花园3栋", **more}
    return opened(number, "hehua", at, SETTINGS, Random(1), **more)


def of(*cases: Recorded) -> Made:
    return made_of(list(cases), "lounge:hehua")


def moved(case: Recorded, *moves: tuple[int, E, str, dict[str, str]]) -> Recorded:
    """Moves at so many minutes after it was said, by the one who has it (ratings: the reporter)."""
    for minutes, event, note, args in moves:
        by = case[0].reporter if event in (E.RATED, E.DISPUTED) else case[0].attendant
        before = len(case[1])
        case = did(case, event, case[0].opened_at + timedelta(minutes=minutes), by, SETTINGS, note, **args)
        assert len(case[1]) > before, f"{event} was refused"
    return case


# ---- weeks

def test_a_week_is_monday_to_monday_in_shenzhen_wherever_it_is_asked() -> None:
    assert str(WEEK) == "2026-W45" and week.parse("2026-W45") == WEEK == week.parse(" 2026W45 ")
    assert WEEK.start.isoformat() == "2026-11-02T00:00:00+08:00" and WEEK.end - WEEK.start == timedelta(days=7)
    for zone in (UTC, timezone(timedelta(hours=-8)), timezone(timedelta(hours=14))):
        assert week.week_of(MONDAY.astimezone(zone)) == WEEK
        assert week.week_of(LAST_SECOND.astimezone(zone)) == WEEK.plus(-1)
    assert str(week.parse("2020-W53").plus(1)) == "2021-W01" and str(week.last(MONDAY)) == "2026-W44"


@pytest.mark.parametrize("bad", ["", "2026-W54", "2026-45", "2026-W00", "2026-W4", "W45", "2026-W45; rm", "二〇二六"])
def test_what_is_no_week_is_refused_in_one_line(bad: str) -> None:
    with pytest.raises(week.BadWeek) as why:
        week.parse(bad)
    assert "\n" not in str(why.value)


def test_the_last_second_of_sunday_is_the_old_week_and_midnight_the_new_one() -> None:
    before, after = fresh(LAST_SECOND.astimezone(UTC)), fresh(MONDAY.astimezone(timezone(timedelta(hours=-5))), 2)
    counts = of(before, after).digest
    assert (counts.counts["new"], counts.before["new"], counts.counts["open"]) == (1, 1, 2)


def test_a_late_arrival_counts_in_the_week_it_was_written_down_and_is_as_old_as_its_words() -> None:
    said, written = MONDAY - timedelta(days=9), MONDAY + timedelta(hours=2)
    case, rows = fresh(said)
    digest = of((case, tuple(replace(row, recorded=written) for row in rows))).digest
    assert (digest.counts["new"], digest.before["new"], digest.counts["late"]) == (1, 0, 1)
    assert digest.counts["response_late"] == 1, "its time to be answered had passed before it was heard: it is due now"
    assert digest.ages["14–30天"] == 1 and any("本周才登记" in line for line in digest.quality)


def test_a_past_week_is_told_as_it_stood_at_its_end() -> None:
    case = fresh(MONDAY + timedelta(hours=10))
    then = of(case).digest
    later = moved(case, (10 * 1440, E.ACCEPTED, "", {}), (11 * 1440, E.RESOLVED, "已经修好了，请看看", {}))
    later = (later[0].but(supporters=(Supporter(sender="u-9", at=WEEK.end, message="m9"),)), later[1])
    assert record.packed(of(later).digest) == record.packed(then)


def test_in_which_order_cases_are_read_makes_no_difference() -> None:
    cases = world(3)
    assert record.packed(made_of(cases).digest) == record.packed(made_of(cases[::-1]).digest)


# ---- the rates

DONE: tuple[tuple[int, E, str, dict[str, str]], ...] = ((30, E.ACCEPTED, "", {}), (200, E.RESOLVED, "已经修好了，请看看", {}), (201, E.DELIVERED, "", {}))


def test_C25_what_was_not_rated_never_raises_the_share_and_stands_apart() -> None:
    at = MONDAY + timedelta(hours=10)
    rated = [moved(fresh(at, n), *DONE, (300, E.RATED, "", {"grade": grade})) for n, grade in enumerate(("good", "fair", "bad"), 1)]
    silent = did(moved(fresh(at, 4), *DONE), E.CLOSED, at + timedelta(days=2), "clock", SETTINGS)
    before, after = of(*rated).digest, of(*rated, silent).digest
    assert (before.rates["satisfaction"].numerator, before.rates["satisfaction"].denominator) == (2, 3)
    assert after.rates["satisfaction"] == before.rates["satisfaction"] and after.counts["unrated"] == 1
    assert after.rates["rating"].value == 0.75 and after.counts["dissatisfied"] == 1


def test_partly_solved_stays_below_the_line_and_a_dispute_is_unsolved() -> None:
    at = MONDAY + timedelta(hours=10)
    partly = moved(fresh(at), DONE[0], (200, E.RESOLVED, "部分解决，下周再来", {}), DONE[2], (300, E.RATED, "", {"grade": "good"}))
    disputed = moved(fresh(at, 2), *DONE, (300, E.DISPUTED, "还是没修好", {}))
    whole = moved(fresh(at, 3), *DONE, (300, E.RATED, "", {"grade": "good"}))
    digest = of(partly, disputed, whole).digest
    assert (digest.counts["partly"], digest.counts["unsolved"], digest.counts["solved"]) == (1, 1, 1)
    assert (digest.rates["resolution"].numerator, digest.rates["resolution"].denominator) == (1, 3)


def test_an_answer_counts_when_a_human_gave_it_in_time_and_the_clock_counts_it_when_it_passed() -> None:
    at = MONDAY + timedelta(hours=10)
    early, late = moved(fresh(at), (20, E.ACCEPTED, "", {})), moved(fresh(at, 2), (3_000, E.ACCEPTED, "", {}))
    never, friday = fresh(at, 3), fresh(WEEK.end - timedelta(minutes=5), 4)
    digest = of(early, late, never, friday).digest
    assert (digest.rates["response"].numerator, digest.rates["response"].denominator) == (1, 3)
    assert digest.responses["30分钟以内"] == 1 and digest.responses["1–3天"] == 1 and digest.counts["unanswered"] == 2


def test_a_withdrawn_case_owes_no_answer() -> None:
    at = MONDAY + timedelta(hours=10)
    gone = did(fresh(at), E.WITHDRAWN, at + timedelta(days=3), "u-1", SETTINGS)
    digest = of(gone).digest
    assert digest.rates["response"].denominator == 0 and digest.counts["withdrawn"] == 1 and digest.counts["open"] == 0


# ---- the agenda

@pytest.mark.parametrize("seed", range(4))
def test_C13_whatever_is_stuck_or_overdue_is_on_the_agenda_and_the_weightiest_is_first(seed: int) -> None:
    cases = [one for one in world(seed, 150) if all((row.recorded or row.at) < WEEK.end for row in one[1])]
    agenda = made_of(cases).digest.agenda
    on = {point.case for point in agenda}
    for case, _ in cases:
        board = stuck(case, WEEK.end, SETTINGS)
        assert (board is None) or case.id in on
        assert not (case.overdue_at and case.open and case.state not in ("resolved", "waiting")) or case.id in on
    weights = [point.age_days * (1 + point.supporters) for point in agenda]
    assert on and weights == sorted(weights, reverse=True) and all(point.reasons for point in agenda)


def test_a_private_matter_shows_neither_words_nor_building() -> None:
    old = MONDAY - timedelta(days=20)
    digest = of(*(fresh(old, n, intent="labor_dispute", private=True, reporter=f"u-{n}") for n in range(1, 5))).digest
    assert digest.agenda and all(not point.gist and not point.building for point in digest.agenda)
    assert set(digest.by_building) == {ELSE}


def test_B24_the_same_matter_at_one_place_is_a_hot_spot_from_three_people_on() -> None:
    at = MONDAY + timedelta(hours=3)
    two = [fresh(at - timedelta(days=7), n, reporter="u-1" if n < 3 else "u-2") for n in range(1, 4)]
    assert not of(*two).digest.hot_spots
    spot = of(*two, fresh(at, 9, reporter="u-3")).digest.hot_spots[0]
    assert (spot.cases, spot.people, spot.building) == (4, 4, "禾花花园3栋") and spot.hint


def test_D08_a_mediation_is_counted_with_the_time_from_its_signal() -> None:
    at = MONDAY + timedelta(hours=10)
    case = did(moved(fresh(at), (20, E.ACCEPTED, "", {})), E.MEDIATOR_SUGGESTED, at + timedelta(minutes=30), "bot", SETTINGS)
    case = did(case, E.MEDIATION_OPENED, at + timedelta(minutes=75), case[0].attendant, SETTINGS)
    counts = of(case).digest.counts
    assert (counts["mediations_suggested"], counts["mediations_opened"], counts["mediation_minutes"], counts["mediating"]) == (1, 1, 45, 1)


# ---- the rest

def test_an_empty_week_is_all_zeros_and_one_sentence() -> None:
    digest = made_of([]).digest
    assert not any(digest.counts.values()) and not any(digest.before.values()) and not digest.agenda
    assert all(rate.value is None for rate in digest.rates.values()) and digest.lead.count("。") == 1
    assert digest.lead == "本周没有登记诉求，也没有在办的。"


def test_the_lead_says_what_a_busy_secretary_needs_in_one_sentence() -> None:
    lead = made_of(world(1)).digest.lead
    assert lead.count("。") == 1 and "件" in lead and "联席会" in lead and "新增" not in lead


def test_each_cause_is_one_of_those_that_are_named() -> None:
    named = {name for name, _ in SAID} | {UNSAID, "换人太多"}
    for note in ("太慢了", "态度不好", "还是没修好", "没人来", "又坏了", "", "不好说"):
        for rounds in (1, 2):
            for hands in (0, 3):
                assert cause(note, rounds=rounds, late=False, hands=hands) in named
    assert cause("等了好几天，态度也不好", rounds=1, late=True, hands=0) == "态度不好"


def test_D14_the_digest_says_what_the_audit_lists_and_names_no_person() -> None:
    people = {who: replace(p, buildings=tuple(b for b in p.buildings if b != "禾花花园3栋"), substitute=None) if p.buildings else p
              for who, p in SETTINGS.people.items()}
    poorer = replace(SETTINGS, people=people)
    found = made_of([], "community:pinghu-hehua", poorer).digest.gaps
    assert audit(poorer, MONDAY).gaps and "禾花花园3栋：楼栋没有自己的党员。" in found
    assert not [p.name for p in people.values() if any(p.name in line for line in found)]
    assert not any("香江家居" in line for line in found), "of the other community"


def test_a_lounge_that_fell_silent_is_doubted() -> None:
    past = [fresh(MONDAY - timedelta(days=d), n) for n, d in enumerate((2, 9, 16, 23, 24), 1)]
    assert any("禾花花园居民客厅" in line and "接得通" in line for line in of(*past).digest.quality)


def test_the_ledger_has_two_sides() -> None:
    homes = [
        ("chat:hehua", {"ledger/2026-W45/sent/answer/hehua": "5", "ledger/2026-W45/folded/quiet/hehua": "2", "x": "1"}),
        ("p-1", {"ledger/2026-W45/sent/ping/hehua": "3", "ledger/2026-W45/sent/answer/hehua": "9", "ledger/2026-W45/held/quiet/hehua": "1"}),
        ("u-1", {"ledger/2026-W44/sent/ping/hehua": "4", "ledger/2026-W45/sent/ping/etime": "7"}),
    ]
    last, this = loads(homes, ["p-1"], ["hehua"], ["2026-W44", "2026-W45"], {"2026-W45": 6})
    assert (this.heard, this.pings, this.held, this.folded, this.cases) == (5, 3, 1, 2, 6) and last.heard == 4


def test_facts_keep_a_forgotten_voice_as_one() -> None:
    case, rows = fresh(MONDAY + timedelta(hours=1))
    gone = (case.but(reporter=""), tuple(replace(row, by="") if row.by == case.reporter else row for row in rows))
    assert len(facts_of([gone], SETTINGS)[0].voices) == 1 and of(gone).digest.counts["people"] == 1
