"""`unused-block`: a hidden block that nothing extends or refers to.

Source: https://docs.gitlab.com/ci/jobs/#hide-a-job
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.analysis.walking import values_in
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.reference import Reference

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each hidden block that is never used; a file of nothing but blocks is there to be included."""
    blocks = [job for job in subject.root.jobs if job.name in subject.resolution.hidden]
    if not blocks or not subject.jobs or subject.open:
        return
    used = set(_names(subject.root))
    for block in blocks:
        if block.name not in used:
            message = f"{block.name} is never extended, and no !reference leads to it"
            yield finding("unused-block", block, (), message, "remove it, or use it", severity="info")


def _names(pipeline: Pipeline) -> Iterator[str]:
    """Yield the names that a pipeline extends or refers to."""
    for value in values_in(pipeline):
        if isinstance(value, Reference):
            yield from value.path[:1]
        elif isinstance(value, BaseJob):
            parents = value.extends if isinstance(value.extends, tuple) else (value.extends,)
            yield from (parent for parent in parents if isinstance(parent, str))
