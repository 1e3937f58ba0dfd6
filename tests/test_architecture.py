"""The arrows of the design: imports point down only, the middle is pure, files and functions stay one idea."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BOT = ROOT / "bot"
FILES = sorted(BOT.rglob("*.py"))
FILE_LINES, FUNCTION_LINES = 300, 40

NEUTRAL = {"bot.messages", "bot.shards"}
# package -> what of the project it may import (prefixes). What is not listed here may import anything below itself.
MAY_IMPORT: dict[str, set[str]] = {
    "bot.domain": {"bot.domain"},
    "bot.messages": set(),
    "bot.shards": set(),
    "bot.intents": {"bot.domain", "bot.intents", *NEUTRAL},
    "bot.store": {"bot.domain", "bot.store", *NEUTRAL},
    "bot.channels": {"bot.domain", "bot.channels", *NEUTRAL},
    "bot.handlers": {"bot.domain", "bot.intents", "bot.handlers", "bot.store.port", "bot.channels.base", *NEUTRAL},
    "bot.loops": {"bot.domain", "bot.handlers", "bot.loops", "bot.store.port", "bot.clocks", *NEUTRAL},
    "bot.config": {"bot.domain", "bot.config", "bot.holidays"},
}
NO_IO = ("bot.domain", "bot.intents", "bot.handlers", "bot.channels")
IO_MODULES = {"aiohttp", "redis", "socket", "subprocess", "asyncio", "requests", "urllib.request"}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "bot")


def within(module: str, prefixes: set[str] | tuple[str, ...]) -> bool:
    return any(module == prefix or module.startswith(prefix + ".") for prefix in prefixes)


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_point_down_only(path: Path) -> None:
    module = module_of(path)
    package = max((p for p in MAY_IMPORT if within(module, {p}) or module.startswith(p + "_")), key=len, default=None)
    if package is None:
        return
    wrong = [name for name in imports_of(path)
             if within(name, {"bot"}) and name != "bot" and not within(name, MAY_IMPORT[package])
             and not name.startswith(package)]
    assert not wrong, f"{module} may not import {wrong}"


@pytest.mark.parametrize("path", [p for p in FILES if within(module_of(p), {"bot.domain"})], ids=module_of)
def test_the_domain_imports_the_standard_library_alone(path: Path) -> None:
    foreign = [name for name in imports_of(path)
               if name.split(".")[0] not in sys.stdlib_module_names and not within(name, {"bot.domain"})]
    assert not foreign


@pytest.mark.parametrize("path", [p for p in FILES if within(module_of(p), NO_IO)], ids=module_of)
def test_what_decides_and_translates_does_no_input_or_output(path: Path) -> None:
    names = set(imports_of(path))
    assert not names & IO_MODULES
    calls = {node.func.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not calls & {"open", "print", "input"}


@pytest.mark.parametrize("path", [p for p in FILES if within(module_of(p), NO_IO)], ids=module_of)
def test_time_is_a_parameter_in_the_middle(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for asked in ("datetime.now(", "time.time(", "date.today(", "utcnow("):
        assert asked not in text, f"{module_of(path)} asks the clock itself: {asked}"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_a_file_and_a_function_are_one_idea_each(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= FILE_LINES, f"{module_of(path)} has {len(text.splitlines())} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= FUNCTION_LINES, f"{module_of(path)}.{node.name} has {length} lines"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_a_module_opens_with_its_promise(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree), f"{module_of(path)} says nothing of itself"


def test_only_the_loops_and_the_edge_catch_everything() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None or isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            ):
                raises = any(isinstance(n, ast.Raise) for n in ast.walk(node)) or "set_exception" in ast.unparse(node)
                assert raises or within(module_of(path), {"bot.loops"}), f"{module_of(path)}:{node.lineno} catches everything"
