"""The sample world's buildings by hand, and the written forms that name a place or only seem to."""

from __future__ import annotations

from bot.domain.settings import Building, Ear, Lounge, Shop
from bot.intents.place import PlaceParser

_ALIASES: dict[str, tuple[str, ...]] = {
    "香江家居广场A栋": ("香江A", "A座", "家居A区"),
    "香江家居广场B栋": ("B座", "家居B区"),
    "香江家居广场C栋": ("C座",),
    "五号交易广场": ("5号馆", "五号馆", "5号广场"),
    "恒路E时代1栋": ("E时代1座",),
}
_BUILDINGS: dict[str, tuple[str, ...]] = {
    "xj-home": tuple(f"香江家居广场{x}栋" for x in "ABC"),
    "hall-5": ("五号交易广场",),
    "etime": ("恒路E时代1栋", "恒路E时代2栋"),
    "hehua": tuple(f"禾花花园{n}栋" for n in range(1, 9)),
    "ghong": tuple(f"广弘中心{x}座" for x in "ABCDEF"),
    "xj-park": (*(f"香江工业园{n}号宿舍" for n in range(1, 7)), "香江工业园A厂房", "香江工业园B厂房"),
}
_KINDS: dict[str, tuple[str, ...]] = {
    "xj-home": ("merchant",), "hall-5": ("merchant",), "etime": ("merchant",), "hehua": ("resident",),
    "ghong": ("merchant", "resident"), "xj-park": ("resident",),
}


def buildings() -> dict[str, Building]:
    """Every building of the sample world by canonical name."""
    return {
        name: Building(name=name, lounge=lounge, grid="g1", aliases=_ALIASES.get(name, ()))
        for lounge, names in _BUILDINGS.items() for name in names
    }


def shops() -> dict[str, Shop]:
    """A few invented shops, two of them with the same name in different lounges."""
    rows = (
        ("s1", "唐唐袜子铺", "五号交易广场", "2F-115", ("唐唐批发袜子",)),
        ("s2", "青禾灯饰", "香江家居广场A栋", "1楼117", ()),
        ("s3", "大树沙发工坊", "香江家居广场B栋", "2楼B215", ()),
        ("s4", "四季便利", "广弘中心C座", "C-102", ()),
        ("s5", "四季便利", "香江家居广场C栋", "1楼C101", ()),
        ("s7", "齿轮五金厂", "香江工业园A厂房", "A厂房", ()),
        ("s6", "三木布行", "五号交易广场", "3楼B206", ()),
    )
    return {
        key: Shop(id=key, name=name, building=at, number=number, trade="retail", aliases=aliases)
        for key, name, at, number, aliases in rows
    }


def lounges() -> dict[str, Lounge]:
    """The six lounges, as far as a place needs them."""
    ear = Ear(channel="plain", chat="c")
    return {
        key: Lounge(id=key, code=key[:2].upper(), name=key, kinds=kinds, community="pinghu-hehua", host="h1",
                    ears=(ear,), mouth=ear)
        for key, kinds in _KINDS.items()
    }


def parser() -> PlaceParser:
    """The parser over the sample world."""
    return PlaceParser(buildings(), shops(), lounges())


HOME = {
    "xj-home": "香江家居广场{}栋", "etime": "恒路E时代{}栋", "hehua": "禾花花园{}栋", "ghong": "广弘中心{}座",
    "dorm": "香江工业园{}号宿舍", "plant": "香江工业园{}厂房",
}

