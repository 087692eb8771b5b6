"""Read the values of a template, with intrinsic functions resolved as far as the template allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitlabgen.codec.encoding import bare


def plain(tree: Any) -> Any:
    """Return a tree without comments and tags, with all keys as strings.

    Args:
        tree: A tree from the encoder.
    """
    tree = bare(tree)
    if isinstance(tree, dict):
        return {str(key): plain(value) for key, value in tree.items()}
    return [plain(item) for item in tree] if isinstance(tree, list) else tree


def function_of(value: Any) -> tuple[str, Any] | None:
    """Return the name and argument of an intrinsic function; None for any other value.

    Args:
        value: A plain value.
    """
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    ((name, argument),) = value.items()
    return (name, argument) if isinstance(name, str) and (name == "Ref" or name.startswith("Fn::")) else None


def reference(value: Any) -> str | None:
    """Return the logical id that a `Ref` names, or None.

    Args:
        value: A plain value.
    """
    function, argument = function_of(value) or ("", None)
    return argument if function == "Ref" and isinstance(argument, str) else None


def choices(value: Any) -> list[Any]:
    """Return the values that an `Fn::If` chooses from; for any other value, the value itself.

    Args:
        value: A plain value.
    """
    function, argument = function_of(value) or ("", None)
    if function == "Fn::If" and isinstance(argument, list) and len(argument) == 3:
        return [choice for branch in argument[1:] for choice in choices(branch)]
    return [] if reference(value) == "AWS::NoValue" else [value]


def integer(value: Any) -> int | None:
    """Return an integer, which may be written as a string, or None.

    Args:
        value: A plain value.
    """
    if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value):
        return int(value)
    return value if type(value) is int else None


def flat(value: Any) -> str | None:
    """Return the string that a value becomes, with `${…}` for its unknown parts; None if that is unknown.

    Args:
        value: A plain value.
    """
    if isinstance(value, str):
        return value
    function, argument = function_of(value) or ("", None)
    if function == "Ref" and isinstance(argument, str):
        return f"${{{argument}}}"
    if function == "Fn::GetAtt":
        parts: list[Any] = argument if isinstance(argument, list) else [argument]
        return f"${{{'.'.join(parts)}}}" if all(isinstance(part, str) for part in parts) else None
    if function == "Fn::Sub":
        text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
        return _filled(text, variables) if isinstance(text, str) and isinstance(variables, dict) else None
    if function == "Fn::Join" and isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], list):
        texts = [flat(part) for part in argument[1]]
        return None if None in texts else str(argument[0]).join(map(str, texts))
    return None


def _filled(text: str, variables: Mapping[str, Any]) -> str:
    def fill(match: re.Match[str]) -> str:
        known = flat(variables.get(match[1].strip()))
        return f"${{{match[1].strip()}}}" if known is None else known

    return re.sub(r"\$\{([^!}]+)\}", fill, text)


def names_in(value: Any) -> Iterator[str]:
    """Yield the logical ids that a value refers to, at any depth.

    Args:
        value: A plain value.
    """
    name = reference(value)
    if name is not None:
        yield name
    elif isinstance(value, Mapping):
        function, _ = function_of(value) or ("", None)
        text = flat(value) if function in ("Fn::GetAtt", "Fn::Sub") else None
        if text is not None:
            yield from (match.partition(".")[0] for match in re.findall(r"\$\{([^!}]+)\}", text))
        yield from (name for item in value.values() for name in names_in(item))
    elif isinstance(value, list):
        yield from (name for item in value for name in names_in(item))


def strings_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the strings outside of `Fn::Sub`, each with its path.

    Args:
        value: A plain value.
        path: The path to the value itself.
    """
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key != "Fn::Sub":
                yield from strings_in(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from strings_in(item, (*path, index))
