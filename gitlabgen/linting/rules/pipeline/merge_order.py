"""`merge-order`: the position of `<<` decides which value counts."""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="merge-order",
    summary="The position of `<<` decides which value counts.",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#extends",
    examples=(),
)
