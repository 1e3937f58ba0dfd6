"""Lines that wait for the host's answer: who comes back to one opens its case, once, and the host is told what became of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.domain.settings import Settings, Thresholds
from tests.front import Front, front, sample

HOST = sample().lounges["hehua"].host
NIGHT = "昨晚十二点 楼上又在拖凳子 我娃哭到一点"


def careful() -> Settings:
    """The sample, with every line put before the host that it would otherwise open."""
    return replace(sample(), thresholds=Thresholds(open=99.95, ask=20.0, margin=3.0))


async def doubted(f: Front, text: str = NIGHT) -> None:
    """Somebody has said what the host was asked about."""
    assert (await f.say("hehua", "u_3", text, "3栋-戊")).decision == "ask"
    f.heard()


async def test_who_comes_back_to_what_the_host_was_asked_about_opens_its_case(tmp_path: Path) -> None:
    async with front(tmp_path, settings=careful()) as f:
        await doubted(f)
        first = next(iter(await f.rig.store.reader.overlay("hehua"))).removeprefix("doubt/")
        await f.forward(minutes=3)
        found = await f.say("hehua", "u_3", "还在拖 上去敲门也不开", "3栋-戊")
        case = await f.case(found.case or "")
        assert found.decision == "attach" and case.opened_by == first and case.reporter == "u_3" and case.building == "禾花花园3栋"
        assert len(case.messages) == 2 and NIGHT in case.gist
        assert [h.card for h in f.heard() if h.to.startswith("chat:")] == ["opened"]
        assert await f.rig.store.reader.overlay("hehua") == {}


async def test_somebody_with_the_same_trouble_opens_it_and_stands_beside(tmp_path: Path) -> None:
    async with front(tmp_path, settings=careful()) as f:
        await doubted(f)
        await f.forward(minutes=2)
        found = await f.say("hehua", "u_4", "我也听到了 拖到半夜", "3栋-己")
        case = await f.case(found.case or "")
        assert case.reporter == "u_3" and [one.sender for one in case.supporters] == ["u_4"]


async def test_what_is_over_by_now_opens_nothing(tmp_path: Path) -> None:
    async with front(tmp_path, settings=careful()) as f:
        await doubted(f)
        await f.forward(hours=5)
        assert (await f.say("hehua", "u_3", "好了 没拖了 谢谢", "3栋-戊")).decision == "ignore"


async def test_small_talk_of_the_same_person_opens_nothing(tmp_path: Path) -> None:
    async with front(tmp_path, settings=careful()) as f:
        await doubted(f)
        await f.forward(minutes=30)
        for talk in ("今晚谁去打羽毛球 差一个", "楼下新开的粉店好吃吗", "哈哈哈哈"):
            assert (await f.say("hehua", "u_3", talk, "3栋-戊")).decision == "ignore"


async def test_where_the_host_wants_to_be_asked_about_everything_nothing_opens_by_itself(tmp_path: Path) -> None:
    shy = replace(careful(), thresholds=Thresholds(open=100.0, ask=20.0, margin=3.0))
    async with front(tmp_path, settings=shy) as f:
        await doubted(f)
        await f.forward(minutes=3)
        assert (await f.say("hehua", "u_3", "还在拖 上去敲门也不开", "3栋-戊")).case is None


async def test_a_host_who_answers_late_is_told_which_case_it_has_become(tmp_path: Path) -> None:
    async with front(tmp_path, settings=careful()) as f:
        await doubted(f)
        await f.forward(minutes=3)
        found = await f.say("hehua", "u_3", "还在拖 上去敲门也不开", "3栋-戊")
        f.heard()
        await f.tell(HOST, "立案")
        assert [(h.card, h.case) for h in f.heard()] == [("doubt_opened", found.case)]
        assert len(list(await f.rig.store.reader.open_cases("hehua"))) == 1
