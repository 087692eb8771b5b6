"""What a definition may change in the process, put back after it has run."""

from __future__ import annotations

import builtins
import os
import posixpath
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NoReturn

__all__ = ["restored_state"]

_MODULES: Final = (builtins, os, posixpath, sys)


@contextmanager
def restored_state() -> Iterator[None]:
    """Restore the functions of Python and of the system, loaded modules, hooks, limits, warnings and alarms."""
    names = [(module.__dict__, dict(module.__dict__)) for module in _MODULES]
    modules = dict(sys.modules)
    environment = dict(os.environ)
    limit, profile = sys.getrecursionlimit(), sys.getprofile()
    warnings = sys.modules.get("warnings")
    filters = list(getattr(warnings, "filters", ()))
    os._exit = _ends_the_program(os.getpid(), os._exit)
    try:
        yield
    finally:
        for now, before in names:
            dict.update(now, before)
        sys.setprofile(profile)
        sys.setrecursionlimit(limit)
        for name, module in modules.items():
            sys.modules.setdefault(name, module)
        if warnings is not None:
            warnings.filters[:] = filters
        _restore_environment(environment)
        _stop_alarms()


def _ends_the_program(process: int, leave: Any) -> Any:
    """Return a replacement of `os._exit` that ends only the definition; in a process that it forked, it is unchanged."""

    def end(code: int = 0) -> NoReturn:
        if os.getpid() != process:
            leave(code)
        raise SystemExit(code)

    return end


def _restore_environment(before: dict[str, str]) -> None:
    if dict(os.environ) != before:
        os.environ.clear()
        os.environ.update(before)


def _stop_alarms() -> None:
    """Stop the timers whose signals would end the command."""
    signal = sys.modules.get("signal")
    if signal is not None:
        signal.setitimer(signal.ITIMER_REAL, 0)
