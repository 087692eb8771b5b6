"""`[tool.gitlabgen.project]`: what only the GitLab server knows about the project."""

from __future__ import annotations

from gitlabgen.definitions.tables import table_of
from gitlabgen.errors import DefinitionError
from gitlabgen.simulation.project_facts import ProjectFacts, fact_problems, facts_from

__all__ = ["project_facts"]


def project_facts(root: str) -> ProjectFacts:
    """Return the facts that a repository's pyproject.toml states; the others are not known.

    Args:
        root: The repository's root.

    Raises:
        DefinitionError: If the table is not valid; with all findings.
    """
    table = table_of(root, "project", 'protected = ["main"]')
    if table is None:
        return ProjectFacts()
    findings = [
        table.document.finding(
            (*table.keys, *map(str, problem.path)), problem.text, str(problem.hint or "") or None, at_key=problem.key is not None
        )
        for problem in fact_problems(table.data)
    ]
    if findings:
        raise DefinitionError(*findings)
    return facts_from(table.data)
