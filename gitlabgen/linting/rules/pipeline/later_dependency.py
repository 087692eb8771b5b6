"""`later-dependency`: a job wants the artifacts of a job in a later stage.

Source: https://docs.gitlab.com/ci/yaml/#dependencies
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, dependencies_of, finding
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each dependency on a job that runs later."""
    uses = [(job, number, name, path) for number, (job, path, name) in enumerate(dependencies_of(subject))]
    for job, number, name in subject.are_later(uses):
        message = f"{job.name} job: dependency {name} is not defined in current or prior stages"
        yield finding("later-dependency", job, uses[number][3], message, subject.stages_hint(job, name))
