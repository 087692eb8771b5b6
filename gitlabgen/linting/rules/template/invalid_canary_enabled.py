"""`invalid-canary-enabled`: SAM treats an intrinsic function in `Enabled` as true, so the canary is always on.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html
and https://github.com/aws/serverless-application-model/blob/develop/docs/safe_lambda_deployments.rst
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import function_of, reference
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each canary whose `Enabled` is an intrinsic function."""
    for canary in analysis.canaries:
        enabled = canary.preference.get("Enabled")
        function, _ = function_of(enabled) or ("", None)
        if function and reference(enabled) not in analysis.section("Parameters"):
            short = function.removeprefix("Fn::")
            message = (
                f"`{canary.function.name}`: SAM treats `Enabled: !{short} …` as true, so the canary is on in every environment."
            )
            where = analysis.spot(canary.function, ("DeploymentPreference", "Enabled"))
            yield RULE.finding(where, message, "use a parameter instead", facts=(short,))


RULE: Final = LintRule(
    id="invalid-canary-enabled",
    summary="`Enabled` of a canary is an intrinsic function, which SAM treats as true.",
    why=(
        "SAM reads `Enabled` before CloudFormation evaluates conditions, and treats everything but false as true. "
        "The canary is then also on in environments that should not have one, and their deployments are slow. "
        "SAM can resolve a reference to a parameter."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html",
    former_ids=("always-on-canary",),
    examples=[
        Example(
            bad="""
Parameters:
  Stage: {Type: String}
Conditions:
  IsProduction: !Equals [!Ref Stage, production]
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
      DeploymentPreference:
        Enabled: !If [IsProduction, true, false]
        Type: Canary10Percent5Minutes
        Alarms: [hello-errors]
""",
            good="""
Parameters:
  IsGradual: {Type: String, Default: "false"}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
      DeploymentPreference:
        Enabled: !Ref IsGradual
        Type: Canary10Percent5Minutes
        Alarms: [hello-errors]
""",
        )
    ],
    check=check,
)
