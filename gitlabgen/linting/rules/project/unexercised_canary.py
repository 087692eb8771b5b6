"""`unexercised-canary`: a stack is new in every pipeline, so its canary never shifts traffic.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each stack with a canary that belongs to one pipeline and is deployed only once."""
    stacks = [deployment.stack for deployment in analysis.deployments]
    for deployment in analysis.deployments:
        stack, job = deployment.stack, deployment.job
        if stack is None or not ("PIPELINE_ID" in stack or "PIPELINE_IID" in stack):
            continue
        if stacks.count(stack) == 1 and deployment.template is not None and deployment.template.canaries:
            message = f"`{job.name}` deploys a stack that is new in every pipeline, so its canary never shifts traffic."
            hint = "deploy the last release to it first"
            yield RULE.finding(command_spot(deployment.command, stack, "--stack-name"), message, hint, facts=(stack,))


RULE: Final = LintRule(
    id="unexercised-canary",
    summary="A stack is new in every pipeline, so its canary never shifts traffic.",
    why=(
        "A canary shifts traffic from an old version to a new one. "
        "A new stack has no old version, so all traffic goes to the new one at once. "
        "Hooks, alarms and the steps run in production for the first time."
    ),
    severity="info",
    confidence="certain",
    persona="pedantic",
    needs=("template",),
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html",
    examples=[
        Example(
            bad="""
qa:
  environment: {name: qa/$CI_PIPELINE_ID, deployment_tier: testing}
  id_tokens: {AWS_TOKEN: {aud: sts.amazonaws.com}}
  script:
    - aws cloudformation deploy --stack-name qa-$CI_PIPELINE_ID --template-file template.yml --no-fail-on-empty-changeset
""",
            good="""
qa:
  environment: {name: qa/$CI_PIPELINE_ID, deployment_tier: testing}
  id_tokens: {AWS_TOKEN: {aud: sts.amazonaws.com}}
  script:
    - git checkout $LAST_RELEASE
    - aws cloudformation deploy --stack-name qa-$CI_PIPELINE_ID --template-file template.yml --no-fail-on-empty-changeset
    - git checkout $CI_COMMIT_SHA
    - aws cloudformation deploy --stack-name qa-$CI_PIPELINE_ID --template-file template.yml --no-fail-on-empty-changeset
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
      DeploymentPreference: {Type: Linear10PercentEvery1Minute, Role: !ImportValue deploy-role, Alarms: [hello-errors]}
"""
            },
        )
    ],
    check=check,
)
