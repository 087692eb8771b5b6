"""`invalid-hook-name`: CodeDeploy may not call a hook with this name, or the name is too long for Lambda.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
and https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.hook_functions import hooks_of
from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.template_values import flat
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Spelling
from gitlabgen.sam.canaries.hook import PREFIX

__all__ = ["RULE"]

_LONGEST: Final = 64
# Without its end, a variable has the rest of the name, so that the search is linear.
_UNKNOWN: Final = r"\$\{[^}]*\}?"


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each hook whose name is too long, or lacks the prefix that the role from SAM requires."""
    for canary, _, hook in hooks_of(analysis):
        where = analysis.spot(hook, ("FunctionName",))
        given = hook.properties.get("FunctionName")
        name = flat(given)
        prefixed = given is not None and (name is None or _may_be_prefixed(name))
        if name is not None:
            known = len(re.sub(_UNKNOWN, "", name))
            if known > _LONGEST:
                message = f"`{hook.name}` has a name of at least {known} characters, but Lambda allows at most {_LONGEST}."
                yield RULE.finding(where, message, "shorten its `FunctionName`", facts=("length",))
        if not prefixed and "Role" not in canary.preference:
            shown = "has no `FunctionName`" if given is None else f"is named `{name}`"
            message = f"`{hook.name}` {shown}, but CodeDeploy may only call hooks whose name begins with `{PREFIX}`."
            suggested = f"{PREFIX}${{AWS::StackName}}-{hook.name}"
            verb = "add" if given is None else "write"
            hint = Spelling(f"{verb} `function_name=Sub({suggested!r})`", f"{verb} `FunctionName: !Sub {suggested}`")
            yield RULE.finding(where, message, hint, facts=("prefix",))


def check_stacks(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each hook whose name is too long in a stack that the pipeline deploys."""
    for deployment in analysis.deployments:
        template, stack = deployment.template, deployment.stack
        if template is None or stack is None or "$" in stack:
            continue
        for _, _, hook in hooks_of(template):
            name = (flat(hook.properties.get("FunctionName")) or "").replace("${AWS::StackName}", stack)
            if len(name) > _LONGEST and "$" not in name:
                message = (
                    f"`{hook.name}` has a name of {len(name)} characters in the stack `{stack}`, "
                    f"but Lambda allows at most {_LONGEST}."
                )
                where = template.spot(hook, ("FunctionName",))
                yield RULE.finding(where, message, f"shorten `{name}`", facts=("length", stack))


def _may_be_prefixed(name: str) -> bool:
    """Return whether a name has the prefix, or may have it once its variables are known."""
    known, unknown, _ = name.partition("${")
    return known.startswith(PREFIX) or (unknown != "" and PREFIX.startswith(known))


RULE: Final = LintRule(
    id="invalid-hook-name",
    summary="CodeDeploy may not call a hook with this name, or the name is too long for Lambda.",
    why=(
        "The role that SAM creates for CodeDeploy may only call functions whose name begins with `CodeDeployHook_`. "
        "With any other name the call fails, and so does every deployment. "
        "Lambda rejects names of more than 64 characters, including the name of the stack. "
        "A canary with its own `Role` may call hooks with any name."
    ),
    severity="error",
    confidence="certain",
    needs=("template",),
    fix="unsafe",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html",
    former_ids=("hook-name", "long-hook-name"),
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
      DeploymentPreference: {Type: Canary10Percent5Minutes, Hooks: {PreTraffic: !Ref Smoke}}
  Smoke:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      FunctionName: smoke
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
      FunctionName: !Sub CodeDeployHook_${AWS::StackName}-smoke
      Policies:
        - Statement:
            - Effect: Allow
              Action: codedeploy:PutLifecycleEventHookExecutionStatus
              Resource: "*"
""",
        )
    ],
    check=check,
    project_check=check_stacks,
)
