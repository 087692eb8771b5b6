"""The code of the hooks that gitlabgen ships; it runs in AWS."""

from __future__ import annotations

import os
from typing import Final

__all__ = ["NAMES", "source"]

NAMES: Final = ("bake.mjs", "bake.py", "smoke.mjs", "smoke.py")
"""The names of the files."""


def source(name: str) -> str:
    """Return the code of a hook, to be written next to the template.

        Project(template=template, files={"hooks/smoke.py": source("smoke.py")})

    Args:
        name: One of `NAMES`.

    Raises:
        ValueError: If there is no hook of this name.
    """
    if name not in NAMES:
        raise ValueError(f"should be one of: {', '.join(NAMES)}, got {name!r}")
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as stream:
        return stream.read()
