"""A mistake that goes through a function of the user's own is reported at the line that can correct it, with the other one."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from gitlabgen import lint
from gitlabgen.definitions.loading import load
from gitlabgen.errors import DefinitionError, Finding

HEAD = "from gitlabgen import Job, Pipeline, Project\n\n"
TAIL = "\nproject = Project(pipeline=Pipeline(jobs=[*jobs]))\n"


def _findings(folder: Path, body: str) -> list[Finding]:
    path = folder / "gitlab_ci.py"
    path.write_text(HEAD + body + TAIL, "utf-8")
    try:
        return [*lint(load(str(path)).project)]
    except DefinitionError as error:
        return [*error.findings]


def _marked(folder: Path, finding: Finding) -> str:
    lines = (folder / "gitlab_ci.py").read_text("utf-8").split("\n")
    assert finding.line is not None
    assert finding.column is not None
    assert finding.end_column is not None
    return lines[finding.line - 1][finding.column - 1 : finding.end_column - 1]


def _shown(folder: Path, body: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what each finding marks, and its related positions with what they mark."""
    found = _findings(folder, body)
    return [(_marked(folder, one), [(other.message, _marked(folder, other)) for other in one.related]) for one in found]


@pytest.mark.parametrize(
    ("body", "marked", "related"),
    [
        (
            "def made(name):\n    return Job(name, script=['x'], retry=7)\n\njobs = [made('a')]",
            "7",
            [("called here", "made('a')")],
        ),
        (
            "def made(name, *, tries):\n    return Job(name, script=['x'], retry=tries)\n\njobs = [made('a', tries=7)]",
            "7",
            [("passed on here", "tries")],
        ),
        (
            "def made(name, tries):\n    return Job(name, script=['x'], retry=tries)\n\njobs = [made('a', 7) for _ in 'x']",
            "7",
            [("passed on here", "tries")],
        ),
        (
            "def made(name, needs):\n    return Job(name, script=['x'], needs=needs)\n\njobs = [made('a', ['b'])]",
            "'b'",
            [("passed on here", "needs")],
        ),
        (
            "def made(needs):\n    needs = needs or ['b']\n    return Job('a', script=['x'], needs=needs)\n\njobs = [made([])]",
            "needs",
            [("called here", "made([])")],
        ),
        (
            "def made(name, needs=('b',)):\n    return Job(name, script=['x'], needs=needs)\n\njobs = [made('a')]",
            "needs",
            [("called here", "made('a')")],
        ),
        (
            "def made(name, **more):\n    return Job(name, script=['x'], **more)\n\njobs = [made('a', stge='b')]",
            "stge",
            [("passed on here", "Job(name, script=['x'], **more)")],
        ),
        (
            "def made(name, **more):\n    return Job(name, script=['x'], stge='b', **more)\n\njobs = [made('a', tags=['t'])]",
            "stge",
            [("called here", "made('a', tags=['t'])")],
        ),
        (
            "def inner(t):\n    return Job('a', script=['x'], retry=t)\n\ndef out(n):\n    return inner(7)\n\njobs = [out('a')]",
            "7",
            [("passed on here", "t"), ("called here", "out('a')")],
        ),
        (
            "class Jobs:\n    def a(self, tries):\n        return Job('a', script=['x'], retry=tries)\n\njobs = [Jobs().a(7)]",
            "7",
            [("passed on here", "tries")],
        ),
        (
            "def made(names):\n    return [Job(name, script=['x'], retry=7) for name in names]\n\njobs = made('a')",
            "7",
            [("called here", "made('a')")],
        ),
        ("def all_jobs():\n    return [Job('a', script=['x'], retry=7)]\n\njobs = all_jobs()", "7", []),
        ("jobs = [*map(lambda name: Job(name, script=['x'], retry=7), 'a')]", "7", []),
        ("jobs = [Job(name, script=['x'], retry=7) for name in 'a']", "7", []),
    ],
)
def test_the_line_that_can_correct_it_comes_first(body: str, marked: str, related: list[tuple[str, str]], tmp_path: Path) -> None:
    """A value that the user's call gives is marked there; a value in the function is marked there, and the call is named."""
    assert _shown(tmp_path, body) == [(marked, related)]


def test_a_mistake_in_a_function_that_makes_several_jobs_is_one_finding(tmp_path: Path) -> None:
    """The finding has the number of jobs, and the first call."""
    body = "def made(name):\n    return Job(name, script=['x'], retry=7)\n\njobs = [made('a'), made('b')]"
    (finding,) = _findings(tmp_path, body)
    assert finding.message == "`a`: `retry` must be at most 2, got 7 (2 jobs: `a`, `b`)"
    assert finding.jobs == ("a", "b")


def test_a_definition_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many findings a definition has, its text is parsed once."""
    parses = []
    parse: Callable[..., ast.AST] = ast.parse

    def counted(source: bytes) -> ast.AST:
        parses.append(source)
        return parse(source)

    monkeypatch.setattr(ast, "parse", counted)
    many = "\n".join(f"jobs.append(Job('j{number}', script=['x'], needs=['n{number}']))" for number in range(30))
    assert len(_findings(tmp_path, f"jobs = []\n{many}")) == 30
    assert len(parses) == 1
