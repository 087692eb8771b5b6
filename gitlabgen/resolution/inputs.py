"""The values of a file's inputs, from the include and from the defaults of the header, and problems with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitlabgen.errors import Severity, YamlError, did_you_mean, few
from gitlabgen.gitlab._regular_expressions import regex_problem
from gitlabgen.matching.searching import is_found
from gitlabgen.modeling.kinds import NULL, is_interpolated
from gitlabgen.modeling.wording import short
from gitlabgen.resolution.block_expressions import UNKNOWN, as_text
from gitlabgen.resolution.input_rules import has_default, matching_rule, rules_of, unseen_inputs

_WORDS: Final = {"array": "an array", "boolean": "a boolean", "number": "a number"}


class Typed(str):
    """A value as a person types it: YAML, unless the input is a string."""

    __slots__ = ()


class InputProblem(NamedTuple):
    """A problem with the value or the declaration of an input.

    Args:
        name: The input; the first one if the problem is about several.
        message: The message.
        gitlab: GitLab's message; None if GitLab has none.
        hint: How to fix it.
        declared: Whether the problem is in the header, rather than in the given value.
        path: The path of the problem in the declaration.
        rule: The rule of the finding.
        severity: The severity of the finding.
    """

    name: str
    message: str
    gitlab: str | None = None
    hint: str | None = None
    declared: bool = False
    path: tuple[str | int, ...] = ()
    rule: str = "invalid-input"
    severity: Severity = "error"


def input_values(
    specs: Mapping[Any, Any], given: Mapping[str, Any], *, complete: bool = True
) -> tuple[dict[str, Any], list[InputProblem]]:
    """Return the value of each input, `UNKNOWN` if it is not known, and problems with the given values and with rules.

    Problems with a declaration alone, such as a default of the wrong type, are found when the header is read.

    Args:
        specs: The header's `spec:inputs`, as a tree.
        given: The values by name.
        complete: Whether no more values will be given; if not, the value of an input without default is unknown.

    Source: https://docs.gitlab.com/ci/inputs/
    """
    given = {str(name): None if value is NULL else value for name, value in given.items()}
    names = [str(name) for name in specs]
    problems = [*_undeclared(names, given), *_unseen(specs)]
    visible = _without_null(given)
    if not complete:
        visible = {str(name): UNKNOWN for name, spec in specs.items() if not has_default(spec)} | visible
    values: dict[str, Any] = {}
    for name, spec in zip(names, specs.values(), strict=True):
        values[name] = UNKNOWN
        try:
            values[name] = _value({} if spec is None else spec, given.get(name), visible, complete=complete)
        except _InvalidInput as error:
            message, sentence = f"the input `{name}` {error.message}", f"`{name}` input: {error.gitlab}"
            problems.append(InputProblem(name, message, sentence, error.hint, error.declared))
        if values[name] is not None:
            visible.setdefault(name, values[name])
    return values, problems


def _undeclared(names: list[str], given: Mapping[str, Any]) -> Iterator[InputProblem]:
    unknown = [name for name in given if name not in names]
    if unknown:
        hint = did_you_mean(unknown[0], names)
        message = f"there is no input {' and no input '.join(f'`{name}`' for name in unknown)}"
        yield InputProblem(unknown[0], message, f"unknown input arguments: {', '.join(unknown)}", hint)


def _unseen(specs: Mapping[Any, Any]) -> Iterator[InputProblem]:
    for found in unseen_inputs(specs):
        yield InputProblem(
            found.name,
            f"a rule of the input `{found.name}` compares `{found.other}`, {found.problem}",
            hint=found.hint or did_you_mean(found.other, list(map(str, specs))),
            declared=True,
            path=("rules", found.number, "if"),
            rule="unmatched-input-rule",
            severity="warning",
        )


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


def _value(spec: Any, value: Any, others: Mapping[str, Any], *, complete: bool) -> Any:
    """Return the value of one input."""
    kind = spec.get("type", "string") if isinstance(spec, Mapping) else None
    if not isinstance(kind, str) or kind not in ("string", *_WORDS):
        return UNKNOWN
    if kind in ("array", "boolean") and isinstance(spec.get("options"), list):
        return UNKNOWN
    rules = rules_of(spec)
    if value == "" and rules:
        value = None
    if value is None and not has_default(spec):
        # An empty list of rules is a mistake, even if a value will be given.
        if complete or spec.get("rules") == []:
            raise _InvalidInput("is missing: it has no default", "required value has not been provided", declared=not complete)
        return UNKNOWN
    rule = matching_rule(rules, others)
    declared = value is None
    if rule is UNKNOWN and (declared or not _is_known(value)):
        return UNKNOWN
    options = None if rule is UNKNOWN else rule.get("options", spec.get("options"))
    if declared:
        value = rule.get("default", spec.get("default"))
    # GitLab does not interpolate the header.
    if not (_is_known(value) or (declared and type(value) is str)):
        return UNKNOWN
    return _checked(spec, kind, _coerced(kind, value), options, declared=declared)


def _is_known(value: Any) -> bool:
    """Return whether GitLab's value is known: the value has no reference, no block, and no scalar of an ambiguous type."""
    if isinstance(value, str):
        return type(value) in (str, Typed) and not is_interpolated(value)
    return value is None or isinstance(value, bool | int | float | list | tuple | dict)


def _coerced(kind: str, value: Any) -> Any:
    """Return a value as GitLab converts it: to text for strings, and from JSON text for the other types."""
    if kind == "string":
        return str(as_text(value))
    if not isinstance(value, str):
        return value
    if isinstance(value, Typed):
        return _read(value)
    import json

    try:
        return json.loads(value, parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        return value


def _read(text: str) -> Any:
    """Return a text as the value that YAML reads from it; unchanged if it is not YAML."""
    from gitlabgen.yamltext.reader import loads

    try:
        return loads(text)
    except YamlError:
        return str(text)


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
    pattern = spec.get("regex")
    if kind != "string" or not isinstance(pattern, str):
        return value
    if regex_problem(pattern):
        return UNKNOWN
    if is_found(pattern, value):
        return value
    if declared and "default" in spec:
        return UNKNOWN
    words = "default" if declared else "provided"
    message = f"{'has a default that ' if declared else ''}does not match its `regex` {pattern}, got {value!r}"
    raise _InvalidInput(message, f"{words} value does not match required RegEx pattern", declared=declared)


def _check_type(kind: str, value: Any) -> None:
    fits = {
        "array": isinstance(value, list | tuple),
        "boolean": isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
    }
    if not fits.get(kind, True):
        raise _InvalidInput(f"should be {_WORDS[kind]}, got {short(value, 'yaml')}", f"provided value is not {_WORDS[kind]}")


def _check_options(kind: str, value: Any, options: Any) -> None:
    if not isinstance(options, list):
        return
    text, known = as_text(value), [as_text(option) for option in options]
    if text not in known:
        hint = did_you_mean(text, known, f"the options are {few(known)}")
        # GitLab's message has "the" before "allowed" for numbers only.
        words = "the list of the allowed options" if kind == "number" else "the list of allowed options"
        sentence = f"`{text}` cannot be used because it is not in {words}"
        raise _InvalidInput(f"cannot be `{text}`, which is not in its `options`", sentence, hint)
