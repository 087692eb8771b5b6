"""`missing-environment`: a job deploys a stack, and GitLab does not know of it.

Source: https://docs.gitlab.com/ci/environments/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import targets_of
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that deploys a stack without `environment`."""
    for target in targets_of(analysis):
        job = target.job
        if target.is_stack and not is_set(job.environment):
            message = f"{job.name} job: GitLab does not know of {target.name}, so there is no history, protection or rollback"
            yield RULE.finding(spot(job, target.path), message, "add `environment`")


RULE: Final = LintRule(
    id="missing-environment",
    summary="a job that deploys a stack without `environment`",
    why="",
    severity="info",
    confidence="certain",
    source="https://docs.gitlab.com/ci/environments/",
    examples=(),
    check=check,
)
