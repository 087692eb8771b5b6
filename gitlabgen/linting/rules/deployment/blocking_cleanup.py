"""`blocking-cleanup`: later jobs wait for a job that deletes a stack, and do not run if it fails.

Source: https://docs.gitlab.com/ci/yaml/#allow_failure
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.deployments import cleanups_of
from gitlabgen.analysis.pipelines import PipelineAnalysis, finding, needs_of
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Rule

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each cleanup that may not fail, with the first job that waits for it."""
    for command in cleanups_of(subject):
        job = command.job
        waiting = next((other for other in subject.jobs.values() if _waits(subject, other, job)), None)
        if waiting is not None and _blocks(job):
            message = f"{job.name} job: {waiting.name} does not run if the stack cannot be deleted"
            yield finding("blocking-cleanup", job, command.path, message, "add `allow_failure: true`", severity="warning")


def _waits(subject: PipelineAnalysis, other: BaseJob, job: BaseJob) -> bool:
    if other.when in ("always", "on_failure"):
        return False
    if is_set(other.needs):
        return any(name == job.name for _, name, _ in needs_of(other.needs))
    return subject.orders[other.name] > subject.orders[job.name] >= 0


def _blocks(job: BaseJob) -> bool:
    """Return whether a failure of a job, or a click that nobody makes, stops the jobs behind it."""
    if not is_set(job.rules):
        return job.allow_failure is False or (job.allow_failure is None and job.when != "manual")
    rules = job.rules if isinstance(job.rules, tuple) else ()
    allowed = [
        job.allow_failure if rule.allow_failure is None else rule.allow_failure
        for rule in rules
        if isinstance(rule, Rule) and rule.when != "never"
    ]
    return any(value in (None, False) for value in allowed)