# What is said, by block of HOME: "key | unit | form; form; form". Read by rows().
_SAID = {
    "hehua": """
        3 |  | 3栋漏水; \uff13栋漏水; 三栋漏水; 三棟漏水; 叁栋漏水; ③栋漏水; 3 栋漏水; 3幢漏水; 3座漏水
        3 |  | 3号楼漏水; 3號樓漏水; 三号楼漏水; 3#漏水; 3#楼漏水; \uff13\uff03楼漏水; 第3栋漏水; 第三栋漏水
        3 |  | 禾花3栋漏水; 禾花花园3栋漏水; 禾花花園3棟漏水; 禾花花园 3栋 漏水; 禾花花园三号楼漏水
        3 |  | 禾花小区3栋漏水; 我们小区3栋漏水; 你好3栋没电; 晚上3栋没电; 地址:3栋; 地址\uff1a\uff13栋
        3 |  | 物业/3栋业主; 那个...3栋也没电; +1,3栋也没电; +1 3栋也没电; 3栋+1; 今天5号,3栋没电
        3 |  | 星期一3栋没电; 3栋楼下有人唱歌; 三栋楼下有人唱歌; 三栋楼道没灯; 三栋楼梯没灯; 3栋楼顶漏雨
        3 |  | 3栋大堂没灯; 3栋门口全是沙; 在3栋楼; 对面3栋装修; 3栋5楼没灯; 3栋负一楼没灯; 3栋110都来了
        3 |  | 3栋120刚走; 3栋300块一个月; 3栋2026年就修过; 3栋120户都没水; 3栋100多人没水
        3 |  | 3栋12345说了也没人管; 是不是3栋漏水; @小助手3栋漏水了 没人来; 3\u200b栋漏水
        3 |  | 3\ufe0f\u20e3栋漏水
        8 |  | 八栋没电
        1 |  | 一栋没电; 住一栋的来一下; 1栋没电
        7 |  | 七号楼没电
        5 |  | 隔壁5栋装修; 不是3栋,是5栋; 不是三栋是五栋漏水
        3 | 2单元502 | 3栋2单元502; 3栋2单元502室; 3栋二单元502房; 三栋二单元五零二; 三栋二单元五〇二
        3 | 2单元502 | 三栋2单元5楼502; 3栋 2单元 502; 3栋-2单元-502; 3栋,2单元,502; 3棟2單元502
        3 | 2单元502 | 3栋的2单元502; 3号楼2单元502; 3#2单元502; \uff13栋\uff12单元\uff15\uff10\uff12
        3 | 2单元502 | 3-2-502没水; \uff13\uff0d\uff12\uff0d\uff15\uff10\uff12没水; 3—2—502没水
        3 | 2单元502 | 2单元502,3栋
        3 | 2单元5楼 | 3栋2单元5楼
        3 | 2单元 | 3栋2单元
        3 | 1单元 | 3栋1、2单元都没水
        8 | 2单元1404 | 8-2-1404没水
        3 | 502 | 三栋502; 三栋五零二; 3栋502; 3栋502房; 3栋502号; 3栋502室; 3栋502号房; 3栋的502; 3栋 502
        3 | 502 | 3栋-502; 3-502没水; 3#502没水; 3栋502住户; 3栋502天花板滴水; 3栋502天天拖椅子
        3 | 502 | 3栋502家里滴水; 3栋楼502; 3栋那边 502室
        3 | 1203 | 3栋1203滴水
        3 | 5楼502 | 3栋5楼502
    """,
    "etime": """
        1 |  | 1栋电梯坏了; 一栋电梯坏了; E时代1座电梯坏了; \uff25时代\uff11座电梯坏了; e时代1座电梯坏了
        1 |  | E时代一座电梯坏了; e1楼上漏水
        2 |  | E时代2座电梯坏了; 恒路E时代2栋电梯坏了; 恒路e时代2栋电梯坏了; 恒路2栋电梯坏了; 2座电梯坏了
        2 |  | 2号楼电梯坏了; E2电梯坏了; E2栋电梯坏了
        1 | 1307 | E1-1307漏水; E1 1307漏水; E时代1-1307漏水; 一座1307漏水
        2 | 1406 | 2-1406漏水; \uff12\uff0d\uff11\uff14\uff10\uff16漏水; 2栋1406漏水; 二栋一四零六漏水
        2 | 1406 | 2座1406室漏水
        2 | 14楼1406 | 2栋14楼1406漏水
    """,
    "ghong": """
        A |  | A座电梯坏了; \uff21座电梯坏了; a座电梯坏了; A 座电梯坏了; A栋电梯坏了; A幢电梯坏了
        A |  | 广弘A座电梯坏了; 广弘中心A座电梯坏了; 广弘中心a栋电梯坏了; 廣弘中心A座电梯坏了
        F |  | F座楼下吵; F座大堂没灯
        A | 1203 | A座1203漏水; A座1203房漏水; A座-1203漏水; A-1203漏水
        A | 12楼1203 | A座12楼1203漏水
        C | 1604 | C-1604漏水; c-1604漏水; C座C1604漏水
        D | 1105 | D1105漏水; d1105漏水; \uff24\uff11\uff11\uff10\uff15漏水
        F | 803 | F803漏水
        A | 2单元502 | A-2-502漏水
        B |  | B座十二楼漏水
        E |  | E座一楼漏水
        C | 102 | 四季便利门口堆货; 四季便利店门口堆货
    """,
    "xj-home": """
        A |  | A座电梯坏了; A栋电梯坏了; 香江A电梯坏了; 香江a电梯坏了; 香江A座电梯坏了; 香江家居A座电梯坏了
        A |  | 家居A区电梯坏了
        C |  | C区电梯坏了; C馆货梯不动; C馆二楼没灯; 香江C电梯坏了; 香江-C电梯坏了; 家居C区电梯坏了; C座3楼漏水
        B |  | 香江家居广场B栋电梯坏了; 香江家居廣場B棟电梯坏了; 家居B区电梯坏了
        B | 2楼238 | B座2楼238漏水; B座二楼238漏水; B座2层238漏水; B座 2楼 238铺漏水
        A | 1楼117 | A座1楼117漏水; 青禾灯饰门口漏水
        C | 119 | C119漏水
        B | 2楼B215 | 大树沙发工坊门口漏水; 2楼B215漏水
        C | 1楼C101 | 四季便利门口堆货
    """,
    "dorm": """
        3 |  | 3号宿舍没热水; \uff13号宿舍没热水; 三号宿舍没热水; 3號宿舍没热水; 3号宿舍楼没热水
        3 |  | 3宿舍没热水; 三宿舍没热水; 3栋宿舍没热水; 3号楼宿舍没热水; 3栋没热水; 3号楼没热水
        3 |  | 宿舍3号没热水; 宿舍3栋没热水; 宿舍3号楼没热水; 宿舍楼3栋没热水; 宿舍三栋没热水
        3 |  | 员工宿舍3号没热水; 香江工业园3号宿舍没热水; 工业园3号宿舍没热水; 3号宿舍4楼没热水
        6 |  | 六号宿舍没热水; 六号舍没热水; 6舍没热水; 6宿没热水; 六宿楼梯没灯; 六号舍那帮人
        3 | 415 | 3号宿舍415没热水; 3号宿舍415房没热水; 三号宿舍四一五没热水; 3-415没热水; 3号415没热水
        2 |  | 2号五楼没热水
    """,
    "plant": """
        A |  | 齿轮五金厂漏雨; A厂房漏雨; \uff21厂房漏雨; a厂房漏雨; A廠房漏雨; 厂房A漏雨; 厂房A栋漏雨; 厂房A区漏雨
        A |  | A栋厂房漏雨; A座厂房漏雨; A号厂房漏雨; A栋漏雨; A座漏雨
        B |  | B厂漏雨; 香江工业园B厂房漏雨; B厂房3楼漏雨
    """,
    "hall": """
         | 3楼B203 | 3楼B203漏水; 三楼B203漏水; 3楼 B203漏水; 3层B203漏水
         | 2F-168 | 2F-168漏水; 2F168漏水; 2f-168漏水; \uff12\uff26\uff0d\uff11\uff16\uff18漏水; 2F 168漏水
         | 2F-168 | 五号馆2F-168漏水
         | 1F-037 | 1F-037漏水
         | 2楼168 | 2楼168漏水; 2楼168号漏水; 2楼168铺漏水
         | B203 | B203漏水; B203铺漏水
         | A326 | A326漏水
         | 168 | 168铺漏水; 168号铺漏水; 168鋪漏水; 168档口漏水
         |  | 5号馆漏水; \uff15号馆漏水; 五号馆漏水; 五號館漏水; 5号广场漏水; 五号广场漏水; 五号交易广场漏水
         |  | 5号交易广场漏水; 二楼漏水
         | 2F-115 | 唐唐袜子铺门口堆货; 唐唐批发袜子门口堆货
         | 3楼B206 | 三木布行门口堆货
    """,
}
_LOUNGE = {"dorm": "xj-park", "plant": "xj-park", "hall": "hall-5"}


