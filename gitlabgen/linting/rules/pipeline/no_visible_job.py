"""`no-visible-job`: a pipeline without jobs.

Source: https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding if there is no job that is not hidden."""
    if not subject.jobs and not subject.open:
        yield finding("no-visible-job", subject.pipeline, (), "jobs config should contain at least one visible job")
