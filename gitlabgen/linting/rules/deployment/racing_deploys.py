"""`racing-deploys`: two pipelines may deploy the same stack at the same time.

Source: https://docs.gitlab.com/ci/resource_groups/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each deployment without `resource_group`, except to stacks that belong to one pipeline."""
    for command in analysis.deployments:
        job, stack = command.job, command.stack
        if stack is None or "PIPELINE_ID" in stack or "PIPELINE_IID" in stack or "CI_JOB_ID" in stack:
            continue
        if getattr(job, "resource_group", None) is None and not analysis.is_incomplete(job):
            message = (
                f"Two pipelines can run `{job.name}` at the same time, and one of them will fail to deploy the stack `{stack}`."
            )
            hint = either("add {}", assignment("resource_group", stack))
            yield RULE.finding(command_spot(command, stack), message, hint, facts=(stack,))


RULE: Final = LintRule(
    id="racing-deploys",
    summary="Two pipelines may deploy the same stack at the same time.",
    why=(
        "CloudFormation rejects an update of a stack while another update is in progress. "
        "If two pipelines start shortly after each other, the second deployment fails, or the older commit is deployed last. "
        "With `resource_group`, GitLab runs one such job at a time."
    ),
    severity="warning",
    confidence="likely",
    fix="safe",
    source="https://docs.gitlab.com/ci/resource_groups/",
    examples=[
        Example(
            bad="""
deploy:
  environment: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - aws cloudformation deploy --stack-name shop --template-file template.yml --no-fail-on-empty-changeset
""",
            good="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - aws cloudformation deploy --stack-name shop --template-file template.yml --no-fail-on-empty-changeset
""",
        )
    ],
    check=check,
)
