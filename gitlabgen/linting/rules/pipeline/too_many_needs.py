"""`too-many-needs`: a job needs more jobs than GitLab allows.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding, needs_of
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob

__all__ = ["check"]

_MOST: Final = 50


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each list of needs that is too long once matrices are taken apart."""
    for job in subject.having("needs"):
        # Most jobs need few others, and are told apart without a call.
        if type(job.needs) is tuple and (subject.children or len(job.needs) > _MOST):
            yield from _check(subject, job, job.needs, ("needs",))
    for job, index, rule in subject.rule_needs:
        yield from _check(subject, job, rule.needs, ("rules", index, "needs"))


def _check(subject: PipelineAnalysis, job: BaseJob, needs: Any, path: tuple[str | int, ...]) -> Iterator[Finding]:
    count = sum(
        1 if need is not None and need.parallel else len(subject.children.get(name, (name,))) for _, name, need in needs_of(needs)
    )
    if count > _MOST:
        message = (
            f"{job.name}: one job can only need {_MOST} others, but you have listed {count}. "
            "See needs keyword documentation for more details"
        )
        hint = "an administrator can raise the limit; stages need no such list"
        yield finding("too-many-needs", job, path, message, hint)
