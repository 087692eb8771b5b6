"""What mypy and pyright say about right and wrong uses of the library, and what only gitlabgen itself finds."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import gitlabgen
from gitlabgen import BaseJob, GitlabgenError, Pipeline
from gitlabgen.sam import Template
from tests.typing.checkers import HERE, ROOT, Reports, mypy, pyright

PAGE = ROOT / "docs" / "editors.md"
RIGHT = sorted((HERE / "right").glob("*.py"))
WRONG = HERE / "wrong" / "mistakes.py"


class Mistake(NamedTuple):
    """A mistake, and who reports it."""

    name: str
    what: str
    code: str
    line: int
    mypy: frozenset[str]
    pyright: frozenset[str]


def _read() -> Iterator[Mistake]:
    text = WRONG.read_text("utf-8")
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            line = node.body[-1].lineno
            code, _, expected = lines[line - 1].partition("  # expect: ")
            tools = {tool: frozenset(rules.split(", ")) for tool, rules in re.findall(r"(\w+)\[(.+?)\]", expected)}
            none: frozenset[str] = frozenset()
            yield Mistake(
                node.name,
                ast.get_docstring(node) or "",
                code.strip().removeprefix("return "),
                line,
                tools.get("mypy", none),
                tools.get("pyright", none),
            )


MISTAKES = [*_read()]


def _expected(tool: str) -> Reports:
    return {(WRONG.name, mistake.line): {*rules} for mistake in MISTAKES if (rules := getattr(mistake, tool))}


def _found_by_gitlabgen(name: str) -> str:
    """Return when gitlabgen itself finds a mistake: when the definition loads, or when it is linted."""
    function = runpy.run_path(str(WRONG))[name]
    try:
        made = function()
    except (GitlabgenError, TypeError):
        return "load"
    model = Pipeline(jobs=[made]) if isinstance(made, BaseJob) else made
    return "lint" if isinstance(model, Pipeline | Template) and gitlabgen.lint(model) else ""


@pytest.mark.slow
def test_mypy_accepts_right_uses(tmp_path: Path) -> None:
    """Mypy reports nothing about right uses, also with `--strict` and `--warn-unreachable`."""
    assert mypy("right", tmp_path) == {}


@pytest.mark.slow
def test_pyright_accepts_right_uses(tmp_path: Path) -> None:
    """Pyright reports nothing about right uses, not even a value of an unknown type."""
    assert pyright("right", tmp_path, strict=True) == {}


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_right_uses_run(path: Path) -> None:
    """What type checkers accept here, the library accepts, too."""
    assert runpy.run_path(str(path))


@pytest.mark.slow
def test_mypy_reports_mistakes(tmp_path: Path) -> None:
    """Mypy reports each marked line with the marked rule, and no other line."""
    assert mypy("wrong", tmp_path) == _expected("mypy")


@pytest.mark.slow
def test_pyright_reports_mistakes(tmp_path: Path) -> None:
    """Pyright reports each marked line with the marked rule, and no other line."""
    assert pyright("wrong", tmp_path) == _expected("pyright")


def test_the_page_says_who_finds_each_mistake() -> None:
    """The page about editors lists the mistakes with those who find them, and the right sums."""
    found = {mistake.name: _found_by_gitlabgen(mistake.name) for mistake in MISTAKES}
    marks = {True: "yes", False: ""}
    rows = [
        f"| {made.what}: `{made.code}` | {marks[bool(made.mypy)]} | {marks[bool(made.pyright)]} | {found[made.name]} |"
        for made in MISTAKES
    ]
    sums = (
        f"Of {len(MISTAKES)} mistakes, mypy reports {sum(bool(mistake.mypy) for mistake in MISTAKES)}, "
        f"pyright {sum(bool(mistake.pyright) for mistake in MISTAKES)}, loading the definition "
        f"{[*found.values()].count('load')}, and `gitlabgen lint` {[*found.values()].count('lint')} more."
    )
    page = PAGE.read_text("utf-8")
    assert sums in page
    assert [line for line in page.splitlines() if line.startswith("| ")][1:] == rows
