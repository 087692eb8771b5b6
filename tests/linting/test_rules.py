"""Each rule finds what it is there for, and nothing else: a folder of files for each, with what is expected on top."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen.codec.pipelines import read
from gitlabgen.errors import Finding
from gitlabgen.linting import RULES, lint

_CASES = Path(__file__).parent / "cases"
_FILES = sorted(_CASES.glob("*/*.yml"))
_MARK = "# expect: "


def expectations(text: str) -> list[str]:
    """Return what the comments at the top of a case expect; the lines below them count from 1."""
    return [line.removeprefix(_MARK) for line in text.splitlines() if line.startswith(_MARK)]


def told(finding: Finding) -> str:
    """Return a finding as cases write it."""
    hint = f" | {finding.hint}" if finding.hint else ""
    return f"{finding.line}:{finding.column} {finding.severity} {finding.message}{hint}"


def body(text: str) -> str:
    """Return a case without its expectations."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(_MARK))


@pytest.mark.parametrize("path", _FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_rule_finds_what_it_should(path: Path) -> None:
    """The findings of the rule that gives the folder its name are those at the top of the file."""
    text = path.read_text(encoding="utf-8")
    pipeline, _ = read(body(text), filename="ci.yml")
    found = [told(finding) for finding in lint(pipeline) if finding.rule == path.parent.name]
    assert found == expectations(text)


def test_every_rule_is_a_file_with_cases() -> None:
    """The list of rules is the list of files, and each has at least one case."""
    files = {path.stem.replace("_", "-") for path in Path("gitlabgen/linting").glob("[!_]*.py")}
    assert sorted(RULES) == list(RULES)
    assert files == set(RULES)
    assert {path.parent.name for path in _FILES} | {"newer-keyword"} == set(RULES)
