"""`replaced-cell`: a job has the name of one that `parallel` makes, and takes its place without a word.

Source: https://docs.gitlab.com/ci/yaml/#parallel
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
    """Yield a finding for each job with the name of a cell of another."""
    for name, children in analysis.children.items():
        for child in children:
            job = analysis.jobs.get(child)
            if job is not None:
                message = f"jobs:{child} silently replaces a job of the matrix of {name}"
                yield RULE.finding(spot(job, ("name",)), message, "rename it")


RULE: Final = LintRule(
    id="replaced-cell",
    summary="a job with the name of a cell of another job's matrix",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#parallel",
    examples=(),
    check=check,
)
