"""`unguarded-deploy`: every branch and every tag deploys to the same stack or environment.

Source: https://docs.gitlab.com/ci/jobs/job_rules/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import targets_of
from gitlabgen.analysis.pipelines import PipelineAnalysis, finding, needs_of
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Rule

__all__ = ["check"]

_CLAUSES: Final = frozenset(("if_", "changes", "exists"))


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that nothing keeps from deploying; what other files may say keeps it, too."""
    if subject.is_part or subject.open or is_set(getattr(subject.pipeline.workflow, "rules", None)):
        return
    for target in targets_of(subject):
        job = target.job
        if target.is_shared and not any(map(_is_guarded, (job, *_before(subject, job)))):
            message = f"{job.name} job: every branch and tag deploys to {target.name}"
            hint = "add `rules` such as `if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH`"
            yield finding("unguarded-deploy", job, target.path, message, hint, severity="warning")


def _before(subject: PipelineAnalysis, job: BaseJob) -> list[BaseJob]:
    """Return the jobs that a job waits for: what it needs, or the clicks that stop the stages before it."""
    if is_set(job.needs):
        return [other for _, name, _ in needs_of(job.needs) if (other := subject.job(name)) is not None]
    order = subject.orders[job.name]
    return [
        other for other in subject.having("allow_failure") if other.allow_failure is False and subject.orders[other.name] < order
    ]


def _is_guarded(job: BaseJob) -> bool:
    """Return whether a job is not part of every pipeline, or waits for a person or a failure."""
    if is_set(job.only) or is_set(job.except_):
        return True
    if not is_set(job.rules):
        return job.when in ("manual", "on_failure")
    first = job.rules[0] if isinstance(job.rules, tuple) and job.rules else None
    return not (isinstance(first, Rule) and _CLAUSES.isdisjoint(vars(first)) and first.when not in ("never", "manual"))
