"""The JSON schema of a blueprint's settings: what `settings.structured` accepts."""

from __future__ import annotations

import datetime as dt
import math
import types
from collections.abc import Mapping, Sequence
from enum import Enum
from inspect import cleandoc
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import attrs

from gitlabgen.definitions.settings import LISTS, TABLES, item_annotations
from gitlabgen.modeling.signatures import keyword_texts

__all__ = ["Schema", "settings_schema"]

Schema: TypeAlias = dict[str, Any]
"""A JSON schema."""

_DATE: Final = r"\d{4}-\d{2}-\d{2}"
_TIME: Final = r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?"
_SCALARS: Final[dict[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    # JSON has no dates: editors show a validator the text of a TOML date.
    dt.date: {"type": "string", "pattern": f"^{_DATE}$"},
    dt.time: {"type": "string", "pattern": f"^{_TIME}$"},
    dt.datetime: {"type": "string", "pattern": f"^{_DATE}[Tt ]{_TIME}([Zz]|[+-]{_TIME})?$"},
}
_NOTHING: Final[Schema] = {"not": {}}
"""The schema that accepts no value."""


def settings_schema(cls: type[Any] | None) -> Schema:
    """Return the schema of the settings of a class.

    Args:
        cls: An attrs class; None for a blueprint without settings.
    """
    if cls is None:
        return {"type": "object", "properties": {}, "additionalProperties": False}
    names: dict[type[Any], str] = {}
    root = _object(cls, names)
    schemas: dict[str, Schema] = {}
    # Each schema can name further classes.
    while len(schemas) < len(names):
        schemas |= {name: _object(other, names) for other, name in [*names.items()] if name not in schemas}
    return {**root, "$defs": schemas} if schemas else root


def _object(cls: type[Any], names: dict[type[Any], str]) -> Schema:
    hints = get_type_hints(cls)
    fields = {field.alias: field for field in attrs.fields(cls) if field.init}
    texts = keyword_texts(cls)
    properties = {}
    for key, field in fields.items():
        # A field with a converter accepts other types than its annotation.
        annotation = hints.get(field.name, Any) if field.converter is None else Any
        text = texts.get(field.name) or texts.get(key)
        properties[key] = {**_of(annotation, names), **({"description": text} if text else {}), **_default(field)}
    required = [key for key, field in fields.items() if field.default is attrs.NOTHING]
    summary = cleandoc(vars(cls).get("__doc__") or "").partition("\n\n")[0]
    return {
        "title": cls.__name__,
        **({"description": " ".join(summary.split())} if summary and not summary.startswith("Args:") else {}),
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _of(annotation: Any, names: dict[type[Any], str]) -> Schema:
    """Return the schema of the values of an annotation, in the order of the checks in `structured`."""
    if annotation is Any or annotation is object:
        return {}
    if attrs.has(annotation):
        return {"$ref": f"#/$defs/{_name(annotation, names)}"}
    origin, arguments = get_origin(annotation) or annotation, get_args(annotation)
    if origin in (Union, types.UnionType):
        return _any_of([_of(alternative, names) for alternative in arguments if alternative is not types.NoneType])
    if origin is Literal:
        return _one_of(arguments)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _one_of([member.value for member in annotation])
    if origin in LISTS:
        return _list(annotation, names)
    if origin in TABLES:
        key, value = arguments or (str, Any)
        return _table(key, value, names)
    return _SCALARS.get(origin, _NOTHING)


def _name(cls: type[Any], names: dict[type[Any], str]) -> str:
    """Return the name of a class in the schema; classes of different modules may have the same name."""
    name, number = cls.__name__, 1
    while cls not in names and name in names.values():
        number += 1
        name = f"{cls.__name__}{number}"
    return names.setdefault(cls, name)


def _any_of(schemas: list[Schema]) -> Schema:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _one_of(values: Sequence[Any]) -> Schema:
    known = [value for value in values if type(value) in (str, int, float, bool)]
    return {"enum": known} if known else _NOTHING


def _list(annotation: Any, names: dict[type[Any], str]) -> Schema:
    fixed = item_annotations(annotation)
    if fixed is None:
        (item,) = (*get_args(annotation), Any)[:1]
        return {"type": "array", "items": _of(item, names)}
    items = {"prefixItems": [_of(item, names) for item in fixed]} if fixed else {}
    return {"type": "array", **items, "minItems": len(fixed), "maxItems": len(fixed)}


def _table(key: Any, value: Any, names: dict[type[Any], str]) -> Schema:
    keys = {} if key in (str, Any, object) else {"propertyNames": _of(key, names)}
    return {"type": "object", **keys, "additionalProperties": _of(value, names)}


def _default(field: attrs.Attribute[Any]) -> Schema:
    """Return the default of a field, unless TOML cannot write it, or user code has to compute it."""
    default: Any = field.default
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]  # attrs declares it as a function
        factory = default.factory
        default = factory() if factory in (list, dict, tuple) else None
    value = None if default is attrs.NOTHING else _plain(default)
    return {} if value is None else {"default": value}


def _plain(value: Any) -> Any:
    """Return a value as JSON, or None if it is not one of the values that a setting can have."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        items = [_plain(item) for item in value]
        return None if None in items else items
    if isinstance(value, Mapping):
        pairs = {_plain(key): _plain(item) for key, item in value.items()}
        return pairs if all(isinstance(key, str) for key in pairs) and None not in pairs.values() else None
    return None
