"""`duplicate-key`: a key is written twice in a mapping, so that the last one counts."""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="duplicate-key",
    summary="A key is written twice in a mapping, so that the last one counts.",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/",
    examples=(),
)
