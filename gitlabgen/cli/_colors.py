"""Decide whether a stream shows colours and links."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import Any, Final, Literal, TypeAlias

from gitlabgen.reports.styles import Look

__all__ = ["WHEN", "When", "choose", "look_of"]

When: TypeAlias = Literal["auto", "always", "never"]
WHEN: Final[tuple[When, ...]] = ("auto", "always", "never")

_when: ContextVar[When] = ContextVar("when", default="auto")


def choose(when: When) -> None:
    """Set the value of `--color` for this run.

    Args:
        when: The value.
    """
    _when.set(when)


def look_of(stream: Any) -> Look:
    """Return what a stream can show.

    `--color` decides; if it is `auto`, then `NO_COLOR`, then `FORCE_COLOR` and `CLICOLOR_FORCE`, and at last whether the stream
    is a terminal. Links need a terminal in any case: in a file or a job's log they would be noise.

    Args:
        stream: Standard output or standard error; None if it is closed.
    """
    terminal = _is_terminal(stream)
    colors = {"always": True, "never": False}.get(_when.get())
    if colors is None:
        colors = not os.environ.get("NO_COLOR") and (_is_forced() or terminal)
    return Look(colors, links=colors and terminal)


def _is_forced() -> bool:
    return any(os.environ.get(name, "") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))


def _is_terminal(stream: Any) -> bool:
    """Return whether a stream is a terminal that understands escape sequences."""
    try:
        return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:  # it is closed
        return False
