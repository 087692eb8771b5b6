"""Convert plain TOML data to a blueprint's attrs class of settings, and report all problems."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import attrs

from gitlabgen.definitions.toml import Keys
from gitlabgen.errors import did_you_mean, few

__all__ = ["LISTS", "TABLES", "Problems", "SettingProblem", "item_annotations", "structured"]


@attrs.frozen
class SettingProblem:
    """A problem with a setting.

    Args:
        keys: The path to the value.
        kind: A wrong value, a missing setting, an unknown setting, or a value that a validator rejects.
        expected: What the value should be.
        got: The value; the validator's message if a validator rejects it.
        hint: What to write instead.
        replacement: The value to write instead, as TOML.
    """

    keys: Keys
    kind: Literal["value", "missing", "unknown", "rejected"]
    expected: str = ""
    got: Any = None
    hint: str | None = None
    replacement: str | None = None

    @property
    def message(self) -> str:
        """What is wrong, without the setting's name."""
        match self.kind:
            case "value":
                return f"should be {self.expected}, got {self.got!r}"
            case "missing":
                return "is missing"
            case "unknown":
                return "is not a setting of the blueprint"
            case "rejected":
                return f"is not valid: {self.got}"


Problems: TypeAlias = list[SettingProblem]
_SCALARS: Final = {str: "a string", int: "an integer", float: "a number", bool: "true or false"}
LISTS: Final = (list, tuple, Sequence)
TABLES: Final = (dict, Mapping)


def structured(annotation: Any, data: Any, keys: Keys, problems: Problems) -> Any:
    """Return an object of an annotated type, created from plain data.

    Args:
        annotation: An attrs class, or any annotation of classes, lists, mappings, literals and unions.
        data: The plain data.
        keys: The path of the data, for messages.
        problems: Receives the problems.
    """
    if annotation is Any or annotation is object:
        return data
    if attrs.has(annotation):
        return _object(annotation, data, keys, problems)
    origin, arguments = get_origin(annotation) or annotation, get_args(annotation)
    if origin in (Union, types.UnionType):
        return _union(arguments, data, keys, problems)
    if origin is Literal:
        return _literal(arguments, data, keys, problems)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _member(annotation, data, keys, problems)
    if origin in LISTS and isinstance(data, list):
        return _items(annotation, data, keys, problems)
    if origin in TABLES and isinstance(data, dict):
        names, values = arguments or (str, Any)
        return {
            structured(names, key, (*keys, key), problems): structured(values, value, (*keys, key), problems)
            for key, value in data.items()
        }
    if annotation is float and type(data) is int:
        return float(data)
    if type(data) is not origin:
        replacement = f'"{data}"' if annotation is str and not isinstance(data, dict | list) else None
        problems.append(SettingProblem(keys, "value", _described(origin), data, replacement=replacement))
    return data


def item_annotations(annotation: Any) -> tuple[Any, ...] | None:
    """Return the annotations of the items of a tuple with a fixed length; None for any other list.

    Args:
        annotation: The annotation of a list.
    """
    arguments = get_args(annotation)
    is_fixed = get_origin(annotation) is tuple and arguments[-1:] != (Ellipsis,)
    return arguments if is_fixed else None


def _items(annotation: Any, data: list[Any], keys: Keys, problems: Problems) -> Any:
    fixed = item_annotations(annotation)
    if fixed is not None and len(fixed) != len(data):
        problems.append(SettingProblem(keys, "value", f"a list with {len(fixed)} items", data))
        return data
    kinds = fixed or (*get_args(annotation), Any)[:1] * len(data)
    items = [
        structured(kind, item, (*keys, str(number)), problems)
        for number, (kind, item) in enumerate(zip(kinds, data, strict=True))
    ]
    return items if (get_origin(annotation) or annotation) is list else tuple(items)


def _described(kind: Any) -> str:
    if kind in LISTS:
        return "a list"
    if kind in TABLES:
        return "a table"
    return _SCALARS.get(kind) or f"a {getattr(kind, '__name__', kind)}"


