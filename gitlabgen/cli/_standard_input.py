"""Read standard input in place of a file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from gitlabgen.cli._usage import usage_error
from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.modeling.source_texts import give

__all__ = ["file_on_standard_input"]

_DASH: Final = "-"
_NAME: Final = "<stdin>"


def file_on_standard_input(paths: Sequence[str], name: str | None) -> str | None:
    """Read standard input if the only path is `-`, and return the name of the file that it stands for.

    Args:
        paths: The paths on the command line.
        name: The name of a file, which need not exist.

    Raises:
        DefinitionError: If `-` is not the only path, there is a name without it, or standard input cannot be read.
    """
    if _DASH not in paths:
        if name is not None:
            raise usage_error("--stdin-filename is used without `-`", "write `-` in place of PATH to read standard input")
        return None
    if len(paths) > 1:
        raise usage_error("`-` is used together with other paths", "lint standard input and files in separate runs")
    if name == "":
        raise usage_error("--stdin-filename should be the name of a file, got ''", "write --stdin-filename .gitlab-ci.yml")
    file = name or _NAME
    give(file, _read(file))
    return file


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read()
    except (AttributeError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is closed"
        raise DefinitionError(Finding(rule="unreadable", message=f"standard input cannot be read: {reason}", file=file)) from None
