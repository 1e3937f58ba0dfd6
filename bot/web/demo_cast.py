"""Who speaks in the demo and what they might say first: invented neighbours of the sample lounges, as one table."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.settings import Settings


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who can speak in the demo: a sender or person id, the nickname shown, what he is to the lounge."""

    id: str
    name: str
    part: str = "街坊"


@dataclass(frozen=True, slots=True)
class Scene:
    """One lounge as the page offers it: who speaks there, and lines worth trying: (speaker's id, what it is, words)."""

    id: str
    name: str
    voices: tuple[Voice, ...]
    examples: tuple[tuple[str, str, str], ...]


# lounge -> nicknames of invented guests, and first things to try as (index of the speaker, what it is, words).
CAST: dict[str, tuple[tuple[str, ...], tuple[tuple[int, str, str], ...]]] = {
    "hehua": (
        ("3栋-小满妈", "5栋2单元-糖水铺老板", "7栋-爱遛弯的阿公", "新搬来的豆包"),
        (
            (0, "灯坏了", "三栋2单元楼道的灯坏了好几天，晚上黑漆漆的，老人不敢下楼"),
            (1, "太吵了", "我们楼下半夜还在放音响，吵得孩子睡不着，能不能管管"),
            (2, "闲聊", "今天天气真好，一起去遛弯呀"),
            (3, "几点开门", "党群服务中心周末开门吗？"),
            (0, "有人晕倒", "快来人啊，有人晕倒在3栋门口了！"),
        ),
    ),
    "xj-home": (
        ("A座-云朵沙发", "B座-木马儿童床", "C座-会发光的灯铺"),
        (
            (0, "门口堆货", "A座门口又被人堆满纸箱，货车都进不来，有没有人管"),
            (1, "货梯坏了", "B座货梯坏了两天了，货全压在一楼，求安排人修"),
            (2, "闲聊", "下午谁拼单奶茶？"),
        ),
    ),
    "hall-5": (
        ("2F-168 袜子大王", "3楼B203-纽扣阿婆", "1F-扫街的风"),
        (
            (0, "通道被堵", "2F-168门口的消防通道又被货堵死了，太危险了，求管管"),
            (1, "厕所没人扫", "3楼厕所臭得不行，好几天没人打扫了"),
            (2, "闲聊", "恭喜隔壁店开张大吉！"),
        ),
    ),
    "etime": (
        ("1栋-纸飞机科技", "2栋-慢半拍设计", "1栋前台-小竹"),
        (
            (0, "地库堵车", "1栋地库出口天天堵车，下班半小时出不去，能协调一下吗"),
            (1, "被拖欠工资", "老板拖欠我们两个月工资了，该找谁帮忙"),
            (2, "问会议室", "会议室可以借吗？"),
        ),
    ),
    "ghong": (
        ("A座-花店阿茉", "D座-住12楼的面包", "F座-修表老伯"),
        (
            (0, "电动车乱停", "A座门口电动车乱停，把路都堵死了，能不能管一管"),
            (1, "天花板漏水", "D座1203天花板一直漏水，楼上不理人，怎么办"),
            (2, "说声谢谢", "谢谢昨天帮忙抬箱子的小伙子"),
        ),
    ),
    "xj-park": (
        ("2号宿舍-夜班小鹿", "5号宿舍-吉他手", "A厂房-缝纫组阿宽"),
        (
            (0, "水管漏水", "2号宿舍热水管漏水，地上全是水，麻烦派人看看"),
            (2, "被拖欠工资", "厂里欠我们组工资快两个月了，怎么要回来"),
            (1, "约球", "周末有人一起打羽毛球吗"),
        ),
    ),
}
OTHERS = (("住这儿的阿布", "开店的阿麦"), ((0, "灯坏了", "楼道的灯坏了好几天了，晚上看不见路，能不能修一下"),))
ROLE_WORDS = {
    "attendant": "服务员", "host": "客厅房东", "mediator": "调解员", "liaison": "网格联络人", "grid_worker": "网格员",
    "desk": "值班台", "listener": "倾听员",
}


def scenes(settings: Settings) -> tuple[Scene, ...]:
    """Every lounge of an installation with its guests, its members, and lines to try; hehua first where it exists."""
    found = [_scene(lounge, settings) for lounge in settings.lounges]
    return tuple(sorted(found, key=lambda scene: scene.id != "hehua"))


def _scene(lounge: str, settings: Settings) -> Scene:
    names, lines = CAST.get(lounge, OTHERS)
    guests = tuple(Voice(guest_id(lounge, index), name) for index, name in enumerate(names, 1))
    examples = tuple((guests[who].id, what, words) for who, what, words in lines)
    return Scene(lounge, settings.lounges[lounge].name, (*guests, *_members(lounge, settings)), examples)


def _members(lounge: str, settings: Settings) -> tuple[Voice, ...]:
    """The members who answer for the lounge's buildings, and its host: they speak in the group too."""
    here = {building.name for building in settings.buildings_of(lounge)}
    host = settings.lounges[lounge].host
    ids = [person.id for person in settings.people.values() if here & set(person.buildings)]
    return tuple(voice_of(person, settings) for person in dict.fromkeys([*ids, host]))


def guest_id(lounge: str, index: int) -> str:
    """The sender id of one invented guest."""
    return f"guest-{lounge}-{index}"


def voice_of(person: str, settings: Settings) -> Voice:
    """A person of the config as a voice: name and what he is."""
    known = settings.people[person]
    role = next((ROLE_WORDS[role] for role in known.roles if role in ROLE_WORDS), "联动单位")
    return Voice(person, known.name, f"{role}·{known.organisation}")


def staff(settings: Settings) -> tuple[Voice, ...]:
    """Everybody of the config who has a phone in the demo."""
    return tuple(voice_of(person, settings) for person in settings.people)
