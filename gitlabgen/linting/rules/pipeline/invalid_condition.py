"""`invalid-condition`: gitLab cannot read a condition of `rules:if`."""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-condition",
    summary="GitLab cannot read a condition of `rules:if`.",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/jobs/job_rules/",
    examples=(),
)
