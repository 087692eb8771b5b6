"""Find what a template refers to: resources, parameters, conditions and mappings, each with its path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any, Literal, NamedTuple, TypeAlias

from gitlabgen.analysis.template_values import function_of

__all__ = ["Reference", "references_in"]

_Path: TypeAlias = tuple[str | int, ...]


class Reference(NamedTuple):
    """A reference to a part of the template.

    Args:
        path: The path to the text that has the name.
        kind: `value` for a resource or a parameter, `attribute` for a resource, else `condition` or `mapping`.
        name: The name, without the attribute.
        attribute: The attribute of the resource, such as `Arn`; empty for `Ref`.
        keys: The keys in the mapping, up to the first one that is not known.
    """

    path: _Path
    kind: Literal["value", "attribute", "condition", "mapping"]
    name: str
    attribute: str = ""
    keys: tuple[str, ...] = ()


def references_in(value: Any, path: _Path = (), local: frozenset[str] = frozenset()) -> Iterator[Reference]:
    """Yield the references of a value, at any depth.

    Args:
        value: A plain value.
        path: The path to the value itself.
        local: Names that loops and `Fn::Sub` define for this value.
    """
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from references_in(item, (*path, index), local)
    # A macro may read and replace whatever is next to it.
    if not isinstance(value, Mapping) or "Fn::Transform" in value:
        return
    function, argument = function_of(value) or ("", None)
    inner = (*path, function)
    if function == "Fn::Sub":
        yield from _in_text(argument, inner, local)
    else:
        # In a loop, names may have parts that the loop fills in.
        yield from (
            found for found in _in_function(function, argument, inner) if found.name not in local and "{" not in found.name
        )
    for key, item in value.items():
        is_loop = str(key).startswith("Fn::ForEach::") and isinstance(item, list)
        names = [name for name in item[:1] if isinstance(name, str)] if is_loop else []
        yield from references_in(item, (*path, key), local.union(names))


def _in_function(function: str, argument: Any, path: _Path) -> Iterator[Reference]:
    first = argument[0] if isinstance(argument, list) and argument else None
    if function == "Ref" and isinstance(argument, str):
        yield _named(path, argument)
    elif function == "Fn::GetAtt" and isinstance(argument, str):
        yield Reference(path, "attribute", *_split(argument))
    elif not isinstance(first, str):
        return
    elif function == "Fn::GetAtt" and all(isinstance(part, str) for part in argument):
        yield Reference(path, "attribute", *_split(".".join(argument)))
    elif function == "Fn::If":
        yield Reference((*path, 0), "condition", first)
    elif function == "Fn::FindInMap":
        has_default = len(argument) > 3
        keys = takewhile(lambda key: isinstance(key, str), () if has_default else argument[1:])
        yield Reference((*path, 0), "mapping", first, keys=tuple(keys))


def _in_text(argument: Any, path: _Path, local: frozenset[str]) -> Iterator[Reference]:
    """Yield the references of an `Fn::Sub`; its variables are values like others."""
    has_variables = isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], Mapping)
    text, own = argument if has_variables else (argument, {})
    names = re.findall(r"\$\{( *\w[\w.:]* *)\}", text) if isinstance(text, str) else ()
    for dotted in dict.fromkeys(name.strip() for name in names):
        if dotted not in own and dotted not in local:
            name, attribute = _split(dotted)
            yield Reference((*path, 0) if has_variables else path, "attribute" if attribute else "value", name, attribute)


def _named(path: _Path, name: str) -> Reference:
    # SAM also allows `!Ref Function.Alias`.
    return Reference(path, "value", *_split(name))


def _split(text: str) -> tuple[str, str]:
    name, _, attribute = text.partition(".")
    return name, attribute
