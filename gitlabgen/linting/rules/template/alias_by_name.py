"""`alias-by-name`: a resource names an alias as text, so CloudFormation may create it before the alias.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.function_callers import qualified_texts
from gitlabgen.analysis.template_references import references_in
from gitlabgen.analysis.templates import FUNCTION, TemplateAnalysis, mapping
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Spelling

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each resource that needs an alias, but does not wait for it."""
    for function in analysis.of_type(FUNCTION):
        alias = function.properties.get("AutoPublishAlias")
        if not isinstance(alias, str):
            continue
        made = f"{function.name}Alias{re.sub('[^A-Za-z0-9]', '', alias)}"
        for resource, path in qualified_texts(analysis, function, alias):
            if not _waits(analysis, resource.name, function.name, made):
                message = f"`{resource.name}` names the alias `{alias}` as text, so it may be created before the alias."
                hint = Spelling(f"write `Ref('{function.name}.Alias')`", f"write `!Ref {function.name}.Alias`")
                yield RULE.finding(analysis.spot(resource, path), message, hint, facts=(function.name,))


def _waits(analysis: TemplateAnalysis, name: str, function: str, made: str) -> bool:
    """Return whether a resource is created after the alias, because it depends on it or on another one that does."""
    seen: set[str] = set()
    left = [name]
    while left:
        tree = mapping(analysis.section("Resources").get(left.pop()))
        needed = tree.get("DependsOn", [])
        names = {item for item in (needed if isinstance(needed, list) else [needed]) if isinstance(item, str)}
        for found in references_in(tree):
            if (found.name, found.attribute.partition(".")[0]) == (function, "Alias"):
                return True
            names.add(found.name)
        if made in names:
            return True
        left += names - seen
        seen |= names
    return False


RULE: Final = LintRule(
    id="alias-by-name",
    summary="A resource names an alias as text, so CloudFormation may create it before the alias.",
    why=(
        "CloudFormation creates a resource after those that it refers to; a name in a text is no reference to the alias. "
        "The first deployment then fails now and then, because Lambda does not find the alias. "
        "`!Ref` of the function's `Alias` is the same address, and makes CloudFormation wait."
    ),
    severity="error",
    confidence="likely",
    fix="safe",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html",
    examples=[
        Example(
            bad="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
  MayCall:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Sub "${Hello.Arn}:live"
      Principal: apigateway.amazonaws.com
""",
            good="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
  MayCall:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Hello.Alias
      Principal: apigateway.amazonaws.com
""",
        )
    ],
    check=check,
)
