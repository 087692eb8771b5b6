"""`missing-sub`: a pseudo parameter such as `${AWS::Region}` is in a text without `!Sub`.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import strings_in
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Spelling

__all__ = ["RULE"]

# These fill in such names themselves, with values of their own.
_OWN_NAMES: Final = frozenset(
    ("AWS::Serverless::Application", "AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine")
)
_NAME: Final = r"\$\{(AWS::(?:AccountId|NotificationARNs|NoValue|Partition|Region|StackId|StackName|URLSuffix))\}"


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each text with a pseudo parameter that is not filled in."""
    for resource in analysis.resources.values():
        if resource.type in _OWN_NAMES:
            continue
        for path, text in strings_in(resource.properties):
            match = re.search(_NAME, text)
            if match is not None:
                message = f"`{resource.name}`: `{match[0]}` is not filled in without `!Sub`."
                hint = Spelling("put the text into Sub(…)", "write `!Sub` in front of the text")
                yield RULE.finding(analysis.spot(resource, path), message, hint, facts=(match[0],))


RULE: Final = LintRule(
    id="missing-sub",
    summary="A pseudo parameter such as `${AWS::Region}` is in a text without `!Sub`.",
    why=(
        "CloudFormation fills in `${…}` only in the text of `!Sub`. "
        "Elsewhere the resource gets the characters as they are, such as a name with `${AWS::StackName}` in it. "
        "AWS then refuses the value, or the resource gets a name that nothing else uses."
    ),
    severity="warning",
    confidence="likely",
    fix="unsafe",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html",
    examples=[
        Example(
            bad="""
Resources:
  Orders:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: "${AWS::StackName}-orders"
""",
            good="""
Resources:
  Orders:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Sub "${AWS::StackName}-orders"
""",
        )
    ],
    check=check,
)
