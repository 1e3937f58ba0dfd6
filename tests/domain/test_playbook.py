"""The order of a mediation holds: a step is locked until the one before it has its note or a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.domain import playbook, visits
from bot.domain.case import Case, State
from bot.domain.deadlines import principal
from bot.domain.events import Refusal
from bot.domain.mediation import Mediation
from bot.domain.playbook import AGREE, CALM, CHECK, HEAR, REASON, Said, read_step, taken
from tests.front import sample

AT = datetime.fromisoformat("2026-11-02T10:00:00+08:00")
HEARD = Mediation(steps=(CALM,))


def done(found: Mediation, *said: Said) -> Mediation:
    for one in said:
        after = taken(found, one, AT, sample())
        assert isinstance(after, Mediation), after
        found = after
    return found


def refused(found: Mediation, said: Said) -> str:
    after = taken(found, said, AT, sample())
    assert isinstance(after, Refusal)
    return after.text


def test_D10_no_step_before_the_one_before_it() -> None:
    order = list(playbook.STEPS)
    for index, step in enumerate(order[1:], 1):
        assert refused(Mediation(steps=tuple(order[: index - 1])), Said(step, "写了好几个字")) == "step_locked"


def test_D10_an_agreement_is_locked_until_each_side_was_heard() -> None:
    one = done(HEARD, Said(HEAR, "诉求人 气的是没人打招呼", "a"))
    assert HEAR not in one.steps and refused(one, Said(AGREE, "货架收回线内")) == "step_locked"
    both = done(one, Said(HEAR, "对方 到货没处卸", "b"), Said(REASON, "地线画清楚大家都好做"))
    assert both.heard == ("a", "b") and done(both, Said(AGREE, "货架收回线内")).agreement == "货架收回线内"
    assert refused(HEARD, Said(HEAR, "听了一遍都有道理")) == "step_side"


def test_D10_a_step_is_skipped_for_a_reason_only_and_an_agreement_never() -> None:
    assert refused(Mediation(), Said(CALM, "", skip=True)) == "step_note"
    assert done(Mediation(), Said(CALM, "两边本来就心平气和", skip=True)).steps == (CALM,)
    ready = Mediation(steps=(CALM, HEAR, REASON))
    assert refused(ready, Said(AGREE, "双方都懒得签", skip=True)) == "step_never"


def test_D10_after_care_comes_after_two_signatures() -> None:
    ready = Mediation(steps=(CALM, HEAR, REASON))
    asked = done(ready, Said(AGREE, "货架收回线内，11月10日前画线"))
    assert refused(asked, Said(CHECK, "线已经画好了")) == "step_locked"
    assert AGREE not in playbook.signing(asked, "a").steps
    signed = playbook.signing(asked, "a", "b")
    assert done(signed, Said(CHECK, "线已经画好了")).steps[-1] == CHECK
    assert done(signed, Said(AGREE, "改成十五日前画线")).signed == ()  # other words are signed anew
    assert sample().local(signed.fulfil_at or AT).day == 11


@pytest.mark.parametrize(("words", "said"), [
    ("稳情绪 请到茶桌坐下", Said(CALM, "请到茶桌坐下")), ("分别听 对方 没处卸货", Said(HEAR, "对方 没处卸货", "b")),
    ("分别听 诉求人：没打招呼", Said(HEAR, "诉求人：没打招呼", "a")), ("讲情理 跳过 已经讲和了", Said(REASON, "已经讲和了", skip=True)),
    ("协议 对方当面签了", Said(AGREE, "对方当面签了", paper="b")), ("协议 双方当面签的", Said(AGREE, "双方当面签的", paper="ab")),
    ("履约回访：线画好了", Said(CHECK, "线画好了")),
])
def test_a_step_is_read_as_it_is_typed(words: str, said: Said) -> None:
    assert read_step(words) == said
    assert read_step("今天天气不错") is None


def test_a_mediation_has_a_calendar_month_from_its_first_mediator() -> None:
    month = playbook.month_by(AT, sample())
    assert month - AT == timedelta(days=30)
    found = Case(id="XJ-0001", lounge="xj-home", intent="noise", opened_at=AT, touched_at=AT, mediation=Mediation(month_by=month))
    pace = sample().pace_of("noise")
    assert principal(found, State.MEDIATING, AT + timedelta(days=9), pace, sample()) == ("mediate", month)
    assert principal(found, State.MEDIATING, month, pace, sample())[1] > month


def test_D09_a_joint_visit_stands_when_both_have_said_yes_and_rings_an_hour_before() -> None:
    found = Case(id="XJ-0001", lounge="xj-home", intent="noise", opened_at=AT, touched_at=AT, attendant="p-lichun",
                 mediator="p-fangri", mediation=Mediation())
    at = AT + timedelta(days=1, hours=5)
    asked = found.but(mediation=visits.proposed(Mediation(), at, "p-fangri", found))
    assert not visits.agreed(asked) and visits.waiting(asked) == ("p-lichun",) and visits.alarms(asked, AT, sample()) == {}
    both = asked.but(mediation=visits.confirmed(asked.mediation or Mediation(), "p-lichun"))
    assert visits.agreed(both)
    assert visits.alarms(both, AT, sample()) == {"soon": at - timedelta(hours=1), "visit": at + timedelta(hours=2)}
    assert set(visits.alarms(both, at, sample())) == {"visit"}
