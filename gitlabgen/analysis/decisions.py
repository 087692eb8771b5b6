"""Evaluate a template's conditions from the parameters known before a deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlabgen.analysis.template_values import choices, function_of, reference
from gitlabgen.analysis.templates import TemplateAnalysis, mapping


def possible_values(analysis: TemplateAnalysis, value: Any, given: Mapping[str, str]) -> list[Any]:
    """Return the values that a conditional value can take, without those that parameters rule out.

    Args:
        analysis: The template.
        value: A plain value.
        given: The parameters that the deployment sets; the others have their defaults.
    """
    function, argument = function_of(value) or ("", None)
    if function != "Fn::If" or not isinstance(argument, list) or len(argument) != 3:
        return choices(value)
    holds = _holds(analysis, {"Condition": argument[0]}, given, frozenset())
    branches = [branch for branch, taken in zip(argument[1:], (True, False), strict=True) if holds in (taken, None)]
    return [choice for branch in branches for choice in possible_values(analysis, branch, given)]


def _holds(analysis: TemplateAnalysis, condition: Any, given: Mapping[str, str], seen: frozenset[str]) -> bool | None:
    """Return whether a condition holds, or None if that is unknown."""
    name = mapping(condition).get("Condition")
    if isinstance(name, str):
        # CloudFormation rejects a condition that refers to itself.
        return None if name in seen else _holds(analysis, analysis.section("Conditions").get(name), given, seen | {name})
    function, argument = function_of(condition) or ("", None)
    if not isinstance(argument, list):
        return None
    if function == "Fn::Equals" and len(argument) == 2:
        first, second = (_value(analysis, operand, given) for operand in argument)
        return None if None in (first, second) else first == second
    decided = [_holds(analysis, operand, given, seen) for operand in argument]
    if function == "Fn::Not" and len(decided) == 1:
        return None if decided[0] is None else not decided[0]
    if function == "Fn::And":
        return False if False in decided else None if None in decided else True
    if function == "Fn::Or":
        return True if True in decided else None if None in decided else False
    return None


def _value(analysis: TemplateAnalysis, operand: Any, given: Mapping[str, str]) -> str | None:
    name = reference(operand)
    if name is not None:
        operand = given.get(name, mapping(analysis.section("Parameters").get(name)).get("Default"))
    # The value of a CI/CD variable is known only when the job runs.
    return str(operand) if isinstance(operand, str | int) and "$" not in str(operand) else None
