"""`[tool.gitlabgen.limits]`: the limits that an administrator of the GitLab server has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from gitlabgen.definitions.tables import Table, table_of
from gitlabgen.errors import DefinitionError, Finding, did_you_mean
from gitlabgen.gitlab.limits import DEFAULT_LIMITS, MOST_CACHE_KEY_FILES, Limits

__all__ = ["LIMITS", "Limit", "server_limits"]


class Limit(NamedTuple):
    """An entry of the table.

    Args:
        description: What it limits.
        least: The smallest number that GitLab accepts.
        most: The largest number; None without a largest one.
    """

    description: str
    least: int
    most: int | None = None


LIMITS: Final[Mapping[str, Limit]] = {
    "needs": Limit("The number of jobs that a job may need; 50 by default.", 0),
    "caches": Limit("The number of caches of a job, a setting since GitLab 18.11; 4 by default.", 1),
    "cache-key-files": Limit(
        "The number of files in `cache:key:files`: 2, or 10 with the feature flag `increase_ci_cache_key_files_limit`.",
        1,
        MOST_CACHE_KEY_FILES,
    ),
    "includes": Limit("The number of files that a pipeline may include; 150 by default.", 0),
}
"""The limits by key."""


def server_limits(root: str) -> Limits:
    """Return the limits that a repository's pyproject.toml states; the others are GitLab's defaults.

    Args:
        root: The repository's root.

    Raises:
        DefinitionError: If the table is not valid; with all findings.
    """
    table = table_of(root, "limits", "caches = 8")
    if table is None:
        return DEFAULT_LIMITS
    findings = [*_findings(table)]
    if findings:
        raise DefinitionError(*findings)
    return Limits(**{key.replace("-", "_"): number for key, number in table.data.items()})


def _findings(table: Table) -> Iterator[Finding]:
    for key, number in table.data.items():
        limit = LIMITS.get(key)
        if limit is None:
            yield table.finding(key, "is not a limit", did_you_mean(key, LIMITS, f"write {', '.join(LIMITS)}"), at_key=True)
        elif type(number) is not int or number < limit.least or (limit.most is not None and number > limit.most):
            numbers = f"of at least {limit.least}" if limit.most is None else f"from {limit.least} to {limit.most}"
            yield table.finding(key, f"should be a whole number {numbers}, got {number!r}")
