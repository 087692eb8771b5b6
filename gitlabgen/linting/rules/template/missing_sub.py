"""`missing-sub`: `${…}` outside of `!Sub`, which stays as it is written.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import strings_in
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

# What fills in such names by itself, with values of its own.
_OWN_NAMES: Final = frozenset(
    ("AWS::Serverless::Application", "AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine")
)
_NAME: Final = r"\$\{(AWS::(?:AccountId|NotificationARNs|NoValue|Partition|Region|StackId|StackName|URLSuffix))\}"


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each text with a pseudo parameter that nothing fills in."""
    for resource in analysis.resources.values():
        if resource.type in _OWN_NAMES:
            continue
        for path, text in strings_in(resource.properties):
            match = re.search(_NAME, text)
            if match is not None:
                message = f"{match[0]} stands outside of !Sub and is not filled in"
                yield RULE.finding(analysis.spot(resource, path), message, "write !Sub in front of it")


RULE: Final = LintRule(
    id="missing-sub",
    summary="`${AWS::…}` outside of `!Sub`",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html",
    examples=(),
    check=check,
)
