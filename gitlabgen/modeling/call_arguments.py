"""The calls in a file of Python, and the positions of their arguments. Each file is parsed once."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache
from types import CodeType
from typing import Final, NamedTuple, TypeAlias

from gitlabgen.modeling.source_texts import kept_source

__all__ = ["Argument", "Span", "argument_at", "is_assigned"]

Span: TypeAlias = tuple[int | None, int | None, int | None, int | None]
"""The first and the last line, counted from 1, and the first and the last column in bytes, counted from 0."""

_MOST_FILES: Final = 8
"""The number of files whose calls are kept: a definition, and the modules that it imports."""


class Argument(NamedTuple):
    """An argument of a call, or a part of it.

    Args:
        span: Its position.
        name: The variable's name, if it is only a variable.
        rest: The rest of the path, inside of the variable's value.
    """

    span: Span
    name: str | None = None
    rest: Sequence[str | int] = ()


def argument_at(
    file: str, call: Span, argument: Sequence[str | int], positional: Sequence[str], *, at_key: bool = False
) -> Argument | None:
    """Return an argument of the call at a position, or the nearest part around it; None if there is no such argument.

    Args:
        file: The file.
        call: The position of the call.
        argument: The path to the argument: a keyword's name, then list indexes and mapping keys.
        positional: Names of the call's positional arguments; `*name` for one that accepts any number.
        at_key: Whether to return the keyword or the key of a mapping, rather than its value.
    """
    try:
        node = _calls(kept_source(file)).get(call)
    except (OSError, SyntaxError, ValueError):
        return None
    return None if node is None else _follow(node, argument, positional, at_key=at_key)


def is_assigned(name: str, code: CodeType) -> bool:
    """Return whether a function gives another value to one of its parameters.

    Args:
        name: The parameter.
        code: The function's code.
    """
    from dis import get_instructions

    return any(step.argval == name and step.opname.startswith(("STORE", "DELETE")) for step in get_instructions(code))


@lru_cache(maxsize=_MOST_FILES)
def _calls(source: bytes) -> dict[Span, ast.Call]:
    """Return the calls of a file by their positions: many findings may be in one file."""
    return {_span(node): node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)}


def _span(node: ast.expr) -> Span:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def _follow(call: ast.Call, argument: Sequence[str | int], positional: Sequence[str], *, at_key: bool) -> Argument | None:
    first, *rest = argument
    node: ast.expr | None = None
    key: Span | None = None
    for word in call.keywords:
        if word.arg == first:
            node, key = word.value, _name_span(word)
    if node is None and first in positional:
        node = _positional(call, positional.index(str(first)))
    if f"*{first}" in positional and rest and isinstance(rest[0], int):
        node = _positional(call, rest[0]) or node
        rest = rest[1:]
    if node is None:
        return None
    while rest:
        inner, key = _step(node, rest[0])
        if inner is None:
            break
        node, rest = inner, rest[1:]
    if at_key and key is not None:
        return Argument(key)
    return Argument(_span(node), node.id if isinstance(node, ast.Name) else None, rest)


def _positional(call: ast.Call, index: int) -> ast.expr | None:
    before = call.args[: index + 1]
    # What comes after `*arguments` has no fixed index.
    return before[index] if index < len(before) and not any(isinstance(node, ast.Starred) for node in before) else None


def _name_span(word: ast.keyword) -> Span:
    return word.lineno, word.lineno, word.col_offset, word.col_offset + len((word.arg or "").encode())


def _step(node: ast.expr, step: str | int) -> tuple[ast.expr | None, Span | None]:
    """Return the item or the entry of a list, a dict or a call, and the position of its key."""
    if isinstance(node, ast.Call):
        if node.args:  # `comment(value, text)`
            return _step(node.args[0], step)
        for word in node.keywords:  # `dict(name=value)`
            if word.arg == step:
                return word.value, _name_span(word)
    if isinstance(node, ast.List | ast.Tuple) and isinstance(step, int):
        return (node.elts[step] if step < len(node.elts) else None), None
    if isinstance(node, ast.Dict):
        for name, value in zip(node.keys, node.values, strict=True):
            if isinstance(name, ast.Constant) and name.value == step:
                return value, _span(name)
    return None, None
