"""`invalid-extends`: a job extends a job that does not exist, or itself."""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-extends",
    summary="A job extends a job that does not exist, or itself.",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#extends",
    examples=(),
)
