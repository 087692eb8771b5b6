"""`[tool.gitlabgen.project]`: what only the GitLab server knows of the project."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from gitlabgen.definitions.project_facts import project_facts
from gitlabgen.definitions.schemas import PYPROJECT
from gitlabgen.errors import DefinitionError
from gitlabgen.simulation import ProjectFacts, ProjectVariable


def facts_of(folder: Path, table: str) -> ProjectFacts:
    """Return the facts of a repository whose pyproject.toml has a table with some entries."""
    (folder / "pyproject.toml").write_text(f"[tool.gitlabgen.project]\n{table}\n", "utf-8")
    return project_facts(str(folder))


def test_without_the_table_nothing_is_known(tmp_path: Path) -> None:
    """Without the file, and without the table, no fact is known."""
    assert project_facts(str(tmp_path)) == ProjectFacts()
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'gitlabgen'\n", "utf-8")
    assert project_facts(str(tmp_path)) == ProjectFacts()


def test_the_table_states_facts(tmp_path: Path) -> None:
    """Each key states a fact; a variable is a name, or a mapping."""
    table = """
path = "group/app"
default_branch = "trunk"
protected = ["trunk", "release/*"]
protected_environments = ["production"]
variables = ["A", {key = "B", value = "b", protected = true, scope = "review/*"}]
"""
    variables = (ProjectVariable("A"), ProjectVariable("B", "b", protected=True, scope="review/*"))
    assert facts_of(tmp_path, table) == ProjectFacts("group/app", "trunk", variables, ("trunk", "release/*"), ("production",))


def test_variables_can_be_a_table(tmp_path: Path) -> None:
    """Variables by name have a value, or a mapping without a key."""
    table = 'variables.A = "a"\nvariables.B = {protected = true}\n'
    assert facts_of(tmp_path, table).variables == (ProjectVariable("A", "a"), ProjectVariable("B", protected=True))
    assert facts_of(tmp_path, table).variable_names == {"A", "B"}
    assert facts_of(tmp_path, "variables = []").variables == ()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("variabels = ['A']", "2:1: `tool.gitlabgen.project.variabels` is not known here; did you mean `variables`?"),
        ("x = 1", "2:1: `tool.gitlabgen.project.x` is not known here; write path, default_branch, variables, protected, "),
        ("path = 3", "2:8: `tool.gitlabgen.project.path` should be a text, got 3"),
        ("default_branch = ''", "2:18: `tool.gitlabgen.project.default_branch` should be a text, got ''"),
        ("protected = 'main'", "2:13: `tool.gitlabgen.project.protected` should be a list of names, perhaps with `*`"),
        ("protected_environments = [1]", "2:26: `tool.gitlabgen.project.protected_environments` should be a list of names"),
        ("variables = 'A'", "2:13: `tool.gitlabgen.project.variables` should be a list of variables; write "),
        ("variables = [3]", "2:14: `tool.gitlabgen.project.variables.0` should be the name of a variable, or a mapping"),
        ("variables = ['$A']", "2:14: `tool.gitlabgen.project.variables.0` should be the name of a variable, got '$A'; write "),
        ("variables = [{key = 'A-B'}]", "2:21: `tool.gitlabgen.project.variables.0.key` should be the name of a variable, "),
        ("variables = [{key = 'A', scop = '*'}]", "2:26: `tool.gitlabgen.project.variables.0.scop` is not known here; did you"),
        ("variables = [{key = 'A', value = 1}]", "2:34: `tool.gitlabgen.project.variables.0.value` should be a text, got 1"),
        ("variables = [{key = 'A', protected = 1}]", "2:38: `tool.gitlabgen.project.variables.0.protected` should be true or"),
        ("variables.A = {scop = '*'}", "2:16: `tool.gitlabgen.project.variables.A.scop` is not known here; did you mean"),
        ("variables.A = 1", "2:15: `tool.gitlabgen.project.variables.A` should be a text or a mapping, got 1"),
    ],
)
def test_a_mistake_is_reported_at_its_line(tmp_path: Path, table: str, message: str) -> None:
    """An unknown key is reported at the key, and a wrong value at the value."""
    with pytest.raises(DefinitionError) as raised:
        facts_of(tmp_path, table)
    (found,) = raised.value.findings
    text = f"{found.line}:{found.column}: {found.message}" + (f"; {found.hint}" if found.hint else "")
    assert text.startswith(message)


def test_all_mistakes_are_reported(tmp_path: Path) -> None:
    """One run names them all."""
    with pytest.raises(DefinitionError) as raised:
        facts_of(tmp_path, "path = 1\nprotected = 2\nvariables = [1, {key = 2}]")
    assert len(raised.value.findings) == 4


@pytest.mark.parametrize(
    ("table", "is_valid"),
    [
        ({"variables": ["A", {"key": "B", "protected": True}]}, True),
        ({"variables": {"A": "a", "B": {"scope": "*"}}}, True),
        ({"path": "g/a", "default_branch": "main", "protected": ["main"], "protected_environments": []}, True),
        ({"variables": "A"}, False),
        ({"variables": [{"value": "a"}]}, False),
        ({"variabels": []}, False),
        ({"protected": [1]}, False),
    ],
)
def test_the_schema_says_the_same(table: object, is_valid: bool) -> None:  # noqa: FBT001
    """Editors complete the keys, and mark what is refused."""
    assert jsonschema.Draft202012Validator(PYPROJECT).is_valid({"tool": {"gitlabgen": {"project": table}}}) is is_valid
