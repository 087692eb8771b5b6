"""`unexercised-canary`: a stack that is new in every pipeline has no old version, so nothing is shifted there.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import finding
from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each stack of one pipeline whose template has a canary, and that is deployed once only."""
    stacks = [deployment.stack for deployment in subject.deployments]
    for deployment in subject.deployments:
        stack, job = deployment.stack, deployment.job
        fresh = stack is not None and ("PIPELINE_ID" in stack or "PIPELINE_IID" in stack)
        if fresh and stacks.count(stack) == 1 and deployment.template is not None and deployment.template.canaries:
            message = f"{job.name} job: the stack is new in every pipeline, so its canary is never exercised"
            hint = "deploy the last release to it first"
            yield finding("unexercised-canary", job, deployment.command.path, message, hint, severity="info")
