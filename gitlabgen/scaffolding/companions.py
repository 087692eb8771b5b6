"""Files that tools read next to a project: the commit hooks, and git's attributes of written files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final

from gitlabgen.files.planning import File, read
from gitlabgen.scaffolding.repositories import repository_root

__all__ = ["ATTRIBUTES", "HOOKS", "HOOK_LINES", "companion_files", "has_hooks", "hooks_path"]

ATTRIBUTES: Final = ".gitattributes"
HOOKS: Final = ".pre-commit-config.yaml"

HOOK_LINES: Final = """\
  - repo: local
    hooks:
      - id: gitlabgen
        name: gitlabgen
        entry: gitlabgen render --exit-code --staged
        language: system
        pass_filenames: false
        always_run: true
        require_serial: true
      - id: gitlabgen-lint
        name: gitlabgen lint
        entry: gitlabgen lint
        language: system
        pass_filenames: false
        always_run: true
        require_serial: true
"""
"""The entry of `repos` for pre-commit."""


def hooks_path(folder: str) -> str:
    """Return the file that pre-commit reads for a folder: the one at the root of its repository.

    Args:
        folder: The folder, which need not exist.
    """
    root = repository_root(folder)
    home = folder if root in (None, os.path.realpath(folder)) else os.path.relpath(root)
    return os.path.normpath(os.path.join(home, HOOKS))


def has_hooks(folder: str) -> bool:
    """Return whether pre-commit already runs gitlabgen in a folder.

    Args:
        folder: The folder, which need not exist.

    Raises:
        OutputError: If the configuration of pre-commit cannot be read.
    """
    return b"gitlabgen" in (read(hooks_path(folder)) or b"")


def companion_files(folder: str, rendered: Iterable[str]) -> Iterator[File]:
    """Yield the files that tools read, if they have to be created or extended.

    Args:
        folder: The project's folder.
        rendered: The paths of the files that `render` writes.

    Raises:
        OutputError: If a file exists, and cannot be read.
    """
    # The configuration of a whole repository is not that of a new folder in it.
    own = os.path.normpath(os.path.join(folder, HOOKS))
    if hooks_path(folder) == own and not os.path.lexists(own):
        yield File(HOOKS, f"repos:\n{HOOK_LINES}", source=None, root=folder)
    before = (read(os.path.join(folder, ATTRIBUTES)) or b"").decode(errors="surrogateescape")
    known = before.splitlines()
    # A pattern that begins with a slash matches only in the folder itself.
    lines = [line for path in rendered if (line := f"/{path} gitlab-generated") not in known]
    if lines:
        start = f"{before}\n" if before and not before.endswith("\n") else before
        yield File(ATTRIBUTES, start + "".join(f"{line}\n" for line in lines), source=None, root=folder)
