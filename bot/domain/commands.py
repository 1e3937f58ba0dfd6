"""The verbs people press and type, as one table, and the exact reading of a typed command."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.domain.events import Event

# press verb -> the journal event it causes; the others (open, dismiss, correct, merge, split, reject, handover,
# mediate, visit, step, callback) have rules of their own in the handlers.
CAUSES: dict[str, Event] = {
    "accept": Event.ACCEPTED, "decline": Event.DECLINED, "transfer": Event.TRANSFERRED, "note": Event.NOTED,
    "ask": Event.ASKED, "escalate": Event.ESCALATED, "link": Event.LINKED, "resolve": Event.RESOLVED,
    "rate": Event.RATED, "dispute": Event.DISPUTED, "withdraw": Event.WITHDRAWN, "callback": Event.CALLBACK_DONE,
    "reject": Event.NOT_ACCEPTED, "merge": Event.MERGED, "split": Event.SPLIT, "handover": Event.HANDED_OVER,
    "mediate": Event.MEDIATION_OPENED, "visit": Event.VISIT_AGREED, "step": Event.MEDIATION_STEP,
}
# typed word -> (verb, fixed args); longer words first wherever one begins another.
TYPED: dict[str, tuple[str, dict[str, str]]] = {
    "不予受理": ("reject", {}), "不是诉求": ("dismiss", {}), "为何派给我": ("why", {}), "我的清单": ("mylist", {}),
    "删除我的信息": ("forget", {}), "卡点": ("board", {}), "堵点": ("board", {}), "记录": ("journal", {}),
    "基本满意": ("rate", {"grade": "fair"}), "不满意": ("rate", {"grade": "bad"}),
    "没解决": ("dispute", {}), "接单": ("accept", {}), "退单": ("decline", {}), "转派": ("transfer", {}),
    "跟进": ("note", {}), "补充": ("ask", {}), "上报": ("escalate", {}), "联动": ("link", {}), "调解不成": ("fail", {}), "调解": ("mediate", {}),
    "不同意": ("agree", {"grade": "no"}), "同意": ("agree", {"grade": "yes"}), "对方": ("party", {}),
    "步骤": ("step", {}), "办结": ("resolve", {}), "满意": ("rate", {"grade": "good"}), "撤回": ("withdraw", {}),
    "回访": ("callback", {}), "立案": ("open", {}), "应为": ("correct", {}), "并案": ("merge", {}), "拆分": ("split", {}),
    "交接": ("handover", {}), "绑定": ("bind", {}), "进度": ("progress", {}), "查询": ("progress", {}),
    "全部接手": ("takeall", {}), "接手": ("take", {}), "协办": ("assist", {}), "请假": ("leave", {}), "销假": ("back", {}),
    "报到": ("enlist", {}), "采纳": ("adopt", {}), "忽略": ("skip", {}), "风险": ("risk", {}), "帮助": ("help", {}), "菜单": ("menu", {}), "约": ("visit", {}),
}
LABEL: dict[str, str] = {verb: word for word, (verb, args) in reversed(TYPED.items()) if not args or verb != "rate"}
LABEL |= {"rate": "评价", "agree": "同意"}

# What must come with the verb, asked for once in private where it is missing.
NEEDS_NOTE = frozenset({"decline", "transfer", "escalate", "resolve", "ask", "note", "link", "reject", "visit", "assist"})

NUMBER = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2,4})\s?[-－–—]\s?(\d{4,})(?!\d)")
_COMMAND = re.compile(
    r"^\s*(" + "|".join(TYPED) + r")(?=$|[\s,，。.!！?？:：、]|" + NUMBER.pattern + r")[\s,，。.!！:：、]*(?P<rest>.*)$", re.S)
_STUCK = re.compile(r"^\s*(绑定)([A-Za-z0-9]{6,12})\s*$")  # a code typed right behind the word
QUESTIONS = frozenset({"progress", "help", "menu", "why", "mylist", "board", "journal"})  # may end in a question mark; 满意？ is no rating


@dataclass(frozen=True, slots=True)
class Command:
    """A typed command: its verb, the case number where one was given, the rest of the words."""

    verb: str
    number: str | None
    rest: str
    args: tuple[tuple[str, str], ...] = ()


def numbers(text: str) -> list[str]:
    """Every case number in a text, in its exact form (HH-0001)."""
    return [_exact(found) for found in NUMBER.finditer(text)]


def _exact(found: re.Match[str]) -> str:
    """A number as it is stored, also where it was typed with full-width digits."""
    return unicodedata.normalize("NFKC", f"{found.group(1).upper()}-{found.group(2)}")


def read(text: str) -> Command | None:
    """The command a text begins with, or None for plain talk."""
    found = _COMMAND.match(_STUCK.sub(r"\1 \2", text))
    if found is None:
        return None
    verb, args = TYPED[found.group(1)]
    rest, number = found.group("rest").strip(), None
    if rest.startswith(("?", "？")) and verb not in QUESTIONS:
        return None
    first = NUMBER.match(rest)
    if first:
        number = _exact(first)
        rest = rest[first.end():].lstrip(" \t\n,，。.:：、")
    return Command(verb, number, rest, tuple(args.items()))
