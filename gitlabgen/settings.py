"""Settings of a blueprint: plain TOML data to the attrs class that the blueprint asks for, every problem with its line."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import attrs

from gitlabgen.errors import Finding, closest

__all__ = ["Keys", "Lines", "TomlText", "finding", "structured"]

Keys: TypeAlias = tuple[str, ...]
Lines: TypeAlias = Mapping[Keys, tuple[int, int]]
_SCALARS = {str: "a string", int: "an integer", float: "a number", bool: "true or false"}


class TomlText:
    """A TOML file's data, and the line of each key.

    Args:
        text: The file's text, known to be valid TOML.
        data: What it says.
    """

    def __init__(self, text: str, data: dict[str, Any]) -> None:
        self.data = data
        self.lines = dict(_lines(text))

    def place(self, keys: Keys) -> tuple[int, int] | None:
        """Return line and column of a key, or of the nearest table around it."""
        while keys:
            if keys in self.lines:
                return self.lines[keys]
            keys = keys[:-1]
        return None


def _lines(text: str) -> list[tuple[Keys, tuple[int, int]]]:
    """Find keys by their look: good enough for messages, where a wrong line in a multi-line string does no harm."""
    found: list[tuple[Keys, tuple[int, int]]] = []
    table: Keys = ()
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        column = len(line) - len(line.lstrip()) + 1
        if bare.startswith("["):
            table = _keys(bare.lstrip("[").partition("]")[0])
            found.append((table, (number, column)))
        elif "=" in bare and not bare.startswith("#"):
            found.append(((*table, *_keys(bare.partition("=")[0])), (number, column)))
    return found


def _keys(text: str) -> Keys:
    return tuple(part.strip().strip("\"'") for part in text.split("."))


def structured(cls: type[Any], data: Any, keys: Keys, problems: list[tuple[Keys, str, str | None]]) -> Any:
    """Return an object of an annotated type, made from plain data.

    Args:
        cls: An attrs class, or any annotation made of classes, lists, mappings, literals and unions.
        data: The plain data.
        keys: The way to the data, for messages.
        problems: Takes what does not fit: the way, the message, the hint.
    """
    if attrs.has(cls):
        return _object(cls, data, keys, problems)
    origin = get_origin(cls)
    if origin in (Union, types.UnionType):
        return _union(cls, data, keys, problems)
    if origin is Literal:
        if data not in get_args(cls):
            words = [str(word) for word in get_args(cls)]
            near = closest(str(data), words)
            problems.append((keys, f"should be one of: {', '.join(words)}, got {data!r}", near and f"did you mean {near!r}?"))
        return data
    if origin in (list, tuple, Sequence) and isinstance(data, list):
        item = get_args(cls)[0]
        items = [structured(item, value, (*keys, str(index)), problems) for index, value in enumerate(data)]
        return items if origin is list else tuple(items)
    if origin in (dict, Mapping) and isinstance(data, dict):
        value = get_args(cls)[1]
        return {key: structured(value, item, (*keys, key), problems) for key, item in data.items()}
    if cls is float and type(data) is int:
        return float(data)
    if cls is not Any and cls is not object and type(data) is not cls:
        expected = _SCALARS.get(cls) or ("a list" if (origin or cls) in (list, tuple, Sequence) else "a table")
        hint = f'write "{data}"' if cls is str and not isinstance(data, dict | list) else None
        problems.append((keys, f"should be {expected}, got {data!r}", hint))
    return data


def _union(cls: Any, data: Any, keys: Keys, problems: list[tuple[Keys, str, str | None]]) -> Any:
    trials: list[list[tuple[Keys, str, str | None]]] = []
    for alternative in get_args(cls):
        if alternative is types.NoneType:
            continue
        found: list[tuple[Keys, str, str | None]] = []
        value = structured(alternative, data, keys, found)
        if not found:
            return value
        trials.append(found)
    closest_trial = min(trials, key=len)
    problems += closest_trial
    return data


def _object(cls: type[Any], data: Any, keys: Keys, problems: list[tuple[Keys, str, str | None]]) -> Any:
    if not isinstance(data, dict):
        problems.append((keys, f"should be a table, got {data!r}", None))
        return None
    hints = get_type_hints(cls)
    fields = {field.alias or field.name: field for field in attrs.fields(cls) if field.init}
    before = len(problems)
    values = {}
    for key, value in data.items():
        if key in fields:
            values[key] = structured(hints.get(fields[key].name, Any), value, (*keys, key), problems)
        else:
            near = closest(key, list(fields))
            known = f"did you mean {near}?" if near else f"known are {', '.join(fields)}"
            problems.append(((*keys, key), "is no setting of the blueprint", known))
    for name, field in fields.items():
        if field.default is attrs.NOTHING and name not in data:
            problems.append(((*keys, name), "is missing", None))
    if len(problems) > before:
        return None
    try:
        return cls(**values)
    except (TypeError, ValueError) as error:
        problems.append((keys, str(error.args[0] if error.args else error), None))
        return None


def finding(file: str, text: TomlText, keys: Keys, message: str, hint: str | None) -> Finding:
    """Return a finding about a key of a TOML file."""
    line, column = text.place(keys) or (None, None)
    return Finding(rule="invalid-setting", message=f"{'.'.join(keys)} {message}", hint=hint, file=file, line=line, column=column)
