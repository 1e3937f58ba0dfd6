"""A street of lounges that are alike to the last word, lived through once; tests only look at what was left behind."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.app import Rig, channels_of, open_store_at
from bot.bench.many import code_of, many
from bot.bindings import Bindings
from bot.channels.base import Wire
from bot.channels.plain import Plain
from bot.channels.wecom_crypto import Crypt, Keys
from bot.clocks import Virtual
from bot.digest import scopes, table
from bot.digest.make import Made, make
from bot.digest.week import week_of
from bot.domain.case import Case, Row
from bot.domain.settings import ChannelSettings, Settings
from bot.messages import ChatLine, Delivered, Outgoing, Receipt
from bot.shards import SHARDS
from bot.store.port import Happening
from bot.web.health import Counts, health, metrics
from tests.front import sample

START = datetime.fromisoformat("2026-11-02T10:00:00+08:00")
CODE = re.compile(r"KA[A-N][A-Z]")
ENVIRON = {"STREET_TOKEN": "street", "STREET_AES": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}
BLOCKED = "楼道里电动车堵得门都打不开，没人管吗"
QUARREL = "隔壁又把货堆到我店门口，说了三次不听，当我好欺负是吧！！"
PLACE = {"hehua": "3栋", "xj-home": "A座"}
MODELS = ("hehua", "xj-home")


@dataclass
class Left:
    """Everything that somebody got or could read: lines said, cases, journals, the feed, digests with their exports, health."""

    settings: Settings
    said: list[tuple[Outgoing, str]] = field(default_factory=list)
    cases: dict[str, list[Case]] = field(default_factory=dict)
    journals: dict[str, Sequence[Row]] = field(default_factory=dict)
    feed: list[Happening] = field(default_factory=list)
    digests: dict[str, Made] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)
    health: dict[str, object] = field(default_factory=dict)
    metrics: str = ""
    ignored: list[str] = field(default_factory=list)

    def to(self, who: str, *names: str) -> list[Outgoing]:
        """The lines of these cards that somebody got."""
        return [line for line, _ in self.said if line.to == who and line.card in names]


def at_lounge(nth: int) -> str:
    """The nth lounge's id."""
    return code_of(nth).lower()


def street(count: int) -> Settings:
    """The lounges, each heard in a group of the plain channel and in one of an AI bot."""
    channel = ChannelSettings(name="wecom_aibot", kind="wecom_aibot", on=True, options={},
                              secrets={"token": "STREET_TOKEN", "aes_key": "STREET_AES"})
    made = many(sample(), count, MODELS)
    return replace(made, channels={"plain": sample().channels["plain"], "wecom_aibot": channel})


class Street:
    """The bot, and both platforms' ways in; a batch is one request of the plain channel, or many of WeCom's."""

    def __init__(self, rig: Rig, clock: Virtual, left: Left) -> None:
        self.rig, self.clock, self.left, self.count = rig, clock, left, 0
        self.plain = Plain(b"street", rig.settings.lounges)
        self._crypt = Crypt("", Keys.read(ENVIRON["STREET_TOKEN"], ENVIRON["STREET_AES"]))
        rig.said.append(lambda line, outcome: left.said.append((line, outcome)))

    async def rows(self, rows: Iterable[dict[str, object]]) -> list[bool]:
        """Rows of the plain channel, all at once, then the loops until nothing moves."""
        said = []
        for row in rows:
            self.count += 1
            said.append({"at": self.clock.now().isoformat(), "id": f"p{self.count}", **row})
        body, wall = json.dumps(said, ensure_ascii=False).encode(), datetime.now(UTC)
        stamp = str(int(wall.timestamp()))
        headers = {"x-lounge-timestamp": stamp, "x-lounge-signature": self.plain.sign(stamp, body)}
        fresh = await self.rig.ingest(self.plain.parse(self.plain.verify(Wire(body=body, headers=headers), wall)))
        await self.rig.settle(self.clock.now())
        return fresh

    async def tell(self, said: Iterable[tuple[str, str]]) -> None:
        """(who, text), each in private."""
        await self.rows({"private": True, "sender": who, "text": text} for who, text in said)

    async def calls(self, said: Iterable[tuple[str, str, str, str]]) -> None:
        """(lounge, account, message id, text) as sealed callbacks of the AI bot."""
        channel, items = self.rig.channels["wecom_aibot"], []
        for lounge, account, number, text in said:
            clear = {"msgid": number, "aibotid": "B", "chattype": "group", "chatid": f"wr-{lounge}", "from": {"userid": account},
                     "msgtype": "text", "text": {"content": f"@小客厅 {text}"}}
            stamp, nonce = str(int(time.time())), f"{lounge}{number}{account}"
            sealed = self._crypt.seal(json.dumps(clear, ensure_ascii=False).encode(), stamp, nonce)
            query = {"msg_signature": sealed.signature, "timestamp": stamp, "nonce": nonce}
            wire = Wire(query=query, body=json.dumps({"encrypt": sealed.encrypt}).encode())
            heard = channel.parse(channel.verify(wire, datetime.now(UTC)))
            items += [replace(item, at=self.clock.now()) for item in heard if isinstance(item, ChatLine)]
        await self.rig.ingest(items)
        await self.rig.settle(self.clock.now())

    async def hours(self, hours: float) -> None:
        """Let the clock run."""
        from datetime import timedelta

        to = self.clock.now() + timedelta(hours=hours)
        await self.rig.advance(self.clock.now(), to, self.clock.set)
        self.clock.set(to)


