"""Isolate a running definition, so that it does not affect the command or the next definition."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType, ModuleType
from typing import Any, Final

from gitlabgen.definitions.own_code import is_own
from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.modeling.callsites import display_path

__all__ = ["isolated"]

_CACHED: Final = frozenset(
    ("gitlabgen", "attr", "attrs", "cfn_flip", "jinja2", "tree_sitter", "tree_sitter_bash", "troposphere", "yaml")
)
_outside_modules: set[str] = set()


@contextmanager
def isolated(folder: str, file: str, findings: list[Finding]) -> Iterator[None]:
    """Run a definition with separate modules and without standard output.

    Args:
        folder: The definition's folder, from which it can import.
        file: The definition, for messages.
        findings: Receives a finding if the definition prints.
    """
    home = os.path.abspath(folder)
    with _restored_folder(file), _importing(home), _redirected_output(home, file, findings):
        yield


@contextmanager
def _restored_folder(file: str) -> Iterator[None]:
    """Restore the current folder afterwards, because all paths are relative to it.

    Raises:
        DefinitionError: If the definition removed it.
    """
    before = os.getcwd()
    try:
        yield
    finally:
        try:
            os.chdir(before)
        except OSError as error:
            os.chdir(os.sep)
            message = f"the current folder cannot be used after the definition ran: {error.strerror}"
            found = Finding("definition-fails", message, hint="write and remove no files in a definition", file=file)
            raise DefinitionError(found) from None


class _WatchedOutput(io.TextIOWrapper):
    """Replaces `sys.stdout`: passes text on, and records the first line of the user's code that prints."""

    def __init__(self, descriptor: int, home: str) -> None:
        super().__init__(io.FileIO(descriptor, "w"), "utf-8", "backslashreplace", write_through=True)
        self.home = home
        self.first: tuple[str, str | None, int | None] | None = None

    def write(self, text: str, /) -> int:
        """Record the first text with its line, and pass it on."""
        if self.first is None and text.strip():
            self.first = (text.strip().splitlines()[0], *_own_line(sys._getframe(1), self.home))  # noqa: SLF001 - cheap
        return super().write(text)


def _own_line(frame: FrameType | None, home: str) -> tuple[str, int] | tuple[None, None]:
    while frame is not None:
        if is_own(frame.f_code.co_filename, (home,)):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None, None


@contextmanager
def _redirected_output(home: str, file: str, findings: list[Finding]) -> Iterator[None]:
    """Redirect the output of the definition, and of the programs that it starts, to standard error."""
    before = sys.stdout
    error_stream = _error_stream()
    output = _WatchedOutput(error_stream, home)
    with ExitStack() as cleanup:
        cleanup.callback(_close, output)
        _flush(before)
        with suppress(OSError):  # standard output is closed: there is nothing to protect
            saved = os.dup(1)
            cleanup.callback(_ignoring_errors, os.close, saved)
            cleanup.callback(_ignoring_errors, os.dup2, saved, 1)
            os.dup2(error_stream, 1)
        cleanup.callback(_flush, before)
        cleanup.callback(setattr, sys, "stdout", before)
        sys.stdout = output
        yield
    if output.first is not None:
        text, name, line = output.first
        findings.append(
            Finding(
                rule="definition-prints",
                message=f"the definition prints {text[:60]!r}",
                hint="standard output is for the command; print to sys.stderr to debug",
                file=display_path(name) if name else file,
                line=line,
            )
        )


def _ignoring_errors(function: Callable[..., object], *arguments: int) -> None:
    """Call a function for descriptors, which the definition may have closed."""
    with suppress(OSError):
        function(*arguments)


def _error_stream() -> int:
    """Return a separate descriptor of standard error, so that closing it does not close standard error."""
    try:
        return os.dup(2)
    except OSError:  # it is closed
        return os.open(os.devnull, os.O_WRONLY)


def _flush(stream: Any) -> None:
    """Flush standard output while its descriptor has the right target."""
    for each in (stream, sys.__stdout__):
        _call_quietly(each, "flush")


def _close(stream: Any) -> None:
    _call_quietly(stream, "close")


def _call_quietly(stream: Any, method: str) -> None:
    with suppress(AttributeError, OSError, ValueError):  # there is no stream, its pipe is closed, or it is closed itself
        getattr(stream, method)()


@contextmanager
def _importing(home: str) -> Iterator[None]:
    """Let a definition import modules from its folder, then remove them: the next folder may use the same names."""
    known = set(sys.modules)
    hidden = _remove_modules((_names_in(home) & _outside_modules) - _CACHED)
    path, finders, bytecode = sys.path[:], sys.meta_path[:], sys.dont_write_bytecode
    sys.path.insert(0, home)
    sys.meta_path.insert(0, _BytecodeControl(bytecode))
    try:
        yield
    finally:
        sys.path[:], sys.meta_path[:], sys.dont_write_bytecode = path, finders, bytecode
        added = {name.partition(".")[0] for name in set(sys.modules) - known}
        own = {name for name in added - _CACHED if _is_inside(sys.modules.get(name), home)}
        _remove_modules(own)
        _outside_modules.update(added - own)
        sys.modules.update(hidden)


class _BytecodeControl:
    """A finder that finds no modules, and prevents compiled files in the user's folders.

    Python calls it before it imports a module, and reads the flag before it runs that module. Our own modules are compiled
    to files; without that, each run would compile them again.
    """

    def __init__(self, bytecode: bool) -> None:  # noqa: FBT001 - Python's own flag
        self.bytecode = bytecode

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Set whether the module to be imported is compiled to a file."""
        del path, target
        sys.dont_write_bytecode = self.bytecode or name.partition(".")[0] not in _CACHED


def _names_in(home: str) -> set[str]:
    try:
        return {name.partition(".")[0] for name in os.listdir(home)}
    except OSError:
        return set()


def _remove_modules(names: set[str]) -> dict[str, ModuleType]:
    """Remove modules and their submodules, and return them."""
    found = [name for name in sys.modules if name.partition(".")[0] in names] if names else []
    return {name: sys.modules.pop(name) for name in found}


def _is_inside(module: ModuleType | None, home: str) -> bool:
    """Return whether a module is a file or a folder directly inside the folder."""
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        folder = os.path.dirname(file)
        return home in (folder, os.path.dirname(folder)) and getattr(module, "__spec__", None) is not None
    paths = getattr(module, "__path__", ())  # a folder without `__init__.py`
    return any(os.path.dirname(path) == home for path in paths)
