"""The position in the user's Python at which an object was made: captured cheaply, and computed for error messages."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import islice
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias, Union

import attr

if TYPE_CHECKING:
    from typing_extensions import TypeIs

    from gitlabgen.modeling.call_arguments import Argument, Span

__all__ = ["IS_FUNCTION", "CallSite", "Location", "Position", "caller", "display_path", "is_call", "library_files", "position"]

CallSite: TypeAlias = tuple[Any, ...]
"""A code object and the offset of the call in it, and if it is a function also those of the two calls around it: cheap to
store, and exact to the column."""

IS_FUNCTION: Final = 1
"""The flag of code that is not the code of a module or a class."""


class Position(NamedTuple):
    """A range in a file, counted from 1; the end is exclusive.

    Args:
        file: The file's name.
        line: The first line.
        column: The first column.
        end_line: The last line.
        end_column: The column after the last character.
        text: The value there as written, if it is one that can be written in several ways, such as `3.10`.
    """

    file: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    related: tuple[tuple[str, Position], ...] = ()
    """Positions that belong to it, such as the call of the user's function that contains it, each with what it is."""
    text: str | None = None

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
_STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep
_HAS_KEYWORDS: Final = 8
_HAS_STARS: Final = 4 | _HAS_KEYWORDS
_COMPREHENSIONS: Final = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"))
_own_files: dict[str, bool] = {}
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
    return _call_site(frame)


def _call_site(frame: FrameType) -> CallSite:
    code = frame.f_code
    if not code.co_flags & IS_FUNCTION:
        return code, frame.f_lasti
    back = frame.f_back or frame
    last = back.f_back or back
    return code, frame.f_lasti, back.f_code, back.f_lasti, last.f_code, last.f_lasti


def _around(call: CallSite) -> CallSite:
    """Return the user's call of the function that contains a call; empty if it takes no arguments, or others call it."""
    code, outer = call[0], call[2:]
    while outer and code.co_name in _COMPREHENSIONS:
        code, outer = outer[0], outer[2:]
    takes_arguments = code.co_argcount or code.co_kwonlyargcount or code.co_flags & _HAS_STARS
    if code.co_name == "<lambda>":  # `map` calls it
        return ()
    return outer if outer and code.co_flags & IS_FUNCTION and takes_arguments and _is_own(outer[0].co_filename) else ()


def _is_own(filename: str) -> bool:
    known = _own_files.get(filename)
    if known is None:
        is_installed = "-packages" in filename or filename.startswith((_STANDARD_LIBRARY, "<"))
        known = _own_files[filename] = not (is_installed or _is_library(filename))
    return known


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
    code, offset, *_ = location
    outer = _around(location)
    span = _span(code, offset)
    found = None
    if argument:
        from gitlabgen.modeling.call_arguments import argument_at

        found = argument_at(code.co_filename, span, argument, positional, at_key=at_key)
    here = _in_file(code.co_filename, span if found is None else found.span)
    if not outer:
        return here
    given = _given(code, outer, argument, found, at_key=at_key)
    if given is not None:  # the value can be corrected where the user calls the function
        return given._replace(related=(("passed on here", here), *given.related))
    call = position(outer)
    return here if call is None else here._replace(related=(("called here", call._replace(related=())), *call.related))


def _given(
    code: CodeType, call: CallSite, argument: Sequence[str | int], found: Argument | None, *, at_key: bool
) -> Position | None:
    """Return the position of the argument of a user's function that the function only passes on; None if it does not.

    Args:
        code: The function.
        call: The user's call of the function.
        argument: The path to the argument of the call in the function.
        found: The argument there, if it is written there.
        at_key: Whether to return the position of the keyword.
    """
    from gitlabgen.modeling.call_arguments import argument_at, is_assigned

    count = code.co_argcount
    names = code.co_varnames[: count + code.co_kwonlyargcount]
    if found is None and argument and code.co_flags & _HAS_KEYWORDS:
        path = argument
    elif found is not None and found.name in names and not is_assigned(found.name, code):
        path, at_key = (found.name, *found.rest), False
    else:
        return None
    positional = names[1:count] if names[:1] in (("self",), ("cls",)) else names[:count]
    if argument_at(call[0].co_filename, _span(call[0], call[1]), path, positional) is None:
        return None
    return position(call, path, positional, at_key=at_key)


def _in_file(file: str, span: Span) -> Position:
    line, end_line, column, end_column = span
    return Position(display_path(file), line, _column(file, line, column), end_line, _column(file, end_line, end_column))


def _column(file: str, line: int | None, offset: int | None) -> int | None:
    """Return a column in characters, counted from 1, for an offset in bytes."""
    if line is None or offset is None:
        return None
    from linecache import getline

    return len(getline(file, line).encode()[:offset].decode(errors="replace")) + 1 if getline(file, line) else offset + 1


def _span(code: CodeType, offset: int) -> Span:
    # An instruction has two bytes.
    return next(islice(code.co_positions(), offset // 2, None), (code.co_firstlineno, None, None, None))
