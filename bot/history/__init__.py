"""Four invented weeks of the six sample lounges, written by hand as short plays, read as a log that a replay takes.

One file a lounge, `#` a comment, an empty line between two matters. A line is `MM-DD HH:MM` and one of

    3栋-豆角妈: 电梯又停了       said in the group under that name (`> ` in front: quoting the matter's first line)
    接单                        done on the matter by whose move it is (CASTS), in the words that people type
    [host] 不予受理 为什么       the same by somebody else: host, mediator, desk:street, or a name of the group

`= name id` gives a name of the group an id that config knows; every other name gets one of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

FIRST, LAST = "2026-W43", "2026-W46"  # its weeks
END = "2026-11-16T00:00:00+08:00"  # where the clock stops: the end of the last week
SCOPE = "community:pinghu-hehua"  # whose digest it is
LOUNGES = ("xj-home", "hall-5", "etime", "hehua", "ghong", "xj-park")
# Whose move a verb is, where no line says otherwise. The names are those of a log's references.
CASTS: Mapping[str, str] = {
    "接单": "attendant", "跟进": "attendant", "办结": "attendant", "补充": "attendant", "退单": "attendant", "上报": "attendant",
    "对方": "attendant", "调解": "attendant", "步骤": "mediator", "转派": "attendant", "联动": "host", "立案": "host", "回访": "host", "不予受理": "host",
    "并案": "host", "满意": "reporter", "基本满意": "reporter", "不满意": "reporter", "没解决": "reporter", "撤回": "reporter",
}
OUTCOMES = {"接通": "reached", "未接通": "unreachable", "不愿说": "refused"}
_LINE = re.compile(r"(\d\d-\d\d) (\d\d:\d\d) (?:\[(?P<who>[^\]]+)\] |(?P<name>[^\s:]+): )?(?P<words>.+)")

Row = dict[str, Any]


class BadPlay(ValueError):
    """A line of the history cannot be read; the message says which."""


def log() -> list[Row]:
    """The whole history as rows of a log, each lounge's in the order of their time. Raises BadPlay."""
    return [row for lounge in LOUNGES for row in read(lounge, text(lounge))]


def text(lounge: str) -> str:
    """The plays of one lounge as they are written."""
    return (resources.files(__name__) / f"{lounge}.txt").read_text(encoding="utf-8")


def read(lounge: str, plays: str) -> list[Row]:
    """The rows of one lounge. Raises BadPlay."""
    known = dict(line[2:].split(" ", 1) for line in plays.splitlines() if line.startswith("= "))
    rows = [row for number, play in enumerate(_plays(plays), 1) for row in _rows(lounge, number, play, known)]
    return sorted(rows, key=lambda row: str(row["at"]))


def _plays(plays: str) -> Iterator[list[str]]:
    for play in re.split(r"\n\s*\n", plays):
        lines = [line for line in play.splitlines() if line.strip() and not line.startswith(("#", "= "))]
        if lines:
            yield lines


def _rows(lounge: str, number: int, play: list[str], known: Mapping[str, str]) -> Iterator[Row]:
    opener = f"{lounge}-{number:02d}-01"
    for place, line in enumerate(play, 1):
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise BadPlay(f"{lounge}: {line}")
        row: Row = {"id": f"{lounge}-{number:02d}-{place:02d}", "at": f"2026-{found[1]}T{found[2]}:00+08:00"}
        if found["name"]:
            yield row | _said(lounge, found["name"], found["words"], opener, known)
        else:
            yield row | _done(lounge, found["who"], found["words"], opener, known)


def _said(lounge: str, name: str, words: str, opener: str, known: Mapping[str, str]) -> Row:
    quoted = words.startswith("> ")
    return {"lounge": lounge, "sender": _id(lounge, name, known), "name": name, "text": words.removeprefix("> "),
            "reply_to": opener if quoted else None, "at_bot": False, "media": None}


def _done(lounge: str, who: str | None, words: str, opener: str, known: Mapping[str, str]) -> Row:
    verb, _, rest = words.partition(" ")
    sender = _sender(lounge, who or CASTS.get(verb, ""), opener, known)
    if not sender:
        raise BadPlay(f"{lounge}: {words}: nobody is known to do this")
    if verb == "立案":
        return {"press": "correct" if rest else "open", "case_of": opener, "sender": sender, "args": {"intent": rest} if rest else {}}
    if verb == "回访":
        return {"press": "callback", "case_of": opener, "sender": sender, "args": {"outcome": OUTCOMES[rest]}}
    return {"private": True, "sender": sender, "text": f"{verb} {{case:{opener}}} {rest}".strip()}


def _sender(lounge: str, who: str, opener: str, known: Mapping[str, str]) -> str:
    if who == "host":
        return f"{{host:{lounge}}}"
    if who in ("attendant", "mediator", "liaison", "reporter"):
        return f"{{{who}:{opener}}}"
    return f"{{{who}}}" if who.startswith("desk:") else _id(lounge, who, known) if who else ""


def _id(lounge: str, name: str, known: Mapping[str, str]) -> str:
    return known.get(name, f"u_{lounge}_{name}")
