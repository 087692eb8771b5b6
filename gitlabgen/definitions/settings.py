"""Convert plain TOML data to a blueprint's attrs class of settings, and report all problems."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import attrs

from gitlabgen.definitions.toml import Keys
from gitlabgen.errors import did_you_mean

__all__ = ["Problems", "SettingProblem", "structured"]


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
_LISTS: Final = (list, tuple, Sequence)
_TABLES: Final = (dict, Mapping)


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
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _union(arguments, data, keys, problems)
    if origin is Literal:
        return _literal(arguments, data, keys, problems)
    if origin in _LISTS and isinstance(data, list):
        items = [structured(arguments[0], item, (*keys, str(number)), problems) for number, item in enumerate(data)]
        return items if origin is list else tuple(items)
    if origin in _TABLES and isinstance(data, dict):
        for key in data:
            structured(arguments[0], key, (*keys, key), problems)
        return {key: structured(arguments[1], value, (*keys, key), problems) for key, value in data.items()}
    if annotation is float and type(data) is int:
        return float(data)
    if type(data) is not (origin or annotation):
        replacement = f'"{data}"' if annotation is str and not isinstance(data, dict | list) else None
        problems.append(SettingProblem(keys, "value", _described(origin or annotation), data, replacement=replacement))
    return data


def _described(kind: Any) -> str:
    if kind in _LISTS:
        return "a list"
    if kind in _TABLES:
        return "a table"
    return _SCALARS.get(kind) or f"a {getattr(kind, '__name__', kind)}"


def _literal(words: tuple[Any, ...], data: Any, keys: Keys, problems: Problems) -> Any:
    # In Python `1 == True`; in TOML they differ.
    if not any(type(data) is type(word) and data == word for word in words):
        names = [str(word) for word in words]
        expected = f"one of {', '.join(names)}"
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
            hint = did_you_mean(key, fields, f"use one of {', '.join(fields)}")
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
        # attrs validators raise the message first, then the field.
        message, *rest = [*error.args, ""]
        name = next((part.alias for part in rest if isinstance(part, attrs.Attribute)), None)
        problems.append(SettingProblem((*keys, name) if name else keys, "rejected", got=message))
        return None
