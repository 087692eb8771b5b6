"""The expression in a block such as `$[[ inputs.name | truncate(0, 8) ]]`: access to a value, and functions.

Source: https://docs.gitlab.com/ci/inputs/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gitlabgen.errors import did_you_mean
from gitlabgen.modeling.fields import Version
from gitlabgen.modeling.problems import InvalidValue

_TRUNCATE: Final = r"(?a)truncate\(\s*(\d+)\s*,\s*(\d+)\s*\)?"
_SPLIT: Final = r"split\('([^']*)'\)"
_INDEXED: Final = r"(?a)(\w*)((?:\[\d+\])+)"
_UNSAFE_IN_SHELL: Final = r"[^A-Za-z0-9_\-.,:+/@\n]"

_FUNCTIONS_SINCE: Final[Mapping[str, Version]] = {
    "expand_vars": (16, 5),
    "posix_escape": (18, 6),
    "split": (19, 2),
    "truncate": (16, 3),
}
"""The functions, each with the first GitLab version that has it."""
_INDEXES_SINCE: Final[Version] = (18, 11)

_MOST_FUNCTIONS: Final = 3
_MOST_INDEXES: Final = 5
_LONGEST_ACCESS: Final = 1024


class _Unknown:
    """The type of `UNKNOWN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final[Any] = _Unknown()
"""A value that only GitLab knows: blocks with it stay unchanged."""


def as_text(value: Any) -> str:
    """Return a value as GitLab writes it in a longer string.

    Args:
        value: A scalar, a list or a mapping.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    try:
        if isinstance(value, list | tuple | dict):
            import json

            return json.dumps(value, ensure_ascii=False, default=str)
        return str(value)
    except ValueError:
        return "(an integer of more digits than Python spells out)"


def evaluated(data: str, contexts: Mapping[str, Any]) -> Any:
    """Return the value of the expression in a block; UNKNOWN if only GitLab knows it.

    Args:
        data: The expression.
        contexts: The values by context and name, such as `{"inputs": {"stage": "test"}}`; `UNKNOWN` for unknown values.

    Raises:
        InvalidValue: If GitLab rejects the expression.
    """
    access, *functions = (part.strip() for part in data.split("|"))
    if access.split(".")[0] == "matrix":  # GitLab interpolates these for each job of a matrix
        return UNKNOWN
    value = _accessed(access, contexts)
    if len(functions) > _MOST_FUNCTIONS:
        plain = f"the block has {len(functions)} functions, at most {_MOST_FUNCTIONS} are allowed"
        raise InvalidValue("too many functions in interpolation block", plain=plain)
    for call in [_function(text) for text in functions]:
        if value is not UNKNOWN:
            value = call(value)
    return value


def newer_parts(data: str) -> Iterator[tuple[str, Version]]:
    """Yield the parts of an expression that not all GitLab versions with inputs have, each with the first version.

    Args:
        data: The expression.
    """
    access, *functions = (part.strip() for part in data.split("|"))
    if "[" in access:
        yield f"`$[[ {access} ]]` with an index", _INDEXES_SINCE
    for call in functions:
        name = call.partition("(")[0]
        if name in _FUNCTIONS_SINCE:
            yield f"the function `{name}` in `$[[ … ]]`", _FUNCTIONS_SINCE[name]


def _accessed(access: str, contexts: Mapping[str, Any]) -> Any:
    steps = access.split(".", 4)
    if len(steps) == 1:
        hint = f"write $[[ inputs.{access} ]]" if access in _names(contexts.get("inputs")) else None
        sentence = "invalid pattern used for interpolation. valid pattern is $[[ inputs.input ]]"
        raise InvalidValue(sentence, hint, plain=f"`$[[ {access} ]]` does not name an input")
    if len(access.encode(errors="replace")) > _LONGEST_ACCESS:
        plain = f"the block has a path of more than {_LONGEST_ACCESS} bytes"
        raise InvalidValue("maximum interpolation expression size exceeded", plain=plain)
    value: Any = contexts
    for step in steps:
        name, indexes = _indexed(step, access) if "[" in step else (step, [])
        if value is not UNKNOWN:
            value = _entry(value, name, access)
        for index in indexes:
            if value is not UNKNOWN:
                value = _item(value, index, access)
    return value


def _names(context: Any) -> list[str]:
    return list(context) if isinstance(context, Mapping) else []


def _entry(value: Any, name: str, access: str) -> Any:
    if not isinstance(value, Mapping) or name not in value:
        hint = did_you_mean(name, [str(known) for known in _names(value)])
        plain = f"`{name}` in `$[[ {access} ]]` does not exist"
        raise InvalidValue(f"unknown interpolation provided: `{name}` in `{access}`", hint, plain=plain)
    return value[name]


def _item(value: Any, index: int, access: str) -> Any:
    if not isinstance(value, list | tuple):
        plain = f"`[{index}]` in `$[[ {access} ]]` needs an array"
        raise InvalidValue(f"cannot index into non-array value at [{index}] in `{access}`", plain=plain)
    if index >= len(value):
        plain = (
            f"`[{index}]` in `$[[ {access} ]]` does not exist: the array has {len(value)} item{'' if len(value) == 1 else 's'}"
        )
        raise InvalidValue(f"array index {index} out of bounds (size: {len(value)}) in `{access}`", plain=plain)
    return value[index]


def _indexed(step: str, access: str) -> tuple[str, list[int]]:
    match, block = re.fullmatch(_INDEXED, step), f"`$[[ {access} ]]`"
    if match is None:
        if step.count("[") != step.count("]"):
            plain = f"{block} has no closing bracket"
            raise InvalidValue(f"invalid array index in `{access}`: missing closing bracket", plain=plain)
        wrong = next((inner for inner in re.findall(r"\[([^\]]*)\]", step) if not re.fullmatch(r"(?a)\d+", inner)), None)
        if wrong is not None:
            plain = f"`[{wrong}]` in {block} should be a number"
            raise InvalidValue(f"invalid array index in `{access}`: `{wrong}` is not a valid index", plain=plain)
        raise InvalidValue(f"invalid array index syntax in `{access}`", plain=f"`{step}` in {block} is not a name with an index")
    # No array is that long, and Python limits the digits of numbers.
    indexes = [int(digits[:18]) for digits in re.findall(r"\d+", match[2])]
    if not match[1]:
        plain = f"{block} has an index without a name"
        raise InvalidValue(f"invalid indexed access without a key in `{access}`", plain=plain)
    if len(indexes) > _MOST_INDEXES:
        plain = f"{block} has {len(indexes)} indexes in a row, at most {_MOST_INDEXES} are allowed"
        raise InvalidValue(f"too many array indices in `{access}` (maximum depth: {_MOST_INDEXES})", plain=plain)
    return match[1], indexes


def _function(text: str) -> Callable[[Any], Any]:
    """Return a Python function for the text of a function call."""
    if truncate := re.fullmatch(_TRUNCATE, text):
        start, length = (int(digits[:18]) for digits in truncate.groups())
        return lambda value: _string("truncate", value)[start : start + length]
    if split := re.fullmatch(_SPLIT, text):
        return lambda value: _split(_string("split", value), split[1])
    if text == "expand_vars":
        return lambda value: UNKNOWN if re.search(r"[$%]", _string("expand_vars", value)) else value
    if text == "posix_escape":
        return lambda value: _escaped(_string("posix_escape", value))
    raise InvalidValue(
        f"no function matching `{text}`: check that the function name, arguments, and types are correct",
        did_you_mean(text.partition("(")[0], [*_FUNCTIONS_SINCE]),
        plain=f"`{text}` is not a valid function call",
    )


def _string(function: str, value: Any) -> str:
    if not isinstance(value, str):
        sentence = f"error in `{function}` function: invalid input type: {function} can only be used with string inputs"
        raise InvalidValue(sentence, plain=f"`{function}` is for strings only")
    return value


def _split(text: str, separator: str) -> list[str]:
    if not separator:
        sentence = "error in `split` function: invalid argument: separator cannot be empty"
        raise InvalidValue(sentence, plain="`split` needs a separator")
    return [part.strip() for part in text.split(separator) if part.strip()]


def _escaped(text: str) -> str:
    return re.sub(_UNSAFE_IN_SHELL, r"\\\g<0>", text).replace("\n", "'\n'") or "''"
