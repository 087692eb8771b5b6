"""`extra-stage`: SAM gives a REST API a second public stage.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
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
    """Yield a finding for each REST API without `OpenApiVersion`."""
    for api in analysis.of_type("AWS::Serverless::Api"):
        if "OpenApiVersion" not in api.properties and api.properties.get("StageName") != "Stage":
            message = f"`{api.name}` gets a second public stage named `Stage`, because it has no `OpenApiVersion`."
            hint = to_set(api, "OpenApiVersion", "3.0.1")
            yield RULE.finding(analysis.spot(api, ()), message, hint)


RULE: Final = LintRule(
    id="extra-stage",
    summary="SAM gives a REST API a second public stage named `Stage`.",
    why=(
        "For an API without `OpenApiVersion`, SAM creates a stage named `Stage` in addition to the one in `StageName`. "
        "Both are public and call the same functions. "
        "Protection of one stage, such as a web application firewall or a usage plan, does not cover the other."
    ),
    severity="info",
    confidence="certain",
    persona="auditor",
    fix="unsafe",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html",
    examples=[
        Example(
            bad="""
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
""",
            good="""
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      OpenApiVersion: 3.0.1
""",
        )
    ],
    check=check,
)
