"""Digests to lay out: a rich invented week, an empty one, a huge one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.digest.names import AGES, FIGURES, NOWHERE, RESPONSES
from bot.digest.shape import Digest, HotSpot, Line, Load, Point, Rate, Scope, SpotCheck

HERE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 2, tzinfo=HERE)
WEEKS = tuple(f"2026-W{number}" for number in range(38, 46))
SCOPE = Scope(kind="community", id="pinghu-hehua", name="禾花社区", lounges=("hehua", "ghong", "xj-home"))

CATEGORIES = {
    "电梯/路灯/门禁等公共设施维修": Line(new=9, closed=6, open=7, new_before=5, new_mean=5.25, people=31),
    "噪声扰民": Line(new=8, closed=9, open=3, new_before=10, new_mean=8.5, people=22),
    "非机动车乱停放": Line(new=6, closed=4, open=5, new_before=6, new_mean=4.75, people=14),
    "停车难/出入口拥堵/施工占道": Line(new=5, closed=2, open=6, new_before=3, new_mean=3, people=19),
    "环境卫生/垃圾/异味/虫鼠": Line(new=5, closed=6, open=1, new_before=4, new_mean=4.5, people=9),
    "占道经营/店外堆货": Line(new=4, closed=3, open=2, new_before=2, new_mean=2.25, people=8),
    "水电气网/管道漏水": Line(new=3, closed=3, open=1, new_before=4, new_mean=3.5, people=5),
    "租金押金转租合同": Line(new=2, closed=0, open=3, new_before=1, new_mean=1.25, people=3),
    "服务中心咨询": Line(new=2, closed=2, open=0, new_before=3, new_mean=2.5, people=2),
}
BUILDINGS = {
    "禾花花园居民客厅 禾花花园3栋": Line(new=11, closed=7, open=8, new_before=6, new_mean=6.25, people=35),
    "禾花花园居民客厅 禾花花园5栋": Line(new=7, closed=6, open=3, new_before=8, new_mean=6.5, people=18),
    "广弘中心客厅 广弘中心B座": Line(new=7, closed=5, open=5, new_before=4, new_mean=4.75, people=20),
    "禾花花园居民客厅 禾花花园1栋": Line(new=5, closed=6, open=2, new_before=7, new_mean=5.5, people=11),
    "香江家居广场商户客厅 香江家居广场A栋": Line(new=5, closed=3, open=4, new_before=5, new_mean=4, people=12),
    "广弘中心客厅 广弘中心E座": Line(new=4, closed=4, open=2, new_before=3, new_mean=3.5, people=8),
    f"禾花花园居民客厅 {NOWHERE}": Line(new=5, closed=4, open=4, new_before=5, new_mean=5, people=9),
}
POINTS = (
    ("HH-0031", "禾花花园居民客厅", "禾花花园3栋", "电梯/路灯/门禁等公共设施维修", "2单元电梯反复停运，老人上下楼困难，物业说等配件", "办理中",
     ("超期未办结", "两次不满意"), 23.4, 12, "禾花花园物业服务中心"),
    ("GH-0012", "广弘中心客厅", "广弘中心B座", "停车难/出入口拥堵/施工占道", "地下车库出口早高峰堵车，外面道路施工没有人疏导", "办理中",
     ("跨单位", "卡住"), 17.2, 9, "街道综合行政执法办"),
    ("XJ-0007", "香江家居广场商户客厅", "香江家居广场A栋", "租金押金转租合同", "", "调解中", ("超期未办结", "跨单位"), 31.0, 2, "社区人民调解委员会"),
    ("HH-0044", "禾花花园居民客厅", "禾花花园5栋", "噪声扰民", "楼下餐饮店排烟风机夜里不停，已办结两次又响", "已派单", ("两次不满意",), 12.8, 4, "禾花社区党委"),
    ("HH-0052", "禾花花园居民客厅", "", "非机动车乱停放", "电动车在楼道里过夜充电，想装充电桩一直没有位置", "办理中", ("卡住",), 9.5, 5, "禾花花园物业服务中心"),
)


def point(values: tuple[str, str, str, str, str, str, tuple[str, ...], float, int, str]) -> Point:
    case, lounge, building, category, gist, state, reasons, age, supporters, holder = values
    return Point(case=case, lounge=lounge, building=building, category=category, gist=gist, state=state, reasons=reasons,
                 age_days=age, supporters=supporters, holder=holder)


def heat() -> dict[str, dict[str, int]]:
    """New cases by building and category; its rows add up to the buildings' lines, its columns to the categories'."""
    cells: dict[str, dict[str, int]] = {building: {} for building in BUILDINGS}
    left = {name: line.new for name, line in CATEGORIES.items()}
    for place, (building, line) in enumerate(BUILDINGS.items()):
        names = list(CATEGORIES)[place:] + list(CATEGORIES)[:place]
        for at in range(line.new):
            name = max(names, key=lambda n: (left[n] - cells[building].get(n, 0) * (2 if at % 3 else 0), -names.index(n)))
            cells[building][name] = cells[building].get(name, 0) + 1
            left[name] -= 1
    return cells


def rich() -> Digest:
    """A week with something in every section."""
    trend = {name: tuple(max(0, line.new + swing - 2) for swing in (1, 0, -1, 2, 1, 0, 1, 2)) for name, line in CATEGORIES.items()}
    counts = dict.fromkeys(FIGURES, 0) | {
        "new": 44, "people": 113, "seconded": 69, "urgent": 1, "private": 2, "ended": 35, "closed": 27, "answered": 3, "withdrawn": 2, "merged": 2,
        "not_accepted": 1, "reopened": 2, "resolved": 31, "open": 28, "active": 63, "unanswered": 3, "mediating": 2, "overdue": 4, "silent": 2,
        "returned": 1, "stuck": 3, "late": 1, "across": 2, "unsatisfied_twice": 2, "agenda": 5, "due_response": 42, "responded": 39, "response_late": 3,
        "first_responses": 40, "solved": 24, "partly": 3, "unsolved": 2, "good": 11, "fair": 4, "dissatisfied": 3, "unrated": 9, "callbacks": 8, "unreached": 2,
        "mediations_suggested": 4, "mediations_opened": 3, "mediation_steps": 7, "mediations_agreed": 2, "mediation_minutes": 540, "reminded": 18,
        "declined": 3, "transferred": 6, "escalated": 2, "linked": 5}
    return Digest(
        scope=SCOPE, week="2026-W45", start=START, end=START + timedelta(days=7), made_at=START + timedelta(days=7, hours=9),
        lead="本周新增 44 件、结案 35 件；禾花花园3栋电梯停运已 23 天，12 人附议，需要物业和街道当面定下修好的日子。",
        counts=counts, before={name: value + at % 5 - 2 if value > 2 else value for at, (name, value) in enumerate(counts.items())},
        mean={name: value * 0.9 for name, value in counts.items()},
        rates={"response": Rate(39, 42), "resolution": Rate(24, 29), "satisfaction": Rate(15, 18), "rating": Rate(18, 27)},
        agenda=tuple(map(point, POINTS)), by_category=CATEGORIES, by_building=BUILDINGS, heat=heat(), weeks=WEEKS, trend=trend,
        ages=dict(zip((name for name, _ in AGES), (10, 7, 6, 3, 2, 0), strict=True)),
        responses=dict(zip((name for name, _ in RESPONSES), (21, 9, 6, 2, 2, 0), strict=True)),
        hot_spots=(HotSpot(lounge="禾花花园居民客厅", building="禾花花园3栋", category="电梯/路灯/门禁等公共设施维修", cases=6, people=17,
                           hint="请物业把电梯检修日期提前贴到单元门口"),
                   HotSpot(lounge="广弘中心客厅", building="广弘中心B座", category="停车难/出入口拥堵/施工占道", cases=4, people=9,
                           hint="施工期间早 8 时至 9 时安排人员疏导")),
        causes={"没有办好": 4, "反复出现": 3, "办得慢": 2, "其他": 1},
        gaps=("广弘中心F座还没有服务员，由网格联络人代管。", "禾花花园居民客厅周三缺一名值班员。"),
        loads=tuple(Load(week=week, heard=heard, pings=pings, held=12 + at, folded=8 + at, dropped=1, cases=60 + at)
                    for at, (week, heard, pings) in enumerate(zip(WEEKS, (96, 104, 99, 118, 121, 117, 130, 142),
                                                                  (71, 75, 66, 64, 60, 58, 51, 47), strict=True))),
        check=SpotCheck(hash="9f2c5a0d7b1e4836a5c9d2e8f0b7164c3d5a9e8b2f1c7d60485b3a9e7c1d2f60", seed="hehua-2026-W44-3b9a71",
                        sample=("HH-0027", "HH-0033", "GH-0009")),
        quality=("香江家居广场商户客厅的群消息 11月5日 14:00 至 16:10 没有收到，可能漏记。", "2027 年的节假日安排还没有发布，跨年时限按平常工作日计算。"),
    )


def corrected() -> Digest:
    return replace(rich(), edition=2, changed=("噪声扰民新增由 9 件改为 8 件：HH-0049 与 HH-0044 是同一件事，已并案。",))


def empty() -> Digest:
    """A week in which nothing was said."""
    return Digest(scope=SCOPE, week="2026-W45", start=START, end=START + timedelta(days=7), made_at=START + timedelta(days=7, hours=9))


def huge(points: int) -> Digest:
    """Many decision points and many buildings, as a city has them."""
    some = [point(values) for values in POINTS]
    return replace(
        rich(), agenda=tuple(replace(some[at % len(some)], case=f"HH-{at:05d}") for at in range(points)),
        by_building={f"第{at}客厅 第{at}栋": Line(new=at % 9, closed=at % 7, open=at % 5, people=at % 11) for at in range(2800)},
        heat={f"第{at}客厅 第{at}栋": {name: (at + n) % 6 for n, name in enumerate(CATEGORIES)} for at in range(2800)},
    )
