"""Places: every written form is heard exactly, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from bot.intents.numerals import arabic, chinese, fold, number, spelled
from bot.intents.place import PlaceParser
from tests.intents import place_forms as table

PARSER = table.parser()
NOBODY = "小舟"


def test_the_table_holds_at_least_220_forms() -> None:
    forms = [(lounge, text) for lounge, text, _, _ in table.rows()]
    assert len(forms) + len(table.LISTS) >= 220
    assert len(set(forms)) == len(forms)


@pytest.mark.parametrize(("lounge", "text", "building", "unit"), table.rows())
def test_a_written_form_names_its_building_and_unit(
    lounge: str, text: str, building: str, unit: str | None
) -> None:
    placed = PARSER.place(text, name=NOBODY, lounge=lounge)
    assert (placed.building, placed.unit) == (building, unit), placed.why


@pytest.mark.parametrize(("block", "text", "keys"), table.LISTS)
def test_a_list_names_all_and_the_first_decides(block: str, text: str, keys: str) -> None:
    lounge = {"dorm": "xj-park", "plant": "xj-park"}.get(block, block)
    names = tuple(table.canonical(block, key) for key in keys)
    placed = PARSER.place(text, name=NOBODY, lounge=lounge)
    assert (placed.building, *placed.others) == names
    assert tuple(s.building for s in PARSER.spots(text, lounge) if s.building) == names


@pytest.mark.parametrize(("lounge", "name", "building", "unit"), table.NICKNAMES)
def test_a_nickname_tells_where_one_lives(
    lounge: str, name: str, building: str | None, unit: str | None
) -> None:
    placed = PARSER.place("又没水了", name=name, lounge=lounge)
    assert (placed.building, placed.unit) == (building, unit), placed.why


@pytest.mark.parametrize(("lounge", "text"), table.NOT_PLACES)
def test_figures_that_count_cost_or_date_name_no_building(lounge: str, text: str) -> None:
    assert PARSER.place(text, name=NOBODY, lounge=lounge).building is None
    assert [s for s in PARSER.spots(text, lounge) if s.building] == []


@pytest.mark.parametrize("form", ["{}栋", "{}号楼", "{}幢", "禾花花园{}栋"])
def test_a_building_is_only_ever_reached_by_its_own_number(form: str) -> None:
    for n in range(1, 100):
        for numeral in (str(n), chinese(n)):
            placed = PARSER.place(f"听说 {form.format(numeral)}漏水", name=NOBODY, lounge="hehua")
            assert placed.building == (f"禾花花园{n}栋" if n <= 8 else None), numeral


TRAPS = {
    "3栋漏水": "禾花花园3栋", "13栋漏水": None, "30栋漏水": None, "33栋漏水": None,
    "三栋漏水": "禾花花园3栋", "十三栋漏水": None, "三十栋漏水": None, "三十三栋漏水": None,
}


def test_3_and_13_and_30_never_meet() -> None:
    assert {t: PARSER.place(t, name=NOBODY, lounge="hehua").building for t in TRAPS} == TRAPS


def test_a_fuzzy_score_in_the_parsers_stead_would_fail_the_table() -> None:
    words = {f"{n}栋": f"禾花花园{n}栋" for n in range(1, 9)} | {
        f"{chinese(n)}栋": f"禾花花园{n}栋" for n in range(1, 9)
    }

    def fuzzy(text: str) -> str | None:
        best = max(words, key=lambda word: fuzz.partial_ratio(word, text))
        return words[best] if fuzz.partial_ratio(best, text) >= 90 else None

    wrong = [text for text, building in TRAPS.items() if fuzzy(text) != building]
    assert {"13栋漏水", "十三栋漏水"} <= set(wrong)


# Where nothing, the speaker's own, or another lounge's building is named


def test_the_first_building_named_goes_before_the_nickname() -> None:
    placed = PARSER.place("5栋漏水", name="3栋-云姨", lounge="hehua")
    assert (placed.building, placed.source, placed.unit) == ("禾花花园5栋", "said", None)


def test_the_nicknames_door_does_not_move_to_another_building() -> None:
    assert PARSER.place("5栋漏水", name="3-2-502云姨", lounge="hehua").unit is None
    assert PARSER.place("3栋漏水", name="3-2-502云姨", lounge="hehua").unit == "2单元502"


@pytest.mark.parametrize(
    ("text", "unit"),
    [("2单元没水", "2单元502"), ("1单元没水", "1单元"), ("602室没水", "602"), ("楼上602拖椅子", "602"),
     ("5楼没灯", "2单元502"), ("又没水了", "2单元502")],
)
def test_a_door_said_goes_before_the_nicknames(text: str, unit: str) -> None:
    placed = PARSER.place(text, name="3-2-502云姨", lounge="hehua")
    assert (placed.building, placed.unit, placed.source) == ("禾花花园3栋", unit, "nickname")


@pytest.mark.parametrize(
    "own", ["我们这栋", "我们那栋楼", "咱这栋", "本栋", "这栋", "这栋楼", "我们楼", "这楼", "本楼", "我们这幢"]
)
def test_our_building_is_the_speakers(own: str) -> None:
    mine = PARSER.place(f"{own}比5栋还吵", name="3栋-云姨", lounge="hehua")
    assert (mine.building, mine.source, mine.others) == ("禾花花园3栋", "nickname", ("禾花花园5栋",))
    assert PARSER.place(f"{own}吵", name=NOBODY, lounge="hehua").building is None
    assert PARSER.place(f"{own}和5栋都吵", name=NOBODY, lounge="hehua").building is None
    assert PARSER.place(f"{own}吵", name=NOBODY, lounge="hall-5").building == "五号交易广场"


def test_our_building_may_be_followed_by_its_name() -> None:
    assert PARSER.place("我们这栋,3栋,没水", name=NOBODY, lounge="hehua").building == "禾花花园3栋"


def test_a_lounge_with_one_building_needs_no_name() -> None:
    placed = PARSER.place("又没水了", name=NOBODY, lounge="hall-5")
    assert (placed.building, placed.source, placed.why) == ("五号交易广场", "only", "客厅只有一栋")


def test_a_floor_alone_is_a_spot_but_no_door_and_no_building() -> None:
    assert [(s.building, s.unit) for s in PARSER.spots("2楼没灯", "hehua")] == [(None, "2楼")]
    placed = PARSER.place("2楼没灯", name=NOBODY, lounge="hehua")
    assert (placed.building, placed.unit) == (None, None)


@pytest.mark.parametrize(
    ("lounge", "text", "building"),
    [
        ("hehua", "广弘中心A座着火", "广弘中心A座"), ("hehua", "广弘A座着火", "广弘中心A座"),
        ("hehua", "香江A门口", "香江家居广场A栋"), ("hehua", "香江家居广场A座门口", "香江家居广场A栋"),
        ("hehua", "E时代1座门口", "恒路E时代1栋"), ("hehua", "E时代1栋门口", "恒路E时代1栋"),
        ("hehua", "五号馆门口", "五号交易广场"), ("hehua", "5号宿舍门口", "香江工业园5号宿舍"),
        ("hehua", "A厂房门口", "香江工业园A厂房"), ("etime", "禾花1栋门口", "禾花花园1栋"),
        ("hall-5", "禾花花园3栋门口", "禾花花园3栋"), ("xj-park", "香江家居B栋门口", "香江家居广场B栋"),
        ("hall-5", "香江1号宿舍门口", "香江工业园1号宿舍"), ("hehua", "唐唐袜子铺门口", "五号交易广场"),
    ],
)
def test_another_lounges_building_is_named_by_a_word_of_its_own(lounge: str, text: str, building: str) -> None:
    assert PARSER.place(text, name=NOBODY, lounge=lounge).building == building


@pytest.mark.parametrize(
    ("lounge", "text"),
    [
        ("hehua", "A座着火"), ("etime", "A座着火"), ("hehua", "E1门口"), ("ghong", "3栋着火"),
        ("hehua", "B栋着火"), ("hehua", "四季便利门口"), ("etime", "D1105漏水"), ("hehua", "15号馆"),
        ("ghong", "3-2-502漏水"), ("hehua", "广弘中心G座"), ("hehua", "禾花花园9栋"),
    ],
)
def test_an_ambiguous_or_unknown_word_names_nothing(lounge: str, text: str) -> None:
    assert PARSER.place(text, name=NOBODY, lounge=lounge).building is None


def test_a_building_that_was_meant_but_is_not_known_is_not_the_speakers() -> None:
    placed = PARSER.place("A座着火", name="3栋-云姨", lounge="hehua")
    assert (placed.building, placed.source, placed.why) == (None, "unknown", '提到"A座",认不出是哪一栋')


def test_a_vague_number_of_buildings_leaves_the_speaker_at_home() -> None:
    assert PARSER.place("三四栋都没水", name="3栋-云姨", lounge="hehua").source == "nickname"


def test_the_nickname_of_a_person_spoken_to_is_no_place() -> None:
    assert PARSER.place("@3栋-云姨 在吗", name=NOBODY, lounge="hehua").building is None
    assert PARSER.place("@云姨5栋 在吗,3栋没水", name=NOBODY, lounge="hehua").building == "禾花花园3栋"


def test_the_reason_quotes_what_was_written() -> None:
    assert PARSER.place("3棟漏水", name=NOBODY, lounge="hehua").why == '提到"3棟"'
    assert PARSER.place("漏水", name="3栋-云姨", lounge="hehua").why == '昵称"3栋-云姨"'
    assert PARSER.place("漏水", name=NOBODY, lounge="hehua").why == "没说是哪一栋"


def test_spots_carry_their_span_in_the_text_given() -> None:
    text = "麻烦看下3\u200b栋2单元502,还有唐唐袜子铺"
    first, second = PARSER.spots(text, "hehua")
    assert [text[slice(*s.span)] for s in (first, second)] == ["3\u200b栋2单元502", "唐唐袜子铺"]
    assert (first.word, first.lounge, second.lounge) == ("3\u200b栋2单元502", "hehua", "hall-5")
    assert (second.building, second.unit) == ("五号交易广场", "2F-115")


@given(st.text(alphabet="3十三一二F栋座号楼-、和至2单元05AB宿舍厂房馆#@铺层 负我们这", max_size=24))
def test_any_text_gives_known_buildings_and_true_spans(text: str) -> None:
    known = table.buildings()
    for lounge in table.lounges():
        for spot in PARSER.spots(text, lounge):
            assert spot.building is None or spot.building in known
            assert text[slice(*spot.span)] == spot.word != ""
        PARSER.place(text, name=text, lounge=lounge)


def test_an_installation_without_shops_or_with_no_buildings_at_all_is_served() -> None:
    assert PlaceParser({}, {}, {}).place("3栋漏水", name="3栋", lounge="x").building is None
    assert PlaceParser(table.buildings(), {}, table.lounges()).spots("3栋", "hehua")[0].building == "禾花花园3栋"


# Numerals


@given(st.integers(1, 99))
def test_a_number_reads_the_same_in_figures_and_in_chinese(n: int) -> None:
    assert number(chinese(n)) == number(str(n)) == n
    assert arabic(f"{chinese(n)}号馆") == f"{n}号馆"


@pytest.mark.parametrize("word", ["两", "几", "二三", "100", "", "十百", "三A"])
def test_what_is_no_single_number_is_none(word: str) -> None:
    assert number(word) is None


def test_numbers_beyond_two_figures_have_no_spelling() -> None:
    with pytest.raises(ValueError, match="no spelling"):
        chinese(100)
    assert spelled("五零二") == spelled("502") == "502"
    assert spelled("幺二〇三") == "1203"


@given(st.text())
def test_folding_never_loses_a_position(text: str) -> None:
    folded, where = fold(text)
    assert len(folded) == (len(text) if where is None else len(where) - 1)