class Mouth:
    """Everybody can be reached."""

    async def deliver(self, line: Outgoing, now: datetime) -> Receipt:
        return Delivered()


async def lived(count: int, folder: Path) -> Left:
    """A morning in all lounges at once: the same appeals, quarrels, commands and questions in each."""
    settings = street(count)
    async with open_store_at(settings, folder, {}) as store:
        clock = Virtual(START)
        rig = Rig(settings, store, channels_of(settings, ENVIRON, Bindings(settings).names), Mouth(), clock)
        rig.own_all()
        await store.client.config_set("appendfsync", "no")
        here = Street(rig, clock, Left(settings))
        await morning(here, [at_lounge(nth) for nth in range(count)])
        await looked_at(here, folder)
        return here.left


async def morning(here: Street, lounges: Sequence[str]) -> None:
    """What is said. Names and words are equal everywhere; people and accounts are each lounge's own."""
    model = {one: MODELS[nth % len(MODELS)] for nth, one in enumerate(lounges)}
    member = {one: ("p-chunfen" if model[one] == "hehua" else "p-lichun") + f".{one}" for one in lounges}
    host = {one: here.rig.settings.lounges[one].host for one in lounges}
    shops = [one for one in lounges if model[one] == "xj-home"]
    await here.rows({"lounge": one, "sender": f"u-{one}", "name": f"{PLACE[model[one]]}-甲婆婆", "text": PLACE[model[one]] + BLOCKED}
                    for one in lounges)
    await here.calls((one, f"a-{one}", f"w-{one}", PLACE[model[one]] + BLOCKED) for one in lounges)
    await here.rows({"lounge": one, "sender": "u_xj-home_a108", "name": "A108-云朵软床", "text": QUARREL} for one in shops)
    await here.tell((member[one], f"接单 {one.upper()}-0001") for one in lounges)
    await here.tell((member[one], f"协办 {one.upper()}-0001 谷雨") for one in lounges)
    await here.tell((host[one], f"联动 {one.upper()}-0001 物业") for one in lounges)
    await here.tell((member[one], f"对方 {one.upper()}-0002 半亩灯影") for one in shops)
    await here.tell((member[one], f"调解 {one.upper()}-0002 1") for one in shops)
    await here.tell((f"u-{one}", "3栋漏水了，天花板一直滴") for one in (f"stranger-{x}" for x in lounges[:5]))
    await here.hours(1)
    other = dict(zip(lounges, (*lounges[1:], lounges[0]), strict=True))
    await here.rows({"lounge": one, "sender": f"u-{one}", "name": "甲婆婆", "text": f"进度 {other[one].upper()}-0001"} for one in lounges)
    await here.tell((member[one], f"办结 {other[one].upper()}-0001 已经搬走了") for one in lounges)
    await here.tell((host[one], f"记录 {other[one].upper()}-0001") for one in lounges)
    await here.tell((member[one], "我的清单") for one in lounges)
    await here.tell((host[one], "卡点") for one in lounges)
    await here.tell((host[one], "风险") for one in lounges)
    await here.tell((member[one], "请假 明天 由 谷雨 代") for one in lounges[:20])
    await here.tell((member[one], "交接 谷雨") for one in lounges[-20:])


async def looked_at(here: Street, folder: Path) -> None:
    """What console, exports and health show afterwards."""
    left, store, settings = here.left, here.rig.store, here.rig.settings
    for one in settings.lounges:
        left.cases[one] = list(await store.reader.open_cases(one))
        for case in left.cases[one]:
            left.journals[case.id] = await store.reader.journal(case.id)
    for shard in range(SHARDS):
        left.feed += [row for _, row in await store.feed.read(shard, count=20_000)]
    now, week = here.clock.now(), week_of(here.clock.now())
    wanted = dict.fromkeys([*list(settings.lounges)[:4], *list(settings.lounges)[-2:]])
    for scope in ["city", "community:c-00", *(f"lounge:{one}" for one in wanted)]:
        made = await make(store.weeks, settings, scopes.parse(scope, settings), week, now)
        (out := folder / "out" / scope.replace(":", "-")).mkdir(parents=True)
        table.write(made, settings, out)
        left.digests[scope], left.exports[scope] = made, (out / table.NAME).read_text("utf-8-sig")
    _, left.health = await health(here.rig)
    left.metrics = (await metrics(here.rig, Counts())).decode()
