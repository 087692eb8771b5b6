"""`replaced-cell`: a job has the name of one that `parallel` makes, and takes its place without a word.

Source: https://docs.gitlab.com/ci/yaml/#parallel
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job with the name of a cell of another."""
    for name, children in subject.children.items():
        for child in children:
            job = subject.jobs.get(child)
            if job is not None:
                message = f"jobs:{child} silently replaces a job of the matrix of {name}"
                yield finding("replaced-cell", job, ("name",), message, "rename it", severity="warning")
