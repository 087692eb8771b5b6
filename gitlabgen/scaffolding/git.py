"""What git knows of the folder of a new project."""

from __future__ import annotations

import os
import re
import subprocess
from typing import Final

from gitlabgen.files.checkout import Checkout
from gitlabgen.sam.deploy_roles import PROJECT

__all__ = ["project_path", "repository_root"]

_TIMEOUT: Final = 5  # seconds
# An address with a scheme, or as ssh writes it: `git@host:group/project.git`. A path of this machine is neither.
_REMOTE: Final = re.compile(rf"(?:(?:https?|ssh|git)://[^/]+/|(?:[\w.-]+@)?[\w.-]+:/?)({PROJECT})", re.ASCII)


def repository_root(folder: str) -> str | None:
    """Return the root folder of the repository that contains a folder; None if there is no repository.

    Args:
        folder: The folder, which need not exist.
    """
    root = Checkout(folder).root
    return root if os.path.lexists(os.path.join(root, ".git")) else None


def project_path(folder: str) -> str | None:
    """Return the path of the project in GitLab according to the remote repository `origin`; None if it has none.

    Args:
        folder: The folder, which need not exist.
    """
    root = repository_root(folder)
    if root is None:
        return None
    command = ["git", "-C", root, "remote", "get-url", "origin"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=False)  # noqa: S603 - fixed arguments
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    found = _REMOTE.fullmatch(done.stdout.strip().removesuffix("/").removesuffix(".git"))
    return found[1] if found else None
