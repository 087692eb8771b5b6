"""`undefined-dependency`: a job wants the artifacts of a job that is not there.

Source: https://docs.gitlab.com/ci/yaml/#dependencies
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, dependencies_of, finding
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each dependency that no job fulfils."""
    for job, path, name in dependencies_of(subject):
        if subject.is_known(name):
            continue
        if subject.open:
            yield subject.undecided("undefined-dependency", job, path, f"the dependency {name} exists")
        else:
            hint, related = subject.hint(name)
            yield finding(
                "undefined-dependency", job, path, f"{job.name} job: undefined dependency: {name}", hint, related=related
            )
