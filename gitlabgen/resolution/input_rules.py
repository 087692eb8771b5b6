"""`spec:inputs:NAME:rules`: which rule of an input applies, and rules that compare what GitLab does not see.

GitLab evaluates the inputs in the order of the header. A condition sees the given values, and the defaults of the inputs before.
Source: https://docs.gitlab.com/ci/yaml/#specinputsrules
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitlabgen.resolution.block_expressions import UNKNOWN, as_text

_COMPARISON: Final = (
    r"""(?a)\s*\$\[\[\s*inputs\.([A-Za-z0-9_-]+)\s*\]\]\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|(null)|(true|false))\s*"""
)

_NAME: Final = r"(?a)\$\[\[\s*inputs\.([A-Za-z0-9_-]+)"


class UnseenInput(NamedTuple):
    """A condition of a rule that compares an input whose value GitLab does not see.

    Args:
        name: The input that has the rule.
        number: The index of the rule.
        other: The input that the condition compares.
        problem: The end of the message.
        hint: How to fix it; None to suggest a similar name.
    """

    name: str
    number: int
    other: str
    problem: str
    hint: str | None = None


def unseen_inputs(specs: Mapping[Any, Any]) -> Iterator[UnseenInput]:
    """Yield the conditions that compare an input which does not exist, or whose value is not known yet.

    Args:
        specs: The header's `spec:inputs`, as a tree.
    """
    named = {str(name): dict(_named(spec)) for name, spec in specs.items()}
    declarations = dict(zip(named, specs.values(), strict=True))
    order = {name: position for position, name in enumerate(named)}
    circular = _circular({name: {other for other in rules.values() if other in named} for name, rules in named.items()})
    for name, rules in named.items():
        for (index, _), other in rules.items():
            if other not in order:
                yield UnseenInput(name, index, other, "which does not exist, so it never matches")
            elif order[other] < order[name]:
                continue
            elif name in circular and other in circular:
                problem = "whose own rules depend on it, so it matches only a value that is given"
                yield UnseenInput(name, index, other, problem, "remove one of the two conditions")
            elif has_default(declarations[other]):
                problem = "which is declared later, so it does not match its default"
                yield UnseenInput(name, index, other, problem, f"declare `{other}` before `{name}`")


def _named(spec: Any) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the inputs that the conditions of an input compare, each with the index of the rule and a number."""
    for index, rule in enumerate(rules_of(spec)):
        condition = rule.get("if") if isinstance(rule, Mapping) else None
        if isinstance(condition, str):
            for number, other in enumerate(dict.fromkeys(re.findall(_NAME, condition))):
                yield (index, number), other


def _circular(graph: Mapping[str, set[str]]) -> set[str]:
    """Return the nodes that are in a circle, or between two circles."""
    reverse: dict[str, set[str]] = {name: set() for name in graph}
    for name, others in graph.items():
        for other in others:
            reverse[other].add(name)
    return _without_ends(graph, reverse) & _without_ends(reverse, graph)


def _without_ends(graph: Mapping[str, set[str]], reverse: Mapping[str, set[str]]) -> set[str]:
    """Return the nodes from which a circle can be reached."""
    count = {name: len(others) for name, others in graph.items()}
    ends = [name for name in graph if not count[name]]
    for name in ends:  # it grows
        for before in reverse[name]:
            count[before] -= 1
            if not count[before]:
                ends.append(before)
    return set(graph).difference(ends)


def rules_of(spec: Any) -> list[Any]:
    """Return the rules of an input.

    Args:
        spec: The input's declaration, as a tree.
    """
    rules = spec.get("rules") if isinstance(spec, Mapping) else None
    return rules if isinstance(rules, list) else []


def has_default(spec: Any) -> bool:
    """Return whether an input has a default, or a rule with one.

    Args:
        spec: The input's declaration, as a tree.
    """
    if not isinstance(spec, Mapping):
        return False
    return "default" in spec or any(isinstance(rule, Mapping) and "default" in rule for rule in rules_of(spec))


def matching_rule(rules: list[Any], others: Mapping[str, Any]) -> Any:
    """Return the first rule that holds, an empty one if no rule holds, and UNKNOWN if that is not known.

    Args:
        rules: The rules of an input.
        others: The values that the rules see.
    """
    for rule in rules:
        if not isinstance(rule, Mapping):
            return UNKNOWN
        holds = True if rule.get("if") is None else _holds(rule["if"], others)
        if holds is None:
            return UNKNOWN
        if holds:
            return rule
    return {}


def _holds(condition: Any, values: Mapping[str, Any]) -> bool | None:
    """Return whether a condition holds; None unless it only compares inputs with known values with constants."""
    if not isinstance(condition, str):
        return None
    alternatives = [[_compared(part, values) for part in parts.split("&&")] for parts in condition.split("||")]
    # An unknown part may hold or not.
    if any(all(parts) for parts in alternatives):
        return True
    return False if all(False in parts for parts in alternatives) else None


def _compared(text: str, values: Mapping[str, Any]) -> bool | None:
    match = re.fullmatch(_COMPARISON, text)
    if match is None:
        return None
    if match[1] not in values and match[2] == "==" and not match[5]:
        return False  # an input that GitLab does not see never equals a constant
    value = values.get(match[1])
    if not isinstance(value, str | bool):
        return None
    _, operator, double, single, null, boolean = match.groups()
    constant = next((word for word in (double, single, boolean) if word is not None), None)
    # Booleans and strings are compared as text.
    equal = null is None and as_text(value) == constant
    return equal == (operator == "==")
