"""The position in the user's Python at which an object was made: captured cheaply, and computed for error messages."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from types import CodeType
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, Union

import attr

from gitlabgen.modeling.source_texts import read_source

if TYPE_CHECKING:
    import ast

    from typing_extensions import TypeIs

__all__ = ["CallSite", "Location", "Position", "caller", "display_path", "is_call", "library_files", "position"]

CallSite: TypeAlias = tuple[CodeType, int]
"""A code object and the offset of the call in it: cheap to store, and exact to the column."""


class Position(NamedTuple):
    """A range in a file, counted from 1; the end is exclusive."""

    file: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None

    @property
    def language(self) -> str:
        """The language of the file."""
        return "python" if self.file.endswith(".py") else "yaml"

    def find(self, argument: Sequence[str | int], *, at_key: bool = False) -> Position:
        """Return the position itself, because no more exact one is known."""
        del argument, at_key
        return self


if TYPE_CHECKING:

    class Findable(Protocol):
        """A location that can find its parts, such as a node of a YAML file."""

        def find(self, argument: Sequence[str | int], *, at_key: bool = False) -> Position:
            """Return the position of the part at this path, or of its key."""


Location: TypeAlias = Union[CallSite, "Findable"]
"""A call in Python, or a node of a file."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LIBRARY_FOLDERS = (_PACKAGE, os.path.dirname(os.path.abspath(attr.__file__)) + os.sep)
_BLUEPRINTS = _PACKAGE + "blueprints" + os.sep
library_files: dict[str, bool] = {}
"""Whether a file is part of the library (True) or the user's (False), by file name."""


def _is_library(filename: str) -> bool:
    known = library_files.get(filename)
    if known is None:
        # attrs compiles generated methods under artificial file names.
        known = filename.startswith((*_LIBRARY_FOLDERS, "<attrs generated")) and not filename.startswith(_BLUEPRINTS)
        library_files[filename] = known
    return known


def is_call(location: Location) -> TypeIs[CallSite]:
    """Return whether a location is a call in Python, rather than a node of a file.

    Args:
        location: The location.
    """
    return isinstance(location, tuple) and isinstance(location[0], CodeType)


def caller(depth: int = 1) -> CallSite:
    """Return the innermost call in the user's code.

    Args:
        depth: The number of frames above this function's caller at which the search starts.
    """
    frame = sys._getframe(depth + 1)  # noqa: SLF001 - `inspect` is too slow
    code = frame.f_code
    while _is_library(code.co_filename):
        if frame.f_back is None:
            break
        frame = frame.f_back
        code = frame.f_code
    return code, frame.f_lasti


def display_path(path: str) -> str:
    """Return the path relative to the current folder, with forward slashes."""
    here = os.getcwd() + os.sep
    return path.removeprefix(here).replace(os.sep, "/")


def position(
    location: Location | None, argument: Sequence[str | int] = (), positional: Sequence[str] = (), *, at_key: bool = False
) -> Position | None:
    """Return the position of a location, or of one argument of the call there.

    Args:
        location: The result of `caller`, or a node or position in a file.
        argument: The path to the argument: a keyword's name, then list indexes and mapping keys.
        positional: Names of the call's positional arguments; `*name` for one that accepts any number.
        at_key: Whether to return the position of the keyword in a file, rather than of its value.
    """
    if location is None:
        return None
    if not is_call(location):
        return location.find(argument, at_key=at_key)
    code, offset = location
    span = _span(code, offset)
    if argument:
        span = _argument_span(code.co_filename, span, argument, positional) or span
    line, end_line, column, end_column = span
    file = code.co_filename
    return Position(display_path(file), line, _column(file, line, column), end_line, _column(file, end_line, end_column))


def _column(file: str, line: int | None, offset: int | None) -> int | None:
    """Return a column in characters, counted from 1, for an offset in bytes."""
    if line is None or offset is None:
        return None
    from linecache import getline

    return len(getline(file, line).encode()[:offset].decode(errors="replace")) + 1 if getline(file, line) else offset + 1


_Span: TypeAlias = tuple[int | None, int | None, int | None, int | None]


def _span(code: CodeType, offset: int) -> _Span:
    # An instruction has two bytes.
    for index, span in enumerate(code.co_positions()):
        if index == offset // 2:
            return span
    return code.co_firstlineno, None, None, None


def _argument_span(file: str, span: _Span, argument: Sequence[str | int], positional: Sequence[str]) -> _Span | None:
    import ast

    try:
        tree = ast.parse(read_source(file))
    except (OSError, SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _node_span(node) == span:
            found = _follow(node, argument, positional)
            return None if found is None else _node_span(found)
    return None


def _node_span(node: ast.expr) -> _Span:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def _follow(call: ast.Call, argument: Sequence[str | int], positional: Sequence[str]) -> ast.expr | None:
    first, *rest = argument
    node: ast.expr | None = next((word.value for word in call.keywords if word.arg == first), None)
    if node is None and first in positional:
        index = positional.index(str(first))
        node = call.args[index] if index < len(call.args) else None
    if f"*{first}" in positional and rest and isinstance(rest[0], int) and rest[0] < len(call.args):
        node = call.args[rest[0]]
        rest = rest[1:]
    for step in rest:
        inner = _step(node, step)
        if inner is None:
            break
        node = inner
    return node


def _step(node: ast.expr | None, step: str | int) -> ast.expr | None:
    import ast

    if isinstance(node, ast.Call) and node.args:  # `comment(value, text)`
        node = node.args[0]
    if isinstance(node, ast.List | ast.Tuple) and isinstance(step, int):
        return node.elts[step] if step < len(node.elts) else None
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == step:
                return value
    return None
