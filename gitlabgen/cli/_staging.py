"""Report written files that are not staged in git."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from gitlabgen.definitions.rendering import quoted
from gitlabgen.files.git import unstaged
from gitlabgen.files.planning import Change

__all__ = ["advice", "staging", "unstaged_files"]


def unstaged_files(files: Sequence[Change]) -> list[str]:
    """Return the files that are not staged, but whose definition is.

    If the definition is not staged either, the commit contains neither of them.

    Args:
        files: The files.

    Raises:
        DefinitionError: If the current folder is not in a repository.
    """
    sources = [os.path.realpath(change.definition) for change in files]
    found = unstaged([*dict.fromkeys([*sources, *(change.target for change in files)])])
    pairs = zip(files, sources, strict=True)
    return [change.path for change, source in pairs if change.target in found and source not in found]


def advice(paths: Sequence[str]) -> str:
    """Return a line with the command that stages the files; an empty text without files.

    Args:
        paths: The files that are not staged.
    """
    if not paths:
        return ""
    count = f"{len(paths)} files are" if len(paths) > 1 else "1 file is"
    return f"{count} not staged; run: git add {' '.join(map(quoted, paths))}\n"


def staging(paths: Sequence[str], *, staged: bool) -> dict[str, Any]:
    """Return the same for a JSON report: the key `unstaged`, if it was asked for.

    Args:
        paths: The files that are not staged.
        staged: Whether it was asked for.
    """
    return {"unstaged": [*paths]} if staged else {}
