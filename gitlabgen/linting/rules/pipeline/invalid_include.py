"""`invalid-include`: an included file does not exist, or GitLab would refuse the include."""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-include",
    summary="An included file does not exist, or GitLab would refuse the include.",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#include",
    examples=(),
)