def _member(cls: type[Enum], data: Any, keys: Keys, problems: Problems) -> Any:
    values = [member.value for member in cls]
    chosen = _literal(tuple(values), data, keys, problems)
    return next((member for member in cls if type(member.value) is type(chosen) and member.value == chosen), data)


def _literal(words: tuple[Any, ...], data: Any, keys: Keys, problems: Problems) -> Any:
    # In Python `1 == True`; in TOML they differ.
    if not any(type(data) is type(word) and data == word for word in words):
        names = [str(word) for word in words]
        expected = f"one of {few(names)}"
        problems.append(SettingProblem(keys, "value", expected, data, did_you_mean(str(data), names)))
    return data


def _union(alternatives: Sequence[Any], data: Any, keys: Keys, problems: Problems) -> Any:
    attempts: list[Problems] = []
    for alternative in alternatives:
        if alternative is not types.NoneType:  # TOML has no null: a missing setting gets its default
            found: Problems = []
            value = structured(alternative, data, keys, found)
            if not found:
                return value
            attempts.append(found)
    # The deepest problem belongs to the alternative that was meant; alternatives without nested values are all listed.
    deepest = max(attempts, key=lambda found: min(len(problem.keys) for problem in found))
    if len(attempts) > 1 and [problem.keys for problem in deepest] == [keys]:
        expected = " or ".join(found[0].expected for found in attempts)
        advice = next((found[0] for found in attempts if found[0].hint or found[0].replacement), attempts[0][0])
        problems.append(attrs.evolve(advice, keys=keys, expected=expected, got=data))
    else:
        problems += deepest
    return data


def _object(cls: type[Any], data: Any, keys: Keys, problems: Problems) -> Any:
    if not isinstance(data, dict):
        problems.append(SettingProblem(keys, "value", "a table", data))
        return None
    hints = get_type_hints(cls)
    fields = {field.alias: field for field in attrs.fields(cls) if field.init}
    before = len(problems)
    values = {}
    for key, value in data.items():
        field = fields.get(key)
        if field is None:
            hint = did_you_mean(key, fields, f"use one of {few(fields)}")
            problems.append(SettingProblem((*keys, key), "unknown", hint=hint))
        else:
            # A field with a converter accepts other types than its annotation.
            annotation = hints.get(field.name, Any) if field.converter is None else Any
            values[key] = structured(annotation, value, (*keys, key), problems)
    for key, field in fields.items():
        if field.default is attrs.NOTHING and key not in data:
            problems.append(SettingProblem((*keys, key), "missing"))
    if len(problems) > before:
        return None
    try:
        return cls(**values)
    except (TypeError, ValueError) as error:
        name = _rejected(error, fields, values)
        problems.append(SettingProblem((*keys, name) if name else keys, "rejected", got=[*error.args, ""][0]))
        return None


def _rejected(error: Exception, fields: Mapping[str, attrs.Attribute[Any]], values: Mapping[str, Any]) -> str | None:
    """Return the setting that an error of an attrs class is about; None if it is not known.

    Args:
        error: What a validator, a converter or the class raised.
        fields: The fields by setting.
        values: The given values by setting.
    """
    validated = (*error.args, *_locals(error))
    name = next((part.alias for part in validated if isinstance(part, attrs.Attribute)), None)
    if name is None:
        name = next((name for name, value in values.items() if _refuses(fields[name].converter, value, error)), None)
    if name is None:  # the class compares several fields
        name = next((word for word in re.findall(r"\w+", str(error)) if word in values), None)
    return name


def _locals(error: Exception) -> Iterator[Any]:
    """Yield the local variables of the functions that an error came through, from the class on."""
    trace = error.__traceback__ and error.__traceback__.tb_next
    while trace is not None:
        yield from trace.tb_frame.f_locals.values()
        trace = trace.tb_next


def _refuses(converter: Any, value: Any, error: Exception) -> bool:
    if not callable(converter):
        return False
    try:
        converter(value)
    except Exception as again:  # noqa: BLE001 - any error of the user's function
        return type(again) is type(error) and again.args == error.args
    return False
