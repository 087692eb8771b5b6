"""`undefined-hook`: a canary calls a hook that the template does not define.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import reference
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding, did_you_mean
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each hook that the template does not define."""
    known = [*analysis.resources, *analysis.section("Parameters")]
    for canary in analysis.canaries:
        for event, hook in canary.hooks.items():
            name = reference(hook)
            if name is not None and name not in known:
                hint = did_you_mean(name, known)
                message = f"`{canary.function.name}` has the `{event}` hook `{name}`, which the template does not define."
                where = analysis.spot(canary.function, ("DeploymentPreference", "Hooks", event))
                yield RULE.finding(where, message, hint, facts=(event, name))


RULE: Final = LintRule(
    id="undefined-hook",
    summary="A canary calls a hook that the template does not define.",
    why=(
        "CloudFormation rejects a template that refers to an undefined resource. "
        "Usually the name is misspelt, or the function was renamed."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html",
    examples=[
        Example(
            bad="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
      DeploymentPreference: {Type: Canary10Percent5Minutes, Hooks: {PreTraffic: !Ref Smok}}
  Smoke:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      FunctionName: CodeDeployHook_smoke
      Policies:
        - Statement:
            - Effect: Allow
              Action: codedeploy:PutLifecycleEventHookExecutionStatus
              Resource: "*"
""",
            good="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
      DeploymentPreference: {Type: Canary10Percent5Minutes, Hooks: {PreTraffic: !Ref Smoke}}
  Smoke:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      FunctionName: CodeDeployHook_smoke
      Policies:
        - Statement:
            - Effect: Allow
              Action: codedeploy:PutLifecycleEventHookExecutionStatus
              Resource: "*"
""",
        )
    ],
    check=check,
)
