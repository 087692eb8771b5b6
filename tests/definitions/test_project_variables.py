"""`[tool.gitlabgen.project]`: the variables that only the GitLab server knows."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from gitlabgen.definitions.project_variables import project_variables
from gitlabgen.definitions.schemas import PYPROJECT
from gitlabgen.errors import DefinitionError


def variables_of(folder: Path, text: str) -> frozenset[str]:
    """Return the variables of a repository whose pyproject.toml has a text."""
    (folder / "pyproject.toml").write_text(text, "utf-8")
    return project_variables(str(folder))


def test_the_table_lists_names(tmp_path: Path) -> None:
    """Both lists name variables; a repository without the file or the table names no variables."""
    assert project_variables(str(tmp_path)) == frozenset()
    assert variables_of(tmp_path, "[project]\nname = 'x'\n") == frozenset()
    assert variables_of(tmp_path, "[project]\nname = 'gitlabgen'\n") == frozenset()
    text = "[tool.gitlabgen.project]\nvariables = ['A', 'B']\nprotected-variables = ['C']\n"
    assert variables_of(tmp_path, text) == {"A", "B", "C"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("variables = 'A'", "2:13: `tool.gitlabgen.project.variables` should be a list of names, got 'A'"),
        ("variables = ['$A']", "2:13: `tool.gitlabgen.project.variables` should be a list of names, got ['$A']"),
        ("protected-variables = [1]", "2:23: `tool.gitlabgen.project.protected-variables` should be a list of names, got [1]"),
        ("variabels = ['A']", "2:1: `tool.gitlabgen.project.variabels` is not a setting"),
    ],
)
def test_a_mistake_is_reported_at_its_line(tmp_path: Path, table: str, message: str) -> None:
    """An unknown key is reported at the key, and a wrong value at the value."""
    text = f"[tool.gitlabgen.project]\n{table}\n"
    with pytest.raises(DefinitionError) as raised:
        variables_of(tmp_path, text)
    (found,) = raised.value.findings
    assert f"{found.line}:{found.column}: {found.message}" == message


@pytest.mark.parametrize(("value", "is_valid"), [(["A"], True), ("A", False), ([1], False)])
def test_the_schema_says_the_same(value: object, is_valid: bool) -> None:  # noqa: FBT001
    """Editors complete the keys, and mark what is refused."""
    settings = {"tool": {"gitlabgen": {"project": {"variables": value}}}}
    assert jsonschema.Draft202012Validator(PYPROJECT).is_valid(settings) is is_valid
