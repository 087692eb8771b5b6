"""`hook-never-reports`: the code of a hook never reports its result to CodeDeploy.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.hook_functions import hooks_of
from gitlabgen.analysis.hook_reports import may_report
from gitlabgen.analysis.hook_sources import code_of
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_CALLS: Final = {"python": "put_lifecycle_event_hook_execution_status", "javascript": "putLifecycleEventHookExecutionStatus"}


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each hook whose code is known and has no call that reports."""
    for canary, event, hook in hooks_of(analysis):
        code = code_of(analysis, hook)
        if code is None or code.path is None or may_report(code, analysis.folder):
            continue
        subject = f"`{hook.name}`" if code.folder is None else f"`{code.path}`"
        message = (
            f"{subject}, the `{event}` hook of `{canary.function.name}`, never calls `{_CALLS[code.language]}`; "
            "CodeDeploy waits one hour, then rolls back."
        )
        hint = "report `Succeeded` or `Failed` in all cases, also after an exception"
        where = analysis.spot(hook, ("InlineCode" if code.folder is None else "Handler",))
        yield RULE.finding(where, message, hint)


RULE: Final = LintRule(
    id="hook-never-reports",
    summary="The code of a hook never reports its result to CodeDeploy.",
    why=(
        "CodeDeploy calls a hook, and then waits for the call of `PutLifecycleEventHookExecutionStatus`. "
        "A hook that never does this blocks the deployment for one hour, and then CodeDeploy rolls back. "
        "The rule reads the hook and the modules of the repository that it imports. "
        "Code with a package that may report, or that passes its event on, is no finding."
    ),
    severity="warning",
    confidence="likely",
    needs=("files",),
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
      CodeUri: src/
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
      DeploymentPreference: {Type: Canary10Percent5Minutes, Hooks: {PreTraffic: !Ref Smoke}}
  Smoke:
    Type: AWS::Serverless::Function
    Properties:
      Handler: smoke.handler
      Runtime: python3.13
      CodeUri: hooks/
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
      CodeUri: src/
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
      DeploymentPreference: {Type: Canary10Percent5Minutes, Hooks: {PreTraffic: !Ref Smoke}}
  Smoke:
    Type: AWS::Serverless::Function
    Properties:
      Handler: reporting.handler
      Runtime: python3.13
      CodeUri: hooks/
      FunctionName: CodeDeployHook_smoke
      Policies:
        - Statement:
            - Effect: Allow
              Action: codedeploy:PutLifecycleEventHookExecutionStatus
              Resource: "*"
""",
            files={
                "hooks/smoke.py": "def handler(event, context):\n    return {'statusCode': 200}\n",
                "hooks/reporting.py": """
import boto3


def handler(event, context):
    status = "Failed"
    try:
        boto3.client("lambda").invoke(FunctionName="hello:live")
        status = "Succeeded"
    finally:
        boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
            deploymentId=event["DeploymentId"],
            lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
            status=status,
        )
""",
            },
        )
    ],
    check=check,
)
