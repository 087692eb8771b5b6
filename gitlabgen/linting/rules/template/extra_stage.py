"""`extra-stage`: a REST API for which SAM makes a second public stage named `Stage`.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each REST API without `OpenApiVersion`."""
    for api in analysis.of_type("AWS::Serverless::Api"):
        if "OpenApiVersion" not in api.properties and api.properties.get("StageName") != "Stage":
            message = "without OpenApiVersion SAM makes a second public stage, named 'Stage'"
            yield RULE.finding(analysis.spot(api, ()), message, "write OpenApiVersion: 3.0.1")


RULE: Final = LintRule(
    id="extra-stage",
    summary="a REST API for which SAM makes a second public stage",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html",
    examples=(),
    check=check,
)
