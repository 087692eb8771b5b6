"""The names of the commands."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

__all__ = ["COMMANDS", "GROUPS"]

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Write": ("init", "render"),
    "Check": ("check", "lint", "verify"),
    "Understand": ("explain", "matrix", "rule", "rules", "show", "simulate"),
    "Integrate": ("completion", "schema"),
}
"""The commands by what they are for, in the order of the help."""

COMMANDS: Final = tuple(chain.from_iterable(GROUPS.values()))
"""The modules of this package with a command, each loaded when used."""
