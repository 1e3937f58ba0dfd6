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
LINE_EVERY = timedelta(minutes=1)  # of all lounges together: in each, somebody speaks every six minutes
CASE_EVERY = timedelta(minutes=12)  # of one lounge, going back from a day before START: more are an older backlog
SPEAKERS = 2_000  # a lounge; one in five has an open case already

# No line is said twice: what is remembered of one text must not help with the next.
OPENINGS = ("", "哎，", "各位，", "话说", "诶，", "刚刚", "大家好，", "咦，", "哈哈，", "唔，", "那个，", "说起来，", "小陈，")
CHATTER = (
    "早上好呀", "好的好的", "今天降温，多穿点", "昨天的球赛真精彩", "中午一起吃饭吗", "周末去爬山的举手", "谁有多余的雨伞借一下",
    "收到，谢谢", "孩子终于睡了", "这家的肠粉真不错", "刚下班，路上人多", "这样也挺好", "第二张照片真好看", "恭喜恭喜",
    "明天记得带水杯", "今天的菜挺新鲜", "晚上跳舞几点集合", "回头请你喝茶", "有没有人拼车去高铁站", "天气预报说有大风",
    "那只猫又上房了", "快递放前台了，记得拿", "好久不见，有几年了吧", "这个月走了不少路", "谁捡到一把蓝色的钥匙", "晚安",
    "群主发个红包热闹热闹", "那首歌听了好多遍", "奶奶种的花开了", "3栋的小朋友画得真好", "电影票买好了", "新开的面馆排队要20分钟",
    "小区门口的桂花香", "生日快乐", "外卖到楼下了", "明天放假", "书看完了，还给你", "羽毛球馆还有位子", "西瓜真甜", "火车晚点半小时",
    "照片发群里吧", "多喝热水", "包的饺子太大了", "楼下的狗狗会握手", "牙看好了", "阳台晒满了被子", "手机没电了，晚点说", "导航带错路了",
)
ENDINGS = (
    "", "呀", "哈", "呢", "~", "！", "。", "，真的", "[呲牙]", "，哈哈", "啦", "哦", "，你们说呢", "嘛", "😄", "，太好了", "……", "吧",
    "，开心", "[强]", "，加油", "，羡慕", "噢", "，不错", "，记下了", "，好嘞", "，有意思", "，周末愉快", "哟", "，知道了",
)
APPEALS = (
    "{}楼道里{}辆电动车堵得门都打不开，没人管吗", "{}电梯停了{}回了，老人下不来楼，快来修", "{}楼下垃圾桶{}天没人收，臭得开不了窗",
    "{}楼上半夜拖桌子{}次，吵得小孩睡不着", "{}天花板漏水{}天，地上全是水，没人来修", "{}门口{}堆货堆到路上，推车都过不去",
    "{}路灯坏了{}天了，晚上黑漆漆的，找谁修", "{}消防通道被{}堆杂物堵死了，太危险", "{}物业乱收{}块停车费，找谁评理",
    "{}老板拖了{}天工资不发，怎么办", "{}门禁刷了{}次都打不开，麻烦来修", "{}楼下烧烤店油烟熏了{}天，能不能管管",
    "{}有老鼠，一晚上看见{}只，求灭鼠", "{}停水{}个小时了，什么时候来水", "{}跳闸{}次了，整层没电，快派电工",
    "{}房东扣了押金{}块不退，怎么办", "{}有人违规搭了{}平米铁皮棚，举报", "{}天台围栏松了{}处，会掉下去，很危险",
    "{}想装充电桩等了{}个月，物业不让装", "{}货车占了{}个车位，我们进不去，求协调", "{}下水道堵了{}天，污水往外冒",
    "{}装修电钻从早响到晚{}天了，吵死了", "{}邻居把鞋柜摆到楼道{}个，沟通不了，请调解", "{}店里买的锅{}天就坏，老板不退钱，投诉",
)


def chatter(nth: int) -> str:
    """The nth of some 18,000 lines that concern nobody's appeal, no two alike until they begin anew."""
    place = nth * 7_919 % (len(OPENINGS) * len(CHATTER) * len(ENDINGS))
    rest, opening = divmod(place, len(OPENINGS))
    body, ending = divmod(rest, len(ENDINGS))
    return OPENINGS[opening] + CHATTER[body] + ENDINGS[ending]


def lines(settings: Settings, count: int, *, tag: str = "b") -> Iterator[ChatLine]:
    """`count` lines in the order they are said, lounge after lounge, one in ten an appeal of somebody at some place."""
    lounges = [(one.id, [b.name for b in settings.buildings_of(one.id)]) for one in settings.lounges.values()]
    for nth in range(count):
        lounge, places = lounges[nth % len(lounges)]
        turn = nth // len(lounges)
        appeal = (turn + nth % len(lounges)) % APPEAL_EACH == 0
        tenth = turn // APPEAL_EACH
        text = chatter(nth)
        if appeal:
            text = APPEALS[(tenth * 7 + nth) % len(APPEALS)].format(places[tenth % len(places)], 2 + nth)
        who = f"u-{lounge}-{(turn - (turn % 4 == 3)) * 13 % SPEAKERS}"  # every fourth line goes on where the last one ended
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
        at = START - timedelta(days=1) - (count // len(lounges) - number + 1) * CASE_EVERY
        ahead = START + timedelta(days=2, seconds=number % 86_400)
        message = f"old-{lounge.id}-{number}"
        yield replace(
            shape, id=f"{lounge.code}-{number:04d}", reporter=f"u-{lounge.id}-{number * 5}",
            opened_by=message, messages=(message,), opened_at=at, touched_at=at,
            deadlines=dict.fromkeys(shape.deadlines, ahead),
            responded_at=at if shape.responded_at else None,
        ), tuple(replace(row, at=at) for row in rows)
