"""`lounge classify` prints exactly one line for each line it reads."""

from __future__ import annotations

from bot.commands.recognize import classify, split, table_line
from bot.intents.place import PlaceParser
from tests.intents.ears import ears, shipped

RAW = (
    '楼上半夜拖凳子 吵得睡不着\n\n{"text":"电梯又困人了","name":"3栋-李姐","lounge":"hehua"}\r\n{"text":\n'
    '{"text":7}\n{"text":""}\n   \n知道了'
).encode() + b"\n\xff\xfe\n"


def _rows(raw: bytes) -> list[dict[str, object]]:
    world = shipped()
    return [dict(r) for r in classify(split(raw), ears(), PlaceParser(world.buildings, world.shops, world.lounges))]


def test_every_line_has_a_row_blank_and_broken_ones_too() -> None:
    rows = _rows(RAW)
    assert len(rows) == 9
    assert [r["decision"] for r in rows][3:] == ["ignore"] * 6
    assert all(r["why"] for r in rows)
    assert rows[2]["building"] == "禾花花园3栋"


def test_an_empty_input_has_no_rows() -> None:
    assert _rows(b"") == []


def test_a_table_line_is_one_line() -> None:
    names = {i.id: i.name for i in shipped().intents.values()}
    for row in _rows("一\u2028二 停水了\n漏水\r".encode()):
        assert len(table_line(row, names).splitlines()) == 1
