"""`racing-deploys`: two pipelines may deploy to the same stack or environment at once.

Source: https://docs.gitlab.com/ci/resource_groups/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import deployed_environments, differs_between_pipelines
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import Spot, command_spot, spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each deployment without `resource_group`, except to what belongs to one pipeline or merge request."""
    stacks: set[str] = set()
    for command in analysis.deployments:
        job, stack = command.job, command.stack
        stacks.add(job.name)
        if stack is not None and _may_race(analysis, job, stack):
            yield _finding(command_spot(command, stack), job, stack, "the stack")
    for job, name, tier in deployed_environments(analysis):
        if job.name not in stacks and tier in ("production", "staging") and _may_race(analysis, job, name):
            yield _finding(spot(job, ("environment",), words=(name,)), job, name, "the environment")


def _may_race(analysis: PipelineAnalysis, job: BaseJob, name: str) -> bool:
    """Return whether two pipelines may deploy to a stack or an environment at once."""
    return not is_set(job.resource_group) and not differs_between_pipelines(name) and not analysis.is_incomplete(job)


def _finding(where: Spot, job: BaseJob, name: str, kind: str) -> Finding:
    message = f"Two pipelines may deploy to {kind} `{name}` at once: `{job.name}` has no `resource_group`."
    return RULE.finding(where, message, either("add {}", assignment("resource_group", name)), facts=(name,))


RULE: Final = LintRule(
    id="racing-deploys",
    summary="Two pipelines may deploy at once to the same stack, or to the same production or staging environment.",
    why=(
        "If two pipelines start shortly after each other, both may deploy at once. "
        "CloudFormation rejects the second update; elsewhere the older commit may be deployed last, or both are mixed. "
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
        ),
        Example(
            bad="""
deploy:
  environment: staging
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: ./deploy.sh
""",
            good="""
deploy:
  environment: staging
  resource_group: staging
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: ./deploy.sh
""",
        ),
    ],
    check=check,
)
