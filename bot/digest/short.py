"""The digest as one message for the committee's group: never more bytes than a group robot takes, cut on whole lines only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.digest.charts import worsened
from bot.digest.shape import Digest, HotSpot, Point
from bot.digest.wording import (
    APART,
    PARTS,
    THREE,
    age,
    amount,
    clip,
    count,
    empty_line,
    is_empty,
    made_of,
    mean,
    percent,
    rate_word,
    short_names,
    span,
    week_name,
    word,
)

LIMIT = 4096  # bytes of UTF-8: a group robot's markdown (platforms.md)
POINTS = 8  # of the agenda, before anything else is told in full
ROOM_FOR_LINK = 256  # whoever posts it adds the link to the page
NAME, GIST, SAID, LONG, ONLY = 20, 28, 80, 240, 600  # characters: a name, a matter, a sentence, the leading one, the only one
# What people wrote may not format our message, link, call everybody or colour: such signs become their wide twins.
PLAIN = {ord(sign): ord(sign) + 0xFEE0 for sign in "*_`[]()<>#@|~\\"}


@dataclass(slots=True)
class Block:
    """A heading, lines that always stay, and lines of which as many are shown as fit; `more` counts the others."""

    head: str
    fixed: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    unit: str = "条"
    shown: int = 0

    def lines(self) -> list[str]:
        if not self.fixed and not self.loose:
            return []
        left = len(self.loose) - self.shown
        more = [f"另有 {count(left)} {self.unit}见附件"] if left else []
        return [f"**{self.head}**", *self.fixed, *self.loose[: self.shown], *more, ""]


def short(digest: Digest) -> str:
    """The message; at most LIMIT - ROOM_FOR_LINK bytes whatever the digest holds."""
    if is_empty(digest):
        return say(f"{digest.scope.name}诉求周报 {week_name(digest.week)}：{empty_line(digest)}", ONLY) + "\n"
    title = f"**{say(digest.scope.name, NAME)}诉求周报** {week_name(digest.week)}，{span(digest)}"
    told = [title, *correction(digest), say(digest.lead, LONG), ""]
    blocks = [agenda(digest), flow(digest), rates(digest), mediation(digest), spots(digest), causes(digest), gaps(digest),
              ledger(digest), check(digest), quality(digest)]
    fill(told, blocks)
    return text(told, blocks)


def text(told: Sequence[str], blocks: Sequence[Block]) -> str:
    return "\n".join([*told, *(line for block in blocks for line in block.lines())]).strip() + "\n"


def fill(told: Sequence[str], blocks: Sequence[Block]) -> None:
    """Gives every block its first line, then the agenda its most urgent, the others all theirs, and the agenda what room is left."""
    first, *others = blocks
    for block, most in [*((block, 1) for block in blocks), (first, POINTS), *((block, None) for block in others), (first, None)]:
        while block.shown < (len(block.loose) if most is None else min(most, len(block.loose))):
            block.shown += 1
            if len(text(told, blocks).encode()) > LIMIT - ROOM_FOR_LINK:
                block.shown -= 1
                break


def say(raw: str, longest: int) -> str:
    """Words from elsewhere as plain text of one line."""
    return clip(raw.translate(PLAIN), longest)


def correction(digest: Digest) -> list[str]:
    if not digest.changed:
        return []
    rest = f"（共更正 {len(digest.changed)} 处）" if len(digest.changed) > 1 else ""
    return [f"第 {digest.edition} 版更正：{say(digest.changed[0], SAID)}{rest}"]


def agenda(digest: Digest) -> Block:
    points = [f"{at}. {point(each)}" for at, each in enumerate(digest.agenda, 1)]
    total = f"，共 {count(len(points))} 件" if points else ""
    return Block(f"一、需要拍板{total}", [] if points else ["本周没有需要会上拍板的事。"], points, "件")


def point(each: Point) -> str:
    what = say(each.gist, GIST) or "涉及个人隐私，不列内容"
    why = "、".join(say(reason, NAME) for reason in each.reasons[:3])
    seconded = f"，{count(each.supporters)} 人附议" if each.supporters else ""
    return (f"{say(each.case, NAME)} {say(each.building or each.lounge, NAME)}：{what}"
            f"（{why}；已过 {age(each.age_days)}{seconded}；现在由{say(each.holder, NAME)}负责）")


def flow(digest: Digest) -> Block:
    fixed = []
    for name in (name for name in ("new", "people", "ended", "open") if name in digest.counts):
        beside = [f"上周 {count(digest.before[name])} {word(name).unit}"] if name in digest.before else []
        beside += [f"四周均 {mean(digest.mean[name])} {word(name).unit}"] if name in digest.mean else []
        fixed.append(f"{word(name).label} {amount(digest, name)}" + (f"（{'，'.join(beside)}）" if beside else ""))
    names = short_names(digest.by_category)
    top = sorted((x for x in digest.by_category.items() if x[1].new), key=lambda x: -x[1].new)[:3]
    most = "、".join(f"{say(names[name], NAME)} {count(line.new)} 件" for name, line in top)
    return Block("二、来了多少，办了多少", fixed + [f"新增最多：{most}"] * bool(most))


def rates(digest: Digest) -> Block:
    lines = []
    for name, rate in ((name, digest.rates[name]) for name in THREE if name in digest.rates):
        apart = "、".join(f"{word(key).label} {amount(digest, key)}" for key in APART[name] if digest.counts.get(key) and key not in rate_word(name).below)
        lines.append(f"{rate_word(name).label} {percent(rate)} = {made_of(name, digest)}" + (f"；单列：{apart}" if apart else ""))
    return Block("三、响应、解决、满意", lines)


def mediation(digest: Digest) -> Block:
    told = [f"{word(name).label} {amount(digest, name)}" for name in PARTS["mediation"] if digest.counts.get(name)]
    return Block("四、调解", ["，".join(told)] if told else [])


def spots(digest: Digest) -> Block:
    return Block("五、未诉先办", [], [spot(each) for each in digest.hot_spots], "处")


def spot(each: HotSpot) -> str:
    hint = f"：{say(each.hint, SAID)}" if each.hint else ""
    return f"{say(each.building or each.lounge, NAME)} {say(each.category, NAME)}，近四周 {count(each.cases)} 件{hint}"


def causes(digest: Digest) -> Block:
    return Block("六、为什么不满意（本月）", [], [f"{say(cause, NAME)} {count(many)} 次" for cause, many in digest.causes.items()], "类")


def gaps(digest: Digest) -> Block:
    return Block("七、缺人的地方", [] if digest.gaps else ["每栋楼、每个班都有人。"], [say(each, SAID) for each in digest.gaps], "处")


def ledger(digest: Digest) -> Block:
    if not digest.loads:
        return Block("八、减负账本")
    last, was = digest.loads[-1], digest.loads[-2] if len(digest.loads) > 1 else None
    beside = f"（上周 {count(was.heard)} 条、{count(was.pings)} 条）" if was else ""
    warn = ["每件诉求叫党员的次数连续两周上升。"] if worsened(digest.loads) else []
    return Block("八、减负账本", [f"群众听到 {count(last.heard)} 条，党员被叫 {count(last.pings)} 条{beside}", *warn])


def check(digest: Digest) -> Block:
    if digest.check is None:
        return Block("九、抽查")
    drawn = f"上周抽出 {count(len(digest.check.sample))} 件，请另一人复看；" if digest.check.sample else ""
    return Block("九、抽查", [f"{drawn}本周的种子已经封好（封条 {say(digest.check.hash, NAME)}），下周打开。"])


def quality(digest: Digest) -> Block:
    return Block("十、数据说明", [], [say(each, SAID) for each in digest.quality], "条")
