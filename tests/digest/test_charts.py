"""Charts are clean inline SVG: the same bytes every time, all text readable, nothing from outside alive in them."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

from bot.digest.charts import all_charts, bars, folded, heat, ledger, trend, worsened
from bot.digest.shape import Load
from tests.digest.examples import BUILDINGS, CATEGORIES, WEEKS, empty, huge, rich
from tests.digest.examples import heat as cells


def words(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_the_same_digest_gives_the_same_bytes() -> None:
    assert all_charts(rich()) == all_charts(rich())


def test_an_empty_week_draws_nothing() -> None:
    assert not any(all_charts(empty()).values())


def test_every_chart_is_well_formed_and_can_be_read_aloud() -> None:
    for name, svg in all_charts(rich()).items():
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img" and root.get("aria-label"), name
        assert "DejaVu" not in svg and "<style" not in svg and "<metadata" not in svg


def test_charts_on_one_page_share_no_ids() -> None:
    ids = re.findall(r'\bid="([^"]+)"', "".join(all_charts(rich()).values()))
    assert [name for name, times in Counter(ids).items() if times > 1] == []


def test_what_a_chart_refers_to_is_in_it() -> None:
    for svg in all_charts(rich()).values():
        assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg)) <= set(re.findall(r'\bid="([^"]+)"', svg))


def test_every_bar_has_its_number_and_unit_beside_it() -> None:
    said = words(bars("ages", "在办", {"3天以内": 5, "3–7天": 0, "7天以上": 2}))
    assert {"5 件", "0 件", "2 件", "3天以内"} <= set(said)


def test_the_two_sides_of_the_ledger_are_both_told_in_numbers_and_told_apart_without_colour() -> None:
    svg = ledger([Load(week="2026-W45", heard=142, pings=47)])
    assert {"群众听到", "党员被叫", "142 条", "47 条"} <= set(words(svg))
    assert "<pattern" in svg  # hatched against solid


def test_the_trend_loses_no_case_when_small_categories_are_summed() -> None:
    many = {f"类别{at}": (at,) * 8 for at in range(1, 21)}
    said = words(trend(WEEKS, many))
    assert "其他" in said and "本周 210 件" in said
    assert sum(int(text.split()[0]) for text in said if re.fullmatch(r"\d+ 件", text)) == 210


def test_a_single_small_category_is_not_hidden_among_others() -> None:
    assert not any("其他" in text for text in words(trend(WEEKS, {f"类别{at}": (at,) * 8 for at in range(1, 9)})))


def test_the_heat_map_sums_what_it_does_not_show() -> None:
    table = huge(0).heat
    rows, columns, summed = folded(table)
    assert sum(summed.values()) == sum(sum(row.values()) for row in table.values())
    assert len(rows) <= 15 and len(columns) <= 11
    assert set(summed) <= {(row, column) for row in rows for column in columns}


def test_what_was_folded_already_stands_last_and_takes_no_part_in_the_shading() -> None:
    rows, columns, _ = folded({"其他": {"其他": 90, "噪声扰民": 5}, "1栋": {"噪声扰民": 2}})
    assert rows == ["1栋", "其他"] and columns == ["噪声扰民", "其他"]


def test_the_example_adds_up() -> None:
    assert {building: sum(row.values()) for building, row in cells().items()} == {name: line.new for name, line in BUILDINGS.items()}
    assert sum(line.new for line in CATEGORIES.values()) == rich().counts["new"]


def test_names_from_outside_are_words_and_nothing_else() -> None:
    svg = heat({"<script>x</script> $a_b^2$": {'"><b>$\\frac': 3}})
    assert "<script" not in svg and "<b>" not in svg
    assert any("$a_b^2$" in text for text in words(svg))


def test_members_called_more_per_case_two_weeks_running_is_noticed() -> None:
    def weeks(*pings: int) -> list[Load]:
        return [Load(week="2026-W45", pings=many, cases=10) for many in pings]
    assert worsened(weeks(5, 6, 7)) and not worsened(weeks(5, 7, 6)) and not worsened(weeks(6, 7)) and not worsened([])
