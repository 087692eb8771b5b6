"""The names of the commands."""

from typing import Final

__all__ = ["COMMANDS"]

COMMANDS: Final = ("check", "init", "lint", "render", "rule", "rules", "verify")
"""The modules of this package with a command, each loaded when used."""
