"""The repository of a new project's folder, and its path in GitLab."""

from __future__ import annotations

import os
import re
from typing import Final

from gitlabgen.files.checkout import Checkout
from gitlabgen.files.git import origin
from gitlabgen.sam.deploy_roles import PROJECT

__all__ = ["project_path", "repository_root"]

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
    address = None if root is None else origin(root)
    found = address and _REMOTE.fullmatch(address.removesuffix("/").removesuffix(".git"))
    return found[1] if found else None
