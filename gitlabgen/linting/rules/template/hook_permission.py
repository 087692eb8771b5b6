"""`hook-permission`: a hook has no permission to report its result to CodeDeploy.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.hook_functions import hooks_of
from gitlabgen.analysis.template_values import names_in, reference, strings_in
from gitlabgen.analysis.templates import TemplateAnalysis, TemplateResource
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_ACTION: Final = "codedeploy:PutLifecycleEventHookExecutionStatus"
# Prefixes of managed policies that do not allow the action.
_WITHOUT_ACTION: Final = ("AWSLambda", "AWSXRay", "CloudWatchLambdaInsights", "service-role/AWSLambda")


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each hook whose policies are all known and do not allow the action."""
    for _, event, hook in hooks_of(analysis):
        policies = _policies(analysis, hook)
        if policies is not None and not _allows(policies):
            message = (
                f"`{hook.name}` has no permission to report its result as the `{event}` hook; "
                "CodeDeploy waits one hour, then rolls back."
            )
            hint = f"allow `{_ACTION}` on the deployment groups of `${{ServerlessDeploymentApplication}}`"
            yield RULE.finding(analysis.spot(hook, ("Policies",)), message, hint)


def _policies(analysis: TemplateAnalysis, hook: TemplateResource) -> list[Any] | None:
    """Return the policies of a hook's role; None if they are unknown."""
    if "Role" not in hook.properties:
        return _listed(hook.properties.get("Policies", []))
    role = next((analysis.resources[name] for name in names_in(hook.properties["Role"]) if name in analysis.resources), None)
    if role is None or role.type != "AWS::IAM::Role":
        return None
    return [role.properties.get("Policies"), *_listed(role.properties.get("ManagedPolicyArns"))]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _allows(policies: list[Any]) -> bool:
    """Return whether any policy may allow the action."""
    for policy in policies:
        if isinstance(policy, str) and not policy.rpartition("policy/")[2].startswith(_WITHOUT_ACTION):
            return True
        if reference(policy) is not None:
            return True
        for path, text in strings_in(policy):
            service, colon, action = text.partition(":")
            may = text == "*" or (colon and service == "codedeploy" and action.startswith(("Put", "*")))
            if may and "Action" in path:
                return True
    return False


RULE: Final = LintRule(
    id="hook-permission",
    summary="A hook has no permission to report its result to CodeDeploy.",
    why=(
        "A hook must call `codedeploy:PutLifecycleEventHookExecutionStatus` when it is done. "
        "Without the permission the call fails, and CodeDeploy never gets the result. "
        "It waits for one hour, and then rolls back the deployment even if the check was successful."
    ),
    severity="error",
    confidence="certain",
    fix="unsafe",
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
      DeploymentPreference: {Type: Canary10Percent5Minutes, Hooks: {PreTraffic: !Ref Smoke}}
  Smoke:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      FunctionName: CodeDeployHook_smoke
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
