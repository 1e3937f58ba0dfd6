"""Asking for a needed character first never changes what a pattern finds."""

from __future__ import annotations

import re

from bot.intents import alarm_words
from bot.intents.forms import Forms
from bot.intents.normalize import normalize
from tests.intents import tone_lines, tone_more
from tests.intents.ears import shipped


def test_a_line_is_searched_with_the_same_answer_as_by_the_plain_pattern() -> None:
    plain, forms = re.compile(alarm_words.SURE), Forms(alarm_words.SURE)
    lines = [line for intent in shipped().intents.values() for line in (*intent.lines[::4], *intent.near[::4])]
    for line in (*lines, *tone_lines.URGENT, *tone_lines.NOT_URGENT, *tone_more.URGENT, *tone_more.NOT_URGENT):
        text = normalize(line).text
        one, other = plain.search(text), forms.search(text)
        assert (one and one.span()) == (other and other.span()), line


def test_what_may_be_missing_is_never_asked_for() -> None:
    for pattern, text in (("没有?呼吸", "没呼吸"), ("(?:甲|乙)|丙?", "丁"), ("[甲乙]丙{0,2}", "乙"), (r"甲\|乙|丁", "甲|乙"), ("ok|好", "ok")):
        assert Forms(pattern).search(text), pattern
