"""`missing-hook-source`: the source file of a hook exists nowhere.

Source: https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.hook_functions import hooks_of
from gitlabgen.analysis.hook_sources import HookCode, code_of, is_surely_missing
from gitlabgen.analysis.template_folders import TemplateFolder
from gitlabgen.analysis.template_spellings import to_set
from gitlabgen.analysis.templates import TemplateAnalysis, TemplateResource
from gitlabgen.errors import Finding, closest
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Hint

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each hook whose source file the repository does not have."""
    for canary, event, hook in hooks_of(analysis):
        code = code_of(analysis, hook)
        if code is not None and is_surely_missing(analysis, hook, code):
            assert analysis.folder is not None
            message = (
                f"`{hook.name}`, the `{event}` hook of `{canary.function.name}`, needs the file `{code.paths[0]}`, "
                "which does not exist."
            )
            yield RULE.finding(
                analysis.spot(hook, ("Handler",)), message, _hint(hook, code, analysis.folder), facts=code.paths[:1]
            )


def _hint(hook: TemplateResource, code: HookCode, folder: TemplateFolder) -> Hint:
    """Return the handler in the file with the most similar name, or the file to create."""
    wanted = posixpath.splitext(code.paths[0])[0]
    endings = {posixpath.splitext(path)[1] for path in code.paths}
    names = [posixpath.splitext(name) for name in folder.files_in(posixpath.dirname(wanted))]
    near = closest(posixpath.basename(wanted), [stem for stem, own in names if own in endings])
    if near is None or len(code.paths) == 1:
        return f"create `{code.paths[0]}`"
    module = str(hook.properties["Handler"]).rpartition(".")[0]
    handler = f"{module.removesuffix(posixpath.basename(wanted))}{near}.{code.handler}"
    return to_set(hook, "Handler", handler)


RULE: Final = LintRule(
    id="missing-hook-source",
    summary="The source file of a hook exists nowhere.",
    why=(
        "Lambda cannot import a module that the package does not contain, so the hook fails before it reports anything. "
        "CodeDeploy waits for one hour, and then rolls back. "
        "Code that a build makes or that git ignores is no finding."
    ),
    severity="error",
    confidence="likely",
    needs=("files",),
    source="https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html",
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
      Handler: smok.handler
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
            files={
                "hooks/smoke.py": """
import boto3


def handler(event, context):
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="Succeeded",
    )
"""
            },
        )
    ],
    check=check,
)
