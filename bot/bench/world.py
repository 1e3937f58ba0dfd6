"""The load of the benches: what six lounges say in a row, and the open cases that lie there already; always the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.case import Case, Row
from bot.domain.events import Event, Happened
from bot.domain.settings import Settings
from bot.domain.transitions import Step, step
from bot.handlers.context import Here
from bot.handlers.report import Appeal, report
from bot.messages import ChatLine

APPEAL_EACH = 10  # one line in so many is an appeal
START = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)  # a Wednesday, ten in the morning in Shenzhen
LINE_EVERY = timedelta(seconds=0.5)  # of all lounges together: everybody talks
CASE_EVERY = timedelta(minutes=12)  # of one lounge, going back from START: more open cases are an older backlog
SPEAKERS = 2_000  # a lounge; one in five has an open case already

CHATTER = (
    "早上好呀各位", "好的好的", "今天降温，大家多穿点", "哈哈哈哈太好笑了", "中午一起吃饭吗", "[强]", "谁有多余的雨伞借我一下",
    "昨天的球赛看了没", "收到，谢谢", "周末去爬山的举手", "孩子终于睡了", "这家的肠粉真不错", "刚下班，路上有点堵", "我也觉得",
    "图片发不出来了", "恭喜恭喜", "明天记得带水杯", "今天的菜挺新鲜", "晚上跳舞几点集合呀", "多谢多谢，回头请你喝茶",
    "有没有人拼车去高铁站", "天气预报说下午有雨", "我家猫又上房了", "快递放前台了，记得拿", "好久不见", "这个月过得真快",
    "谁捡到一把蓝色的钥匙", "晚安各位", "群主发个红包热闹热闹", "刚才那首歌叫什么名字",
)
APPEALS = (
    "{}楼道里电动车堵得门都打不开，没人管吗", "{}电梯又停了，老人下不来楼，快来修", "{}楼下垃圾桶三天没人收，臭得开不了窗",
    "{}楼上半夜拖桌子，吵得小孩睡不着", "{}天花板一直漏水，地上全是水，没人来修", "{}门口货堆到路上，推车都过不去",
    "{}路灯坏了一个星期了，晚上黑漆漆的", "{}消防通道被杂物堵死了，太危险", "{}物业乱收停车费，找谁评理",
    "{}老板拖了两个月工资不发，怎么办",
)


def lines(settings: Settings, count: int, *, tag: str = "b") -> Iterator[ChatLine]:
    """`count` lines in the order they are said, lounge after lounge, one in ten an appeal of somebody at some place."""
    lounges = [(one.id, [b.name for b in settings.buildings_of(one.id)]) for one in settings.lounges.values()]
    for nth in range(count):
        lounge, places = lounges[nth % len(lounges)]
        turn = nth // len(lounges)
        appeal = (turn + nth % len(lounges)) % APPEAL_EACH == 0
        kind, place = (turn * 7) % len(APPEALS), places[turn % len(places)]
        text = APPEALS[kind].format(place) if appeal else CHATTER[(nth * 7 + turn) % len(CHATTER)]
        who = f"u-{lounge}-{(turn // 2 * 13) % SPEAKERS}"  # two lines in a row each
        yield ChatLine(id=f"{tag}-{nth}", at=START + nth * LINE_EVERY, sender=who, name=f"住户{turn % SPEAKERS}", text=text,
                       lounge=lounge, chat=lounge)


async def examples(settings: Settings, here: Here) -> dict[str, list[tuple[Case, tuple[Row, ...]]]]:
    """For each lounge some cases as the bot opens them, every second one accepted: what open cases look like."""
    found: dict[str, list[tuple[Case, tuple[Row, ...]]]] = {one: [] for one in settings.lounges}
    for line in lines(settings, len(found) * APPEAL_EACH * len(APPEALS), tag="old"):
        heard = here.ears.hear(line.text, name=line.name, lounge=line.lounge)
        if heard.decision != "open" or heard.intent is None:
            continue
        placed = here.places.place(line.text, name=line.name, lounge=line.lounge)
        appeal = Appeal(intent=heard.intent, building=placed.building, unit=placed.unit, why=heard.why)
        change = await report(line, appeal, replace(here, now=line.at))
        case, rows = change.cases[0], tuple(row for _, row in change.journal)
        if len(found[line.lounge]) % 2:
            done = step(case, Happened(event=Event.ACCEPTED, at=line.at, by=case.attendant), settings)
            assert isinstance(done, Step)
            case, rows = done.case, (*rows, *done.rows)
        found[line.lounge].append((case, rows))
    return found


def backlog(settings: Settings, shapes: dict[str, list[tuple[Case, tuple[Row, ...]]]],
            count: int) -> Iterator[tuple[Case, tuple[Row, ...]]]:
    """`count` open cases over all lounges, oldest first within each, one every CASE_EVERY; alarms lie ahead."""
    lounges = list(settings.lounges.values())
    for nth in range(count):
        lounge, number = lounges[nth % len(lounges)], nth // len(lounges) + 1
        shape, rows = shapes[lounge.id][number % len(shapes[lounge.id])]
        back = (count // len(lounges) - number + 1) * CASE_EVERY
        at = START - back
        ahead = START + timedelta(days=2, seconds=number % 86_400)
        message = f"old-{lounge.id}-{number}"
        yield replace(
            shape, id=f"{lounge.code}-{number:04d}", reporter=f"u-{lounge.id}-{number * 5}",
            opened_by=message, messages=(message,), opened_at=at, touched_at=at,
            deadlines=dict.fromkeys(shape.deadlines, ahead),
            responded_at=at if shape.responded_at else None,
        ), tuple(replace(row, at=at) for row in rows)