def canonical(block: str, key: str) -> str:
    """The canonical name of a key of a block of rows: ("hehua", "3") is 禾花花园3栋."""
    return HOME[block].format(key) if block in HOME else "五号交易广场"


def rows() -> list[tuple[str, str, str, str | None]]:
    """Every written form: lounge, text, building, unit."""
    table: list[tuple[str, str, str, str | None]] = []
    for block, lines in _SAID.items():
        for line in lines.strip().splitlines():
            key, unit, texts = (part.strip() for part in line.split("|"))
            place = canonical(block, key), unit or None
            table += [(_LOUNGE.get(block, block), text.strip(), *place) for text in texts.split(";")]
    return table


# Lists and ranges: block, text, keys in the order meant.
LISTS: tuple[tuple[str, str, str], ...] = (
    ("hehua", "3-7栋没水", "34567"), ("hehua", "3到5栋没水", "345"), ("hehua", "3至5栋没水", "345"),
    ("hehua", "3~5栋没水", "345"), ("hehua", "3\uff5e5栋没水", "345"), ("hehua", "3—5栋没水", "345"),
    ("hehua", "三到五栋没水", "345"), ("hehua", "3栋到5栋没水", "345"), ("hehua", "3号楼至5号楼没水", "345"),
    ("hehua", "3、5、6栋没水", "356"), ("hehua", "3,5栋没水", "35"), ("hehua", "3\uff0c5栋没水", "35"),
    ("hehua", "3/5栋没水", "35"), ("hehua", "3和5栋没水", "35"), ("hehua", "3跟5栋没水", "35"),
    ("hehua", "3.5栋没水", "35"), ("hehua", "三、五栋没水", "35"), ("hehua", "3栋和5栋没水", "35"),
    ("hehua", "3栋5栋没水", "35"), ("hehua", "3栋、5栋、6栋没水", "356"), ("hehua", "三栋与五栋之间", "35"),
    ("hehua", "3号、5号楼没水", "35"), ("hehua", "3栋2单元和5栋1单元没水", "35"),
    ("hehua", "5、3栋没水", "53"), ("hehua", "3、5两栋没水", "35"), ("hehua", "7-9栋没水", "78"),
    ("hehua", "13、3栋没水", "3"), ("ghong", "A、B座没水", "AB"), ("ghong", "A和B座没水", "AB"),
    ("ghong", "AB座没水", "AB"), ("ghong", "A-C座没水", "ABC"), ("ghong", "A到C座没水", "ABC"),
    ("ghong", "A座和C座没水", "AC"), ("ghong", "A/B座没水", "AB"), ("ghong", "a、b座没水", "AB"),
    ("ghong", "A、B两座没水", "AB"),
    ("ghong", "AB两座没水", "AB"), ("xj-home", "A、B栋没水", "AB"), ("xj-home", "香江A和B座没水", "AB"),
    ("etime", "1、2栋没水", "12"), ("dorm", "1、2号宿舍没水", "12"), ("dorm", "1到3号宿舍没水", "123"),
    ("dorm", "1号和2号宿舍没水", "12"), ("dorm", "1号舍和2号舍没水", "12"), ("dorm", "宿舍1、2栋没水", "12"), ("plant", "A和B厂房没水", "AB"),
    ("plant", "AB厂房没水", "AB"),
)

