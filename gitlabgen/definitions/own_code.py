"""Distinguish the user's code from installed packages."""

from __future__ import annotations

import os
from collections.abc import Sequence

__all__ = ["is_own"]


def is_own(name: str, homes: Sequence[str]) -> bool:
    """Return whether a file of Python code belongs to the user.

    Args:
        name: The absolute path of the file.
        homes: Folders and files with the user's code.
    """
    # A virtual environment may be inside the definition's folder, and a blueprint inside the environment.
    return any(name == home or (name.startswith(home + os.sep) and "-packages" not in name[len(home) :]) for home in homes)
