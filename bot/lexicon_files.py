"""Adds accepted lines to the lexicon's files: at the end of a list, with every comment and every other byte kept."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.config import BadConfig, load

HEADER = """# 房东的意见：每条一句话。留下的会进词库，不要的整条删掉，再运行 lounge lexicon accept 本文件。
# was 是机器人听成的类别，should 是房东说应为的类别；should 为 null 表示不是诉求。
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A correction by a host: a line, what it was heard as, and what it should be (None: no appeal)."""

    text: str
    was: str | None
    should: str | None
    lounge: str = ""


class Unusable(Exception):
    """A file of proposals, or what would become of the lexicon with it; `mistakes` names file, line and why."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


def written(proposals: Sequence[Proposal]) -> str:
    """The file that a person reads and accepts."""
    rows = [{"text": p.text, "was": p.was, "should": p.should, "lounge": p.lounge} for p in proposals]
    return HEADER + (yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=1000) if rows else "[]\n")


def read(path: Path) -> list[Proposal]:
    """The proposals of a file. Raises Unusable with every mistake, OSError."""
    try:
        tree = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
        rows = yaml.safe_load(path.read_text("utf-8")) or []
    except (yaml.YAMLError, UnicodeDecodeError) as bad:
        mark = getattr(bad, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise Unusable([f"{path}{line}: not valid YAML: {getattr(bad, 'problem', bad)}"]) from None
    if not isinstance(rows, list) or tree is None:
        raise Unusable([f"{path}:1: expected a list of proposals"])
    found, wrong = [], []
    for row, node in zip(rows, tree.value, strict=True):
        proposal = _proposal(row)
        if proposal is None:
            wrong.append(f"{path}:{node.start_mark.line + 1}: expected text, and was and should as an intent or null")
        else:
            found.append(proposal)
    if wrong:
        raise Unusable(wrong)
    return found


def _proposal(row: object) -> Proposal | None:
    if not isinstance(row, Mapping):
        return None
    text, was, should = row.get("text"), row.get("was"), row.get("should")
    known = all(intent is None or isinstance(intent, str) for intent in (was, should))
    if not isinstance(text, str) or not text.strip() or not known or (was is None and should is None):
        return None
    return Proposal(" ".join(text.split()), was, should, str(row.get("lounge") or ""))


def accept(folder: Path, proposals: Iterable[Proposal]) -> dict[str, int]:
    """Write the proposals into the lexicon; file -> lines added. The lexicon with them is checked whole before.

    Raises Unusable with every mistake, and changes nothing then.
    """
    wanted: dict[tuple[str, str], list[str]] = {}
    for proposal in proposals:
        intent, part = (proposal.should, "lines") if proposal.should else (proposal.was, "near")
        wanted.setdefault((f"intents/{intent}.yaml", part), []).append(proposal.text)
    missing = sorted({name for name, _ in wanted if not (folder / name).is_file()})
    if missing:
        raise Unusable(f"{folder / name}: there is no such intent" for name in missing)
    fresh: dict[str, str] = {}
    added: dict[str, int] = {}
    for (name, section), lines in wanted.items():
        old = fresh.get(name) or (folder / name).read_text("utf-8")
        taken = {str(line) for lists in ("lines", "near") for line in (yaml.safe_load(old).get(lists) or ())}
        new = [line for line in dict.fromkeys(lines) if line not in taken]
        fresh[name] = appended(old, section, new)
        added[name] = added.get(name, 0) + len(new)
    _check(folder, fresh)
    for name, text in fresh.items():
        aside = (folder / name).with_suffix(".new")
        aside.write_text(text, "utf-8")
        aside.replace(folder / name)
    return added


def _check(folder: Path, fresh: Mapping[str, str]) -> None:
    with tempfile.TemporaryDirectory() as aside:
        trial = Path(shutil.copytree(folder, Path(aside) / "config"))
        for name, text in fresh.items():
            (trial / name).write_text(text, "utf-8")
        try:
            load(trial)
        except BadConfig as bad:
            raise Unusable(map(str, bad.mistakes)) from None


def appended(text: str, section: str, lines: Sequence[str]) -> str:
    """YAML text with entries put behind the last one of a top-level list; nothing else changes."""
    rows = text.splitlines(keepends=True)
    head = next(n for n, row in enumerate(rows) if re.match(rf"{section}\s*:", row))
    last, indent = head, "  "
    for number in range(head + 1, len(rows)):
        if item := re.match(r"(\s*)- ", rows[number]):
            last, indent = number, item[1]
        elif rows[number].strip() and not rows[number].startswith((" ", "#")):
            break
    while last + 1 < len(rows) and rows[last + 1].startswith(indent + "  ") and rows[last + 1].strip():
        last += 1  # an entry that goes on over several rows
    if not rows[last].endswith("\n"):
        rows[last] += "\n"
    return "".join([*rows[: last + 1], *(f"{indent}- {_quoted(line)}\n" for line in lines), *rows[last + 1 :]])


def _quoted(line: str) -> str:
    """A line as a YAML scalar, in double quotes unless it is plain words."""
    plain = re.fullmatch(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff ，。！？、…]*", line) and not re.fullmatch(r"[\d. ]+|true|false|null|yes|no|on|off", line)
    return line if plain else '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'
