"""Personal numbers are starred however they are written, and ordinary numbers stay as they were."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.masking import mask

MOBILE = "13800138000"
IDENTITY = "11010519491231002X"  # the published example of GB 11643
OLD_IDENTITY = "130503670401001"  # of fifteen digits, as it was before
BANK = "4111111111111111"  # a public test number


@pytest.mark.parametrize("written", [
    MOBILE, "138-0013-8000", "138 0013 8000", "138  0013  8000", "1 3 8 0 0 1 3 8 0 0 0", "13800 138000",
    "１３８００１３８０００", "１３８－００１３－８０００", "138　0013　8000", "138\u00a00013\u00a08000", "138\u20130013\u20138000",
    "138\u200b0013\u200b8000", "1\ufeff3\ufeff8\ufeff00138000", "138\u2060001\u20603800\u20600", "\u202d13800138000\u202c",
    "+8613800138000", "+86 138 0013 8000", "86-13800138000", "0086 13800138000", "(+86)13800138000", "（+86）13800138000",
    "\u0661\u0663\u0668\u0660\u0660\u0661\u0663\u0668\u0660\u0660\u0660", "𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎",
])
def test_a_mobile_number_keeps_three_and_four_digits(written: str) -> None:
    for before, after in (("", ""), ("打我电话", "，3栋2单元502"), ("微信同号:", " 谢谢"), ("a", "b")):
        said = mask(before + written + after)
        assert "138****8000" in said and "0013" not in said
        assert said.endswith(after)


@pytest.mark.parametrize("written", ["幺三八零零幺三八零零零", "一三八〇〇一三八〇〇〇", "幺三八 零零幺三 八零零零", "一3八00一38零零0"])
def test_a_mobile_number_that_was_spoken_is_starred_too(written: str) -> None:
    assert "****" in mask(f"我的电话是{written}，麻烦了") and written not in mask(written)


@pytest.mark.parametrize("written", ["0755-28881234", "075528881234", "0755 2888 1234", "0755-2888-1234", "(0755)28881234",
                                     "（0755）28881234", "０７５５－２８８８１２３４", "010-62881234", "0755-2881234"])
def test_a_landline_keeps_its_area_and_four_digits(written: str) -> None:
    said = mask(f"店里{written}找我")
    assert "****1234" in said and "288" not in said.replace("****1234", "")


@pytest.mark.parametrize("written", [
    IDENTITY, IDENTITY.lower(), "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002X", "110105-19491231-002X",
    "110105\u200b19491231002X", "440524188001010014", "4405 2418 8001 0100 14",
])
@pytest.mark.parametrize(("before", "after"), [("", ""), ("身份证", "，3栋"), ("身份证 ", " 3栋502"), ("3 ", " 2单元"), ("ID", "")])
def test_an_identity_number_is_starred_whatever_stands_beside_it(written: str, before: str, after: str) -> None:
    said = mask(before + written + after)
    assert "*************" in said and "1949" not in said and "1880" not in said
    assert said.endswith(after)


def test_an_old_identity_number_is_starred() -> None:
    assert mask(f"老证{OLD_IDENTITY}") == "老证130**********01"


@pytest.mark.parametrize("written", [BANK, "4111 1111 1111 1111", "4111-1111-1111-1111", "４１１１１１１１１１１１１１１１",
                                     "4111\u200b1111\u200b1111\u200b1111"])
def test_a_bank_number_keeps_its_last_four_digits(written: str) -> None:
    assert mask(f"退到{written} 2单元") == "退到************1111 2单元"


@pytest.mark.parametrize("ordinary", [
    "", "没有数字", "3栋2单元502", "3-2-502", "三栋502，二十八号之前", "HH-0001 和 HH-0002", "2026-11-02 15:30",
    "开门 0830-1200 1330-1800", "13 14 15 16 17 18栋都停水", "1301 1302 1303 三户", "12345热线", "400-800-1234",
    "110105194912310021",  # one digit off: no identity number
    "4111111111111112",  # fails Luhn
    "SF4111111111111111",  # a parcel
    "20261102153000123", "12345678901234567890123", "12800138000", "水费 1380.01 元", "粤B12345 挡门口", "一三五单号，二四六双号",
    "全角　空格和ＡＢＣ　照旧", "👨\u200d👩\u200d👧 一家三口",
])
def test_ordinary_numbers_and_texts_stay_to_the_letter(ordinary: str) -> None:
    assert mask(ordinary) == ordinary


@given(st.text(st.sampled_from("0123456789xX -　０１２３\u200b一三八号栋"), max_size=80))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(st.text(max_size=60).filter(lambda t: not t or not t[-1].isdigit() and t[-1] not in " -)）"),
       st.from_regex(r"\A1[3-9][0-9]{9}\Z"))
def test_no_text_around_it_hides_a_mobile_number(before: str, number: str) -> None:
    assert number not in mask(f"{before}：{number}，{before}")


@pytest.mark.parametrize("evil", ["1 " * 1000, "0755 " * 400, "1" * 2000, "13800138000 " * 170, "一三" * 1000, "4111 " * 400])
def test_no_text_of_a_lines_length_takes_long(evil: str) -> None:
    begun = time.perf_counter()
    mask(evil)
    assert time.perf_counter() - begun < 0.2