# Nicknames that tell where one lives, or do not: lounge, nickname, building, unit.
NICKNAMES: tuple[tuple[str, str, str | None, str | None], ...] = (
    ("hehua", "3栋-云姨", "禾花花园3栋", None), ("hehua", "云姨(3栋502)", "禾花花园3栋", "502"),
    ("hehua", "云姨\uff083栋502\uff09", "禾花花园3栋", "502"),
    ("hehua", "3-2-502云姨", "禾花花园3栋", "2单元502"), ("hehua", "云姨3-2-502", "禾花花园3栋", "2单元502"),
    ("hehua", "云姨 三栋", "禾花花园3栋", None), ("hehua", "三栋云姨", "禾花花园3栋", None),
    ("hehua", "3棟雲姨", "禾花花园3栋", None), ("hehua", "禾花3栋云姨", "禾花花园3栋", None),
    ("hehua", "3号楼楼长", "禾花花园3栋", None), ("hehua", "楼长云姨一栋", "禾花花园1栋", None),
    ("hehua", "3#502云姨", "禾花花园3栋", "502"), ("hehua", "云姨3-502", "禾花花园3栋", "502"),
    ("hehua", "13栋云姨", None, None), ("hehua", "30栋云姨", None, None), ("hehua", "云姨", None, None),
    ("hehua", "A建材小舟", None, None), ("hehua", "云姨13800001234", None, None),
    ("hehua", "禾花物业", None, None), ("etime", "E1-1505-小舟游戏", "恒路E时代1栋", "1505"),
    ("etime", "小舟地图E2", "恒路E时代2栋", None), ("etime", "小舟2-1406", "恒路E时代2栋", "1406"),
    ("etime", "小舟(E时代1座1107)", "恒路E时代1栋", "1107"),
    ("etime", "小舟 恒路E时代2栋", "恒路E时代2栋", None), ("etime", "小舟1栋8楼", "恒路E时代1栋", None),
    ("etime", "小舟植物一座", "恒路E时代1栋", None), ("etime", "Eva小舟", None, None),
    ("ghong", "A座1706-小舟", "广弘中心A座", "1706"), ("ghong", "小舟F-803", "广弘中心F座", "803"),
    ("ghong", "小舟D1105", "广弘中心D座", "1105"), ("ghong", "小舟d座", "广弘中心D座", None),
    ("ghong", "小舟花店(C座)", "广弘中心C座", None), ("ghong", "广弘D座小舟", "广弘中心D座", None),
    ("ghong", "A8888小舟", None, None), ("ghong", "AAA小舟装修", None, None),
    ("xj-home", "小舟地毯(香江A)", "香江家居广场A栋", None),
    ("xj-home", "小舟-香江C-屏风", "香江家居广场C栋", None),
    ("xj-home", "家居B区小舟", "香江家居广场B栋", None),
    ("xj-home", "小舟镜子C119", "香江家居广场C栋", "119"),
    ("xj-home", "A座2楼226小舟", "香江家居广场A栋", "2楼226"),
    ("xj-home", "小舟茶几 B座1楼", "香江家居广场B栋", None),
    ("xj-park", "小舟[1号宿舍]", "香江工业园1号宿舍", None),
    ("xj-park", "6号宿舍小舟", "香江工业园6号宿舍", None),
    ("xj-park", "小舟 5号宿舍415", "香江工业园5号宿舍", "415"),
    ("xj-park", "小舟2号宿舍楼", "香江工业园2号宿舍", None),
    ("xj-park", "小舟 A厂房仓库", "香江工业园A厂房", None),
    ("xj-park", "小舟B厂房", "香江工业园B厂房", None),
    ("xj-park", "3号舍小舟", "香江工业园3号宿舍", None), ("xj-park", "二宿-小舟", "香江工业园2号宿舍", None),
    ("xj-park", "五宿304小舟", "香江工业园5号宿舍", "304"), ("xj-park", "小舟1宿", "香江工业园1号宿舍", None),
    ("xj-home", "C区小舟灯具", "香江家居广场C栋", None), ("xj-home", "B2绒布-小舟", "香江家居广场B栋", None),
    ("etime", "小舟Larry2栋", "恒路E时代2栋", None), ("ghong", "B2层小舟", None, None),
    ("hall-5", "小舟毛线2F-117", "五号交易广场", "2F-117"),
    ("hall-5", "小舟3楼B203", "五号交易广场", "3楼B203"),
    ("hall-5", "小舟绣片(5号馆)", "五号交易广场", None), ("hall-5", "小舟 1楼", "五号交易广场", None),
    ("hall-5", "小舟4楼A326", "五号交易广场", "4楼A326"), ("hall-5", "小舟", "五号交易广场", None),
    ("hall-5", "唐唐批发袜子2F-115", "五号交易广场", "2F-115"),
)

