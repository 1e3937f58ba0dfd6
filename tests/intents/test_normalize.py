"""Lines come to one form, and every character remembers where it stood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intents.normalize import normalize


@pytest.mark.parametrize(("raw", "text"), [
    ("３栋漏水！！！", "3栋漏水!"),
    ("三棟漏水", "三栋漏水"),
    ("Ａ座  停電", "a座 停电"),
    ("啊啊啊啊啊啊 吵死了。。。。", "啊啊 吵死了。"),
    ("  还在漏  ", "还在漏"),
    ("@小客厅 电梯坏了", "电梯坏了"),
    ("[捂脸]又停水", "又停水"),
    ("停水😭😭了", "停水了"),
    ("【转发】各位注意", "各位注意"),
    ("「老王：漏水吗」\n- - - - - - - - - -\n还在漏", "还在漏"),
    ("第一行\n第二行", "第一行 第二行"),
    ("[图片]", "[图片]"),
    ("", ""),
])  # fmt: skip
def test_a_line_comes_to_one_form(raw: str, text: str) -> None:
    assert normalize(raw, ("小客厅",)).text == text


def test_flags_tell_what_was_taken_out() -> None:
    assert normalize("@小客厅 在吗", ("小客厅",)).mentions_bot
    assert not normalize("@王姐 在吗", ("小客厅",)).mentions_bot
    assert normalize("[捂脸][捂脸]").sticker_only
    assert normalize("😂").sticker_only
    assert not normalize("[图片]").sticker_only
    assert normalize("转发:明天停水").forwarded
    assert normalize("「甲：乙」\n- - - -\n好").quoted


def test_origin_points_back_into_the_raw_text() -> None:
    raw = "@小客厅 ３栋 漏水！！"
    seen = normalize(raw, ("小客厅",))
    assert raw[seen.origin[seen.text.index("栋")]] == "栋"
    assert raw[seen.origin[seen.text.index("水")]] == "水"


@given(st.text(max_size=60))
def test_every_character_has_an_origin(raw: str) -> None:
    seen = normalize(raw)
    assert len(seen.text) == len(seen.origin)
    assert list(seen.origin) == sorted(seen.origin)
    assert all(0 <= place < len(raw) for place in seen.origin)
