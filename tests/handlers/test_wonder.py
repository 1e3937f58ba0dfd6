"""What the semantic layer is asked because of who speaks, and what is never made one matter with the lines before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from bot.handlers.listen import unclaimed
from bot.handlers.wonder import wonders
from bot.judging import Judging
from bot.messages import ChatLine
from bot.semantic import Judge
from tests.front import Front, front

LEAK = "3栋302厨房顶上一直滴水 天花板都发霉了 没人来看"
ENDED = "师傅今早来过 换了截管子"


async def asked(f: Front, sender: str, text: str, name: str = "") -> Sequence[str]:
    """What would be asked if somebody said this now."""
    line = ChatLine(id="next", at=f.now, sender=sender, name=name or sender, lounge="hehua", text=text)
    return await wonders(line, f.rig.here(f.now))


async def test_words_that_may_end_ones_own_matter_are_asked_about_with_what_was_told_of_it(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        assert (await f.say("hehua", "u_1", LEAK, "3栋-甲婆婆")).decision == "open"
        await f.forward(hours=20)
        assert set(await asked(f, "u_1", ENDED)) == {ENDED, LEAK}


async def test_the_same_words_of_somebody_without_a_matter_are_not(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", LEAK, "3栋-甲婆婆")
        await f.forward(hours=20)
        assert await asked(f, "u_2", ENDED) == []


async def test_what_has_no_words_is_never_asked_about(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", LEAK, "3栋-甲婆婆")
        for wordless in ("[图片]", "[捂脸]"):
            assert await asked(f, "u_1", wordless) == []


async def test_the_small_talk_of_a_reporter_is_left_alone(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", LEAK, "3栋-甲婆婆")
        await f.forward(days=2)
        for talk in ("今晚谁去打羽毛球 差一个", "楼下新开的粉店好吃吗", "哈哈哈哈"):
            assert await asked(f, "u_1", talk) == []


async def test_who_takes_note_of_an_answer_opens_nothing(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        assert (await f.say("hehua", "u_1", "请问服务中心几点下班 中午休不休")).decision == "open"
        await f.forward(minutes=2)
        assert (await f.say("hehua", "u_1", "收到")).decision != "open"


async def test_only_words_of_the_one_who_spoke_before_make_one_matter_with_his_lines(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        assert (await f.say("hehua", "u_1", "外面挖路的又开工了")).decision == "ask"
        await f.forward(minutes=1)
        here = f.rig.here(f.now)

        async def before(sender: str, text: str, name: str) -> list[str]:
            line = ChatLine(id="next", at=f.now, sender=sender, name=name, lounge="hehua", text=text)
            heard = here.ears.hear(text, name=name, lounge="hehua")
            return [one.text for one in await unclaimed(line, heard, here)]

        assert await before("u_1", "就在窗户底下", "1栋小周") == ["外面挖路的又开工了"]
        for sender, text, name in (("u_1", "[捂脸]", "1栋小周"), ("u_2", "就在窗户底下", "1栋小吴"), ("u_1", "就在窗户底下", "物业-小周")):
            assert await before(sender, text, name) == []


async def test_nothing_is_asked_for_a_private_line_or_a_lounge_that_is_not_ours(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        here = f.rig.here(f.now)
        assert await wonders(ChatLine(id="a", at=f.now, sender="u_1", private=True, text=ENDED), here) == []
        assert await wonders(ChatLine(id="b", at=f.now, sender="u_1", lounge="elsewhere", text=ENDED), here) == []


class Asked:
    """Stands in for the judge: notes who is asked what, and knows nothing."""

    def __init__(self) -> None:
        self.live: list[list[str]] = []
        self.waited: list[list[str]] = []

    def said(self, text: str) -> None:
        return None

    def near(self, text: str, gist: str) -> tuple[float, ...]:
        return ()

    async def judge(self, texts: Sequence[str]) -> None:
        self.live.append(list(texts))

    async def ahead(self, texts: Sequence[str]) -> None:
        self.waited.append(list(texts))


async def test_doubtful_lines_are_asked_about_first_so_that_words_on_a_matter_never_push_them_out(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("hehua", "u_1", LEAK, "3栋-甲婆婆")
        await f.forward(hours=20)
        asked = Asked()
        f.rig.inbox.before = Judging(cast(Judge, asked), f.rig.ears).before
        await f.say("hehua", "u_1", ENDED)
        *doubtful, words = asked.live
        assert set(words) >= {ENDED, LEAK} and all(LEAK not in texts for texts in doubtful) and not asked.waited


async def test_a_replay_waits_for_every_opinion(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        asked = Asked()
        f.rig.inbox.before = Judging(cast(Judge, asked), f.rig.ears, patient=True).before
        await f.say("hehua", "u_1", LEAK, "3栋-甲婆婆")
        assert asked.waited == [[LEAK]] and not asked.live