# Figures and words that name no building: lounge -> texts.
_NOT_PLACES: dict[str, tuple[str, ...]] = {
    "hehua": (
        "堆得有3栋楼那么高", "三栋楼都没水", "这三栋都没水", "这3栋都没水", "一共3栋", "总共三栋楼",
        "有三栋楼没水", "两栋楼中间", "几栋楼都一样", "好几栋都没水", "每一栋都贴了", "同一栋的邻居",
        "哪一栋", "那一栋", "整栋没水", "一栋老楼", "买了一栋别墅", "二三栋", "3-5号放假", "3号放假",
        "3号下午停水", "5号线挤死了", "地铁5号线", "3-5元一斤", "3-500元", "3-5点来", "8:30到9:30", "13",
        "我要13个", "3单", "电话13800001234", "0755-26881234", "400-3-2-5027", "2026-11-02", "2026-3-502次",
        "12月3日", "2楼没灯", "二楼没灯", "十二楼没灯", "一座桥", "3座的车", "5座SUV", "7座商务车",
        "座位3个", "A座位", "3号楼梯口", "比分3-2", "第3名", "隔壁小区3栋着火", "对面春风花园3栋着火",
        "人家香山公寓5号楼就不收", "图书馆", "3号馆", "单号HH-0312", "case XJ-0003", "M208路没来",
        "B1停车场", "车牌粤B3208", "3A栋", "一座山", "3层楼高", "涂了三层油", "厚厚一层灰", "3.5元",
        "3/5的人", "#3", "13#线", "满300减50",
    ),
    "ghong": (
        "A4纸", "B超", "C位", "AA制", "D1105次列车", "B837路", "E座位", "A380型", "F500块", "A级",
    ),
    "xj-home": ("地库B区没灯", "B区车位", "停车场A区"),
    "etime": (
        "e1203", "E10", "E时代", "C1驾照", "1-2点", "2-300块", "一座城", "2个", "IE1",
    ),
    "xj-park": (
        "宿舍3号晚上停水", "宿舍3楼", "A厂家直销", "3号停水", "3号发工资", "两栋宿舍", "有三栋宿舍",
        "厂房3层", "一宿没睡", "熬了一宿", "住了两宿", "3宿没睡", "退避三舍", "A区的路灯",
    ),
}
NOT_PLACES = tuple((lounge, text) for lounge, texts in _NOT_PLACES.items() for text in texts)
