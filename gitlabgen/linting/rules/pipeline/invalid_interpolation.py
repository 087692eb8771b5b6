"""`invalid-interpolation`: `$[[ … ]]` names no input, or uses a function that GitLab does not have."""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-interpolation",
    summary="`$[[ … ]]` names no input, or uses a function that GitLab does not have.",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/inputs/",
    examples=(),
)
