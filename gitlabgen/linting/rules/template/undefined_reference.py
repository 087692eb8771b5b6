"""`undefined-reference`: a template refers to something that it does not define.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from gitlabgen.analysis.generated_resources import is_generated
from gitlabgen.analysis.template_references import Reference, references_in
from gitlabgen.analysis.templates import FUNCTION, TemplateAnalysis, mapping
from gitlabgen.errors import Finding, did_you_mean
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Hint, Spelling

__all__ = ["RULE"]

_PSEUDO_PARAMETERS: Final = tuple(
    f"AWS::{name}"
    for name in ("AccountId", "NotificationARNs", "NoValue", "Partition", "Region", "StackId", "StackName", "URLSuffix")
)
_SECTIONS: Final = {"condition": "Conditions", "mapping": "Mappings"}


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each reference to a name that the template does not define."""
    if analysis.has_other_macros:
        return
    for where in _references(analysis):
        problem = None if _is_reported_elsewhere(analysis, where) else _problem(analysis, where)
        if problem is not None:
            message, hint = problem
            owner = where.path[where.path[0] != "Globals"]
            facts = (where.kind, where.name, where.attribute, *where.keys)
            yield RULE.finding(analysis.spot_at(where.path), f"`{owner}` {message}", hint, facts=facts)


def _references(analysis: TemplateAnalysis) -> Iterator[Reference]:
    for section in ("Conditions", "Resources", "Outputs"):
        yield from references_in(analysis.section(section), (section,))
    for name, tree in analysis.section("Globals").items():
        if analysis.of_type(f"AWS::Serverless::{name}"):
            yield from references_in(tree, ("Globals", name))
    for name, tree in analysis.section("Conditions").items():
        yield from _conditions(tree, ("Conditions", name))
    for section in ("Resources", "Outputs"):
        for name, tree in analysis.section(section).items():
            yield from _condition(tree, (section, name))
            yield from _dependencies(tree, (section, name))


def _dependencies(tree: Any, path: tuple[str | int, ...]) -> Iterator[Reference]:
    names = mapping(tree).get("DependsOn")
    for index, name in enumerate(names if isinstance(names, list) else [names]):
        if isinstance(name, str):
            yield Reference((*path, "DependsOn", *((index,) if isinstance(names, list) else ())), "attribute", name)


def _condition(tree: Any, path: tuple[str | int, ...]) -> Iterator[Reference]:
    name = mapping(tree).get("Condition")
    if isinstance(name, str):
        yield Reference((*path, "Condition"), "condition", name)


def _conditions(tree: Any, path: tuple[str | int, ...]) -> Iterator[Reference]:
    """Yield the conditions that another one is made of."""
    yield from _condition(tree, path)
    for function in ("Fn::And", "Fn::Or", "Fn::Not"):
        items = mapping(tree).get(function)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            yield from _conditions(item, (*path, function, index))


def _is_reported_elsewhere(analysis: TemplateAnalysis, where: Reference) -> bool:
    """Return whether a rule for canaries checks the reference: its type, an alarm or a hook."""
    is_checked = where.path[2:4] == ("Properties", "DeploymentPreference") and where.path[4:5] in (
        ("Type",),
        ("Alarms",),
        ("Hooks",),
    )
    return is_checked and where.path[-1] == "Ref" and any(canary.function.name == where.path[1] for canary in analysis.canaries)


def _problem(analysis: TemplateAnalysis, where: Reference) -> tuple[str, Hint | None] | None:
    """Return what is wrong with a reference, and how to fix it; None if it may be right."""
    name = where.name
    if where.kind in _SECTIONS:
        section = _SECTIONS[where.kind]
        known = analysis.section(section)
        if _is_open(known):
            return None
        if name in known:
            return _key_problem(known, where)
        message = f"uses the {where.kind} `{name}`, which the template does not define."
        return message, _near_or_add(name, known, section)
    resources, parameters = analysis.section("Resources"), analysis.section("Parameters")
    if name.startswith("AWS::"):
        message = f"refers to `{name}`, which is no pseudo parameter."
        return None if name in _PSEUDO_PARAMETERS else (message, did_you_mean(name, _PSEUDO_PARAMETERS))
    if name in resources:
        return _version_problem(analysis, where)
    if _is_open(resources) or _is_open(parameters) or is_generated(analysis, name):
        return None
    if where.kind == "value":
        if name in parameters and not where.attribute:
            return None
        message = f"refers to `{name}`, which the template does not define."
        return message, _near_or_add(name, [*resources, *parameters], "Resources", "Parameters")
    if where.path[2:3] == ("DependsOn",):
        message = f"depends on `{name}`, which is no resource of the template."
    else:
        message = f"reads `{where.attribute}` of `{name}`, which is no resource of the template."
    return message, _near_or_add(name, resources, "Resources")


def _key_problem(mappings: dict[str, Any], where: Reference) -> tuple[str, Hint | None] | None:
    """Return the problem of a key that a mapping does not have."""
    found = mappings[where.name]
    for key in where.keys:
        if not isinstance(found, dict) or _is_open(found):
            return None
        if key not in found:
            message = f"reads the key `{key}` of the mapping `{where.name}`, which has no such key."
            return message, did_you_mean(key, found, f"use one of {', '.join(found)}")
        found = found[key]
    return None


def _version_problem(analysis: TemplateAnalysis, where: Reference) -> tuple[str, Hint | None] | None:
    """Return the problem of an alias or a version that SAM does not make."""
    owner = analysis.resources.get(where.name)
    part = where.attribute.partition(".")[0]
    if owner is None or owner.type != FUNCTION or part not in ("Alias", "Version"):
        return None
    if "AutoPublishAlias" in owner.properties or _is_open(owner.properties):
        return None
    message = f"refers to `{where.name}.{part}`, but SAM makes it only with `AutoPublishAlias`."
    return message, f"add `AutoPublishAlias` to `{where.name}`"


def _near_or_add(name: str, known: Iterable[str], *sections: str) -> Hint:
    """Return the most similar name, or the advice to define it, with the names of sections in the file's language."""
    yaml = " or ".join(f"`{section}`" for section in sections)
    return did_you_mean(name, known) or Spelling(f"add it to {yaml.lower()}", f"add it to {yaml}")


def _is_open(names: Iterable[str]) -> bool:
    """Return whether a section may have more names, because a macro or a loop makes them."""
    return any(name.startswith("Fn::") for name in names)


RULE: Final = LintRule(
    id="undefined-reference",
    summary="A template refers to a resource, parameter, condition or mapping that it does not define.",
    why=(
        "CloudFormation rejects a template whose references lead nowhere, but only when the stack is deployed. "
        "Usually the name is misspelt, or the resource was renamed or left out. "
        "Resources that SAM generates are known; with a macro that may add names, nothing is reported."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html",
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
      Environment: {Variables: {TABLE: !Ref Order}}
  Orders:
    Type: AWS::Serverless::SimpleTable
""",
            good="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: src/
      Environment: {Variables: {TABLE: !Ref Orders}}
  Orders:
    Type: AWS::Serverless::SimpleTable
""",
        )
    ],
    check=check,
)
