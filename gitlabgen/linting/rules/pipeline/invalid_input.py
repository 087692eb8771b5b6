"""`invalid-input`: an input is missing, unknown, or has a value that it does not take."""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-input",
    summary="An input is missing, unknown, or has a value that it does not take.",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/inputs/",
    examples=(),
)
