"""`invalid-property`: a property of a function is missing, or has a shape that AWS rejects.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitlabgen.analysis.template_spellings import to_set
from gitlabgen.analysis.template_values import choices, function_of
from gitlabgen.analysis.templates import FUNCTION, TemplateAnalysis, TemplateResource, mapping
from gitlabgen.errors import Finding, closest, suggestion
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Hint
from gitlabgen.sam.policy_templates import POLICY_TEMPLATES

__all__ = ["RULE"]

_DOCUMENT: Final = ("Id", "Statement", "Version")
_EXAMPLES: Final = {"Handler": "app.handler", "Runtime": "python3.14"}


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each problem of a function's environment, policies, handler and runtime."""
    for resource in analysis.resources.values():
        if resource.type in (FUNCTION, "AWS::Lambda::Function"):
            for environment in choices(resource.properties.get("Environment")):
                yield from _environment(analysis, resource, environment)
        if resource.type in (FUNCTION, "AWS::Serverless::StateMachine"):
            yield from _policies(analysis, resource)
        if resource.type == FUNCTION:
            yield from _missing(analysis, resource)


def _environment(analysis: TemplateAnalysis, resource: TemplateResource, environment: Any) -> Iterator[Finding]:
    if not isinstance(environment, Mapping) or any(key.startswith("Fn::") or key == "Ref" for key in environment):
        return
    wrong = [key for key in environment if key != "Variables"]
    if wrong:
        message = f"`{resource.name}`: `Environment` has the key `{wrong[0]}`, but only `Variables` is allowed."
        where = analysis.spot(resource, ("Environment", wrong[0]), at_key=True)
        yield RULE.finding(where, message, _nesting(resource, environment, wrong[0]), facts=tuple(wrong))
    for name, value in _variables(environment).items():
        if isinstance(value, list) or (isinstance(value, Mapping) and function_of(value) is None):
            kind = "list" if isinstance(value, list) else "mapping"
            message = f"`{resource.name}`: the variable `{name}` must be a text, got a {kind}."
            where = analysis.spot(resource, ("Environment", "Variables", name))
            yield RULE.finding(where, message, "write it as a JSON text", facts=(name,))


def _nesting(resource: TemplateResource, environment: Mapping[str, Any], wrong: str) -> Hint | None:
    near = closest(wrong, ["Variables"])
    if near or not all(isinstance(value, str) for value in environment.values()):
        return suggestion(near, "move the variables into a mapping `Variables`")
    return to_set(resource, "Environment", {"Variables": dict(environment)})


def _variables(environment: Mapping[str, Any]) -> Mapping[str, Any]:
    variables = mapping(environment.get("Variables"))
    return {} if function_of(variables) else variables


def _policies(analysis: TemplateAnalysis, resource: TemplateResource) -> Iterator[Finding]:
    policies = resource.properties.get("Policies")
    for index, item in enumerate(policies if isinstance(policies, list) else [policies]):
        for policy in choices(item):
            names = [*policy] if isinstance(policy, Mapping) and function_of(policy) is None else []
            if len(names) != 1 or names[0] in (*POLICY_TEMPLATES, *_DOCUMENT):
                continue
            near = closest(names[0], POLICY_TEMPLATES)
            message = f"`{resource.name}`: SAM has no policy template `{names[0]}`."
            where = analysis.spot(resource, ("Policies", index) if isinstance(policies, list) else ("Policies",))
            # A new version of SAM may have more templates.
            yield RULE.finding(where, message, suggestion(near), severity="error" if near else "warning", facts=(names[0],))


def _missing(analysis: TemplateAnalysis, resource: TemplateResource) -> Iterator[Finding]:
    properties = resource.properties
    if properties.get("PackageType", "Zip") != "Zip" or any(key.startswith("Fn::") for key in properties):
        return
    needed = {"PackageType": "Image"} if "ImageUri" in properties and "PackageType" not in properties else _EXAMPLES
    for key, value in needed.items():
        if key not in properties:
            message = f"`{resource.name}` has no `{key}`, so SAM rejects the template."
            hint = to_set(resource, key, value)
            yield RULE.finding(analysis.spot(resource), message, hint, facts=(key,))


RULE: Final = LintRule(
    id="invalid-property",
    summary="A property of a function is missing, or has a shape that AWS rejects.",
    why=(
        "SAM rejects a function of a zip package without `Handler` or `Runtime`. "
        "CloudFormation rejects variables that are not in `Environment: Variables`, and a misspelt policy template. "
        "All of these are found only when the stack is deployed."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html",
    examples=[
        Example(
            bad="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: src/
      Environment: {TABLE: orders}
""",
            good="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: src/
      Environment: {Variables: {TABLE: orders}}
""",
        )
    ],
    check=check,
)
