"""The values of a file's inputs, from the include and from the defaults of the header, and problems with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gitlabgen.errors import did_you_mean
from gitlabgen.modeling.kinds import NULL, is_interpolated
from gitlabgen.modeling.wording import short
from gitlabgen.resolution.interpolation import UNKNOWN, as_text

_WORDS: Final = {"array": "an array", "boolean": "a boolean", "number": "a number"}
_COMPARISON: Final = (
    r"""(?a)\s*\$\[\[\s*inputs\.([A-Za-z0-9_-]+)\s*\]\]\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|(null)|(true|false))\s*"""
)


class InputProblem(NamedTuple):
    """A problem with the value of an input.

    Args:
        name: The input; the first one if the problem is about several.
        message: The message.
        gitlab: GitLab's message.
        hint: How to fix the problem.
        declared: Whether the problem is in the header, rather than in the given value.
    """

    name: str
    message: str
    gitlab: str
    hint: str | None = None
    declared: bool = False


def input_values(specs: Mapping[Any, Any], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[InputProblem]]:
    """Return the value of each input, `UNKNOWN` if it is not known, and the problems with the given values.

    Problems with a declaration alone, such as a default of the wrong type, are found when the header is read.

    Args:
        specs: The header's `spec:inputs`, as a tree.
        given: The values by name, from `include:inputs`.

    Source: https://docs.gitlab.com/ci/inputs/
    """
    given = {str(name): None if value is NULL else value for name, value in given.items()}
    problems = []
    names = [str(name) for name in specs]
    unknown = [name for name in given if name not in names]
    if unknown:
        hint = did_you_mean(unknown[0], names)
        message = f"there is no input {' and no input '.join(f'`{name}`' for name in unknown)}"
        problems.append(InputProblem(unknown[0], message, f"unknown input arguments: {', '.join(unknown)}", hint))
    values: dict[str, Any] = {}
    for name, spec in zip(names, specs.values(), strict=True):
        values[name] = UNKNOWN
        try:
            values[name] = _value({} if spec is None else spec, given.get(name), {**values, **_without_null(given)})
        except _InvalidInput as error:
            message, sentence = f"the input `{name}` {error.message}", f"`{name}` input: {error.gitlab}"
            problems.append(InputProblem(name, message, sentence, error.hint, error.declared))
    return values, problems


class _InvalidInput(Exception):  # noqa: N818 - it is caught, and converted to a problem
    """A value that GitLab rejects."""

    def __init__(self, message: str, gitlab: str, hint: str | None = None, *, declared: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.gitlab = gitlab
        self.hint = hint
        self.declared = declared


def _without_null(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _value(spec: Any, value: Any, others: Mapping[str, Any]) -> Any:
    """Return the value of one input."""
    kind = spec.get("type", "string") if isinstance(spec, Mapping) else None
    if not isinstance(kind, str) or kind not in ("string", *_WORDS):
        return UNKNOWN
    rules = spec.get("rules") if isinstance(spec.get("rules"), list) else []
    if value == "" and rules:
        value = None
    if value is None and "default" not in spec and not any(isinstance(rule, Mapping) and "default" in rule for rule in rules):
        raise _InvalidInput("is missing: it has no default", "required value has not been provided")
    rule = _rule(rules, others)
    declared = value is None
    if rule is UNKNOWN and (declared or not _is_known(value)):
        return UNKNOWN
    options = None if rule is UNKNOWN else rule.get("options", spec.get("options"))
    if declared:
        value = rule.get("default", spec.get("default"))
    if not _is_known(value):
        return UNKNOWN
    return _checked(spec, kind, _coerced(kind, value), options, declared=declared)


def _is_known(value: Any) -> bool:
    """Return whether GitLab's value is known: the value has no reference, no block, and no scalar of an ambiguous type."""
    if isinstance(value, str):
        return type(value) is str and not is_interpolated(value)
    return value is None or isinstance(value, bool | int | float | list | tuple | dict)


def _coerced(kind: str, value: Any) -> Any:
    """Return a value as GitLab converts it: to text for strings, and from JSON text for the other types."""
    if kind == "string":
        return as_text(value)
    if not isinstance(value, str):
        return value
    import json

    try:
        return json.loads(value, parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        return value


def _reject_constant(text: str) -> None:
    raise ValueError(text)


def _checked(spec: Mapping[Any, Any], kind: str, value: Any, options: Any, *, declared: bool) -> Any:
    """Return a valid value; UNKNOWN for an invalid default, which is reported for the header."""
    if value is None:
        return value
    try:
        _check_type(kind, value)
        _check_options(kind, value, options)
    except _InvalidInput:
        if declared:
            return UNKNOWN
        raise
    if kind == "string" and isinstance(spec.get("regex"), str) and not _is_found(spec["regex"], value):
        words = "default" if declared else "provided"
        sentence = f"{words} value does not match required RegEx pattern"
        message = f"{'has a default that ' if declared else ''}does not match its `regex` {spec['regex']}, got {value!r}"
        raise _InvalidInput(message, sentence, declared=declared)
    return value


def _check_type(kind: str, value: Any) -> None:
    fits = {
        "array": isinstance(value, list | tuple),
        "boolean": isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
    }
    if not fits.get(kind, True):
        raise _InvalidInput(f"should be {_WORDS[kind]}, got {short(value, 'yaml')}", f"provided value is not {_WORDS[kind]}")


def _check_options(kind: str, value: Any, options: Any) -> None:
    if not isinstance(options, list) or kind == "boolean":
        return
    known = [as_text(option) for option in options]
    for item in value if kind == "array" else [value]:
        if as_text(item) not in known:
            hint = did_you_mean(as_text(item), known, f"the options are {', '.join(known)}")
            # GitLab's message has "the" before "allowed" for numbers only.
            words = "the list of the allowed options" if kind == "number" else "the list of allowed options"
            sentence = f"`{as_text(item)}` cannot be used because it is not in {words}"
            raise _InvalidInput(f"cannot be `{as_text(item)}`, which is not in its `options`", sentence, hint)


def _is_found(pattern: str, text: str) -> bool:
    from gitlabgen.gitlab._regular_expressions import regex_problem
    from gitlabgen.matching.searching import is_found

    problem = regex_problem(pattern)
    if problem:
        raise _InvalidInput(
            f"has an invalid `regex`: {problem.message}", "invalid regular expression", problem.hint, declared=True
        )
    return is_found(pattern, text)


def _rule(rules: list[Any], others: Mapping[str, Any]) -> Any:
    """Return the first rule that holds, an empty one if no rule holds, and UNKNOWN if that is not known."""
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
    if match is None or not isinstance(values.get(match[1]), str | bool):
        return None
    value = values[match[1]]
    _, operator, double, single, null, boolean = match.groups()
    constant = next((word for word in (double, single, boolean) if word is not None), None)
    # Booleans and strings are compared as text.
    equal = null is None and as_text(value) == constant
    return equal == (operator == "==")
