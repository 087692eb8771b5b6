"""`bypassed-canary`: something calls the function of a canary, and not its alias.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.function_callers import APIS, Caller, callers_of, has_key
from gitlabgen.analysis.template_values import reference
from gitlabgen.analysis.templates import CanaryFunction, TemplateAnalysis, mapping
from gitlabgen.errors import Finding, Severity
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Spelling, assignment

__all__ = ["RULE"]

_API_EVENTS: Final = {"Api": "RestApiId", "HttpApi": "ApiId"}


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each caller that never meets the canary."""
    for canary in analysis.canaries:
        alias = canary.alias
        if alias is None or all(kind == "AllAtOnce" for kind in canary.types):
            continue
        name = canary.function.name
        callers = [*callers_of(analysis, canary.function)]
        allowed = any(caller.resource.type == "AWS::Lambda::Permission" for caller in callers)
        for caller in callers:
            where = analysis.spot(caller.resource, caller.path)
            is_refused = not allowed and _is_refused(canary, caller)
            message = _message(caller, name, alias) + (" SAM allows it to call the alias only." if is_refused else "")
            severity: Severity = "error" if is_refused else "warning"
            yield RULE.finding(where, message, _hint(caller, name, alias), severity=severity, facts=(name,))


def _message(caller: Caller, name: str, alias: object) -> str:
    wanted = f"its alias `{alias}`" if isinstance(alias, str) else "its alias"
    if caller.resource.type == "AWS::Lambda::Permission":
        return (
            f"`{caller.resource.name}` allows calls of the function `{name}`, not of {wanted}: such calls never meet the canary."
        )
    return f"`{caller.resource.name}` calls the function `{name}`, not {wanted}: its calls never meet the canary."


def _hint(caller: Caller, name: str, alias: object) -> Spelling:
    if caller.resource.type == "AWS::Lambda::Url" and isinstance(alias, str):
        setting = assignment("Qualifier", alias)
        return Spelling(f"add {setting.python}", f"add {setting.yaml}")
    if caller.is_in_text:
        return Spelling(f"write `${{{name}.Alias}}` for the function", f"write `${{{name}.Alias}}` for the function")
    return Spelling(f"write `Ref('{name}.Alias')`", f"write `!Ref {name}.Alias`")


def _is_refused(canary: CanaryFunction, caller: Caller) -> bool:
    """Return whether an API may call only the alias: SAM allows no more, and the API has no role."""
    body = APIS.get(caller.resource.type)
    events = mapping(canary.function.properties.get("Events")).values()
    return (
        body is not None
        and caller.path[0] == body
        and not has_key(caller.resource.properties[body], "credentials")
        and any(
            reference(mapping(mapping(event).get("Properties")).get(_API_EVENTS.get(str(mapping(event).get("Type")), "")))
            == caller.resource.name
            for event in events
        )
    )


RULE: Final = LintRule(
    id="bypassed-canary",
    summary="Something calls the function of a canary, and not its alias.",
    why=(
        "A canary shifts the traffic of the alias. "
        "A caller of the function itself gets the newest code at once, before any hook or alarm has seen it. "
        "SAM allows the APIs of a function's events to call the alias only, so such an API answers with status 500."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html",
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
      DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [hello-errors]}
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 day)
      Targets: [{Id: hello, Arn: !GetAtt Hello.Arn}]
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
      DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [hello-errors]}
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 day)
      Targets: [{Id: hello, Arn: !Ref Hello.Alias}]
""",
        )
    ],
    check=check,
)
