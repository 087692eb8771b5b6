"""The command: its sub-commands by name, each in a file of its own, and what its exit codes mean."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn

from gitlabgen.cli._names import COMMANDS

if TYPE_CHECKING:
    from gitlabgen.errors import Finding

__all__ = ["COMMANDS", "main", "run"]


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 2 for what the user can mend, 3 for our own fault.

    Args:
        arguments: The words after the command's name; those of the process if not given.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        return _without_options(words) if _has_no_options(words) else _parsed(words)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - no fault shows a traceback
        return _told(error, words)


def _has_no_options(words: Sequence[str]) -> bool:
    return words[:1] in (["check"], ["render"]) and not any(word.startswith("-") for word in words)


def _without_options(words: Sequence[str]) -> int:
    """Run what commit hooks call, without click, which takes a tenth of the time of a check to load."""
    if words[0] == "check":
        from gitlabgen.cli._checking import check

        return check(words[1:])
    from gitlabgen.cli._rendering import render

    return render(words[1:])


def _parsed(words: list[str]) -> int:
    import click

    from gitlabgen.cli._group import cli

    try:
        result: Any = cli.main(words, prog_name="gitlabgen", standalone_mode=False)
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        if _wants_json(words):
            from gitlabgen.errors import Finding

            _show([Finding(rule="usage", message=error.format_message())], words)
        else:
            error.show()
        return 2
    return result if isinstance(result, int) else 0


def _told(error: Exception, words: Sequence[str]) -> int:
    from gitlabgen.errors import Finding, GitlabgenError

    if isinstance(error, GitlabgenError):
        from gitlabgen.cli._output import StreamError

        _show(error.findings, () if isinstance(error, StreamError) else words)
        return error.exit_code
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "" if place is None else f" in {os.path.basename(place.tb_frame.f_code.co_filename)}:{place.tb_lineno}"
    message = f"{type(error).__name__}: {error}{where}"
    hint = "this is a fault of gitlabgen; please report it with the definition that shows it"
    _show([Finding(rule="internal-error", message=message, hint=hint)], words)
    return 3


def _wants_json(words: Sequence[str]) -> bool:
    return "--format=json" in words or ("--format", "json") in pairwise(words)


def _show(findings: Sequence[Finding], words: Sequence[str]) -> None:
    from gitlabgen.cli._output import StreamError, show_findings

    try:
        show_findings(findings, "json" if _wants_json(words) else "text")
    except StreamError:
        show_findings(findings, "text")


def main() -> NoReturn:
    """Run the command and end the process with its exit code."""
    code = run()
    # What a definition left for the end is done, but must not follow the command's own output.
    _flush()
    with suppress(OSError):
        os.dup2(2, 1)
    atexit._run_exitfuncs()  # noqa: SLF001 - what Python itself calls at the end
    _flush()
    # To take Python apart takes longer than to compare the files.
    os._exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # it is closed, or was never there
            stream.flush()
