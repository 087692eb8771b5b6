"""`later-need`: a job needs a job in a later stage.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding, needs_of
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each need, of a job or of its rules, of a job in a later stage."""
    for job, index, name in subject.are_later(subject.needs):
        yield _finding(subject, job, ("needs", index), name)
    for job, place, rule in subject.rule_needs:
        for _, index, name in subject.are_later((job, *need) for need in needs_of(rule.needs)):
            yield _finding(subject, job, ("rules", place, "needs", index), name)


def _finding(subject: PipelineAnalysis, job: BaseJob, path: tuple[str | int, ...], name: str) -> Finding:
    message = f"{job.name} job: need {name} is not defined in current or prior stages"
    return finding("later-need", job, path, message, subject.stages_hint(job, name))
