"""`too-many-needs`: a job needs more jobs than GitLab allows.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

_MOST: Final = 50


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each list of needs that is too long once matrices are taken apart."""
    for job in analysis.having("needs"):
        # Most jobs need few others, and are told apart without a call.
        if type(job.needs) is tuple and (analysis.children or len(job.needs) > _MOST):
            yield from _check(analysis, job, job.needs, ("needs",))
    for job, index, rule in analysis.rule_needs:
        yield from _check(analysis, job, rule.needs, ("rules", index, "needs"))


def _check(analysis: PipelineAnalysis, job: BaseJob, needs: Any, path: tuple[str | int, ...]) -> Iterator[Finding]:
    count = sum(
        1 if need is not None and need.parallel else len(analysis.children.get(name, (name,)))
        for _, name, need in needs_of(needs)
    )
    if count > _MOST:
        message = (
            f"{job.name}: one job can only need {_MOST} others, but you have listed {count}. "
            "See needs keyword documentation for more details"
        )
        hint = "an administrator can raise the limit; stages need no such list"
        yield RULE.finding(spot(job, path), message, hint)


RULE: Final = LintRule(
    id="too-many-needs",
    summary="more than 50 needs once matrices are taken apart",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#needs",
    examples=(),
    check=check,
)
