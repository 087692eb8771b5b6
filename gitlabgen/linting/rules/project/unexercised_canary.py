"""`unexercised-canary`: a stack that is new in every pipeline has no old version, so nothing is shifted there.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each stack of one pipeline whose template has a canary, and that is deployed once only."""
    stacks = [deployment.stack for deployment in analysis.deployments]
    for deployment in analysis.deployments:
        stack, job = deployment.stack, deployment.job
        fresh = stack is not None and ("PIPELINE_ID" in stack or "PIPELINE_IID" in stack)
        if fresh and stacks.count(stack) == 1 and deployment.template is not None and deployment.template.canaries:
            message = f"{job.name} job: the stack is new in every pipeline, so its canary is never exercised"
            hint = "deploy the last release to it first"
            yield RULE.finding(spot(job, deployment.command.path), message, hint)


RULE: Final = LintRule(
    id="unexercised-canary",
    summary="a canary in a stack that is new in every pipeline, where nothing is shifted",
    why="",
    severity="info",
    confidence="certain",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html",
    examples=(),
    check=check,
)
