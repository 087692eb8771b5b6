"""Where in the user's Python a thing was made: captured in a microsecond, worked out when an error asks."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from types import CodeType
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, Union

import attr

if TYPE_CHECKING:
    import ast

    from typing_extensions import TypeIs

__all__ = ["CallSite", "Location", "Position", "caller", "display_path", "is_call", "library_files", "position"]

CallSite: TypeAlias = tuple[CodeType, int]
"""A code object and the offset of the call in it: cheap to keep, and exact to the column."""


class Position(NamedTuple):
    """A range in a file, counted from 1; the end is behind the last character."""

    file: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None

    @property
    def language(self) -> str:
        """The language of the file."""
        return "python" if self.file.endswith(".py") else "yaml"

    def find(self, argument: Sequence[str | int]) -> Position:
        """Return the position itself: it is as exact as is known."""
        del argument
        return self


if TYPE_CHECKING:

    class Findable(Protocol):
        """A place that finds its parts by itself, such as a node of a YAML file."""

        def find(self, argument: Sequence[str | int]) -> Position:
            """Return where the part at this path stands."""


Location: TypeAlias = Union[CallSite, "Findable"]
"""Where a thing stands: a call in Python, or a node of a file."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LIBRARY_FOLDERS = (_PACKAGE, os.path.dirname(os.path.abspath(attr.__file__)) + os.sep)
_BLUEPRINTS = _PACKAGE + "blueprints" + os.sep
library_files: dict[str, bool] = {}
"""Which files are known to be parts of the library, or known to be the user's."""


def _is_library(filename: str) -> bool:
    known = library_files.get(filename)
    if known is None:
        # attrs compiles the methods that it generates under made-up file names.
        known = filename.startswith((*_LIBRARY_FOLDERS, "<attrs generated")) and not filename.startswith(_BLUEPRINTS)
        library_files[filename] = known
    return known


def is_call(place: Location) -> TypeIs[CallSite]:
    """Return whether a location is a call in Python, and not a node of a file.

    Args:
        place: The location.
    """
    return isinstance(place, tuple) and isinstance(place[0], CodeType)


def caller(depth: int = 1) -> CallSite:
    """Return the call in the user's code that led here.

    Args:
        depth: How many frames above this function's caller the search starts.
    """
    frame = sys._getframe(depth + 1)  # noqa: SLF001 - the only way to the caller without the cost of `inspect`
    code = frame.f_code
    while _is_library(code.co_filename):
        if frame.f_back is None:
            break
        frame = frame.f_back
        code = frame.f_code
    return code, frame.f_lasti


def display_path(path: str) -> str:
    """Return the path as a person in the current folder would type it."""
    here = os.getcwd() + os.sep
    return path.removeprefix(here).replace(os.sep, "/")


def position(place: Location | None, argument: Sequence[str | int] = (), positional: Sequence[str] = ()) -> Position | None:
    """Return where a thing stands, or where one argument of the call that made it stands.

    Args:
        place: What `caller` returned, or a position that is known already.
        argument: The way to the argument: a keyword's name, then list indexes and mapping keys.
        positional: Names of the call's positional arguments; `*name` for one that takes any number.
    """
    if place is None:
        return None
    if not is_call(place):
        return place.find(argument)
    code, offset = place
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
    # One instruction is two bytes wide.
    for index, span in enumerate(code.co_positions()):
        if index == offset // 2:
            return span
    return code.co_firstlineno, None, None, None


def _argument_span(file: str, span: _Span, argument: Sequence[str | int], positional: Sequence[str]) -> _Span | None:
    import ast

    try:
        with open(file, "rb") as stream:
            tree = ast.parse(stream.read())
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
