"""`no-visible-job`: a pipeline without jobs.

Source: https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding if there is no job that is not hidden."""
    if not analysis.jobs and not analysis.open:
        yield RULE.finding(spot(analysis.pipeline, ()), "jobs config should contain at least one visible job")


RULE: Final = LintRule(
    id="no-visible-job",
    summary="a pipeline of nothing but hidden blocks",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/",
    examples=(),
    check=check,
)
