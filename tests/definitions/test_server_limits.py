"""`[tool.gitlabgen.limits]`: what an administrator of the GitLab server has changed."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from gitlabgen.definitions.schemas import PYPROJECT
from gitlabgen.definitions.server_limits import LIMITS, server_limits
from gitlabgen.errors import DefinitionError
from gitlabgen.gitlab.limits import Limits


def limits_of(folder: Path, text: str) -> Limits:
    """Return the limits of a repository whose pyproject.toml has a text."""
    (folder / "pyproject.toml").write_text(text, "utf-8")
    return server_limits(str(folder))


def test_without_the_table_the_limits_are_those_of_gitlab(tmp_path: Path) -> None:
    """Without the file, and without the table, GitLab's defaults apply."""
    assert server_limits(str(tmp_path)) == Limits(50, 4, 2, 150)
    assert limits_of(tmp_path, "[project]\nname = 'limits'\n") == Limits()
    assert limits_of(tmp_path, "[project]\nname = 'x'\n") == Limits()


def test_the_table_replaces_single_limits(tmp_path: Path) -> None:
    """Each key replaces one limit."""
    assert limits_of(tmp_path, "[tool.gitlabgen.limits]\ncaches = 8\n") == Limits(caches=8)
    text = "[tool.gitlabgen.limits]\nneeds = 100\ncache-key-files = 10\nincludes = 300\n"
    assert limits_of(tmp_path, text) == Limits(needs=100, cache_key_files=10, includes=300)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("limits = 3", "2:10: `tool.gitlabgen.limits` should be a table, got 3; write caches = 8 below [tool.gitlabgen.limits]"),
        (
            "[tool.gitlabgen.limits]\ncaches = 0",
            "3:10: `tool.gitlabgen.limits.caches` should be a whole number of at least 1, got 0",
        ),
        (
            "[tool.gitlabgen.limits]\nneeds = -1",
            "3:9: `tool.gitlabgen.limits.needs` should be a whole number of at least 0, got -1",
        ),
        (
            "[tool.gitlabgen.limits]\nneeds = true",
            "3:9: `tool.gitlabgen.limits.needs` should be a whole number of at least 0, got True",
        ),
        (
            '[tool.gitlabgen.limits]\nincludes = "300"',
            "3:12: `tool.gitlabgen.limits.includes` should be a whole number of at least 0, got '300'",
        ),
        (
            "[tool.gitlabgen.limits]\ncache-key-files = 11",
            "3:19: `tool.gitlabgen.limits.cache-key-files` should be a whole number from 1 to 10, got 11",
        ),
        ("[tool.gitlabgen.limits]\ncachs = 8", "3:1: `tool.gitlabgen.limits.cachs` is not a limit; did you mean `caches`?"),
        (
            "[tool.gitlabgen.limits]\nparallel = 8",
            "3:1: `tool.gitlabgen.limits.parallel` is not a limit; write needs, caches, cache-key-files, includes",
        ),
    ],
)
def test_a_mistake_is_reported_at_its_line(tmp_path: Path, table: str, message: str) -> None:
    """An unknown limit is reported at its key, and a wrong number at its value."""
    with pytest.raises(DefinitionError) as raised:
        limits_of(tmp_path, f"[tool.gitlabgen]\n{table}\n")
    (found,) = raised.value.findings
    hint = f"; {found.hint}" if found.hint else ""
    assert f"{found.line}:{found.column}: {found.message}{hint}" == message


def test_all_mistakes_are_reported(tmp_path: Path) -> None:
    """All entries are checked, not only the first."""
    with pytest.raises(DefinitionError) as raised:
        limits_of(tmp_path, "[tool.gitlabgen.limits]\ncaches = 0\nneeds = 'x'\n")
    assert [finding.line for finding in raised.value.findings] == [2, 3]


@pytest.mark.parametrize(("limits", "is_valid"), [({"caches": 8}, True), ({"caches": 0}, False), ({"x": 1}, False)])
def test_the_schema_describes_the_table(limits: object, is_valid: object) -> None:
    """The schema of pyproject.toml has the same keys and bounds."""
    validator = jsonschema.Draft202012Validator(PYPROJECT)
    assert validator.is_valid({"tool": {"gitlabgen": {"limits": limits}}}) is is_valid
    assert [key.replace("-", "_") for key in LIMITS] == [*Limits._fields]
