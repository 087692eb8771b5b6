"""`unpublished-change`: a new parameter value changes a function, but publishes no version.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import names_in
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

# SAM publishes a version if one of these changes in the template.
_HASHED: Final = ("CodeUri", "Environment", "ImageUri", "InlineCode", "MemorySize", "SnapStart")
_OTHERS: Final = ("Handler", "Layers", "Runtime", "Timeout", "Architectures", "EphemeralStorage", "VpcConfig")


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each property of a canary's function that refers to a parameter."""
    parameters = analysis.section("Parameters")
    for canary in analysis.canaries:
        properties = canary.function.properties
        if "AutoPublishCodeSha256" in properties:
            continue
        for key in (*_HASHED, *_OTHERS):
            for name in dict.fromkeys(names_in(properties.get(key))):
                if name in parameters:
                    message = (
                        f"`{canary.function.name}` gets `{key}` from the parameter `{name}`: a new value changes only "
                        "`$LATEST`, so all callers of the alias still get the old value."
                    )
                    hint = "write the value itself into the template of each environment"
                    yield RULE.finding(analysis.spot(canary.function, (key,)), message, hint, facts=(name,))


RULE: Final = LintRule(
    id="unpublished-change",
    summary="A new parameter value changes a function, but publishes no version.",
    why=(
        "SAM publishes a version when certain properties change, but it compares references to parameters, not their values. "
        "A deployment with a different value changes `$LATEST` only. "
        "The alias still points to the old version, so its callers never get the new value, and no canary runs."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html",
    former_ids=("unpublished-parameter",),
    examples=[
        Example(
            bad="""
Parameters:
  Size: {Type: Number, Default: 128}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [hello-errors]}
      MemorySize: !Ref Size
""",
            good="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [hello-errors]}
      MemorySize: 256
""",
        )
    ],
    check=check,
)
