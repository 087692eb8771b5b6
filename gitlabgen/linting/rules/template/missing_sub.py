"""`missing-sub`: a pseudo parameter such as `${AWS::Region}` is in a string without `!Sub`.

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

# These resource types define their own substitutions.
_OWN_SUBSTITUTIONS: Final = frozenset(
    ("AWS::Serverless::Application", "AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine")
)
_NAME: Final = r"\$\{(AWS::(?:AccountId|NotificationARNs|NoValue|Partition|Region|StackId|StackName|URLSuffix))\}"


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each string with a pseudo parameter outside of `Fn::Sub`."""
    for resource in analysis.resources.values():
        if resource.type in _OWN_SUBSTITUTIONS:
            continue
        for path, text in strings_in(resource.properties):
            match = re.search(_NAME, text)
            if match is not None:
                message = f"`{resource.name}`: `{match[0]}` is not filled in without `!Sub`."
                hint = Spelling("wrap the string in Sub(…)", "write `!Sub` before the string")
                yield RULE.finding(analysis.spot(resource, path), message, hint, facts=(match[0],))


RULE: Final = LintRule(
    id="missing-sub",
    summary="A pseudo parameter such as `${AWS::Region}` is in a string without `!Sub`.",
    why=(
        "CloudFormation replaces `${…}` only in the string of `!Sub`. "
        "Elsewhere the resource gets the literal characters, such as a name that contains `${AWS::StackName}`. "
        "AWS then rejects the value, or the resource gets a name that nothing else uses."
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
