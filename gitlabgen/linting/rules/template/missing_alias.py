"""`missing-alias`: a function has a canary, but no alias that can shift traffic.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_spellings import to_set
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each canary without an alias, unless the model already rejects it."""
    for canary in analysis.canaries:
        function = canary.function
        if canary.alias is None and getattr(function.model, "deployment_preference", None) is None:
            message = f"`{function.name}` has a canary but no `AutoPublishAlias`, so SAM rejects the template."
            yield RULE.finding(analysis.spot(function), message, to_set(function, "AutoPublishAlias", "live"))


RULE: Final = LintRule(
    id="missing-alias",
    summary="A function has a canary, but no alias that can shift traffic.",
    why=(
        "A canary shifts the traffic of an alias from the old version to the new one. "
        "Without `AutoPublishAlias` there is neither an alias nor a version. "
        "SAM stops with \"'DeploymentPreference' requires AutoPublishAlias property to be specified\"."
    ),
    severity="error",
    confidence="certain",
    fix="safe",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html",
    examples=[
        Example(
            bad="""
Globals:
  Function:
    DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [hello-errors]}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
""",
            good="""
Globals:
  Function:
    DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [hello-errors]}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
""",
        )
    ],
    check=check,
)
