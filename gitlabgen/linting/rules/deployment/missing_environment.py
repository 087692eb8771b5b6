"""`missing-environment`: a job deploys a stack, and GitLab does not know of it.

Source: https://docs.gitlab.com/ci/environments/
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.deployments import targets_of
from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import is_set

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that deploys a stack without `environment`."""
    for target in targets_of(subject):
        job = target.job
        if target.is_stack and not is_set(job.environment):
            message = f"{job.name} job: GitLab does not know of {target.name}, so there is no history, protection or rollback"
            yield finding("missing-environment", job, target.path, message, "add `environment`", severity="info")
