"""`long-lived-aws-key`: a job uses an AWS key that does not expire.

Source: https://docs.gitlab.com/ci/cloud_services/aws/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import may_use_temporary_credentials
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import command_spot, spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_HINT: Final = "use `id_tokens` and a role, with `aws sts assume-role-with-web-identity`"


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each access key in variables or in `aws configure`."""
    for setting in analysis.variable_facts.settings:
        if setting.name in _KEYS and str(getattr(setting.value, "value", setting.value) or ""):
            if isinstance(setting.owner, BaseJob):
                message = f"`{setting.owner.name}` sets `{setting.name}`, but access keys do not expire."
            else:
                message = f"`{setting.name}` is set for all jobs, but access keys do not expire."
            yield RULE.finding(spot(setting.owner, setting.path), message, _HINT, facts=(setting.name,))
    for command in analysis.commands:
        sets_key = command.name == "aws configure set" and not {*map(str.lower, _KEYS)}.isdisjoint(command.words)
        if sets_key and not may_use_temporary_credentials(analysis, command.job):
            message = f"`{command.job.name}` runs `aws configure` with an access key, but access keys do not expire."
            yield RULE.finding(command_spot(command), message, _HINT, facts=("aws configure",))


RULE: Final = LintRule(
    id="long-lived-aws-key",
    summary="A job uses an AWS access key, which does not expire.",
    why=(
        "An access key of an AWS user works until it is deleted. "
        "Each job that gets it can copy it, and anyone with a copy can use your account for years. "
        "With `id_tokens` a job assumes a role instead, and its credentials expire after one hour by default."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/cloud_services/aws/",
    former_ids=("static-aws-keys",),
    examples=[
        Example(
            bad="""
upload:
  variables:
    AWS_ACCESS_KEY_ID: $UPLOAD_KEY_ID
    AWS_SECRET_ACCESS_KEY: $UPLOAD_KEY
  script: aws s3 sync dist s3://shop
""",
            good="""
upload:
  id_tokens:
    TOKEN:
      aud: https://gitlab.com
  script: >-
    aws sts assume-role-with-web-identity --role-arn $ROLE --role-session-name $CI_JOB_ID --web-identity-token $TOKEN
""",
        )
    ],
    check=check,
)
