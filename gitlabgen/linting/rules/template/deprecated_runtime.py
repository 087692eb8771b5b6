"""`deprecated-runtime`: a function uses a runtime that Lambda no longer supports.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import choices
from gitlabgen.analysis.templates import FUNCTION, TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

DEPRECATED: Final = (
    "dotnet5.0 dotnet6 dotnet7 dotnetcore1.0 dotnetcore2.0 dotnetcore2.1 dotnetcore3.1 go1.x java8 nodejs nodejs4.3 "
    "nodejs4.3-edge nodejs6.10 nodejs8.10 nodejs10.x nodejs12.x nodejs14.x nodejs16.x nodejs18.x provided python2.7 "
    "python3.6 python3.7 python3.8 ruby2.5 ruby2.7"
)
"""The runtimes that Lambda no longer supports."""


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each function with a runtime that is no longer supported."""
    for function in (*analysis.of_type(FUNCTION), *analysis.of_type("AWS::Lambda::Function")):
        for runtime in choices(function.properties.get("Runtime")):
            if isinstance(runtime, str) and runtime in DEPRECATED.split():
                message = f"`{function.name}` uses the runtime `{runtime}`, which Lambda no longer supports."
                yield RULE.finding(analysis.spot(function, ("Runtime",)), message, facts=(runtime,))


RULE: Final = LintRule(
    id="deprecated-runtime",
    summary="A function uses a runtime that Lambda no longer supports.",
    why=(
        "AWS no longer provides security updates for a deprecated runtime. "
        "Later it rejects new functions with this runtime, and then updates of existing ones. "
        "A stack with such a function can then no longer be deployed."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
    examples=[
        Example(
            bad="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: nodejs16.x
""",
            good="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: nodejs24.x
""",
        )
    ],
    check=check,
)
