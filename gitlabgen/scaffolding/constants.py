"""The named constants at the top of a definition, found in its syntax tree and replaced in its text."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import attrs

__all__ = ["Constant", "Value", "constants_of", "replaced"]

Value: TypeAlias = "str | dict[str, str]"
"""The value of a constant: a text, or texts by key."""


@attrs.frozen
class Constant:
    """A constant of a definition.

    Args:
        name: Its name, in upper case.
        value: Its value.
        line: Its line, counted from 1.
        spans: The first byte of each text of the value and the one after its last, by key; a single text has the key "".
    """

    name: str
    value: Value
    line: int
    spans: Mapping[str, tuple[int, int]]


def constants_of(source: str) -> dict[str, Constant]:
    """Return the constants of a definition by name, in the order of the file.

    Args:
        source: The text of the definition.
    """
    lines = source.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    return {constant.name: constant for node in ast.parse(source).body for constant in _constants(node, starts)}


def _constants(node: ast.stmt, starts: list[int]) -> Iterator[Constant]:
    if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
        return
    name, texts = node.targets[0].id, _texts(node.value)
    if name.isupper() and texts:
        spans = {key: _span(text, starts) for key, text in texts.items()}
        values = {key: str(text.value) for key, text in texts.items()}
        value = str(node.value.value) if isinstance(node.value, ast.Constant) else values
        yield Constant(name, value, node.lineno, spans)


def _texts(node: ast.expr) -> dict[str, ast.Constant]:
    """Return the texts of a value by key: of a string, or of a dictionary of strings."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {"": node}
    found: dict[str, ast.Constant] = {}
    for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
        if not (isinstance(key, ast.Constant) and isinstance(value, ast.Constant) and isinstance(value.value, str)):
            return {}
        found[str(key.value)] = value
    return found


def _span(node: ast.expr, starts: list[int]) -> tuple[int, int]:
    # The offsets of the syntax tree are in bytes.
    return starts[node.lineno - 1] + node.col_offset, starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)


def replaced(source: str, values: Mapping[str, Value]) -> str:
    """Return a definition with other values of constants; all other bytes stay.

    Args:
        source: The text of the definition.
        values: The new values by the names of the constants; texts that are not given stay.
    """
    raw = source.encode()
    changes: list[tuple[int, int, str]] = []
    for name, constant in constants_of(source).items():
        value = values.get(name, {})
        texts = {"": value} if isinstance(value, str) else value
        changes += [(*constant.spans[key], text) for key, text in texts.items()]
    for start, end, text in sorted(changes, reverse=True):
        raw = raw[:start] + json.dumps(text, ensure_ascii=False).encode() + raw[end:]  # also a literal of Python
    return raw.decode()
