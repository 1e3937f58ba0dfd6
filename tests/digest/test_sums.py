"""Figures add up over scopes, equal a recount over cases.csv, and fold who could be picked out."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from bot.digest import record, table
from bot.digest.journal import STEP
from bot.digest.make import Made
from bot.digest.names import AGES, ELSE, FIGURES, RATES, RESPONSES, SMALL
from bot.digest.scopes import BadScope, parse, parts
from bot.domain.ledger import Outcome
from bot.domain.levels import under
from tests.digest.history import WEEK, made_of, two_communities, world

SEEDS = range(8)
SETTINGS = two_communities()
SCOPES = ("", "district:longgang", "street:pinghu", "community:pinghu-hehua", "street:empty", "community:third")
Cells = list[dict[str, str]]


def parts_of(scope: str, cases: list[object]) -> list[Made]:
    found = parse(scope, SETTINGS)
    return [made_of(cases, f"{one.kind}:{one.id}") for one in parts(found, SETTINGS)]  # type: ignore[arg-type]


# ---- sums

@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scope", SCOPES)
def test_E01_a_scope_is_the_sum_of_its_parts_for_every_figure_empty_ones_too(scope: str, seed: int) -> None:
    cases = world(seed)
    whole, below = made_of(cases, scope).digest, [one.digest for one in parts_of(scope, cases)]  # type: ignore[arg-type]
    for name in FIGURES:
        assert whole.counts[name] == sum(one.counts[name] for one in below), name
        assert whole.before[name] == sum(one.before[name] for one in below), name
        assert whole.mean[name] == pytest.approx(sum(one.mean[name] for one in below)), name
    for name in RATES:
        assert whole.rates[name].numerator == sum(one.rates[name].numerator for one in below)
        assert whole.rates[name].denominator == sum(one.rates[name].denominator for one in below)
    for bucketed in ("ages", "responses"):
        mine: dict[str, int] = getattr(whole, bucketed)
        assert mine == {label: sum(getattr(one, bucketed)[label] for one in below) for label in mine}
    assert {p.case for p in whole.agenda} == {p.case for one in below for p in one.agenda}
    for place in range(len(whole.weeks)):
        assert whole.loads[place].cases == sum(one.loads[place].cases for one in below)
    assert sum(whole.causes.values()) == sum(sum(one.causes.values()) for one in below)


@pytest.mark.parametrize("seed", SEEDS)
def test_E01_what_a_table_folds_in_a_part_it_may_show_in_the_whole_and_its_total_stays(seed: int) -> None:
    cases = world(seed)
    whole, below = made_of(cases, "street:pinghu").digest, [one.digest for one in parts_of("street:pinghu", cases)]  # type: ignore[arg-type]
    for name in ("by_category", "by_building"):
        mine = getattr(whole, name)
        for figure in ("new", "closed", "open", "new_before", "people"):
            named = Counter[str]()
            for one in below:
                named.update({row: getattr(line, figure) for row, line in getattr(one, name).items()})
            assert sum(getattr(line, figure) for line in mine.values()) == sum(named.values())
            for row, count in named.items():
                assert row == ELSE or getattr(mine[row], figure) >= count
        assert sum(line.new for line in mine.values()) == whole.counts["new"]
        assert sum(line.open for line in mine.values()) == whole.counts["open"]


@pytest.mark.parametrize("seed", SEEDS)
def test_A31_a_scope_counts_its_own_lounges_and_no_others(seed: int) -> None:
    cases = world(seed)
    mine = made_of(cases, "community:second")
    assert {fact.lounge for fact in mine.facts} <= under("second", SETTINGS)
    alone = made_of([one for one in cases if one[0].lounge in under("second", SETTINGS)], "community:second")
    assert record.packed(mine.digest) == record.packed(alone.digest)


def test_a_scope_that_is_not_there_is_named_with_those_that_are() -> None:
    for wrong in ("community:pinghu", "lounge:", "planet:x", "lounge:nowhere", "nothing"):
        with pytest.raises(BadScope) as bad:
            parse(wrong, SETTINGS)
        assert wrong in str(bad.value) and "\n" not in str(bad.value)


# ---- the recount, from the file alone

def cells(made: Made, folder: Path) -> Cells:
    table.write(made, SETTINGS, folder)
    with (folder / table.NAME).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def times(rows: Cells, label: str, week: str) -> int:
    return sum(row[label].split().count(week) for row in rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_equals_a_recount_over_the_csv(seed: int, tmp_path: Path) -> None:
    made = made_of(world(seed))
    digest, rows = made.digest, cells(made, tmp_path)
    now, last, four = digest.weeks[-1], digest.weeks[-2], digest.weeks[-5:-1]
    for name, figure in FIGURES.items():
        if name == "mediation_minutes":
            waits = [one.split(":") for row in rows for one in row["启动调解用时"].split()]
            assert digest.counts[name] == sum(int(minutes) for week, minutes in waits if week == now)
            continue
        assert digest.counts[name] == times(rows, figure.label, now), name
        assert digest.before[name] == times(rows, figure.label, last), name
        assert digest.mean[name] == sum(times(rows, figure.label, week) for week in four) / 4, name
    for name, formula in RATES.items():
        assert digest.rates[name].numerator == sum(times(rows, FIGURES[x].label, now) for x in formula.above)
        assert digest.rates[name].denominator == sum(times(rows, FIGURES[x].label, now) for x in formula.below)
    assert [load.cases for load in digest.loads] == [times(rows, "经手", week) for week in digest.weeks]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_table_equals_a_recount_over_the_csv(seed: int, tmp_path: Path) -> None:
    made = made_of(world(seed, 150))
    digest, rows = made.digest, cells(made, tmp_path)
    now, last, four = digest.weeks[-1], digest.weeks[-2], digest.weeks[-5:-1]
    for column, lines in (("类别", digest.by_category), ("楼栋", digest.by_building)):
        assert lines
        for name, line in lines.items():
            mine = [row for row in rows if row[column] == name]
            assert (line.new, line.closed, line.open, line.new_before, line.people, line.new_mean) == (
                times(mine, "新增", now), times(mine, "结案", now), times(mine, "在办", now), times(mine, "新增", last),
                times(mine, "新增人次", now), sum(times(mine, "新增", week) for week in four) / 4)
    new = [row for row in rows if now in row["新增"].split()]
    heat = Counter((row["楼栋"], row["类别"]) for row in new)
    assert heat == {(b, c): count for b, cs in digest.heat.items() for c, count in cs.items()}
    for name, series in digest.trend.items():
        assert series == tuple(times([row for row in rows if row["类别"] == name], "新增", week) for week in digest.weeks)
    assert digest.ages == {label: sum(row["在办时长"] == label for row in rows) for label, _ in AGES}
    assert digest.responses == {label: sum(row["首次回应时长"] == label for row in rows) for label, _ in RESPONSES}
    assert digest.causes == Counter(cause for row in rows for cause in row["不满意原因"].split())
    assert {p.case: "；".join(p.reasons) for p in digest.agenda} == {r["诉求单号"]: r["联席会理由"] for r in rows if r["联席会理由"]}
    for nth, spot in enumerate(digest.hot_spots, 1):
        mine = [row for row in rows if row["热点"] == str(nth)]
        assert (spot.cases, spot.people) == (len(mine), sum(1 + int(row["附议人数"]) for row in mine))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_open_is_what_was_open_and_came_and_went(seed: int) -> None:
    digest = made_of(world(seed)).digest
    now, before = digest.counts, digest.before
    assert now["open"] == before["open"] + now["new"] + now["reopened"] - now["ended"]
    assert now["ended"] == now["closed"] + now["withdrawn"] + now["merged"] + now["not_accepted"]
    assert now["solved"] + now["partly"] == now["closed"] - now["answered"]
    assert now["responded"] + now["response_late"] == now["due_response"]
    assert now["people"] == now["new"] + now["seconded"]


# ---- small groups, names

@pytest.mark.parametrize("seed", SEEDS)
def test_C32_a_group_of_fewer_than_three_people_is_folded_and_the_causes_add_up(seed: int) -> None:
    made = made_of(world(seed, 40))
    people: dict[str, set[str]] = {}
    for fact in made.facts:
        people.setdefault(made.groups.category(fact), set()).update(fact.voices)
        people.setdefault(made.groups.building(fact), set()).update(fact.voices)
        if fact.private:
            assert made.groups.building(fact) == ELSE
    assert all(len(who) >= SMALL for name, who in people.items() if name != ELSE)
    month = WEEK.sunday.isoformat()[:7]
    assert sum(made.digest.causes.values()) == sum(day.startswith(month) for fact in made.facts for day, _ in fact.causes)


@pytest.mark.parametrize("seed", SEEDS)
def test_B30_no_person_occurs_in_any_output_and_nobody_is_ranked(seed: int, tmp_path: Path) -> None:
    cases = world(seed, 120)
    made = made_of(cases)
    table.write(made, SETTINGS, tmp_path)
    said = (tmp_path / table.NAME).read_text(encoding="utf-8-sig") + record.packed(made.digest).decode()
    people = {p.id for p in SETTINGS.people.values()} | {p.name for p in SETTINGS.people.values()}
    voices = {case.reporter_name for case, _ in cases} | {f'"{case.reporter}"' for case, _ in cases}
    assert not [name for name in people | voices if name in said]
    assert not [row for row in csv.reader(said.splitlines()) for cell in row if cell.startswith("u-")]


def test_every_figure_has_a_label_of_its_own_and_fits_the_marks() -> None:
    header = table.columns()
    assert len(set(header)) == len(header)
    assert len(made_of([]).digest.weeks) < STEP and Outcome.SENT


def test_a_cell_that_a_spreadsheet_would_take_for_a_formula_is_escaped() -> None:
    for bad in ("=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1"):
        assert table.safe(bad) == "'" + bad
    assert table.safe("禾花花园3栋") == "禾花花园3栋" and table.safe("") == ""
