"""kill -9 of the bot and of its Redis, ten times under load: what was answered 200 is decided once, in order, none lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bot.app import open_store_at
from bot.domain.case import Case
from bot.store.keys import GROUP, KEYS
from bot.store.redis import Store
from tests.faults.bot_process import BotProcess, collecting, servers_of
from tests.front import sample

SEED = 20261102
KILLS = ("bot", "redis", "bot", "both", "bot", "redis", "bot", "redis", "both", "bot")
LINES = 11  # a lounge and phase; the moment of the kill falls among them
PLACES = {"hehua": [f"{n}栋" for n in range(1, 9)], "ghong": [f"{c}座" for c in "ABCDEF"],
          "xj-park": [f"{n}号宿舍" for n in range(1, 7)]}
APPEALS = ("{}楼道里电动车堵得门都打不开，没人管吗", "{}电梯又停了，老人下不来楼，快来修", "{}楼下垃圾桶三天没人收，臭得开不了窗",
           "{}楼上半夜拖桌子，吵得小孩睡不着", "{}天花板一直漏水，地上全是水，没人来修")
CHATTER = ("早上好呀", "好的好的，辛苦了", "今天降温，大家多穿点", "哈哈哈哈")


def words(lounge: str, number: int) -> tuple[str, bool]:
    """(text of a lounge's n-th line, whether it is an appeal): one in ten is, and no two are alike."""
    if number % 10 != 5:
        return CHATTER[number % len(CHATTER)], False
    places, nth = PLACES[lounge], number // 10
    return APPEALS[(nth % len(places) + nth // len(places)) % len(APPEALS)].format(places[nth % len(places)]), True


@dataclass
class Group:
    """One lounge that talks on, line by line; a line that was not answered 200 is sent again, as platforms do."""

    lounge: str
    bot: BotProcess
    http: aiohttp.ClientSession
    sent: int = 0
    again: int = 0
    openers: list[str] = field(default_factory=list)

    async def say(self, count: int) -> None:
        """The next `count` lines."""
        for _ in range(count):
            text, appeal = words(self.lounge, self.sent)
            row = {"lounge": self.lounge, "id": f"{self.lounge}-{self.sent}", "sender": f"u-{self.lounge}-{self.sent}",
                   "name": "路人", "text": text}
            while await self.bot.send(self.http, row) != 200:
                self.again += 1
                await asyncio.sleep(0.02)
            if appeal:
                self.openers.append(str(row["id"]))
            self.sent += 1


async def phase(bot: BotProcess, http: aiohttp.ClientSession, groups: list[Group], kill: str, after: int) -> None:
    """Every group talks, and once `after` lines of it were answered something dies and comes back."""
    goal = sum(group.sent for group in groups) + after
    talking = asyncio.gather(*(group.say(LINES) for group in groups))
    while sum(group.sent for group in groups) < goal:
        await asyncio.sleep(0)
    if kill in ("redis", "both"):
        bot.kill_redis()
    if kill in ("bot", "both"):
        bot.kill()
        await bot.ended()
        await bot.start()
    await talking
    await bot.well(http)
    assert len(servers_of(bot.data)) == 1


async def all_cases(store: Store, lounge: str) -> list[Case]:
    """Every case of a lounge by its number, and none is missing."""
    last = await store.reader.next_number(lounge)
    code = sample().lounges[lounge].code
    found = [await store.reader.case(f"{code}-{number:04d}") for number in range(1, last)]
    assert all(found), "a number was lost"
    return [case for case in found if case]


async def check(store: Store, groups: list[Group], told: Counter[str]) -> None:
    """What must hold of everything that was answered 200."""
    for keys in KEYS:
        for stream in (keys.inbox, keys.outbox):
            pending = await store.client.xpending(stream, GROUP)
            assert (await store.client.xlen(stream), pending["pending"]) == (0, 0), stream
        assert await store.client.xlen(keys.dead) == 0
    for group in groups:
        cases = await all_cases(store, group.lounge)
        assert [case.messages[0] for case in cases] == group.openers  # each once, none lost, numbers in order of arrival
        for case in cases:
            events = [row.event for row in await store.reader.journal(case.id)]
            assert events.count("Reported") == events.count("Assigned") == 1, (case.id, events)
            assert case.due is not None
            assert told[case.id] >= 1, f"the group never heard of {case.id}"


async def test_ten_kills_under_load_lose_nothing_double_nothing_and_keep_the_order(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    async with collecting() as collector, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=8)) as http:
        bot = BotProcess(tmp_path, out=collector.url)
        await bot.start()
        await bot.well(http)
        groups = [Group(lounge, bot, http) for lounge in PLACES]
        try:
            for kill in KILLS:
                await phase(bot, http, groups, kill, dice.randint(1, LINES * len(groups) - 2))
            await asyncio.gather(*(group.say(LINES) for group in groups))
            await bot.well(http, inbox=0, outbox=0)
            assert await bot.stop() < 5
            assert servers_of(bot.data) == []
        finally:
            bot.kill()
            await bot.ended()
            bot.kill_redis()
        told = Counter(row["case"] for row in collector.rows if row["case"] and row["to"].startswith("chat:"))
        async with open_store_at(sample(), bot.data, {}) as store:
            await check(store, groups, told)
        assert [group.sent for group in groups] == [LINES * (len(KILLS) + 1)] * len(groups)
        assert sum(group.again for group in groups) > 0, "no kill hit the load"
        assert not [line for line in bot.log() if "Traceback" in line or "fell over" in line]
