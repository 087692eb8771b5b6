"""Convert exceptions of the user's code to findings at the user's lines."""

from __future__ import annotations

import builtins
import os
import re
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from gitlabgen.definitions.careful import attempt, is_kind, text_of, traceback_of, type_name
from gitlabgen.definitions.own_code import is_own
from gitlabgen.errors import Finding, GitlabgenError, closest, suggestion
from gitlabgen.modeling.callsites import Position, display_path, position
from gitlabgen.modeling.reporting import located
from gitlabgen.modeling.source_texts import is_source

__all__ = ["findings_of", "innermost"]


def findings_of(error: BaseException, file: str, homes: Sequence[str]) -> tuple[Finding, ...]:
    """Return the findings for an exception of the user's code.

    Args:
        error: The exception.
        file: The definition, for messages without a line.
        homes: Folders and files with the user's code.
    """
    where = innermost(error, homes) or Position(file)
    if is_kind(error, GitlabgenError):
        findings: tuple[Any, ...] = attempt(lambda: tuple(vars(error)["findings"]), ())
        if findings and all(type(finding) is Finding for finding in findings):
            return tuple(finding if finding.file else located(finding, where) for finding in findings)
    if is_kind(error, SyntaxError):
        found = attempt(lambda: _invalid_python(error), None)
        if found is not None:
            return (found,)
    message, hint = _message_and_hint(error)
    return (located(Finding(rule="definition-fails", message=message, hint=hint), where),)


def innermost(error: BaseException, homes: Sequence[str]) -> Position | None:
    """Return the innermost position in the user's own code; None if it was not there.

    Args:
        error: The exception.
        homes: Folders and files with the user's code.
    """
    traceback = traceback_of(error)
    own: TracebackType | None = None
    while traceback is not None:
        if is_own(traceback.tb_frame.f_code.co_filename, homes):
            own = traceback
        traceback = traceback.tb_next
    return None if own is None else position((own.tb_frame.f_code, own.tb_lasti))


def _invalid_python(error: Any) -> Finding | None:
    """Return a finding for an error of Python's parser; None for one that the user's code made up."""
    name, message = error.filename, error.msg
    if type(name) is not str or type(message) is not str or not is_source(name):
        return None
    span = (error.lineno, error.offset, error.end_lineno, error.end_offset)
    line, column, end_line, end_column = (value if type(value) is int and value > 0 else None for value in span)
    return Finding(
        rule="invalid-python",
        message=message,
        file=display_path(os.path.abspath(name)),
        line=line,
        column=None if line is None else column,
        end_line=end_line,
        end_column=end_column,
    )


def _message_and_hint(error: BaseException) -> tuple[str, str | None]:
    """Return a message and a hint for an exception."""
    if is_kind(error, RecursionError):
        return "the definition calls itself without limit", None
    text = text_of(error)
    if is_kind(error, SystemExit):
        return f"the definition ends the program{f': {text}' if text not in ('', 'None') else ''}", "remove the call of exit"
    if is_kind(error, ImportError):
        text = re.sub(r" \([^()]*\)$", "", text)
    message = f"the definition raises {type_name(error)}{f': {text}' if text else ''}"
    return message, attempt(lambda: _suggestion(error, text), None)


def _suggestion(error: Any, text: str) -> str | None:
    """Return the suggestion that Python's own traceback would make."""
    known: Sequence[str] = ()
    name: Any = getattr(error, "name", None)
    if is_kind(error, ModuleNotFoundError):
        return f"install it in gitlabgen's environment, or write {name}.py next to the definition" if name else None
    if is_kind(error, ImportError):
        found = re.search(r"cannot import name '(\w+)'", text)
        name, known = found and found[1], dir(sys.modules.get(name or ""))
    elif is_kind(error, NameError):
        traceback = traceback_of(error)
        while traceback is not None and traceback.tb_next is not None:
            traceback = traceback.tb_next
        frame = traceback and traceback.tb_frame
        known = [*frame.f_locals, *frame.f_globals, *dir(builtins)] if frame else ()
    elif is_kind(error, AttributeError):
        known = dir(error.obj)
    near = closest(name, list(known)) if type(name) is str else None
    return suggestion(near)
