"""Convert exceptions of the user's code to findings at the user's lines."""

from __future__ import annotations

import builtins
import os
import re
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final

from gitlabgen.definitions.own_code import is_own
from gitlabgen.errors import Finding, GitlabgenError, closest, suggestion
from gitlabgen.modeling.callsites import Position, display_path, position
from gitlabgen.modeling.reporting import located
from gitlabgen.modeling.source_texts import is_source

__all__ = ["findings_of"]

_LONGEST: Final = 300


def findings_of(error: BaseException, file: str, homes: Sequence[str]) -> tuple[Finding, ...]:
    """Return the findings for an exception of the user's code.

    Args:
        error: The exception.
        file: The definition, for messages without a line.
        homes: Folders and files with the user's code.
    """
    where = _innermost(error.__traceback__, homes) or Position(file)
    if isinstance(error, GitlabgenError):
        return tuple(finding if finding.file else located(finding, where) for finding in error.findings)
    if isinstance(error, SyntaxError) and error.filename and is_source(error.filename):
        return (_invalid_python(error),)
    message, hint = _message_and_hint(error)
    return (located(Finding(rule="definition-fails", message=message, hint=hint), where),)


def _innermost(traceback: TracebackType | None, homes: Sequence[str]) -> Position | None:
    """Return the innermost position in the user's own code."""
    found: Position | None = None
    own: TracebackType | None = None
    while traceback is not None:
        if is_own(traceback.tb_frame.f_code.co_filename, homes):
            own = traceback
        traceback = traceback.tb_next
    if own is not None:
        found = position((own.tb_frame.f_code, own.tb_lasti))
    return found


def _invalid_python(error: SyntaxError) -> Finding:
    line, column, end_line, end_column = (value or None for value in _span(error))
    return Finding(
        rule="invalid-python",
        message=error.msg,
        file=display_path(os.path.abspath(error.filename or "")),
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
    )


def _span(error: SyntaxError) -> tuple[int | None, int | None, int | None, int | None]:
    return error.lineno, error.offset, error.end_lineno, error.end_offset


def _message_and_hint(error: BaseException) -> tuple[str, str | None]:
    """Return a message and a hint for an exception."""
    if isinstance(error, RecursionError):
        return "the definition calls itself without limit", None
    try:
        text = " ".join(str(error).split())[:_LONGEST]
    except Exception:  # noqa: BLE001 - the user's own exception class may be broken too
        text = ""
    if isinstance(error, SystemExit):
        return f"the definition ends the program{f': {text}' if text not in ('', 'None') else ''}", "remove the call of exit"
    if isinstance(error, ImportError):
        text = re.sub(r" \([^()]*\)$", "", text)
    name = type(error).__name__
    return f"the definition raises {name}{f': {text}' if text else ''}", _suggestion(error, text)


def _suggestion(error: BaseException, text: str) -> str | None:
    """Return the suggestion that Python's own traceback would make."""
    known: Sequence[str] = ()
    name: Any = getattr(error, "name", None)
    if isinstance(error, ModuleNotFoundError):
        return f"install it in gitlabgen's environment, or write {name}.py next to the definition" if name else None
    if isinstance(error, ImportError):
        found = re.search(r"cannot import name '(\w+)'", text)
        name, known = found and found[1], dir(sys.modules.get(name or ""))
    elif isinstance(error, NameError):
        traceback = error.__traceback__
        while traceback is not None and traceback.tb_next is not None:
            traceback = traceback.tb_next
        frame = traceback and traceback.tb_frame
        known = [*frame.f_locals, *frame.f_globals, *dir(builtins)] if frame else ()
    elif isinstance(error, AttributeError):
        known = dir(error.obj)
    near = closest(name, list(known)) if isinstance(name, str) else None
    return suggestion(near)
