"""`unpublished-change`: a parameter whose new value reaches the function, but makes no new version.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import names_in
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

# What SAM looks at to tell whether a version is new, if nothing says otherwise.
_HASHED: Final = ("CodeUri", "Environment", "ImageUri", "InlineCode", "MemorySize", "SnapStart")
_OTHERS: Final = ("Handler", "Layers", "Runtime", "Timeout", "Architectures", "EphemeralStorage", "VpcConfig")


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each property of a canary's function that a parameter decides."""
    parameters = analysis.section("Parameters")
    for canary in analysis.canaries:
        properties = canary.function.properties
        if "AutoPublishCodeSha256" in properties:
            continue
        for key in (*_HASHED, *_OTHERS):
            for name in dict.fromkeys(names_in(properties.get(key))):
                if name in parameters:
                    message = (
                        f"{key} depends on the parameter {name!r}: a new value of it publishes no version and shifts nothing"
                    )
                    hint = "write the value out for each environment, or set AutoPublishCodeSha256"
                    yield RULE.finding(analysis.spot(canary.function, (key,)), message, hint)


RULE: Final = LintRule(
    id="unpublished-change",
    summary="a parameter whose new value reaches a canary's function, but makes no new version",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html",
    former_ids=("unpublished-parameter",),
    examples=(),
    check=check,
)
