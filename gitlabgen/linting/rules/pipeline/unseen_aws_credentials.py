"""`unseen-aws-credentials`: a job signs in to AWS with credentials that are not in the file.

Source: https://docs.gitlab.com/ci/cloud_services/aws/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import may_use_temporary_credentials, targets_of
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that deploys a stack with credentials from the project's settings or the runner."""
    for target in () if analysis.unknown else targets_of(analysis):
        job = target.job
        if target.is_stack and not may_use_temporary_credentials(analysis, job):
            message = (
                f"`{job.name}` signs in to AWS with credentials that are not in this file. "
                "If they are access keys, they never expire."
            )
            hint = "use `id_tokens` and a role, with `aws sts assume-role-with-web-identity`"
            yield RULE.finding(spot(job, target.path), message, hint, facts=(target.name,))


RULE: Final = LintRule(
    id="unseen-aws-credentials",
    summary="A job signs in to AWS with credentials that are not in the file.",
    why=(
        "The credentials come from the settings of the project or from the runner. "
        "If they are access keys, they work until they are deleted, and each job that gets them can copy them. "
        "With `id_tokens` a job assumes a role, and its credentials expire."
    ),
    severity="info",
    confidence="likely",
    persona="auditor",
    source="https://docs.gitlab.com/ci/cloud_services/aws/",
    examples=[
        Example(
            bad="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name shop --no-fail-on-empty-changeset
""",
            good="""
deploy:
  id_tokens:
    TOKEN:
      aud: https://gitlab.com
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - source ci/assume_role.sh
    - sam deploy --stack-name shop --no-fail-on-empty-changeset
""",
        )
    ],
    check=check,
)
