"""`web-function-at-once`: a web function sends all traffic to a new revision at once.

Source: https://docs.aws.amazon.com/lambda/latest/dg/web-functions-deployment.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_spellings import setting
from gitlabgen.analysis.template_values import choices
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import either

__all__ = ["RULE"]

_MODE: Final = "AutoDeploymentMode"


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each web function that asks for it; the default is not reported."""
    for function in analysis.of_type("AWS::Serverless::WebFunction"):
        if "LatestRevision" in choices(function.properties.get(_MODE)):
            message = f"`{function.name}` sends all traffic to a new revision at once."
            hint = either("write {} and `RevisionWeights`", setting(function, _MODE, "Disabled"))
            yield RULE.finding(analysis.spot(function, (_MODE,)), message, hint)


RULE: Final = LintRule(
    id="web-function-at-once",
    summary="A web function sends all traffic to a new revision at once.",
    why=(
        "With `AutoDeploymentMode: LatestRevision` each deployment moves all traffic to the new revision. "
        "A bad version then reaches all users before anybody sees its errors. "
        "With `Disabled` and `RevisionWeights` traffic moves as far as the template says."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.aws.amazon.com/lambda/latest/dg/web-functions-deployment.html",
    examples=[
        Example(
            bad="""
Resources:
  Shop:
    Type: AWS::Serverless::WebFunction
    Properties:
      AuthType: IamAuth
      Runtime: python3.14
      CodeUri: src/
      AutoDeploymentMode: LatestRevision
""",
            good="""
Resources:
  Shop:
    Type: AWS::Serverless::WebFunction
    Properties:
      AuthType: IamAuth
      Runtime: python3.14
      CodeUri: src/
      AutoDeploymentMode: Disabled
      RevisionWeights: {"1": 90, "2": 10}
""",
        )
    ],
    check=check,
)
