"""`canary-without-alarms`: a canary has no alarm and no hook, so nothing can stop it.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each canary that has neither alarms nor hooks."""
    # CloudFormation may watch a composite alarm, and stop the update.
    if analysis.of_type("AWS::CloudWatch::CompositeAlarm"):
        return
    for canary in analysis.canaries:
        gradual = [value for value in canary.types if value != "AllAtOnce"]
        if gradual and not canary.preference.get("Alarms") and not canary.hooks:
            message = f"`{canary.function.name}` has a canary that nothing can stop: it has no alarm and no hook."
            where = analysis.spot(canary.function, ("DeploymentPreference",))
            yield RULE.finding(where, message, "add an alarm on the errors of the alias")


RULE: Final = LintRule(
    id="canary-without-alarms",
    summary="A canary has no alarm and no hook, so nothing can stop it.",
    why=(
        "CodeDeploy shifts traffic gradually, and rolls back only if an alarm fires or a hook fails. "
        "Without either, all traffic reaches the new version, even if every call fails. "
        "The deployment takes longer, and protects nothing. "
        "A template with a composite alarm is no finding, because it may be a rollback trigger of CloudFormation."
    ),
    severity="warning",
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
      DeploymentPreference:
        Type: Canary10Percent5Minutes
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
""",
        )
    ],
    check=check,
)
