"""`racing-deploys`: two pipelines may deploy the same stack at once.

Source: https://docs.gitlab.com/ci/resource_groups/
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each deployment without `resource_group`, but for stacks that belong to one pipeline."""
    for command in subject.deployments:
        job, stack = command.job, command.stack
        if stack is None or "PIPELINE_ID" in stack or "PIPELINE_IID" in stack or "CI_JOB_ID" in stack:
            continue
        if getattr(job, "resource_group", None) is None:
            message = f"{job.name} job: without resource_group two pipelines may deploy {stack} at once, and one of them fails"
            hint = f"add resource_group={stack!r}"
            yield finding("racing-deploys", job, command.path, message, hint, severity="warning")
