"""The command line: one file per command, and the meaning of the exit codes."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

if TYPE_CHECKING:
    from gitlabgen.errors import Finding

__all__ = ["main", "run"]


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 2 if the user's input is broken, 3 if gitlabgen fails.

    Args:
        arguments: The arguments; those of the process if not given.
    """
    from gitlabgen.cli._colors import choose

    arguments = sys.argv[1:] if arguments is None else list(arguments)
    choose("auto")
    if not _is_posix():
        sys.stderr.write(_UNSUPPORTED)
        return 2
    try:
        if "_GITLABGEN_COMPLETE" in os.environ:
            from gitlabgen.cli._shells import answer

            return answer()
        flags = _flags(arguments)
        return _with_click(arguments) if flags is None else _without_click(arguments, flags)
    except KeyboardInterrupt:
        return 130
    except BaseException as error:  # noqa: BLE001 - users never see a traceback
        return _report_error(error, arguments)
    finally:
        from gitlabgen.modeling.source_texts import forget_given

        forget_given()
        loading = sys.modules.get("gitlabgen.definitions.loading")
        if loading is not None:
            loading.forget_loaded()


_UNSUPPORTED: Final = (
    "error[unsupported-system] gitlabgen runs on POSIX systems, such as Linux and macOS; on Windows, run it in WSL\n"
)


def _is_posix() -> bool:
    try:
        import fcntl
    except ImportError:
        return False
    return hasattr(fcntl, "flock")


_FLAGS: Final = {
    "check": {"-q": "quiet", "--quiet": "quiet", "--staged": "staged"},
    "render": {"-q": "quiet", "--quiet": "quiet", "--exit-code": "exit_code", "--staged": "staged"},
}
"""The options of commit hooks, as arguments of the functions that implement the commands."""


def _flags(arguments: Sequence[str]) -> dict[str, bool] | None:
    """Return the options of a commit hook; None if there is any other option or command."""
    known = _FLAGS.get(arguments[0]) if arguments else None
    options = [word for word in arguments if word.startswith("-")]
    if known is None or not known.keys() >= {*options}:
        return None
    return {known[option]: True for option in options}


def _without_click(arguments: Sequence[str], flags: Mapping[str, Any]) -> int:
    """Run the commands of commit hooks without click, whose import takes a fifth of the time of a check."""
    paths = [word for word in arguments[1:] if not word.startswith("-")]
    if arguments[0] == "check":
        from gitlabgen.cli._checking import check

        return check(paths, **flags)
    from gitlabgen.cli._rendering import render

    return render(paths, **flags)


def _with_click(arguments: list[str]) -> int:
    import click

    from gitlabgen.cli._group import cli

    try:
        result: Any = cli.main(arguments, prog_name="gitlabgen", standalone_mode=False)
    except click.exceptions.Abort:
        return 130
    except click.UsageError as error:
        from gitlabgen.cli._usage import usage_finding

        _show([usage_finding(error)], arguments)
        return 2
    return result if isinstance(result, int) else 0


def _report_error(error: BaseException, arguments: Sequence[str]) -> int:
    from gitlabgen.definitions.careful import is_kind, text_of, traceback_of, type_name
    from gitlabgen.definitions.loading import user_fault
    from gitlabgen.errors import Finding, GitlabgenError

    if is_kind(error, GitlabgenError):
        known = cast("GitlabgenError", error)
        from gitlabgen.cli._output import StreamError

        _show(known.findings, () if isinstance(known, StreamError) else arguments)
        return known.exit_code
    findings = user_fault(error) or _system_fault(error)
    if findings:
        _show(findings, arguments)
        return 2
    traceback = traceback_of(error)
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    where = "" if traceback is None else f" in {os.path.basename(traceback.tb_frame.f_code.co_filename)}:{traceback.tb_lineno}"
    message = f"{type_name(error)}: {text_of(error)}{where}"
    hint = "this is a bug in gitlabgen; please report it with a definition that causes it"
    _show([Finding(rule="internal-error", message=message, hint=hint)], arguments)
    return 3


def _system_fault(error: BaseException) -> tuple[Finding, ...]:
    """Return a finding for an error of the system, such as a disk that fails; none for any other."""
    from gitlabgen.definitions.careful import is_kind
    from gitlabgen.errors import Finding
    from gitlabgen.files.system_errors import reason_of

    if not is_kind(error, OSError):
        return ()
    known = cast("OSError", error)
    file = known.filename if isinstance(known.filename, str) else None
    return (Finding("system-error", f"the system refused a call: {reason_of(known)}", file=file),)


def _wants_json(arguments: Sequence[str]) -> bool:
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def _show(findings: Sequence[Finding], arguments: Sequence[str]) -> None:
    from gitlabgen.cli._output import StreamError, show_findings

    try:
        show_findings(findings, "json" if _wants_json(arguments) else "text")
    except StreamError:
        show_findings(findings, "text")


def main() -> NoReturn:
    """Run the command and end the process with its exit code."""
    code, leave = run(), os._exit
    # Exit functions of a definition run, but must not print after the command's own output.
    _flush()
    with suppress(OSError):
        os.dup2(2, 1)
    os._exit = sys.exit  # type: ignore[assignment]
    sys.unraisablehook = lambda _: None  # what they raise is no traceback for the user
    with suppress(BaseException):
        atexit._run_exitfuncs()  # noqa: SLF001 - as Python does at exit
    _flush()
    # Python's normal shutdown takes longer than comparing the files.
    leave(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # the stream is closed, or never existed
            stream.flush()
