"""`invalid-keyword`: a keyword has a value that GitLab or AWS rejects."""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-keyword",
    summary="A keyword has a value that GitLab or AWS rejects.",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/",
    examples=(),
)
