"""The names of the commands."""

from typing import Final

__all__ = ["COMMANDS"]

COMMANDS: Final = ("check", "init", "lint", "render", "rule", "rules", "verify")
"""Each is a module of this package; one is loaded when it is used."""
