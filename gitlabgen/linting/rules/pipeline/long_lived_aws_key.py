"""`long-lived-aws-key`: a job uses an AWS key that does not expire.

Source: https://docs.gitlab.com/ci/cloud_services/aws/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitlabgen.analysis.deployments import may_use_temporary_credentials
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.model import Model

__all__ = ["RULE"]

_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_HINT: Final = "use `id_tokens` and a role, with `aws sts assume-role-with-web-identity`"


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each access key in variables or in `aws configure`."""
    for owner, path, variables in _variables(analysis):
        for name in _KEYS:
            if isinstance(variables, Mapping) and str(getattr(variables.get(name), "value", variables.get(name)) or ""):
                if isinstance(owner, BaseJob):
                    message = f"`{owner.name}` sets `{name}`, but access keys do not expire."
                else:
                    message = f"`{name}` is set for all jobs, but access keys do not expire."
                yield RULE.finding(spot(owner, (*path, name)), message, _HINT, facts=(name,))
    for command in analysis.commands:
        sets_key = command.runs("aws", "configure", "set") and not {*map(str.lower, _KEYS)}.isdisjoint(command.words)
        if sets_key and not may_use_temporary_credentials(analysis, command.job):
            message = f"`{command.job.name}` runs `aws configure` with an access key, but access keys do not expire."
            yield RULE.finding(spot(command.job, command.path), message, _HINT, facts=("aws configure",))


def _variables(analysis: PipelineAnalysis) -> Iterator[tuple[Model, tuple[str | int, ...], Any]]:
    pipeline = analysis.pipeline
    yield pipeline, ("variables",), pipeline.variables
    for job in analysis.jobs_with("variables"):
        yield job, ("variables",), job.variables
    for job, index, rule in analysis.rules:
        if "variables" in rule.__dict__:
            yield job, ("rules", index, "variables"), rule.variables


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
