"""An information-flow test: secret words put into random mediations never leave the side that said them, unless marked 可转告."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain.gate import SPELLED, Reason
from bot.shards import SHARDS
from tests.front import Front, front, sample

ONE, TWO, NUMBER, GROUP = "u_xj-home_a108", "u_xj-home_a215", "XJ-0001", "chat:xj-home"
HOST, LAWYER, STRANGER = "p-daxue", "p-yimu", "u_x"
MOVES = 45


@dataclass
class Secrets:
    """Words that nobody says by chance, by whose they are."""

    rng: random.Random
    kept: dict[str, list[str]] = field(default_factory=lambda: {"a": [], "b": [], "inner": []})
    shared: list[tuple[str, str]] = field(default_factory=list)

    def fresh(self, whose: str) -> str:
        word = "".join(self.rng.choice("QWXZKVJ") for _ in range(10))
        self.kept[whose].append(word)
        return word

    def marked(self, whose: str) -> str:
        word = "".join(self.rng.choice("QWXZKVJ") for _ in range(10))
        self.shared.append((whose, word))
        return word


async def one_move(f: Front, rng: random.Random, secret: Secrets) -> None:
    """Anything that any of them might do next, most of it with a secret in it."""
    case = await f.case(NUMBER)
    member, mediator = case.attendant, case.mediator or HOST
    step = rng.choice(["稳情绪", "分别听 诉求人", "分别听 对方", "讲情理", "讲情理 跳过"])
    moves: list[Callable[[], Awaitable[object]]] = [
        lambda: f.tell(ONE, f"我只跟你说{secret.fresh('a')}，他们家不占理"),
        lambda: f.tell(TWO, f"{NUMBER} 其实{secret.fresh('b')}，我也有难处"),
        lambda: f.tell(ONE, f"可转告：{secret.marked('a')} 我愿意让一步"),
        lambda: f.tell(TWO, f"可转告：{NUMBER} {secret.marked('b')} 我愿意让一步"),
        lambda: f.tell(member, f"跟进 {NUMBER} 我看{secret.fresh('inner')}"),
        lambda: f.tell(mediator, f"{NUMBER} 上门听了，{secret.fresh('inner')}"),
        lambda: f.tell(mediator, f"步骤 {NUMBER} {step} {secret.fresh('inner')}"),
        lambda: f.tell(member, f"调解 {NUMBER} {rng.choice('12')}"),
        lambda: f.tell(member, f"调解不成 {NUMBER} 因为{secret.fresh('inner')}"),
        lambda: f.press(mediator, "decline", NUMBER),
        lambda: f.tell(mediator, f"约 {NUMBER} {rng.choice(['明天下午三点', '后天上午', '改天'])}"),
        lambda: f.tell(member, f"约 {NUMBER} 可以"),
        lambda: f.tell(ONE, rng.choice(["同意", f"不同意 {secret.fresh('a')}"])),
        lambda: f.tell(TWO, rng.choice([f"同意 {NUMBER}", f"不同意 {NUMBER} {secret.fresh('b')}"])),
        lambda: f.press(HOST, "link", NUMBER, "司法所"),
        lambda: f.tell(LAWYER, f"进度 {NUMBER}"),
        lambda: f.tell(member, f"上报 {NUMBER} 因为{secret.fresh('inner')}"),
        lambda: f.tell(member, f"接单 {NUMBER}"),
        lambda: f.say("xj-home", rng.choice([ONE, TWO, STRANGER]), rng.choice(["进度", f"进度 {NUMBER}", "同意", "满意", "我也是，天天这样"])),
        lambda: f.tell(rng.choice([ONE, TWO]), "进度"),
        lambda: f.forward(hours=rng.choice([1, 6, 30])),
    ]
    await rng.choice(moves)()


async def feed_text(f: Front) -> str:
    rows = [row for shard in range(SHARDS) for _, row in await f.rig.store.feed.read(shard, count=2000)]
    return "\n".join(str(dict(row.facts)) for row in rows)


@pytest.mark.parametrize("seed", range(5))
async def test_no_word_of_one_side_reaches_the_other_the_group_a_feed_or_a_log_unless_it_may(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    secret, stopped = Secrets(rng), list[str]()
    with capture_logs() as logs:
        async with front(tmp_path) as f:
            await f.say("xj-home", ONE, "隔壁又把货堆到我店门口，说了三次不听，当我好欺负是吧！！", "A108-云朵软床")
            await f.tell((await f.case(NUMBER)).attendant, "对方 A215")
            f.rig.said.append(lambda line, outcome: stopped.append(line.card) if SPELLED[Reason.WALL] in outcome else None)
            first = secret.fresh("b")
            await f.tell(TWO, f"{NUMBER} 其实{first}，我也有难处")
            for _ in range(MOVES):
                await one_move(f, rng, secret)
                assert (await f.case(NUMBER)).private
            feed = await feed_text(f)
            got, decisions = f.phone.got, f.decisions
            partners = {p.contact for p in sample().partners.values()}
    lines = {to: "\n".join(h.text + str(h.buttons) for h in got if h.to == to) for to in {h.to for h in got}}
    assert not [h for h in got if h.to == GROUP and (h.case or NUMBER in h.text or "A108" in h.text)]
    said = "".join(str(row) for row in logs) + "".join(d.why for d in decisions.values()) + feed
    for whose, words in secret.kept.items():
        closed = {"a": {TWO, STRANGER}, "b": {ONE, STRANGER, *partners}, "inner": {ONE, TWO, STRANGER, *partners}}[whose]
        for word in words:
            assert word not in said
            assert not [to for to in lines if to.removeprefix("person:") in closed and word in lines[to]], whose
    assert not stopped  # the gate is the second wall: nothing is even promised to the wrong ear
    assert any(first in text for text in lines.values())  # who is in charge does hear them


async def test_what_is_marked_reaches_the_other_side_and_only_it(tmp_path: Path) -> None:
    async with front(tmp_path) as f:
        await f.say("xj-home", ONE, "隔壁又把货堆到我店门口，说了三次不听，当我好欺负是吧！！", "A108-云朵软床")
        await f.tell((await f.case(NUMBER)).attendant, "对方 A215")
        await f.tell(ONE, "可转告：卸货时打声招呼就行")
        assert any("卸货时打声招呼就行" in h.text and "可转告" not in h.text for h in f.phone.got if h.to == f"person:{TWO}")
        await f.tell((await f.case(NUMBER)).attendant, f"跟进 {NUMBER} 可转告：周三大家坐下来谈")
        told = {h.to for h in f.phone.got if "周三大家坐下来谈" in h.text}
        assert told == {f"person:{ONE}", f"person:{TWO}"}
