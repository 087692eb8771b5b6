"""`missing-sub`: a pseudo parameter or a name of the template, such as `${AWS::Region}`, is in a string without `!Sub`.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

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
# In these types and properties, `${name}` may be a variable of a shell or of another language.
_CODE_TYPES: Final = frozenset(("AWS::CodeBuild::Project", "AWS::SSM::Document", "AWS::ImageBuilder::Component"))
_CODE: Final = frozenset(
    (
        *("UserData", "InlineCode", "ZipFile", "Command", "EntryPoint", "Description", "Comment", "description"),
        *("RequestTemplates", "ResponseTemplates", "requestTemplates", "responseTemplates", "Code", "FunctionCode"),
        *("RequestMappingTemplate", "ResponseMappingTemplate", "DefinitionString", "BuildSpec"),
    )
)
_PSEUDO: Final = re.compile(r"\$\{(AWS::(?:AccountId|NotificationARNs|NoValue|Partition|Region|StackId|StackName|URLSuffix))\}")
_NAME: Final = re.compile(r"\$\{ *(\w+)(\.[\w.]+)? *\}")


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each string with a pseudo parameter or a name of the template outside of `Fn::Sub`."""
    for resource in analysis.resources.values():
        if resource.type not in _OWN_SUBSTITUTIONS:
            are_names = resource.type not in _CODE_TYPES
            for path, text in strings_in(resource.properties):
                found = _found(analysis, path, text, are_names=are_names)
                if found:
                    yield RULE.finding(analysis.spot(resource, path), *_texts(resource.name, found), facts=(found,))
    for name, output in analysis.section("Outputs").items():
        for path, text in strings_in(output):
            found = _found(analysis, path, text)
            if found and path[0] in ("Value", "Export"):
                yield RULE.finding(analysis.spot_at(("Outputs", name, *path)), *_texts(name, found), facts=(found,))


def _found(analysis: TemplateAnalysis, path: tuple[Any, ...], text: str, *, are_names: bool = True) -> str | None:
    """Return the first part of a string that only `!Sub` fills in."""
    pseudo = _PSEUDO.search(text)
    if pseudo is not None or not are_names or not _CODE.isdisjoint(path) or analysis.has_other_macros:
        return pseudo and pseudo[0]
    names = (match for match in _NAME.finditer(text) if _is_name(analysis, match[1], match[2]))
    return next((match[0] for match in names), None)


def _is_name(analysis: TemplateAnalysis, name: str, attribute: str | None) -> bool:
    return name in analysis.resources or (attribute is None and name in analysis.section("Parameters"))


def _texts(owner: str, found: str) -> tuple[str, Spelling]:
    hint = Spelling("wrap the string in Sub(…)", "put `!Sub` before the string")
    return f"`{owner}`: `{found}` is not filled in without `!Sub`.", hint


RULE: Final = LintRule(
    id="missing-sub",
    summary="A pseudo parameter or a name of the template, such as `${AWS::Region}`, is in a string without `!Sub`.",
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
