"""`invalid-yaml`: the file is not YAML that GitLab would read."""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-yaml",
    summary="The file is not YAML that GitLab would read.",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/",
    examples=(),
)
