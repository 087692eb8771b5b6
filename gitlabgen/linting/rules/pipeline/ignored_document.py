"""`ignored-document`: gitLab ignores a YAML document of the file."""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="ignored-document",
    summary="GitLab ignores a YAML document of the file.",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#spec",
    examples=(),
)
