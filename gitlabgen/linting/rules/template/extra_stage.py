"""`extra-stage`: a REST API for which SAM makes a second public stage named `Stage`.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each REST API without `OpenApiVersion`."""
    for api in subject.of_type("AWS::Serverless::Api"):
        if "OpenApiVersion" not in api.properties and api.properties.get("StageName") != "Stage":
            message = "without OpenApiVersion SAM makes a second public stage, named 'Stage'"
            yield subject.finding("extra-stage", api, (), message, "write OpenApiVersion: 3.0.1", severity="warning")
