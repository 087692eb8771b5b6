"""`canary-outlasts-job`: a canary takes longer than the job, the command or the AWS session that waits for it.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html,
https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/ and
https://docs.gitlab.com/ci/yaml/#timeout
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.projects import DeploymentStep, ProjectAnalysis
from gitlabgen.analysis.spots import command_spot
from gitlabgen.analysis.template_values import integer
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.analysis.traffic_shifts import executions_of, shifts_of
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import seconds
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_DEFAULT: Final = 60


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each deployment that takes longer than its job, command or AWS session."""
    for deployment in analysis.deployments:
        template = deployment.template
        if template is None or deployment.command.switch("--no-execute-changeset"):
            continue
        minutes, description = max(
            _waits(template, dict(deployment.parameters.values)), key=lambda wait: wait[0], default=(0, "")
        )
        limits = _limits(analysis, deployment)
        name, limit = min(limits.items(), key=lambda pair: pair[1])
        if minutes >= limit:
            job = deployment.job
            message = f"`{job.name}` {description}, but the {name} ends after {limit:g} minutes."
            short = ", ".join(f"{label} ({end:g} minutes)" for label, end in limits.items() if minutes >= end)
            hint = f"allow more than {minutes} minutes for: {short}"
            yield RULE.finding(command_spot(deployment.command), message, hint, facts=(deployment.stack or "",))


def _waits(template: TemplateAnalysis, given: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Yield the minutes that each canary takes, with a description; all canaries start at the same time."""
    for canary in template.canaries:
        for shift in shifts_of(template, canary, given):
            yield shift.minutes, f"shifts traffic for {shift.minutes} minutes (`{shift.name}`)"
    for machine in template.of_type("AWS::Serverless::StateMachine"):
        executions = executions_of(template, machine, given)
        if executions is not None:
            yield executions.minutes, f"shifts executions for {executions.minutes} minutes (`{executions.name}`)"


def _limits(analysis: ProjectAnalysis, deployment: DeploymentStep) -> dict[str, float]:
    """Return the minutes after which each limit ends the wait; limits without an option come first."""
    job, limits = deployment.job, dict[str, float]()
    if deployment.command.is_sam:
        limits["wait of `sam deploy`"] = integer(deployment.command.value("--max-wait-duration")) or _DEFAULT
    else:
        limits["wait of `aws cloudformation deploy`"] = _DEFAULT
    # With a token file, the AWS CLI renews its session automatically as long as the token of the job is valid.
    renews = analysis.pipeline.mentions(job, ("aws_web_identity_token_file",))
    for command in () if renews else analysis.commands:
        if command.job is job and command.name.startswith("aws sts assume-role"):
            limits["AWS session"] = (integer(command.value("--duration-seconds")) or _DEFAULT * 60) / 60
    timeout = analysis.pipeline.setting(job, "timeout")
    if isinstance(timeout, str):
        limits["job"] = seconds(timeout) / 60
    elif not analysis.pipeline.unknown:
        limits["job (default timeout of a project)"] = _DEFAULT
    return limits


RULE: Final = LintRule(
    id="canary-outlasts-job",
    summary="A canary takes longer than the job, the command or the AWS session that waits for it.",
    why=(
        "A deployment ends when all traffic has shifted and the hooks that watch alarms afterwards have finished. "
        "If the job, the command or its AWS session ends earlier, the job fails although the deployment continues. "
        "Later jobs of the pipeline do not run, and a rollback goes unnoticed."
    ),
    severity="error",
    confidence="certain",
    needs=("template",),
    fix="safe",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html",
    examples=[
        Example(
            bad="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  id_tokens: {AWS_TOKEN: {aud: sts.amazonaws.com}}
  timeout: 20 minutes
  script:
    - aws cloudformation deploy --stack-name shop --template-file template.yml --no-fail-on-empty-changeset
""",
            good="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  id_tokens: {AWS_TOKEN: {aud: sts.amazonaws.com}}
  timeout: 50 minutes
  script:
    - aws cloudformation deploy --stack-name shop --template-file template.yml --no-fail-on-empty-changeset
""",
            files={
                "template.yml": """
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      Role: !ImportValue role
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
      DeploymentPreference: {Type: Linear10PercentEvery3Minutes, Role: !ImportValue deploy-role, Alarms: [hello-errors]}
"""
            },
        )
    ],
    check=check,
)
