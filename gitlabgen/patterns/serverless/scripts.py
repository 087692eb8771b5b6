"""The scripts that the jobs of a pipeline call; they run in GitLab's jobs, not in this package."""

from __future__ import annotations

import os
from typing import Final

__all__: list[str] = []

NAMES: Final = ("aws.py", "bake.py", "drift.py", "gate.py", "marker.py", "previous.py", "reap.py", "stack.py")
"""The names of the scripts; each of the others imports `aws.py` from its folder, and `reap.py` imports `stack.py` too."""


def source(name: str) -> str:
    """Return the code of a script, to be written to `ci/<name>` in a service's repository.

    Args:
        name: One of `NAMES`.

    Raises:
        ValueError: If there is no script of this name.
    """
    if name not in NAMES:
        raise ValueError(f"should be one of: {', '.join(NAMES)}, got {name!r}")
    with open(os.path.join(os.path.dirname(os.path.dirname(__file__)), "scripts", name), encoding="utf-8") as stream:
        return stream.read()
