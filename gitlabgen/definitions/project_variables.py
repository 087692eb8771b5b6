"""`[tool.gitlabgen.project]`: the names of the variables that the settings of the project and its groups define."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitlabgen.definitions.tables import Table, table_of
from gitlabgen.errors import DefinitionError, Finding, did_you_mean

__all__ = ["KEYS", "project_variables"]

KEYS: Final[Mapping[str, str]] = {
    "variables": "The names of CI/CD variables that the settings of the project, of its groups or of the instance define.",
    "protected-variables": "The names of those that only pipelines of protected branches and tags get.",
}
"""The keys of the table, each with its description."""


def project_variables(root: str) -> frozenset[str]:
    """Return the names of the variables that a repository's pyproject.toml lists.

    Args:
        root: The repository's root.

    Raises:
        DefinitionError: If the table is not valid; with all findings.
    """
    table = table_of(root, "project", 'variables = ["WITH_SCAN"]')
    if table is None:
        return frozenset()
    findings = [*_findings(table)]
    if findings:
        raise DefinitionError(*findings)
    return frozenset(name for names in table.data.values() for name in names)


def _findings(table: Table) -> Iterator[Finding]:
    for key, names in table.data.items():
        if key not in KEYS:
            yield table.finding(key, "is not a setting", did_you_mean(key, KEYS, f"write {' or '.join(KEYS)}"), at_key=True)
        elif not _are_names(names):
            yield table.finding(key, f"should be a list of names, got {names!r}", f'write {key} = ["WITH_SCAN"]')


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) and name.isidentifier() for name in value)
