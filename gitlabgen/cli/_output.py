"""Print results to standard output, findings to standard error, and JSON only to standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from gitlabgen.cli._colors import look_of
from gitlabgen.errors import Finding, OutputError
from gitlabgen.reports.styles import Look

__all__ = ["StreamError", "output_look", "say", "show_error_text", "show_findings", "show_json"]


class StreamError(OutputError):
    """Standard output cannot be written, so the error is reported on standard error."""


def say(text: str | bytes) -> None:
    """Write to standard output.

    Args:
        text: Text with characters that the terminal cannot encode escaped, or bytes to write unchanged.

    Raises:
        StreamError: If writing fails for another reason than a closed pipe.
    """
    try:
        _write(sys.stdout, text)
    except BrokenPipeError:
        # The reader closed the pipe, as in `… | head`; the exit code still reports the result.
        _discard_output()
    except OSError as error:
        _discard_output()
        message = f"cannot be written: {error.strerror}"
        raise StreamError(Finding(rule="unwritable", message=message, file="standard output")) from None


def output_look() -> Look:
    """Return what standard output can show."""
    return look_of(sys.stdout)


def _write(stream: Any, text: str | bytes) -> None:
    if stream is None:  # it was closed before Python started
        return
    if isinstance(text, str):
        text = text.encode(stream.encoding or "utf-8", "backslashreplace")
    stream.flush()
    stream.buffer.write(text)
    stream.buffer.flush()


def _discard_output() -> None:
    """Redirect standard output to the null device; otherwise Python would retry writing the rest at exit."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def show_findings(findings: Sequence[Finding], format_: str) -> None:
    """Print findings: as text to standard error, or as JSON to standard output.

    Args:
        findings: The findings.
        format_: `text` or `json`.
    """
    if format_ == "json":
        show_json(findings)
        return
    from gitlabgen.reports.text import findings_text

    show_error_text(findings_text(findings, look_of(sys.stderr)))


def show_error_text(text: str) -> None:
    """Write to standard error.

    Args:
        text: The text.
    """
    with suppress(OSError):  # no other stream is left to report it
        _write(sys.stderr, text)


def show_json(findings: Sequence[Finding] = (), **data: Any) -> None:
    """Write a JSON report to standard output.

    Args:
        findings: The findings.
        data: Further data of the report.
    """
    from gitlabgen.reports.json import json_text

    say(json_text(findings, data).encode())
