"""What kin promises: a line goes on about a case where wording, manner and nearness say so, and each sign is one that exists."""

from __future__ import annotations

from datetime import timedelta

from bot.intents import kin, prelude, ways
from bot.intents.kin_signs import LINES, MANNERS, NEARNESS, OUT, PLACES, SINCE, TOGETHER, Around, rarity, signs
from bot.intents.kin_weights import ECHO, OWN
from bot.intents.speech import Act

GIST = "3栋电梯又停在五楼不动了"
RARE = rarity([GIST, "电梯按了没反应", "今天下雨了", "谁要苹果", "我也去", "明天几点", "吃饭了吗", "好的谢谢"])
NEAR = Around(since=timedelta(minutes=1), lines_between=0, reporter=True)
FAR = Around(since=timedelta(days=3), lines_between=99, reporter=True)
LEANS, LEANS_AWAY = (3.0, 1), (-1.0, 20)


def own(text: str, around: Around, lean: tuple[float, int], act: Act = Act.PLAIN) -> bool:
    return kin.about_own(text, act, GIST, lean, around, RARE) >= kin.OWN_LEAST


def joins(text: str, around: Around, lean: tuple[float, int] = LEANS, act: Act = Act.PLAIN) -> bool:
    return kin.echoes(text, act, GIST, lean, around, RARE) >= kin.ECHO_LEAST


def test_the_next_words_of_the_same_person_go_on_about_his_case() -> None:
    assert own("电梯按了没反应", NEAR, LEANS)
    assert own("3栋电梯还是没修好 一直没人来", Around(since=timedelta(minutes=25), lines_between=2, reporter=True), LEANS)


def test_a_picture_by_the_reporter_shows_his_case_even_some_lines_later() -> None:
    for minutes, lines in ((1, 0), (9, 1), (12, 3)):
        around = Around(since=timedelta(minutes=minutes), lines_between=lines, reporter=True, before="this")
        assert own("[图片]", around, (0.0, 9)), minutes
    assert not own("[图片]", Around(since=timedelta(days=3), lines_between=99, reporter=True, before="else"), (0.0, 9))


def test_who_has_turned_to_something_else_is_less_likely_to_mean_his_case() -> None:
    def worth(before: str) -> float:
        around = Around(since=timedelta(minutes=6), lines_between=2, reporter=True, before=before)
        return kin.about_own("今天也是一样", Act.PLAIN, GIST, (1.0, 4), around, RARE)

    assert worth("this") > worth("else")


def test_small_talk_three_days_later_does_not() -> None:
    assert not own("谁要苹果 便宜出", FAR, LEANS_AWAY)
    assert not own("吃饭了吗", FAR, LEANS_AWAY)


def test_an_advertisement_never_goes_on_unless_it_says_what_changed() -> None:
    assert kin.about_own("新到苹果", Act.ADVERT, GIST, LEANS, NEAR, RARE) == kin.NEVER


def test_a_neighbour_who_says_we_too_right_after_is_a_second_voice() -> None:
    near = Around(since=timedelta(minutes=1), lines_between=0)
    assert joins("我们这边电梯也是", near, act=Act.SECOND)
    assert not joins("哈哈哈", near), "a remark about somebody else's trouble is none"
    assert not joins("谢谢大家", near, act=Act.THANKS)


def test_every_row_of_the_nets_belongs_to_a_sign_that_can_be_found() -> None:
    named = {"shared", "lead", "minutes", "messages", "lively", "length", "score", "bare", "heat", "none", "first_rank", "far_rank",
             "to_bot", "urgent", "reporter", "same", "other", "single", "several", "older", "short", "middling", "left_over", "left_unfixed",
             "before_this", "before_else"}
    known = {*MANNERS, *PLACES, *NEARNESS, *SINCE.values(), *LINES.values(), *named, *ways.SIGNS, *TOGETHER, *(f"act_{act}" for act in Act),
             *(f"heard_{one}" for one in ("open", "ask", "ignore")), *prelude.SIGNS}
    assert {*OWN, *ECHO} <= known | {"", OUT}
    assert len({len(row) for table in (OWN, ECHO) for name, row in table.items() if name != OUT}) == 1
    assert signs("我们也没水", Act.SECOND, GIST, LEANS, NEAR, RARE).keys() <= known


def test_who_is_called_by_name_is_spoken_to() -> None:
    assert kin.addresses("小伍,你去看看", "3栋小伍") and not kin.addresses("电梯坏了", "3栋小伍")
