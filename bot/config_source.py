"""One YAML file as plain data, with the line of every key, so that a mistake can be named by file, line and key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Base
except ImportError:  # a PyYAML built without libyaml: the same answers, slower
    from yaml import SafeLoader as _Base  # type: ignore[assignment]

Where = tuple[str | int, ...]  # keys and list positions from the top of the file


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong in the configuration: the file (relative to its folder), the key, and what would be right."""

    file: str
    key: str
    why: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.key, self.why) if part)


class _Loader(_Base):
    """YAML 1.2's plain words: `on`, `no` and `12:30` are text, as whoever wrote them meant."""

    # Numbers, true, false and null are all that is not text; dates too stay text until a model reads them.
    yaml_implicit_resolvers: dict[str, Any] = {}


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]{0,17})$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+\.[0-9]+$"), list("-0123456789"))


@dataclass(frozen=True, slots=True)
class Source:
    """A file that could be read: its name, its data (a mapping), and the parse tree that knows the lines."""

    name: str
    data: Mapping[str, Any]
    tree: yaml.Node | None = None

    def mistake(self, where: Where, why: str) -> Mistake:
        """A mistake at a key; the line is that of the key, or of the nearest key above it that exists."""
        return Mistake(self.name, spelled(where), why, _line(self.tree, where))

    def ids(self, section: str) -> tuple[str, ...]:
        """The keys of a section as written, sound or not."""
        found = self.data.get(section)
        return tuple(str(key) for key in found) if isinstance(found, Mapping) else ()


def spelled(where: Where) -> str:
    """`('a', 'b', 0)` as people write it: `a.b[0]`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).removeprefix(".")


def read(folder: Path, name: str, raw: bytes | None) -> tuple[Source | None, list[Mistake]]:
    """Parse one file's bytes (None: it is not there). A Source where there is data, and every mistake of form."""
    if raw is None:
        return None, [Mistake(name, "", f"this file is missing from {folder}")]
    loader: _Loader | None = None
    try:
        loader = _Loader(raw.decode("utf-8-sig"))
        tree = loader.get_single_node()
        data = loader.construct_document(tree) if tree is not None else None
    except UnicodeDecodeError as bad:
        line = raw.count(b"\n", 0, bad.start) + 1
        return None, [Mistake(name, "", f"not UTF-8 text (byte {bad.start}); save it as UTF-8", line)]
    except yaml.MarkedYAMLError as bad:
        mark = bad.problem_mark or bad.context_mark
        at = None if mark is None else mark.line + 1
        return None, [Mistake(name, "", f"not valid YAML: {bad.problem or bad.context}", at)]
    except (yaml.YAMLError, ValueError) as bad:
        return None, [Mistake(name, "", f"not valid YAML: {' '.join(str(bad).split())}")]
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(data, Mapping):
        return None, [Mistake(name, "", "expected keys with values at the top of the file", 1)]
    why = "this key is written twice; keep one"
    return Source(name, data, tree), [Mistake(name, spelled(where), why, line) for where, line in _twice(tree, ())]


def _twice(node: yaml.Node | None, where: Where) -> Iterator[tuple[Where, int]]:
    """Every key that its mapping holds already, which YAML itself would let overwrite the first in silence."""
    if isinstance(node, yaml.MappingNode):
        seen: set[object] = set()
        for key, value in node.value:
            here = (*where, str(key.value))
            if key.value in seen:
                yield here, key.start_mark.line + 1
            seen.add(key.value)
            yield from _twice(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            if not isinstance(item, yaml.ScalarNode):
                yield from _twice(item, (*where, index))


def _line(node: yaml.Node | None, where: Where) -> int | None:
    line = None if node is None else 1
    for part in where:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = (node.value[part], node.value[part])
        else:
            found = None
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line
