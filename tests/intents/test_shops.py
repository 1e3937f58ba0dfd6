"""The registry of shops: name and number in either order are one shop, a name that two bear is never guessed."""

from __future__ import annotations

import pytest

from bot.domain.settings import Building, Shop
from bot.intents.shops import ShopBook

BUILDINGS = {n: Building(name=n, lounge="yuan", grid="g") for n in ("A座", "B座")} | {
    "C座": Building(name="C座", lounge="tang", grid="g")}
SHOPS = {s.id: s for s in (
    Shop(id="a", name="奶茶店", building="A座", number="A108", trade="餐饮"),
    Shop(id="b", name="奶茶店", building="B座", number="B108", trade="餐饮", aliases=("奶茶二店",)),
    Shop(id="c", name="奶茶店", building="C座", number="C108", trade="餐饮"),
    Shop(id="d", name="补鞋摊", building="A座", number="2F-033", trade="修补"),
)}
BOOK = ShopBook(SHOPS, BUILDINGS)


def named(text: str, building: str | None = None, lounge: str = "yuan") -> list[str]:
    return [shop.id for shop in BOOK.named(text, lounge, lambda: building)]


@pytest.mark.parametrize(("text", "building"), [("A座108奶茶店又停水了", "A座"), ("奶茶店(A108)又停水了", None), ("奶茶店（a-108）又停水了", None)])
def test_D05_name_and_number_in_either_order_are_the_same_shop(text: str, building: str | None) -> None:
    assert named(text, building) == ["a"]


def test_D05_two_of_one_name_are_both_meant_until_something_tells_them_apart() -> None:
    assert named("奶茶店又停水了") == ["a", "b"] and named("奶茶店又停水了", "B座") == ["b"] and named("奶茶二店又停水了") == ["b"]
    assert named("奶茶店又停水了", "C座") == ["a", "b"], "a building where there is none of that name tells nothing"


def test_D05_a_name_means_a_shop_of_its_own_lounge() -> None:
    assert named("奶茶店又停水了", lounge="tang") == ["c"] and named("补鞋摊没开门") == ["d"] and named("没什么事") == []


@pytest.mark.parametrize(("answer", "shop"), [("A108", "a"), ("b108那家", "b"), ("108", None), ("就是那家", None)])
def test_D05_an_answer_names_one_of_them_or_none(answer: str, shop: str | None) -> None:
    found = BOOK.numbered(answer, (SHOPS["a"], SHOPS["b"]))
    assert (found.id if found else None) == shop
