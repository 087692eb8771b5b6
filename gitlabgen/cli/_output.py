"""How the commands speak: results on standard output, findings on standard error, JSON on standard output alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from gitlabgen.errors import Finding, OutputError

__all__ = ["StreamError", "say", "show_findings", "show_json"]


class StreamError(OutputError):
    """Standard output cannot be written, so that only standard error can tell why."""


def say(text: str | bytes) -> None:
    """Write to standard output.

    Args:
        text: Text for people, in which characters that the terminal lacks are escaped; bytes are written as they are.

    Raises:
        StreamError: If it cannot be written, other than because nobody reads on.
    """
    try:
        _write(sys.stdout, text)
    except BrokenPipeError:
        # Whoever read has seen enough, as in `… | head`; the exit code still tells the result.
        _abandon()
    except OSError as error:
        _abandon()
        message = f"cannot be written: {error.strerror}"
        raise StreamError(Finding(rule="unwritable", message=message, file="standard output")) from None


def _write(stream: Any, text: str | bytes) -> None:
    if stream is None:  # it was closed before Python started
        return
    if isinstance(text, str):
        text = text.encode(stream.encoding or "utf-8", "backslashreplace")
    stream.flush()
    stream.buffer.write(text)
    stream.buffer.flush()


def _abandon() -> None:
    """Lead standard output nowhere, or Python would try again to write the rest when it ends."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def show_findings(findings: Sequence[Finding], format_: str) -> None:
    """Tell what is wrong: as text on standard error, or as JSON on standard output.

    Args:
        findings: The findings.
        format_: `text` or `json`.
    """
    if format_ == "json":
        show_json(findings)
        return
    from gitlabgen.reports.text import findings_text

    with suppress(OSError):  # there is no other place to say it
        _write(sys.stderr, findings_text(findings))


def show_json(findings: Sequence[Finding] = (), **data: Any) -> None:
    """Write a JSON report to standard output.

    Args:
        findings: The findings.
        data: What else the report holds, as plain data.
    """
    from gitlabgen.reports.json import json_text

    say(json_text(findings, data).encode())
