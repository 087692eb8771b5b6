"""`unused-block`: a hidden block that nothing extends or refers to.

Source: https://docs.gitlab.com/ci/jobs/#hide-a-job
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.analysis.walking import values_in
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.reference import Reference
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each hidden block that is never used; a file of nothing but blocks is there to be included."""
    blocks = [job for job in analysis.root.jobs if job.name in analysis.resolution.hidden]
    if not blocks or not analysis.jobs or analysis.open:
        return
    used = set(_names(analysis.root))
    for block in blocks:
        if block.name not in used:
            message = f"{block.name} is never extended, and no !reference leads to it"
            yield RULE.finding(spot(block, ()), message, "remove it, or use it")


def _names(pipeline: Pipeline) -> Iterator[str]:
    """Yield the names that a pipeline extends or refers to."""
    for value in values_in(pipeline):
        if isinstance(value, Reference):
            yield from value.path[:1]
        elif isinstance(value, BaseJob):
            parents = value.extends if isinstance(value.extends, tuple) else (value.extends,)
            yield from (parent for parent in parents if isinstance(parent, str))


RULE: Final = LintRule(
    id="unused-block",
    summary="a hidden block that nothing extends or refers to",
    why="",
    severity="info",
    confidence="certain",
    source="https://docs.gitlab.com/ci/jobs/#hide-a-job",
    examples=(),
    check=check,
)
