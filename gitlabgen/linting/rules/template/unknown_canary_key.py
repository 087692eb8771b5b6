"""`unknown-canary-key`: SAM ignores an unknown key in `DeploymentPreference`.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gitlabgen.analysis.templates import CanaryFunction, TemplateAnalysis
from gitlabgen.errors import Finding, did_you_mean, few
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_KEYS: Final = ("Alarms", "Enabled", "Hooks", "PassthroughCondition", "Role", "TriggerConfigurations", "Type")
_HOOKS: Final = ("PostTraffic", "PreTraffic")


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each unknown key of a canary and of its hooks."""
    for canary in analysis.canaries:
        yield from _unknown(analysis, canary, canary.preference, _KEYS)
        yield from _unknown(analysis, canary, canary.hooks, _HOOKS, "Hooks")


def _unknown(
    analysis: TemplateAnalysis, canary: CanaryFunction, keys: Mapping[str, object], known: tuple[str, ...], *parents: str
) -> Iterator[Finding]:
    for key in keys:
        if key not in known and not key.startswith("Fn::"):
            hint = did_you_mean(key, known, f"use one of {few(known)}")
            path = ("DeploymentPreference", *parents)
            message = f"`{canary.function.name}`: SAM ignores `{key}` in `{':'.join(path)}`."
            yield RULE.finding(analysis.spot(canary.function, (*path, key), at_key=True), message, hint, facts=(*parents, key))


RULE: Final = LintRule(
    id="unknown-canary-key",
    summary="SAM ignores an unknown key in `DeploymentPreference`.",
    why=(
        "SAM reads the keys that it knows, and drops all others without a warning. "
        "With a misspelt `Alarms` or `Hooks` the deployment looks fine, but nothing stops a bad version."
    ),
    severity="error",
    confidence="certain",
    fix="safe",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html",
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
      DeploymentPreference:
        Type: Canary10Percent5Minutes
        Alarms: [hello-errors]
        Hook: {PreTraffic: !ImportValue smoke}
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
      DeploymentPreference:
        Type: Canary10Percent5Minutes
        Alarms: [hello-errors]
        Hooks: {PreTraffic: !ImportValue smoke}
""",
        )
    ],
    check=check,
)
