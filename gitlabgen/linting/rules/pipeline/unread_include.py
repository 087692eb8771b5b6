"""`unread-include`: a part of the configuration stands where it cannot be read.

Source: https://docs.gitlab.com/ci/yaml/#include
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, Severity
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each include that cannot be read here."""
    for include in analysis.resolution.unknown:
        message = f"{include} cannot be read here: what it defines is unknown"
        severity: Severity = "error" if analysis.strict else "info"
        yield RULE.finding(spot(analysis.root, ("include",)), message, severity=severity)


RULE: Final = LintRule(
    id="unread-include",
    summary="an include that cannot be read offline",
    why="",
    severity="info",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#include",
    former_ids=("unknown-include",),
    examples=(),
    check=check,
)
