"""What a definition may do while it runs, without the command or the next definition noticing."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType, ModuleType
from typing import Any, Final

from gitlabgen.errors import Finding
from gitlabgen.modeling.callsites import display_path

__all__ = ["isolated"]

_CACHED: Final = frozenset(("gitlabgen", "attr", "attrs", "cfn_flip", "jinja2", "troposphere", "yaml"))
_elsewhere: set[str] = set()


@contextmanager
def isolated(folder: str, file: str, findings: list[Finding]) -> Iterator[None]:
    """Run a definition with its own modules and without standard output.

    Args:
        folder: The definition's folder, from which it may import.
        file: The definition, for messages.
        findings: Takes a finding if the definition prints.
    """
    home = os.path.abspath(folder)
    with _kept_folder(), _importing(home), _muted(home, file, findings):
        yield


@contextmanager
def _kept_folder() -> Iterator[None]:
    """Stay in the current folder, to which all paths are relative."""
    before = os.getcwd()
    try:
        yield
    finally:
        with suppress(OSError):  # the definition removed it
            os.chdir(before)


class _Watched(io.TextIOWrapper):
    """Stands in for `sys.stdout`: passes text on, and notes the line of the user's code that was first to print."""

    def __init__(self, descriptor: int, home: str) -> None:
        super().__init__(io.FileIO(descriptor, "w"), "utf-8", "backslashreplace", write_through=True)
        self.home = home
        self.first: tuple[str, str | None, int | None] | None = None

    def write(self, text: str, /) -> int:
        """Note who writes what, and pass it on."""
        if self.first is None and text.strip():
            self.first = (text.strip().splitlines()[0], *_own_line(sys._getframe(1), self.home))  # noqa: SLF001 - cheap
        return super().write(text)


def _own_line(frame: FrameType | None, home: str) -> tuple[str, int] | tuple[None, None]:
    while frame is not None:
        if frame.f_code.co_filename.startswith(home + os.sep):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None, None


@contextmanager
def _muted(home: str, file: str, findings: list[Finding]) -> Iterator[None]:
    """Lead what the definition prints, and the programs that it starts, to standard error."""
    before = sys.stdout
    aside = _error_stream()
    watched = _Watched(aside, home)
    with ExitStack() as undo:
        undo.callback(_close, watched)
        _flush(before)
        with suppress(OSError):  # standard output is closed: there is nothing to protect
            saved = os.dup(1)
            undo.callback(os.close, saved)
            undo.callback(os.dup2, saved, 1)
            os.dup2(aside, 1)
        undo.callback(_flush, before)
        undo.callback(setattr, sys, "stdout", before)
        sys.stdout = watched
        yield
    if watched.first is not None:
        text, name, line = watched.first
        findings.append(
            Finding(
                rule="definition-prints",
                message=f"the definition prints {text[:60]!r}",
                hint="standard output belongs to the command; print to sys.stderr while you look for something",
                file=display_path(name) if name else file,
                line=line,
            )
        )


def _error_stream() -> int:
    """Return a descriptor of its own that leads to standard error, so that nothing closes that."""
    try:
        return os.dup(2)
    except OSError:  # it is closed
        return os.open(os.devnull, os.O_WRONLY)


def _flush(stream: Any) -> None:
    """Empty the buffers of standard output while its descriptor leads where the text belongs."""
    for each in (stream, sys.__stdout__):
        _quietly(each, "flush")


def _close(stream: Any) -> None:
    _quietly(stream, "close")


def _quietly(stream: Any, method: str) -> None:
    with suppress(AttributeError, OSError, ValueError):  # there is no stream, its pipe is closed, or it is closed itself
        getattr(stream, method)()


@contextmanager
def _importing(home: str) -> Iterator[None]:
    """Let a definition import modules beside it, and forget them: the next folder may have modules of the same names."""
    known = set(sys.modules)
    hidden = _take_away(_names_in(home) & _elsewhere)
    path, finders, bytecode = sys.path[:], sys.meta_path[:], sys.dont_write_bytecode
    sys.path.insert(0, home)
    sys.meta_path.insert(0, _Untraced(bytecode))
    try:
        yield
    finally:
        sys.path[:], sys.meta_path[:], sys.dont_write_bytecode = path, finders, bytecode
        added = {name.partition(".")[0] for name in set(sys.modules) - known}
        own = {name for name in added - _CACHED if _stands_in(sys.modules.get(name), home)}
        _take_away(own)
        _elsewhere.update(added - own)
        sys.modules.update(hidden)


class _Untraced:
    """A finder that finds nothing, and keeps compiled files out of the user's folders.

    Python asks it before it imports a module, and looks at the flag before it runs that module. Our own modules are
    compiled once, or each run would compile them again.
    """

    def __init__(self, bytecode: bool) -> None:  # noqa: FBT001 - Python's own flag
        self.bytecode = bytecode

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Set whether the module about to be imported is compiled to a file."""
        del path, target
        sys.dont_write_bytecode = self.bytecode or name.partition(".")[0] not in _CACHED


def _names_in(home: str) -> set[str]:
    try:
        return {name.partition(".")[0] for name in os.listdir(home)}
    except OSError:
        return set()


def _take_away(names: set[str]) -> dict[str, ModuleType]:
    """Remove modules and their sub-modules, and return them."""
    found = [name for name in sys.modules if name.partition(".")[0] in names] if names else []
    return {name: sys.modules.pop(name) for name in found}


def _stands_in(module: ModuleType | None, home: str) -> bool:
    """Return whether a module is a file or a folder right inside the folder."""
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        folder = os.path.dirname(file)
        return home in (folder, os.path.dirname(folder)) and getattr(module, "__spec__", None) is not None
    paths = getattr(module, "__path__", ())  # a folder without `__init__.py`
    return any(os.path.dirname(path) == home for path in paths)
