"""`blocking-cleanup`: later jobs wait for a job that deletes a stack, and do not run if it fails.

Source: https://docs.gitlab.com/ci/yaml/#allow_failure
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import cleanups_of
from gitlabgen.analysis.pipelines import PipelineAnalysis, needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Rule
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each cleanup that may not fail, with the first job that waits for it."""
    for command in cleanups_of(analysis):
        job = command.job
        waiting = next((other for other in analysis.jobs.values() if _waits(analysis, other, job)), None)
        if waiting is not None and _blocks(job):
            message = f"{job.name} job: {waiting.name} does not run if the stack cannot be deleted"
            yield RULE.finding(spot(job, command.path), message, "add `allow_failure: true`")


def _waits(analysis: PipelineAnalysis, other: BaseJob, job: BaseJob) -> bool:
    if other.when in ("always", "on_failure"):
        return False
    if is_set(other.needs):
        return any(name == job.name for _, name, _ in needs_of(other.needs))
    return analysis.orders[other.name] > analysis.orders[job.name] >= 0


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


RULE: Final = LintRule(
    id="blocking-cleanup",
    summary="a job that deletes a stack, and whose failure keeps later jobs from running",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#allow_failure",
    examples=(),
    check=check,
)
