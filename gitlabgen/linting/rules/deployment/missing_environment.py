"""`missing-environment`: a job deploys a stack without `environment`.

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
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that deploys a stack without `environment`."""
    for target in targets_of(analysis):
        job = target.job
        if target.is_stack and not is_set(job.environment) and not analysis.is_incomplete(job):
            message = (
                f"`{job.name}` has no `environment`, so GitLab shows no deployment history and cannot protect or roll it back."
            )
            hint = "add `environment` and name the environment that it deploys to"
            yield RULE.finding(spot(job, target.path), message, hint, facts=(target.name,))


RULE: Final = LintRule(
    id="missing-environment",
    summary="A job deploys a stack without `environment`.",
    why=(
        "GitLab treats a job as a deployment only if it has `environment`. "
        "Without it there is no deployment history, and no button to roll back. "
        "Protected environments, approvals and variables of an environment do not apply to the job either."
    ),
    severity="info",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/environments/",
    examples=[
        Example(
            bad="""
deploy:
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name shop --no-fail-on-empty-changeset
""",
            good="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name shop --no-fail-on-empty-changeset
""",
        )
    ],
    check=check,
)
