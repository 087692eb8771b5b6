"""`invalid-reference`: a `!reference` leads to nothing."""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-reference",
    summary="A `!reference` leads to nothing.",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags",
    examples=(),
)
