"""`unknown-canary-type`: a canary has no type, or one that neither CodeDeploy nor the template defines.

Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import reference
from gitlabgen.analysis.templates import CanaryFunction, TemplateAnalysis
from gitlabgen.errors import Finding, Severity, closest, did_you_mean, suggestion
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.sam.canaries.shifts import PREDEFINED, short_name

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each type that is missing, misspelt, or not in the template."""
    for canary in analysis.canaries:
        if "Type" not in canary.preference:
            message = f"`{canary.function.name}` has a canary without a `Type`, so SAM rejects the template."
            hint = "choose a type, such as `Canary10Percent5Minutes`"
            yield RULE.finding(analysis.spot(canary.function, ("DeploymentPreference",)), message, hint, severity="error")
        for value in canary.types:
            yield from _check(analysis, canary, value)


def _check(analysis: TemplateAnalysis, canary: CanaryFunction, value: object) -> Iterator[Finding]:
    where = analysis.spot(canary.function, ("DeploymentPreference", "Type"))
    name = reference(value)
    if name is not None:
        known = [*analysis.resources, *analysis.section("Parameters")]
        if name not in known:
            message = f"`{canary.function.name}` has the canary type `{name}`, which the template does not define."
            yield RULE.finding(where, message, did_you_mean(name, known), severity="error", facts=("Ref", name))
        return
    if not isinstance(value, str) or short_name(value) in PREDEFINED:
        return
    looks_predefined = value.casefold().startswith(("canary", "linear", "all", "codedeploydefault."))
    if looks_predefined and getattr(canary.function.model, "canary", None) is not None and value == canary.preference["Type"]:
        return  # the model already rejects it
    # Most typos are in the plural: `1Minute`, but `5Minutes`.
    same = (known for known in PREDEFINED if known.casefold().rstrip("s") == value.casefold().rstrip("s"))
    near = next(same, None) or closest(value, list(PREDEFINED))
    severity: Severity = "error" if looks_predefined or near else "warning"
    hint = suggestion(near, "define it in the template and refer to it")
    message = f"`{canary.function.name}` has the canary type `{value}`, which is not a predefined configuration of CodeDeploy."
    yield RULE.finding(where, message, hint, severity=severity, facts=(value,))


RULE: Final = LintRule(
    id="unknown-canary-type",
    summary="A canary has no type, or one that neither CodeDeploy nor the template defines; an error if it is misspelt.",
    why=(
        "CodeDeploy has predefined configurations for Lambda, and a template or an account can define others. "
        "With a name that does not exist the deployment fails. "
        "A name that is not similar to a predefined one may be defined in the account, which the linter cannot check."
    ),
    severity="warning",
    confidence="likely",
    source="https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html",
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
      DeploymentPreference: {Type: Slowly, Alarms: [hello-errors]}
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
      DeploymentPreference: {Type: !Ref Slowly, Alarms: [hello-errors]}
  Slowly:
    Type: AWS::CodeDeploy::DeploymentConfig
    Properties:
      ComputePlatform: Lambda
      TrafficRoutingConfig:
        Type: TimeBasedLinear
        TimeBasedLinear: {LinearInterval: 20, LinearPercentage: 10}
""",
        )
    ],
    check=check,
)
