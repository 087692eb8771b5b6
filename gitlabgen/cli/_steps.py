"""Report what a command does while it runs, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from time import perf_counter

from gitlabgen.cli._output import show_error_text

__all__ = ["Steps", "counted", "is_terminal"]


class Steps:
    """The steps of a command, each with its time in seconds; the last line has the time of all.

    Args:
        shown: Whether to print them.
    """

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._start = self._last = perf_counter()

    def done(self, text: str) -> None:
        """Report a step that is done.

        Args:
            text: What was done.
        """
        now = perf_counter()
        self._say(text, now - self._last)
        self._last = now

    def total(self, *counts: str) -> None:
        """Report the time of the command.

        Args:
            counts: How much was done, such as `2 files`.
        """
        self._say(", ".join(counts), perf_counter() - self._start)

    def _say(self, text: str, seconds: float) -> None:
        if self._shown:
            show_error_text(f"{text} in {seconds:.2f} s\n")


def counted(things: Sequence[object], word: str) -> str:
    """Return a number with its word, such as `2 files`.

    Args:
        things: The things to count.
        word: What one of them is called.
    """
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"


def is_terminal() -> bool:
    """Return whether standard error is a terminal."""
    with suppress(AttributeError, ValueError):  # it never existed, or is closed
        return sys.stderr.isatty()
    return False
