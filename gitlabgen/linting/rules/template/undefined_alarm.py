"""`undefined-alarm`: a canary watches an alarm that the template does not define.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html
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
    """Yield a finding for each alarm of a canary that does not exist, or is not an alarm."""
    kinds = {name: resource.type for name, resource in analysis.resources.items()}
    for canary in analysis.canaries:
        for path, alarm in canary.alarms:
            name = reference(alarm)
            if name is None or name in analysis.section("Parameters") or "Alarm" in kinds.get(name, ""):
                continue
            hint = did_you_mean(name, [known for known, kind in kinds.items() if "Alarm" in kind])
            problem = f"is not an alarm but `{kinds[name]}`" if name in kinds else "the template does not define"
            message = f"`{canary.function.name}` has a canary that watches `{name}`, which {problem}."
            yield RULE.finding(analysis.spot(canary.function, path), message, hint, facts=(name,))


RULE: Final = LintRule(
    id="undefined-alarm",
    summary="A canary watches an alarm that the template does not define.",
    why=(
        "CloudFormation rejects a template that refers to an undefined resource. "
        "A reference to a resource of another type gives CodeDeploy a name that no alarm has. "
        "Usually the name is misspelt, or the alarm was renamed."
    ),
    severity="error",
    confidence="certain",
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
      DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [!Ref Erors]}
  Errors:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties:
      AlarmRule: ALARM(hello-errors)
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
      DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [!Ref Errors]}
  Errors:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties:
      AlarmRule: ALARM(hello-errors)
""",
        )
    ],
    check=check,
)
